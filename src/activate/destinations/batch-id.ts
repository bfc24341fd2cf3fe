import { createHash } from 'node:crypto';

/** A name for deliveries that go together: the same ones have the same, also when they are sent again. */
export function batchId(keys: readonly string[]): string {
  return createHash('sha256').update(keys.join('\n')).digest('hex').slice(0, 32);
}
