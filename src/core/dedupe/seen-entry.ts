/**
 * What is remembered of a messageId: 16 bytes. Twelve are a hash of (source, messageId): of 10 billion ids a false
 * repeat has a chance of 1 in 1.6 billion. Four are a hash of the body, which tells a repeat from a conflict.
 */
export const ENTRY_WORDS = 4;

/** One entry, as four unsigned 32-bit words: three of the id's hash, one of the body's. */
export interface SeenEntry {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly body: number;
}

/** Sealed runs are cut into this many pages by the first bits of the hash; the bits spread evenly, so do the pages. */
export const PAGE_BITS = 13;
/** Pages of a sealed run. */
export const PAGES_PER_RUN = 1 << PAGE_BITS;

/** The page of a sealed run on which an entry stands. */
export function pageOf(entry: SeenEntry): number {
  return entry.a >>> (32 - PAGE_BITS);
}

/** The body's hash under which an id stands in a page of entries, or undefined when it does not. */
export function findInPage(page: Uint32Array, entry: SeenEntry): number | undefined {
  for (let at = 0; at + ENTRY_WORDS <= page.length; at += ENTRY_WORDS) {
    if (page[at] === entry.a && page[at + 1] === entry.b && page[at + 2] === entry.c) return page[at + 3];
  }
  return undefined;
}
