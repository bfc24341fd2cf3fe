import { expect, test } from 'vitest';
import type { Scalar } from '../scalar.js';
import { findChain } from './find-chain.js';
import type { Link } from './sequence-leaf.js';

const WAITING = {
  steps: 1,
  gaps: [],
  within: Number.POSITIVE_INFINITY,
  absentFor: 100,
  isShared: false,
  breaksAny: false,
};
const EVER = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

test('what must not happen is waited for until its time is over, also when it is known to come later', () => {
  const links: Link[] = [
    [1_000, 1, 0b01, 0, null],
    [1_200, 2, 0b10, 0, null],
  ];
  expect(findChain(links, WAITING, { ...EVER, now: 1_099 })).toEqual({ start: undefined, ripeAt: 1_100 });
  expect(findChain(links, WAITING, { ...EVER, now: 1_100 }).start).toBe(1_000);
});

test.each<[Scalar, Scalar, boolean]>([
  ['1', '1', true],
  [1, 1, true],
  [1, '1', false],
  [true, 'true', false],
  [true, 1, false],
])('steps share values of one type: %j and %j', (first, second, isFound) => {
  const links: Link[] = [
    [1_000, 1, 0b01, 0, [[first]]],
    [2_000, 2, 0b10, 0, [[second]]],
  ];
  const rules = { ...WAITING, steps: 2, absentFor: undefined, isShared: true };
  expect(findChain(links, rules, { ...EVER, now: 3_000 }).start).toBe(isFound ? 1_000 : undefined);
});

test('one event that is two steps of one value is not both of them in one chain', () => {
  const rules = { ...WAITING, steps: 2, absentFor: undefined, isShared: true };
  const both: Link = [1_000, 1, 0b11, 0, [['a'], ['a']]];
  expect(findChain([both], rules, { ...EVER, now: 3_000 }).start).toBeUndefined();
  const chain = findChain([both, [2_000, 2, 0b11, 0, [['b'], ['a']]]], rules, { ...EVER, now: 3_000 });
  expect(chain.start).toBe(1_000);
});
