/** The earliest and the latest of the events: their values, and their times. */
import { momentText } from '../moment.js';
import type { Scalar } from '../scalar.js';
import { placeInOrder } from '../sql/place-in-order.js';
import { momentValue, scalarText } from '../sql/sql-value.js';
import type { Fold } from './fold.js';

type End = readonly [at: number, offset: number, value: Scalar];

function isLater([at, offset]: End, [otherAt, otherOffset]: End): boolean {
  return at > otherAt || (at === otherAt && offset > otherOffset);
}

function endFold(latest: boolean): Fold<End> {
  const better = (next: End, known: End) => (isLater(next, known) === latest ? next : known);
  const chosen = `arg${latest ? 'Max' : 'Min'}If(value, ${placeInOrder('toUnixTimestamp64Milli(at)')}, isNotNull(value))`;
  return {
    needs: 'scalar',
    ...(latest ? { outdates: () => true } : {}),
    add(known, { at, offset, value }) {
      const next: End = [at, offset, value as Scalar];
      return known === undefined ? next : better(next, known);
    },
    join: (one, other) => better(other, one),
    value: (end) => end?.[2],
    sql: scalarText(chosen),
  };
}

/** The value of the earliest event that has one. */
export const first = endFold(false);
/** The value of the latest event that has one. */
export const last = endFold(true);

function timeFold(latest: boolean): Fold<number> {
  const pick = latest ? Math.max : Math.min;
  const ms = `toUnixTimestamp64Milli(${latest ? 'maxOrNull' : 'minOrNull'}(at))`;
  return {
    needs: 'nothing',
    ...(latest ? { outdates: () => true } : {}),
    add: (known, { at }) => (known === undefined ? at : pick(known, at)),
    join: pick,
    value: (at) => (at === undefined ? undefined : momentText(at)),
    sql: momentValue(ms),
  };
}

/** When the earliest event was. */
export const firstAt = timeFold(false);
/** When the latest event was. */
export const lastAt = timeFold(true);
