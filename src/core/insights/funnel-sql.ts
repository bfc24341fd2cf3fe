/**
 * Funnels in ClickHouse. A person's events, as an array in their order, are folded once for each step that people may enter at. For each step
 * the fold keeps the chain that began last, as `sequence` does, and notes what is measured when a chain comes to the step for the first time.
 */
import { durationMs } from '../segments/duration.js';
import { momentText } from '../segments/moment.js';
import { masksSql } from '../segments/nodes/sequence-sql.js';
import { type AskedAt, SqlContext } from '../segments/sql/sql-context.js';
import { amongSql, type InsightScope } from './among.js';
import { labelColumn, labelled, shownLabel } from './breakdown.js';
import type { Funnel } from './funnel.js';
import { type Span, spanOfPeriod } from './period.js';
import { asQuestion, IS_SOMEBODY, type Question } from './question.js';

/** No chain has come to a step. */
const NONE = '-9223372036854775807';
/** The time of what never happened. */
const NEVER = '9223372036854775807';
/** What a fold keeps of a step, by its place: the chain that began last, and the time and lengths of the one that came first. */
const [BEGAN, CAME, WHEN, SINCE_FIRST, SINCE_BEFORE, CELLS] = [1, 2, 3, 4, 5, 5];

/** The question; its rows are `FunnelRow`s. */
export function funnelQuestion(funnel: Funnel, scope: InsightScope, at: AskedAt): Question {
  const sql = new SqlContext(at);
  const { steps, mode = 'closed', by } = funnel;
  const entries = mode === 'closed' ? [0] : steps.map((_, index) => index);
  const people = peopleSql(funnel, entries, scope, sql);
  const [hasContinued, cameAllTheWay] = [`previous.1 != ${NEVER}`, `first.1 != ${NEVER}`];
  return asQuestion(
    sql,
    `SELECT shown AS label, step, toFloat64(count()) AS people, toFloat64(countIf(${hasContinued})) AS continued,
       toFloat64(countIf(${cameAllTheWay})) AS fromFirst,
       ${timesSql('previous.2', hasContinued)} AS previousTimes, ${timesSql('first.2', cameAllTheWay)} AS firstTimes
     FROM (SELECT ${shownLabel(by, people)} AS shown, steps FROM ${people})
     ARRAY JOIN arrayEnumerate(steps) AS step, steps.1 AS first, steps.2 AS previous, steps.3 AS present
     WHERE present GROUP BY label, step ORDER BY label, step`,
  );
}

function timesSql(value: string, condition: string): string {
  return `[toFloat64(quantileExactIf(0.5)(${value}, ${condition})), toFloat64(quantileExactIf(0.9)(${value}, ${condition}))]`;
}

/**
 * A subquery of people with `steps`, and `label` with a breakdown. A step is how they came to it from the first one, how from the one before,
 * and whether they were there at all. How: when, and how long it took; the first time, and of equal ones the fastest.
 */
function peopleSql(funnel: Funnel, entries: readonly number[], scope: InsightScope, sql: SqlContext): string {
  const { steps, by, among } = funnel;
  const span = spanOfPeriod(funnel);
  const folds = entries.map((entry) => `${foldSql(entry, funnel, span, sql)} AS from${entry}`);
  const found = `SELECT person, begun, ${folds.join(', ')} FROM ${groupsSql(funnel, span, sql)}`;
  const how = (entry: number, step: number, since: number) => {
    const cell = CELLS * (step - entry);
    return `min((from${entry}[${cell + WHEN}], from${entry}[${cell + since}]))`;
  };
  const cells = steps.map((_, step) => {
    const earlier = entries.filter((entry) => entry < step).map((entry) => how(entry, step, SINCE_BEFORE));
    const previous = [...earlier, `(toInt64(${NEVER}), toInt64(0))`].reduce((a, b) => `least(${a}, ${b})`);
    const present = entries
      .filter((entry) => entry <= step)
      .map((entry) => `${how(entry, step, SINCE_FIRST)}.1 != ${NEVER}`);
    return `(${how(0, step, SINCE_FIRST)}, ${previous}, ${present.join(' OR ')})`;
  });
  const entered = entries.map((entry) => `from${entry}[${WHEN}] != ${NEVER}`).join(' OR ');
  const where = [IS_SOMEBODY, ...amongSql(among, scope, sql), `(${entered})`].join(' AND ');
  const own = by !== undefined && 'field' in by ? ', min(begun).3 AS label' : '';
  const people = `(SELECT person, [${cells.join(', ')}] AS steps${own} FROM (${found}) WHERE ${where} GROUP BY person)`;
  return labelled(people, ['steps'], by, scope, sql);
}

/**
 * A subquery of people, or with `same` of people and values: `events` are (time, offset, which steps) in their order, `begun` is
 * (time, offset, label) of the first that somebody may enter with.
 */
function groupsSql(funnel: Funnel, { from, to }: Span, sql: SqlContext): string {
  const { steps, same, within, mode, by } = funnel;
  const until = within === undefined ? {} : { to: momentText(to + durationMs(within)) };
  const window = { kind: 'between', from: momentText(from), ...until } as const;
  const masks = masksSql({ kind: 'sequence', steps, ...(same && { same }), window }, sql);
  const columns = {
    ...{ at: 'toUnixTimestamp64Milli(timestamp)', log_offset: 'events.offset' },
    ...{ ...masks.columns, ...labelColumn(by) },
  };
  const rows = sql.rows({ columns, where: masks.where });
  const mask = same === undefined ? 'steps' : 'pair.2';
  const enters = `at < ${sql.bind(to, 'Int64')}${mode === 'open' ? '' : ` AND bitTest(${mask}, 0)`}`;
  const label = 'label' in columns ? 'label' : "''";
  const group = `arraySort(groupArray((at, log_offset, ${mask}))) AS events, minIf((at, log_offset, ${label}), ${enters}) AS begun`;
  return same === undefined
    ? `(SELECT person, ${group} FROM ${rows} GROUP BY person)`
    : `(SELECT person, pair.1 AS value, ${group} FROM ${rows} ARRAY JOIN shared AS pair GROUP BY person, value)`;
}

/** What became of the events of a group when people enter at a step: an array of the cells of each step from there on. */
function foldSql(entry: number, { steps, within }: Funnel, { to }: Span, sql: SqlContext): string {
  const length = within === undefined ? undefined : sql.bind(durationMs(within), 'Int64');
  const places = steps.slice(entry).map((_, index) => index);
  const cells = places.flatMap((place) =>
    place === 0
      ? entryCells(`(bitTest(e.3, ${entry}) AND e.1 < ${sql.bind(to, 'Int64')})`)
      : stepCells(place, `bitTest(e.3, ${entry + place})`, length),
  );
  const begin = places.flatMap(() => [NONE, NONE, NEVER, '0', '0']);
  return `arrayFold((acc, e) -> [${cells.join(', ')}]::Array(Int64), events, [${begin.join(', ')}]::Array(Int64))`;
}

/** The cells of the step that people enter at, after an event `e`, where `acc` has those before it. */
function entryCells(enters: string): string[] {
  return [
    `if(${enters}, e.1, acc[${BEGAN}])`,
    `if(${enters}, e.1, acc[${CAME}])`,
    `if(${enters}, least(e.1, acc[${WHEN}]), acc[${WHEN}])`,
    ...['toInt64(0)', 'toInt64(0)'],
  ];
}

/** Those of a later step. */
function stepCells(place: number, isStep: string, within: string | undefined): string[] {
  const own = (cell: number) => `acc[${CELLS * place + cell}]`;
  const before = (cell: number) => `acc[${CELLS * (place - 1) + cell}]`;
  const isInTime = within === undefined ? '' : ` AND e.1 - ${before(BEGAN)} <= ${within}`;
  const comes = `${isStep} AND ${before(BEGAN)} != ${NONE}${isInTime}`;
  // Of chains that began together the one stays that came earlier.
  const isNewer = `${comes} AND ${before(BEGAN)} > ${own(BEGAN)}`;
  const isFirst = `${comes} AND ${own(WHEN)} = ${NEVER}`;
  return [
    `if(${isNewer}, ${before(BEGAN)}, ${own(BEGAN)})`,
    `if(${isNewer}, e.1, ${own(CAME)})`,
    `if(${isFirst}, e.1, ${own(WHEN)})`,
    `if(${isFirst}, e.1 - ${before(BEGAN)}, ${own(SINCE_FIRST)})`,
    `if(${isFirst}, e.1 - ${before(CAME)}, ${own(SINCE_BEFORE)})`,
  ];
}
