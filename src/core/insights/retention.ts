/** Retention: how many of those who begin come back, and when. Specified in `docs/specs/insights.md`, 4. */
import type { Selector } from '../segments/definition.js';
import { compileSelector, readSelectorObject } from '../segments/events/selector.js';
import { Fields, refuse } from '../segments/read.js';
import { timeOfPlace } from '../segments/sql/place-in-order.js';
import { type AskedAt, SqlContext } from '../segments/sql/sql-context.js';
import { type Among, amongSql, type InsightScope, readAmong } from './among.js';
import { bucketsOf, type Unit } from './buckets.js';
import { type Period, readPeriod, spanOfPeriod } from './period.js';
import { asQuestion, IS_SOMEBODY, ORDER, type Question } from './question.js';

/** What is asked. */
export interface Retention extends Period {
  readonly start: Selector;
  readonly return: Selector;
  readonly per: Exclude<Unit, 'hour'>;
  /** Periods after that of the start: the table has one column more. */
  readonly periods: number;
  /** First (the default): people are in the cohort of their first start ever. Recurring: in one for each period in which they start. */
  readonly cohorts?: 'first' | 'recurring';
  /** Who came back in a period or any later one counts for it. */
  readonly unbounded?: boolean;
  readonly among?: Among;
}

/** One row of the table. */
export interface Cohort {
  /** When its period begins, in milliseconds since 1970 UTC. */
  readonly from: number;
  readonly people: number;
  /** Who came back after 0, 1, … periods; null for periods that have not begun. */
  readonly returned: ReadonlyArray<number | null>;
}

/** A row of the answer. */
export interface RetentionRow {
  /** Which period, from 0. */
  readonly cohort: number;
  /** After how many periods; -1 for the people of the cohort. */
  readonly after: number;
  readonly people: number;
}

/** The period of nothing at all. */
const NO_PERIOD = 'toInt32(-2)';
const PERIODS_MAX = 100;
const COHORTS_MAX = 400;

/** Reads what somebody asks. @throws TributaryError `definition_invalid` that names the field and the fix. */
export function readRetention(value: unknown): Retention {
  const fields = new Fields(value, 'retention');
  const [start, back] = [fields.raw('start'), fields.raw('return')];
  const retention: Retention = {
    start: readSelectorObject(start.value, start.at),
    return: readSelectorObject(back.value, back.at),
    per: fields.oneOf('per', ['day', 'week', 'month']),
    periods: fields.whole('periods', { min: 1, max: PERIODS_MAX }),
    ...readPeriod(fields),
    ...(fields.raw('cohorts').value === undefined
      ? {}
      : { cohorts: fields.oneOf('cohorts', ['first', 'recurring']) }),
    ...(fields.raw('unbounded').value === undefined ? {} : { unbounded: fields.flag('unbounded') }),
    ...readAmong(fields),
  };
  fields.end();
  boundsOf(retention);
  return retention;
}

/** When the periods begin: those of the cohorts, those that the last one may come back in, and when these are over. */
function boundsOf(retention: Retention): number[] {
  const { per, zone = 'UTC', periods } = retention;
  return (
    bucketsOf(per, zone, spanOfPeriod(retention), COHORTS_MAX + periods + 1, periods + 1) ??
    refuse(
      'retention.per',
      `makes more than ${COHORTS_MAX} cohorts. Ask for longer ones, or a shorter period.`,
    )
  );
}

/** Which people are looked at: those of one slice, from 0, of so many. */
export interface Slice {
  readonly index: number;
  readonly of: number;
}

/** How many `events` are to be looked at: the question below holds them all at once, those of one slice of the people. */
export function retentionSize(retention: Retention, at: AskedAt): Question {
  const sql = new SqlContext(at);
  return asQuestion(sql, `SELECT count() AS events FROM ${rowsSql(retention, sql)}`);
}

/** The question; its rows are `RetentionRow`s, and those of all slices together are the answer. */
export function retentionQuestion(
  retention: Retention,
  scope: InsightScope,
  at: AskedAt,
  slice: Slice = { index: 0, of: 1 },
): Question {
  const { periods, unbounded = false, cohorts = 'first' } = retention;
  const sql = new SqlContext(at);
  const { from, to } = spanOfPeriod(retention);
  const { index, of } = slice;
  const isInSlice = of === 1 ? [] : [`cityHash64(person) % ${of} = ${index}`];
  const people = [IS_SOMEBODY, ...isInSlice, ...amongSql(retention.among, scope, sql)].join(' AND ');
  const period = periodSql(retention, sql);
  // Of each period the first start and the last return are all that matters: of somebody with many events, they are few.
  const placed = (which: string) =>
    `arrayMap(o -> (o, ${period('o')}), arraySort(groupArrayIf(${ORDER}, ${which})))`;
  const periodsOf = (places: string) => `arrayMap(p -> p.2, ${places})`;
  const starts = `arrayFilter((p, before) -> p.2 != before, begun, arrayShiftRight(${periodsOf('begun')}, 1, ${NO_PERIOD}))`;
  const returns = `arrayFilter((p, next) -> p.2 != next, back, arrayShiftLeft(${periodsOf('back')}, 1, ${NO_PERIOD}))`;
  const byPerson = `SELECT person, ${placed('starts')} AS begun, ${placed('returns')} AS back
    FROM ${rowsSql(retention, sql)} WHERE ${people} GROUP BY person HAVING notEmpty(begun)`;
  const own = cohorts === 'first' ? 'arraySlice(begun, 1, 1)' : starts;
  // Before the period nobody starts but those who are in no cohort.
  const isIn = `(${timeOfPlace('start.1')} >= ${sql.bind(from, 'Int64')} AND ${timeOfPlace('start.1')} < ${sql.bind(to, 'Int64')})`;
  const later = 'arrayFilter(r -> r.2 > start.2 OR (r.2 = start.2 AND r.1 > start.1), returned)';
  const passed = `arrayMap(r -> r.2 - start.2, ${later})`;
  const after = unbounded
    ? `if(empty(${passed}), [], range(least(arrayMax(${passed}), ${periods}) + 1))`
    : `arrayFilter(n -> n <= ${periods}, ${passed})`;
  return asQuestion(
    sql,
    `SELECT cohort, after, count() AS people
     FROM (SELECT start.2 AS cohort, arrayConcat([-1], ${after})::Array(Int32) AS afters
           FROM (SELECT ${own} AS counted, ${returns} AS returned FROM (${byPerson})) ARRAY JOIN counted AS start WHERE ${isIn})
     ARRAY JOIN afters AS after GROUP BY cohort, after ORDER BY cohort, after`,
  );
}

/** Events that start or return. */
function rowsSql(retention: Retention, sql: SqlContext): string {
  const { cohorts = 'first', unbounded = false } = retention;
  const { from, to } = spanOfPeriod(retention);
  const { begin, end } = endsOf(retention);
  const begins = cohorts === 'first' ? '' : ` AND timestamp >= ${sql.moment(from)}`;
  const starts = `(${compileSelector(retention.start).sql(sql)} AND timestamp < ${sql.moment(to)}${begins})`;
  const ends = unbounded ? '' : ` AND timestamp < ${sql.moment(end)}`;
  const returns = `(${compileSelector(retention.return).sql(sql)} AND timestamp >= ${sql.moment(begin)}${ends})`;
  const columns = { at: 'toUnixTimestamp64Milli(timestamp)', log_offset: 'events.offset', starts, returns };
  return sql.rows({ columns, where: `(${starts} OR ${returns})` });
}

/** When the first period begins, and when the last one is over. */
function endsOf(retention: Retention): { begin: number; end: number } {
  const bounds = boundsOf(retention);
  // Invariant: there are at least two.
  return { begin: bounds[0] as number, end: bounds.at(-1) as number };
}

/** The period of a place in the order, from 0; -1 before all of them. */
function periodSql(retention: Retention, sql: SqlContext): (order: string) => string {
  const bounds = boundsOf(retention);
  const known = sql.bind(bounds, 'Array(Int64)');
  const numbers = sql.bind([...bounds.keys()], 'Array(Int32)');
  const begin = sql.bind(endsOf(retention).begin, 'Int64');
  return (order) =>
    `if(${timeOfPlace(order)} < ${begin}, toInt32(-1), transform(roundDown(${timeOfPlace(order)}, ${known}), ${known}, ${numbers}, toInt32(-1)))`;
}

/** The table. @param now milliseconds since 1970 UTC. */
export function retentionTable(retention: Retention, rows: readonly RetentionRow[], now: number): Cohort[] {
  const { periods } = retention;
  const bounds = boundsOf(retention);
  const counts = new Map<string, number>();
  for (const { cohort, after, people } of rows) {
    const cell = `${cohort} ${after}`;
    counts.set(cell, (counts.get(cell) ?? 0) + people);
  }
  return bounds.slice(0, -1 - periods).map((from, cohort) => ({
    from,
    people: counts.get(`${cohort} -1`) ?? 0,
    returned: Array.from({ length: periods + 1 }, (_, after) =>
      (bounds[cohort + after] as number) > now ? null : (counts.get(`${cohort} ${after}`) ?? 0),
    ),
  }));
}
