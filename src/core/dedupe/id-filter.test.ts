import { expect, test } from 'vitest';
import { seenEntries } from '../../../tests/support/seen-entries.js';
import { IdFilter } from './id-filter.js';
import { RecentIds } from './recent-ids.js';

const COUNT = 1 << 15;

function filterOver(count: number): IdFilter {
  const ids = new RecentIds(COUNT);
  for (const entry of seenEntries('in', count)) ids.add(entry);
  return IdFilter.over(ids.pages());
}

test('never denies an id of the run, and takes about one foreign id in a thousand for one', () => {
  const filter = filterOver(COUNT);
  expect(seenEntries('in', COUNT).filter((entry) => !filter.has(entry))).toEqual([]);
  const foreign = seenEntries('out', COUNT);
  const wrong = foreign.filter((entry) => filter.has(entry)).length / foreign.length;
  expect(wrong).toBeGreaterThan(0.0003);
  expect(wrong).toBeLessThan(0.002);
  expect((filter.words.byteLength * 8) / COUNT).toBeCloseTo(16, 0);
});

test('is the same when it is read again from its bits', () => {
  const filter = filterOver(500);
  const again = new IdFilter(Uint32Array.from(filter.words));
  const asked = [...seenEntries('in', 500), ...seenEntries('out', 5_000)];
  expect(asked.filter((entry) => again.has(entry) !== filter.has(entry))).toEqual([]);
});

test('over nothing knows nothing', () => {
  const filter = IdFilter.over([]);
  expect(seenEntries('out', 100).some((entry) => filter.has(entry))).toBe(false);
});
