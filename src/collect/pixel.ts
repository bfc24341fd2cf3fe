import { TributaryError } from '../core/errors.js';
import type { JsonObject, JsonValue } from '../core/json.js';
import { isObject } from '../core/json.js';
import { parseBody } from './read-body.js';

/** A transparent GIF of one pixel. */
export const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** Fields whose values are texts whatever they look like. */
const TEXTS = new Set([
  'userId',
  'anonymousId',
  'groupId',
  'previousId',
  'messageId',
  'writeKey',
  'event',
  'name',
]);

/** The body that a pixel's query stands for. @throws TributaryError `body_invalid` */
export function pixelBody(query: Readonly<Record<string, unknown>>): Buffer {
  const call = readPixel(query);
  try {
    return Buffer.from(JSON.stringify(call));
  } catch (cause) {
    throw new TributaryError('body_invalid', 'The call is nested too deeply. Flatten it.', { cause });
  }
}

/**
 * The call that a pixel's query stands for: `data`, a JSON object in Base64 (either alphabet), or plain parameters with
 * dotted names, `properties.price=3`. Of those, values that look like numbers and booleans are such below `properties`,
 * `traits` and `context`.
 * @throws TributaryError `body_invalid` when `data` is no JSON object.
 */
export function readPixel(query: Readonly<Record<string, unknown>>): JsonObject {
  if (typeof query.data === 'string') {
    const call = parseBody(Buffer.from(query.data, 'base64').toString());
    if (!isObject(call)) throw new TributaryError('body_invalid', 'data must be a JSON object in Base64.');
    return typeof query.writeKey === 'string' && call.writeKey === undefined
      ? { ...call, writeKey: query.writeKey }
      : call;
  }
  const call: JsonObject = Object.create(null) as JsonObject;
  for (const [name, value] of Object.entries(query)) {
    const text = Array.isArray(value) ? value.at(-1) : value;
    if (typeof text === 'string') setPath(call, name.split('.'), TEXTS.has(name) ? text : plainValue(text));
  }
  return call;
}

function setPath(target: JsonObject, path: readonly string[], value: JsonValue): void {
  let at = target;
  for (const key of path.slice(0, -1)) {
    const next = at[key];
    // Objects without a prototype: `__proto__` is a name like any other.
    const inner = isObject(next) ? next : (Object.create(null) as JsonObject);
    at[key] = inner;
    at = inner;
  }
  // Invariant: split gives at least one part.
  at[path.at(-1) as string] = value;
}

function plainValue(text: string): JsonValue {
  if (text === 'true' || text === 'false') return text === 'true';
  // Only what prints the same again: `007` and `1e5` are somebody's codes.
  return text !== '' && String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text;
}
