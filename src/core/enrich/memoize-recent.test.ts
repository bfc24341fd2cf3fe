import { expect, test } from 'vitest';
import { memoizeRecent } from './memoize-recent.js';

/** The keys in the order in which they were computed. */
function recorder(entriesMax: number) {
  const computed: string[] = [];
  const get = memoizeRecent((key) => {
    computed.push(key);
    return key === 'nothing' ? null : `value of ${key}`;
  }, entriesMax);
  return { computed, get };
}

test('computes once, null and the empty key included', () => {
  const { computed, get } = recorder(10);
  for (const key of ['a', 'a', '', '', 'nothing', 'nothing']) {
    expect(get(key)).toBe(key === 'nothing' ? null : `value of ${key}`);
  }
  expect(computed).toEqual(['a', '', 'nothing']);
});

test('what is used stays, what is not goes', () => {
  const { computed, get } = recorder(4);
  for (const key of ['hot', 'b', 'hot', 'c', 'hot', 'd', 'hot', 'e', 'hot', 'f']) get(key);
  expect(computed.filter((key) => key === 'hot')).toHaveLength(1);
  get('b');
  expect(computed.filter((key) => key === 'b')).toHaveLength(2);
});

test('keys come through unchanged, halves of surrogate pairs and slices included', () => {
  const { computed, get } = recorder(4);
  const long = 'x'.repeat(1_000);
  for (const key of ['\ud800a', '__proto__', long.slice(0, 100)]) get(key);
  expect(computed).toEqual(['\ud800a', '__proto__', 'x'.repeat(100)]);
});
