import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTimeQueue } from './time-queue.js';

test('gives back in the order of time, and of arrival within the same time', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
      const queue = createTimeQueue<number>();
      for (const [turn, at] of times.entries()) queue.push(at, turn);
      const popped: { at: number; item: number }[] = [];
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        popped.push({ at: next.at, item: next.item });
      }
      const expected = times
        .map((at, item) => ({ at, item }))
        .sort((one, other) => one.at - other.at || one.item - other.item);
      expect(popped).toEqual(expected);
    }),
  );
});
