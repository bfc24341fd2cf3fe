import { hide } from '../core/access/mask.js';
import { isObject } from '../core/json.js';

/** Fields of a call, as a client sends it, that tell nothing about a person. */
const IMPERSONAL = new Set([
  'type',
  'event',
  'name',
  'messageId',
  'timestamp',
  'sentAt',
  'originalTimestamp',
  'channel',
]);

/** A call as a client sent it, with what is personal hidden. */
export function maskSent(call: unknown): unknown {
  if (!isObject(call)) return hide(call);
  return Object.fromEntries(
    Object.entries(call).map(([name, value]) => [
      name,
      IMPERSONAL.has(name) && typeof value === 'string' ? value : hide(value),
    ]),
  );
}
