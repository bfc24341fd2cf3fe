import { expect, test } from 'vitest';
import { compileTest } from './test.js';

const MOMENT = '2026-03-10T12:00:00.000Z';
const AT = Date.parse(MOMENT);
const HOUR = 3_600_000;

/** From its first millisecond on a test holds, and no more from the second on. */
test.each([
  ['within_last', AT, AT + HOUR],
  ['within_next', AT - HOUR, AT],
  ['older_than', AT + HOUR, Number.POSITIVE_INFINITY],
] as const)('%s an hour holds to the millisecond', (op, from, until) => {
  const { holds, flipsAt } = compileTest({ op, duration: '1 hour' });
  expect([holds(MOMENT, from - 1), holds(MOMENT, from)]).toEqual([false, true]);
  expect([flipsAt(MOMENT, from - 1), flipsAt(MOMENT, from)]).toEqual([from, until]);
  if (until === Number.POSITIVE_INFINITY) return;
  expect([holds(MOMENT, until - 1), holds(MOMENT, until)]).toEqual([true, false]);
  expect([flipsAt(MOMENT, until - 1), flipsAt(MOMENT, until)]).toEqual([until, Number.POSITIVE_INFINITY]);
});

test.each([
  ['before', -1, true],
  ['before', 0, false],
  ['after', 0, false],
  ['after', 1, true],
] as const)('%s is strict: %i ms beside its own time', (op, beside, expected) => {
  const { holds } = compileTest({ op, date: MOMENT });
  expect(holds(new Date(AT + beside).toISOString(), 0)).toBe(expected);
});
