/** Tests of moments: against a date, and against now. */
import type { JsonValue } from '../../json.js';
import type { Test } from '../definition.js';
import { durationMs } from '../duration.js';
import { MOMENT_PATTERN, readMoment } from '../moment.js';
import type { Fields } from '../read.js';
import type { SqlContext } from '../sql/sql-context.js';
import { sure } from '../sql/sql-value.js';
import { type CompiledTest, never } from './compiled-test.js';

type Moments = Extract<Test, { op: 'before' | 'after' | 'within_last' | 'within_next' | 'older_than' }>;

/** Reads `before`, `after`, `within_last`, `within_next` or `older_than`. */
export function readMoments(fields: Fields, op: Moments['op']): Moments {
  if (op === 'before' || op === 'after') return { op, date: fields.moment('date') };
  return { op, duration: fields.duration('duration') };
}

/** Compiles one of them. */
export function compileMoments(test: Moments): CompiledTest {
  // Invariant: the date was read before.
  if ('date' in test) return compileFixed(test.op === 'before', readMoment(test.date) as number);
  return compileRelative(test.op, durationMs(test.duration));
}

/** The moment that a value is. */
export function momentOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'string' ? readMoment(value) : undefined;
}

/** The same in SQL: milliseconds, or NULL. */
export function momentSql(text: string, sql: SqlContext): string {
  const groups = `extractGroups(ifNull(${text}, ''), ${sql.text(MOMENT_PATTERN)})`;
  const number = (index: number) => `toInt64OrZero(g[${index}])`;
  const zoneHours = 'toInt64OrZero(substring(g[6], 2, 2))';
  const zoneMinutes = 'toInt64OrZero(substring(g[6], 5, 2))';
  const isValid = `length(g) = 6 AND toString(toDate32OrNull(g[1])) = g[1] AND ${number(2)} < 24 AND ${number(3)} < 60
    AND ${number(4)} < 60 AND ${zoneHours} < 24 AND ${zoneMinutes} < 60`;
  const east = `if(startsWith(g[6], '-'), -1, 1) * (${zoneHours} * 60 + ${zoneMinutes})`;
  const ms = `toInt64(toInt32(toDate32OrZero(g[1]))) * 86400000 + ${number(2)} * 3600000 + ${number(3)} * 60000 + ${number(4)} * 1000
    + toInt64OrZero(substring(rightPad(g[5], 3, '0'), 1, 3)) - ${east} * 60000`;
  return `arrayMap(g -> if(ifNull(${isValid}, false), ${ms}, NULL), [${groups}])[1]`;
}

function compileFixed(isBefore: boolean, date: number): CompiledTest {
  return {
    holds(value) {
      const at = momentOf(value);
      return at !== undefined && (isBefore ? at < date : at > date);
    },
    flipsAt: never,
    sql: ({ text }, sql) =>
      sure(`${momentSql(text, sql)} ${isBefore ? '<' : '>'} ${sql.bind(date, 'Int64')}`),
  };
}

function compileRelative(op: Exclude<Moments['op'], 'before' | 'after'>, duration: number): CompiledTest {
  /** When the test begins and ceases to hold of a moment. */
  const span = (at: number): readonly [from: number, until: number] => {
    if (op === 'within_last') return [at, at + duration];
    if (op === 'within_next') return [at - duration, at];
    return [at + duration, Number.POSITIVE_INFINITY];
  };
  return {
    holds(value, now) {
      const at = momentOf(value);
      if (at === undefined) return false;
      const [from, until] = span(at);
      return from <= now && now < until;
    },
    flipsAt(value, now) {
      const at = momentOf(value);
      if (at === undefined) return never();
      const [from, until] = span(at);
      if (now < from) return from;
      return now < until ? until : never();
    },
    sql({ text }, sql) {
      const at = momentSql(text, sql);
      const { now } = sql.at;
      const [here, back, ahead] = [now, now - duration, now + duration].map((ms) => sql.bind(ms, 'Int64'));
      const m = sql.name('m');
      const inside = {
        within_last: `${m} > ${back} AND ${m} <= ${here}`,
        within_next: `${m} > ${here} AND ${m} <= ${ahead}`,
        older_than: `${m} <= ${back}`,
      }[op];
      return sure(`arrayMap(${m} -> ${inside}, [${at}])[1]`);
    },
    flipsSql({ text }, sql) {
      const m = sql.name('m');
      const here = sql.bind(sql.at.now, 'Int64');
      const add = (ms: number) => `${m} + ${sql.bind(ms, 'Int64')}`;
      const ends = {
        within_last: [m, add(duration)],
        within_next: [add(-duration), m],
        older_than: [add(duration)],
      }[op];
      const next = ends.map((end) => `${end} > ${here}, ${end}`).join(', ');
      return `arrayMap(${m} -> multiIf(isNull(${m}), NULL, ${next}, NULL), [${momentSql(text, sql)}])[1]`;
    },
  };
}
