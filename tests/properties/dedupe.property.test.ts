/**
 * Properties of deduplication, over any sequence of messages with seals anywhere between them:
 *
 * - RecentIds, sealed pages and filters together answer as a map from id to first body does: new, duplicate or conflict.
 * - A filter never denies what its pages hold.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdFilter } from '../../src/core/dedupe/id-filter.js';
import { RecentIds } from '../../src/core/dedupe/recent-ids.js';
import type { SeenEntry } from '../../src/core/dedupe/seen-entry.js';
import { findInPage, pageOf } from '../../src/core/dedupe/seen-entry.js';
import { seenEntryOf } from '../../src/process/seen-ids.js';

const CAPACITY = 16;
/** A message of few ids with few bodies, or the word to seal. */
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ id: fc.integer({ min: 0, max: 40 }), body: fc.constantFrom('a', 'b') }),
  },
  { weight: 1, arbitrary: fc.constant('seal' as const) },
);
/** Entries that share words, as no hash would give them: the structures must not lean on chance. */
const close = fc.record({
  a: fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1),
  b: fc.constantFrom(0, 1, 31, 32, 2 ** 32 - 1),
  c: fc.constantFrom(0, 1, 2 ** 32 - 1),
  body: fc.constantFrom(7, 8),
});

class Remembered {
  readonly #recent = new RecentIds(CAPACITY);
  readonly #runs: Array<{ pages: Uint32Array[]; filter: IdFilter }> = [];

  judge(entry: SeenEntry): string {
    const body = this.#recent.find(entry) ?? this.#older(entry);
    if (body !== undefined) return body === entry.body ? 'duplicate' : 'conflict';
    if (this.#recent.count === this.#recent.capacity) this.seal();
    this.#recent.add(entry);
    return 'new';
  }

  seal(): void {
    const pages = this.#recent.pages();
    // As they are read again: from bits and bytes alone.
    this.#runs.push({ pages, filter: new IdFilter(Uint32Array.from(IdFilter.over(pages).words)) });
    this.#recent.clear();
  }

  #older(entry: SeenEntry): number | undefined {
    for (const { pages, filter } of this.#runs) {
      const body = filter.has(entry) ? findInPage(pages[pageOf(entry)] as Uint32Array, entry) : undefined;
      if (body !== undefined) return body;
    }
    return undefined;
  }
}

function modelOf(): (entry: SeenEntry) => string {
  const known = new Map<string, number>();
  return ({ a, b, c, body }) => {
    const id = `${a} ${b} ${c}`;
    const first = known.get(id);
    if (first !== undefined) return first === body ? 'duplicate' : 'conflict';
    known.set(id, body);
    return 'new';
  };
}

test('hashed messages are judged as a map of all of them would', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const [remembered, model] = [new Remembered(), modelOf()];
      for (const one of steps) {
        if (one === 'seal') remembered.seal();
        else {
          const entry = seenEntryOf('source', `m${one.id}`, one.body);
          expect(remembered.judge(entry)).toBe(model(entry));
        }
      }
    }),
    // A seal allocates 8,192 pages: few runs, each with much in it.
    { numRuns: 40 },
  );
});

test('entries that crowd each other are judged as well', () => {
  fc.assert(
    fc.property(fc.array(close, { maxLength: 80 }), (entries) => {
      const [remembered, model] = [new Remembered(), modelOf()];
      for (const entry of entries) expect(remembered.judge(entry)).toBe(model(entry));
    }),
    { numRuns: 40 },
  );
});
