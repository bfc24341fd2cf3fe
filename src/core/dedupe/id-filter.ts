import type { SeenEntry } from './seen-entry.js';
import { ENTRY_WORDS } from './seen-entry.js';

const BITS_PER_ENTRY = 16;
const LINE_BITS = 512;
const LINE_WORDS = LINE_BITS / 32;
/** Bits set per entry, nine bits of hash each. */
const PROBES = 6;

/**
 * A blocked Bloom filter over the ids of one sealed run: "certainly not here" for all but about 0.1% of foreign ids,
 * at one cache line a question. (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom Filters, 2007.)
 */
export class IdFilter {
  /** The bits, 512 to a line; what is stored. */
  readonly words: Uint32Array;
  readonly #lines: number;

  constructor(words: Uint32Array) {
    this.words = words;
    this.#lines = words.length / LINE_WORDS;
  }

  /** A filter that knows the entries of these pages. */
  static over(pages: readonly Uint32Array[]): IdFilter {
    const count = pages.reduce((sum, page) => sum + page.length / ENTRY_WORDS, 0);
    const lines = Math.max(1, Math.ceil((count * BITS_PER_ENTRY) / LINE_BITS));
    const filter = new IdFilter(new Uint32Array(lines * LINE_WORDS));
    for (const page of pages) {
      for (let at = 0; at < page.length; at += ENTRY_WORDS) {
        filter.#set(page[at] as number, page[at + 1] as number, page[at + 2] as number);
      }
    }
    return filter;
  }

  /** False when the id is certainly not of the run; true when it may be. */
  has(entry: SeenEntry): boolean {
    const line = this.#lineOf(entry.c);
    let low = entry.a;
    let high = entry.b;
    for (let probe = 0; probe < PROBES; probe += 1) {
      const bit = low & (LINE_BITS - 1);
      if (((this.words[line + (bit >>> 5)] as number) & (1 << (bit & 31))) === 0) return false;
      low = (low >>> 9) | (high << 23);
      high >>>= 9;
    }
    return true;
  }

  #set(a: number, b: number, c: number): void {
    const line = this.#lineOf(c);
    let low = a;
    let high = b;
    for (let probe = 0; probe < PROBES; probe += 1) {
      const bit = low & (LINE_BITS - 1);
      const at = line + (bit >>> 5);
      this.words[at] = (this.words[at] as number) | (1 << (bit & 31));
      low = (low >>> 9) | (high << 23);
      high >>>= 9;
    }
  }

  #lineOf(c: number): number {
    return Math.floor((c / 0x1_0000_0000) * this.#lines) * LINE_WORDS;
  }
}
