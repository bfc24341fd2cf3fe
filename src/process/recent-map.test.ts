import { expect, test } from 'vitest';
import { RecentMap } from './recent-map.js';

function filled(entriesMax: number, count: number): RecentMap<string, number> {
  const map = new RecentMap<string, number>(entriesMax);
  for (let n = 0; n < count; n += 1) map.set(`k${n}`, n);
  return map;
}

test('keeps everything until it is aged, however much that is', () => {
  const map = filled(4, 1_000);
  expect(map.get('k0')).toBe(0);
  expect(map.get('k999')).toBe(999);
});

test('keeps what was used since the last aging but one', () => {
  const map = filled(4, 2);
  map.age();
  map.set('k2', 2);
  expect(map.get('k0')).toBe(0);
  map.age();
  expect([map.get('k0'), map.get('k2'), map.get('k1')]).toEqual([0, 2, undefined]);
});

test('does not age while the young generation has room', () => {
  const map = filled(100, 2);
  map.age();
  map.age();
  map.age();
  expect(map.get('k1')).toBe(1);
});

test('a newer value hides the older, and a deleted key is gone from both generations', () => {
  const map = filled(4, 2);
  map.age();
  map.set('k0', 10);
  expect(map.get('k0')).toBe(10);
  map.delete('k0');
  expect(map.get('k0')).toBeUndefined();
  map.clear();
  expect(map.get('k1')).toBeUndefined();
});
