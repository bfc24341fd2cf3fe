/** Trends: how often something happens, over time. Specified in `docs/specs/insights.md`, 2. */
import type { Measure, Selector } from '../segments/definition.js';
import { compileSelector, readSelectorObject } from '../segments/events/selector.js';
import { foldOf, readMeasure } from '../segments/measures/measure.js';
import { valueColumn } from '../segments/nodes/events-value.js';
import { Fields, refuse } from '../segments/read.js';
import { type AskedAt, SqlContext } from '../segments/sql/sql-context.js';
import { type Among, amongSql, type InsightScope, readAmong } from './among.js';
import {
  type Breakdown,
  labelColumn,
  labelled,
  type Part,
  partOf,
  readBreakdown,
  shownLabel,
} from './breakdown.js';
import { bucketsOf, UNITS, type Unit } from './buckets.js';
import { type Period, readPeriod, spanOfPeriod } from './period.js';
import { asQuestion, IS_SOMEBODY, type Question } from './question.js';

/** What is measured of the events of a bucket: the figures of segments that are numbers, or how many people they are of. */
export type TrendMeasure = Extract<Measure, { kind: NumberKind }> | { readonly kind: 'people' };
type NumberKind = 'count' | 'sum' | 'avg' | 'min' | 'max' | 'distinct';

/** What is asked. */
export interface Trends extends Period {
  /** A series for each. */
  readonly events: readonly Selector[];
  readonly per: Unit;
  readonly measure?: TrendMeasure;
  readonly by?: Breakdown;
  readonly among?: Among;
}

/** One line of a chart. */
export interface TrendSeries extends Part {
  /** Which of the events asked for, from 0. */
  readonly event: number;
  /** The same figure of the whole period: people who come in several buckets are one here. */
  readonly total: number | null;
  /** One for each bucket. */
  readonly values: ReadonlyArray<number | null>;
}

/** A row of the answer to a trend's question. */
export interface TrendRow {
  readonly label: string;
  /** When the bucket begins, in milliseconds; of a total 0. */
  readonly start: number;
  readonly isTotal: 0 | 1;
  readonly figure: number | null;
}

const EVENTS_MAX = 10;
const BUCKETS_MAX = 2_000;
const KINDS: ReadonlySet<string> = new Set(['count', 'sum', 'avg', 'min', 'max', 'distinct']);

/** Reads what somebody asks. @throws TributaryError `definition_invalid` that names the field and the fix. */
export function readTrends(value: unknown): Trends {
  const fields = new Fields(value, 'trends');
  const trends: Trends = {
    events: fields
      .list('events', { min: 1, max: EVENTS_MAX })
      .map((one) => readSelectorObject(one.value, one.at)),
    per: fields.oneOf('per', UNITS),
    ...readPeriod(fields),
    ...readTrendMeasure(fields),
    ...readBreakdown(fields),
    ...readAmong(fields),
  };
  fields.end();
  trendBuckets(trends);
  return trends;
}

function readTrendMeasure(fields: Fields): { measure?: TrendMeasure } {
  const { value, at } = fields.raw('measure');
  if (value === undefined) return {};
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'people') {
    const people = new Fields(value, at);
    people.text('kind');
    people.end();
    return { measure: { kind: 'people' } };
  }
  const measure = readMeasure(value, at);
  if (!KINDS.has(measure.kind)) refuse(`${at}.kind`, `must be one of people, ${[...KINDS].join(', ')}.`);
  return { measure: measure as TrendMeasure };
}

/** When the buckets begin. @throws TributaryError `definition_invalid` when there are too many. */
export function trendBuckets(trends: Trends): number[] {
  const { per, zone = 'UTC' } = trends;
  return (
    bucketsOf(per, zone, spanOfPeriod(trends), BUCKETS_MAX) ??
    refuse('trends.per', `makes more than ${BUCKETS_MAX} buckets. Ask for longer ones, or a shorter period.`)
  );
}

/** The question for one of the events asked for; its rows are `TrendRow`s. */
export function trendQuestion(trends: Trends, event: number, scope: InsightScope, at: AskedAt): Question {
  const { measure = { kind: 'count' }, by, among } = trends;
  const sql = new SqlContext(at);
  const { from, to } = spanOfPeriod(trends);
  // Invariant: the caller counts them.
  const selects = compileSelector(trends.events[event] as Selector).sql(sql);
  const columns = { at: 'timestamp', ...measuredColumn(measure), ...labelColumn(by) };
  const where = `${selects} AND timestamp >= ${sql.moment(from)} AND timestamp < ${sql.moment(to)}`;
  const rows = labelled(sql.rows({ columns, where }), Object.keys(columns), by, scope, sql);
  const people = amongSql(among, scope, sql);
  const chosen = people.length === 0 ? rows : `(SELECT * FROM ${rows} WHERE ${people.join(' AND ')})`;
  const starts = sql.bind(trendBuckets(trends), 'Array(Int64)');
  return asQuestion(
    sql,
    `SELECT label, bucket AS start, grouping(bucket) AS isTotal, ${figureSql(measure)} AS figure
     FROM (SELECT * EXCEPT label, ${shownLabel(by, chosen)} AS label, roundDown(toUnixTimestamp64Milli(at), ${starts}) AS bucket
           FROM (SELECT ${by === undefined ? "*, '' AS label" : '*'} FROM ${chosen}))
     GROUP BY GROUPING SETS ((label, bucket), (label))`,
  );
}

function measuredColumn(measure: TrendMeasure): Record<string, string> {
  return measure.kind === 'people' ? {} : valueColumn(measure, foldOf(measure.kind));
}

function figureSql(measure: TrendMeasure): string {
  if (measure.kind === 'people') return `toFloat64(uniqExactIf(person, ${IS_SOMEBODY}))`;
  return foldOf(measure.kind).sql.number;
}

/** The series of the rows for one of the events asked for: the largest total first, all others last. */
export function trendSeries(trends: Trends, event: number, rows: readonly TrendRow[]): TrendSeries[] {
  const { measure = { kind: 'count' }, by } = trends;
  // Of nothing there is no average, and no smallest or largest.
  const nothing = ['avg', 'min', 'max'].includes(measure.kind) ? null : 0;
  const buckets = trendBuckets(trends);
  const labels = new Map<string, TrendRow[]>(by === undefined ? [['', []]] : []);
  for (const row of rows) {
    const own = labels.get(row.label) ?? [];
    labels.set(row.label, own);
    own.push(row);
  }
  const series = [...labels].map(([label, own]): TrendSeries => {
    const figures = new Map(own.filter((row) => row.isTotal === 0).map((row) => [row.start, row.figure]));
    return {
      ...{ event, ...partOf(by, label) },
      total: own.find((row) => row.isTotal === 1)?.figure ?? nothing,
      values: buckets.map((bucket) => figures.get(bucket) ?? nothing),
    };
  });
  return series.sort(
    (a, b) =>
      Number(a.other ?? false) - Number(b.other ?? false) ||
      (b.total ?? 0) - (a.total ?? 0) ||
      (JSON.stringify(a.value) < JSON.stringify(b.value) ? -1 : 1),
  );
}
