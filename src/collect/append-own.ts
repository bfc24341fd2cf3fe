import { randomUUID } from 'node:crypto';
import { TributaryError } from '../core/errors.js';
import type { JsonObject } from '../core/json.js';
import type { CollectParts } from './accept.js';

/**
 * Appends calls of Tributary's own making by the way that all events go, under one of its sources.
 * @returns the receipt, when they are durable. @throws TributaryError when nothing can be taken in now.
 */
export async function appendOwn(
  sourceId: string,
  calls: readonly JsonObject[],
  { commits, closed, now }: Pick<CollectParts, 'commits' | 'closed' | 'now'>,
): Promise<string> {
  const refused = closed();
  if (refused) throw refused;
  const receipt = randomUUID();
  if (calls.length === 0) return receipt;
  try {
    await commits.append({
      ...{ sourceId, receipt, receivedAt: now(), call: 'batch', ip: '', userAgent: '', direct: false },
      ...{ count: calls.length, body: JSON.stringify({ batch: calls }) },
    });
  } catch (cause) {
    throw new TributaryError('log_unavailable', 'The log cannot be written now. Try again later.', { cause });
  }
  return receipt;
}
