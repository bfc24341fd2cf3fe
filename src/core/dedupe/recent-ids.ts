import type { SeenEntry } from './seen-entry.js';
import { ENTRY_WORDS, PAGE_BITS, PAGES_PER_RUN } from './seen-entry.js';

/** Slots per entry: a half-full table with linear probing answers in 1.5 looks. */
const SLOTS_PER_ENTRY = 2;

/**
 * The newest messageIds, exact and in memory: a hash table of fixed capacity in one typed array.
 * When full it is sealed into a run of pages and emptied.
 */
export class RecentIds {
  readonly capacity: number;
  #count = 0;
  readonly #mask: number;
  readonly #slots: Uint32Array;
  readonly #used: Uint8Array;

  /** @param capacity entries it can hold; a power of two. */
  constructor(capacity: number) {
    this.capacity = capacity;
    const slots = capacity * SLOTS_PER_ENTRY;
    this.#mask = slots - 1;
    this.#slots = new Uint32Array(slots * ENTRY_WORDS);
    this.#used = new Uint8Array(slots);
  }

  get count(): number {
    return this.#count;
  }

  /** The body's hash under which the id is known, or undefined. */
  find(entry: SeenEntry): number | undefined {
    const slot = this.#slotOf(entry);
    return this.#used[slot] === 1 ? this.#slots[slot * ENTRY_WORDS + 3] : undefined;
  }

  /** Remembers an id that `find` does not know. The caller seals before it is full. */
  add(entry: SeenEntry): void {
    if (this.#count >= this.capacity) throw new Error('RecentIds is full: it must be sealed first');
    const slot = this.#slotOf(entry);
    this.#used[slot] = 1;
    this.#slots.set([entry.a, entry.b, entry.c, entry.body], slot * ENTRY_WORDS);
    this.#count += 1;
  }

  /** All entries, in no order. */
  entries(): Uint32Array {
    const all = new Uint32Array(this.#count * ENTRY_WORDS);
    let at = 0;
    this.#forEachSlot((words) => {
      all.set(words, at);
      at += ENTRY_WORDS;
    });
    return all;
  }

  /** All entries, on the pages of a sealed run: a counting sort by the first bits. */
  pages(): Uint32Array[] {
    const sizes = new Uint32Array(PAGES_PER_RUN);
    this.#forEachSlot((words) => {
      const page = (words[0] as number) >>> (32 - PAGE_BITS);
      sizes[page] = (sizes[page] as number) + 1;
    });
    const pages = Array.from(sizes, (size) => new Uint32Array(size * ENTRY_WORDS));
    sizes.fill(0);
    this.#forEachSlot((words) => {
      const page = (words[0] as number) >>> (32 - PAGE_BITS);
      const at = sizes[page] as number;
      (pages[page] as Uint32Array).set(words, at * ENTRY_WORDS);
      sizes[page] = at + 1;
    });
    return pages;
  }

  /** Forgets all. */
  clear(): void {
    this.#used.fill(0);
    this.#count = 0;
  }

  /** The slot that holds the entry's id, or the free one where it would stand. */
  #slotOf(entry: SeenEntry): number {
    // The page takes the first bits of `a`; the slot takes `b`, so that neither crowds the other.
    let slot = entry.b & this.#mask;
    while (this.#used[slot] === 1) {
      const at = slot * ENTRY_WORDS;
      const slots = this.#slots;
      if (slots[at] === entry.a && slots[at + 1] === entry.b && slots[at + 2] === entry.c) break;
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }

  #forEachSlot(visit: (words: Uint32Array) => void): void {
    for (let slot = 0; slot < this.#used.length; slot += 1) {
      if (this.#used[slot] === 1) visit(this.#slots.subarray(slot * ENTRY_WORDS, (slot + 1) * ENTRY_WORDS));
    }
  }
}
