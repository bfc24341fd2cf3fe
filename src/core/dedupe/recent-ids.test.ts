import { describe, expect, test } from 'vitest';
import { seenEntries } from '../../../tests/support/seen-entries.js';
import { RecentIds } from './recent-ids.js';
import { ENTRY_WORDS, findInPage, PAGES_PER_RUN, pageOf } from './seen-entry.js';

const CAPACITY = 1_024;

function filled(count: number) {
  const ids = new RecentIds(CAPACITY);
  const entries = seenEntries('in', count);
  for (const entry of entries) ids.add(entry);
  return { ids, entries };
}

test('knows all that it was given, up to its capacity, and nothing else', () => {
  const { ids, entries } = filled(CAPACITY);
  expect(ids.count).toBe(CAPACITY);
  expect(entries.filter((entry) => ids.find(entry) !== entry.body)).toEqual([]);
  expect(seenEntries('out', 5_000).filter((entry) => ids.find(entry) !== undefined)).toEqual([]);
  expect(() => ids.add({ a: 1, b: 2, c: 3, body: 4 })).toThrow('sealed');
});

test('tells ids apart that share all but one word, and that want the same slot', () => {
  const ids = new RecentIds(8);
  const b = 0xffff_ffff;
  const near = [1, 2, 3].flatMap((n) => [
    { a: n, b, c: 0, body: n },
    { a: 0, b, c: n, body: 10 + n },
  ]);
  for (const entry of near) ids.add(entry);
  expect(near.map((entry) => ids.find(entry))).toEqual(near.map(({ body }) => body));
  expect(ids.find({ a: 9, b, c: 0, body: 0 })).toBeUndefined();
});

describe('sealing', () => {
  test('puts every entry on its page, once', () => {
    const { ids, entries } = filled(600);
    const pages = ids.pages();
    expect(pages.length).toBe(PAGES_PER_RUN);
    expect(pages.reduce((sum, page) => sum + page.length / ENTRY_WORDS, 0)).toBe(600);
    const lost = entries.filter((entry) => {
      const page = pages[pageOf(entry)];
      return page === undefined || findInPage(page, entry) !== entry.body;
    });
    expect(lost).toEqual([]);
  });

  test('prints all entries, and starts anew', () => {
    const { ids, entries } = filled(50);
    const printed = ids.entries();
    expect(printed.length).toBe(50 * ENTRY_WORDS);
    expect(entries.filter((entry) => findInPage(printed, entry) !== entry.body)).toEqual([]);
    ids.clear();
    expect([ids.count, ids.entries().length]).toEqual([0, 0]);
    expect(entries.filter((entry) => ids.find(entry) !== undefined)).toEqual([]);
  });
});
