import { expect, test } from 'vitest';
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
