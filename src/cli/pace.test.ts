import { expect, test } from 'vitest';
import { createPace } from './pace.js';

/** Sends at a pace with a clock that moves only while it rests; returns how long it took. */
function run(perSecond: number | undefined, events: number): { seconds: number; rests: number } {
  const pace = createPace(perSecond, 1000);
  let nowMs = 1000;
  let rests = 0;
  for (let event = 0; event < events; event += 1) {
    const restMs = pace.restMs(nowMs);
    if (restMs > 0) rests += 1;
    nowMs += restMs;
  }
  return { seconds: (nowMs - 1000) / 1000, rests };
}

test('keeps the rate with at most ten rests a second', () => {
  expect(run(5, 50)).toEqual({ seconds: 10, rests: 50 });
  expect(run(1000, 10_000)).toEqual({ seconds: 10, rests: 100 });
});

test('never rests without a rate, nor when it is behind', () => {
  expect(run(undefined, 1000)).toEqual({ seconds: 0, rests: 0 });
  expect(createPace(5, 0).restMs(60_000)).toBe(0);
});
