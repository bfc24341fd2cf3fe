import { expect, test } from 'vitest';
import { comparePartitions } from './compare-partitions.js';

const partition = (groups: Record<string, string[]>) =>
  new Map(Object.entries(groups).flatMap(([id, keys]) => keys.map((key) => [key, id] as const)));

test('what merges, what splits, and what stays', () => {
  const before = partition({ p: ['u\n1', 'a\n1'], q: ['u\n2'], r: ['u\n3', 'a\n3'], s: ['u\n4'] });
  const after = partition({ x: ['u\n1', 'a\n1', 'u\n2'], y: ['u\n3'], z: ['a\n3'], s: ['u\n4'] });
  const change = comparePartitions(before, after, 10);
  expect(change).toMatchObject({ profilesBefore: 4, profilesAfter: 4, merging: 2, splitting: 1, staying: 1 });
  expect([change.largestBefore, change.largestAfter]).toEqual([
    [2, 2, 1, 1],
    [3, 1, 1, 1],
  ]);
  expect(change.samples[2]).toEqual({ before: [['u:3', 'a:3']], after: [['u:3'], ['a:3']] });
});

test('nothing changes under the same rules, and names do not matter', () => {
  const before = partition({ p: ['u\n1', 'a\n1'] });
  expect(comparePartitions(before, partition({ other: ['a\n1', 'u\n1'] }), 5)).toMatchObject({
    ...{ merging: 0, splitting: 0, staying: 1, samples: [] },
  });
});
