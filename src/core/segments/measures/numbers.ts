/** Sum, average, smallest and largest of the numbers that events give. */
import { numberValue } from '../sql/sql-value.js';
import type { Fold } from './fold.js';

/** Sums are kept in ten-thousandths, as whole numbers: exact in any order, and the same in both engines. */
const SCALE = 10_000;
/** Larger numbers are left out of sums: they would make them inexact. */
const SUMMED_MAX = 100_000_000_000;
const SUM_SQL = `ifNull(sum(toInt64(floor(value * ${SCALE} + 0.5))), 0) / ${SCALE}`;

function scaled(value: unknown): number {
  return Math.floor((value as number) * SCALE + 0.5);
}

/** The sum, 0 without numbers. */
export const sum: Fold<number> = {
  needs: 'number',
  numberMax: SUMMED_MAX,
  add: (total = 0, { value }) => total + scaled(value),
  join: (one, other) => one + other,
  value: (total = 0) => total / SCALE,
  sql: numberValue(SUM_SQL),
};

/** The average, missing without numbers. */
export const avg: Fold<readonly [sum: number, count: number]> = {
  needs: 'number',
  numberMax: SUMMED_MAX,
  add: ([total, n] = [0, 0], { value }) => [total + scaled(value), n + 1],
  join: ([sumA, countA], [sumB, countB]) => [sumA + sumB, countA + countB],
  value: (state) => (state === undefined ? undefined : state[0] / SCALE / state[1]),
  sql: numberValue(`if(count(value) = 0, NULL, (${SUM_SQL}) / count(value))`),
};

/** The smallest number, missing without numbers. */
export const min: Fold<number> = {
  needs: 'number',
  outdates: (newer, older) => (newer as number) <= (older as number),
  add: (least, { value }) => Math.min(least ?? Number.POSITIVE_INFINITY, value as number),
  join: Math.min,
  value: (least) => least,
  sql: numberValue('min(value)'),
};

/** The largest number, missing without numbers. */
export const max: Fold<number> = {
  needs: 'number',
  outdates: (newer, older) => (newer as number) >= (older as number),
  add: (most, { value }) => Math.max(most ?? Number.NEGATIVE_INFINITY, value as number),
  join: Math.max,
  value: (most) => most,
  sql: numberValue('max(value)'),
};
