/** Tests whether a moment's day and month come round again: birthdays, and days since the first order. */
import type { Test } from '../definition.js';
import { nextMidnight, type WallClock, type WallTime, wallClock } from '../moment.js';
import type { Fields } from '../read.js';
import { sure } from '../sql/sql-value.js';
import { type CompiledTest, never } from './compiled-test.js';
import { momentOf, momentSql } from './moments.js';

type Anniversary = Extract<Test, { op: 'anniversary' }>;

const DAYS_MAX = 366;
const DAY_MS = 86_400_000;

/** Reads `anniversary`. */
export function readAnniversary(fields: Fields): Anniversary {
  return {
    op: 'anniversary',
    ...(fields.has('inNextDays')
      ? { inNextDays: fields.whole('inNextDays', { min: 0, max: DAYS_MAX }) }
      : {}),
    ...(fields.has('zone') ? { zone: fields.zone('zone') } : {}),
  };
}

/** Compiles it. */
export function compileAnniversary({ inNextDays = 0, zone = 'UTC' }: Anniversary): CompiledTest {
  // Invariant: the zone was read before.
  const clock = wallClock(zone) as WallClock;
  let known: { until: number; from: number; days: ReadonlySet<string> } | undefined;
  const daysAt = (now: number) => {
    if (known === undefined || now < known.from || now >= known.until) {
      known = { from: now, until: nextMidnight(clock, now), days: daysFrom(clock(now), inNextDays) };
    }
    return known;
  };
  return {
    holds: (value, now) =>
      momentOf(value) !== undefined && daysAt(now).days.has((value as string).slice(5, 10)),
    flipsAt: (value, now) => (momentOf(value) === undefined ? never() : daysAt(now).until),
    sql({ text }, sql) {
      const days = sql.bind([...daysAt(sql.at.now).days], 'Array(String)');
      const isMoment = `isNotNull(${momentSql(text, sql)})`;
      return `(${isMoment} AND ${sure(`has(${days}, substring(${text}, 6, 5))`)})`;
    },
    flipsSql: ({ text }, sql) =>
      `if(isNotNull(${momentSql(text, sql)}), ${sql.bind(daysAt(sql.at.now).until, 'Int64')}, NULL)`,
  };
}

/** Months and days, `MM-DD`, of a day and of some that follow. */
function daysFrom({ year, month, day }: WallTime, more: number): Set<string> {
  const days = new Set<string>();
  for (let ahead = 0; ahead <= more; ahead += 1) {
    const date = new Date(Date.UTC(year, month - 1, day) + ahead * DAY_MS);
    const name = date.toISOString().slice(5, 10);
    days.add(name);
    const isLeap = new Date(Date.UTC(date.getUTCFullYear(), 1, 29)).getUTCMonth() === 1;
    if (name === '02-28' && !isLeap) days.add('02-29');
  }
  return days;
}
