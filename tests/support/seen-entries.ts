import type { SeenEntry } from '../../src/core/dedupe/seen-entry.js';
import { seenEntryOf } from '../../src/process/seen-ids.js';

/** Entries of messages 0 to count - 1 of a source, hashed as the pipeline hashes them. */
export function seenEntries(source: string, count: number): SeenEntry[] {
  return Array.from({ length: count }, (_, n) => seenEntryOf(source, `message-${n}`, `body ${n}`));
}
