/**
 * Funnels in ClickHouse. A person's events, as an array in their order, are folded once for each step that people may enter at. For each step
 * the fold keeps the chain that began last, as `sequence` does, and notes what is measured when a chain comes to the step for the first time.
 */
import { durationMs } from '../segments/duration.js';
import { momentText } from '../segments/moment.js';
import { stepRows } from '../segments/nodes/sequence-sql.js';
import { type AskedAt, SqlContext } from '../segments/sql/sql-context.js';
import { amongSql, type InsightScope } from './among.js';
import { labelColumn, labelled, shownLabel } from './breakdown.js';
import type { Funnel } from './funnel.js';
import { spanOfPeriod } from './period.js';
import { asQuestion, IS_SOMEBODY, ORDER, type Question } from './question.js';

/** No chain has come to a step. */
const NONE = '-9223372036854775807';
/** The time of what never happened. */
const NEVER = '9223372036854775807';
/** What a fold keeps of a step, by its place: the chain that began last, and the time and lengths of the one that came first. */
const [BEGAN, CAME, WHEN, SINCE_FIRST, SINCE_BEFORE, CELLS] = [1, 2, 3, 4, 5, 5];

/** The question; its rows are `FunnelRow`s. */
export function funnelQuestion(funnel: Funnel, scope: InsightScope, at: AskedAt): Question {
  const sql = new SqlContext(at);
  const { by } = funnel;
  const [hasContinued, cameAllTheWay] = [`previous.1 != ${NEVER}`, `first.1 != ${NEVER}`];
  const people = labelled(peopleSql(funnel, scope, sql), ['steps'], by, scope, sql);
  const shown =
    by === undefined ? "''" : shownLabel(by, labelled(entrantsSql(funnel, scope, sql), [], by, scope, sql));
  return asQuestion(
    sql,
    `SELECT shown AS label, step, count() AS people, countIf(${hasContinued}) AS continued,
       countIf(${cameAllTheWay}) AS fromFirst,
       ${timesSql('previous.2', hasContinued)} AS previousTimes, ${timesSql('first.2', cameAllTheWay)} AS firstTimes
     FROM (SELECT ${shown} AS shown, steps FROM ${people})
     ARRAY JOIN arrayEnumerate(steps) AS step, steps.1 AS first, steps.2 AS previous, steps.3 AS present
     WHERE present GROUP BY label, step ORDER BY label, step`,
  );
}

function timesSql(value: string, condition: string): string {
  return `[quantileExactIf(0.5)(${value}, ${condition}), quantileExactIf(0.9)(${value}, ${condition})]`;
}

/** The steps that people may enter at, from 0. */
function entriesOf({ steps, mode = 'closed' }: Funnel): number[] {
  return mode === 'closed' ? [0] : steps.map((_, index) => index);
}

/**
 * A subquery of people with `steps`, and `label` where that is a field of the event. A step is how they came to it from the first one, how from
 * the one before, and whether they were there at all. How: when, and how long it took; the first time, and of equal ones the fastest.
 */
function peopleSql(funnel: Funnel, scope: InsightScope, sql: SqlContext): string {
  const { steps, same, among } = funnel;
  const entries = entriesOf(funnel);
  const where = [IS_SOMEBODY, ...amongSql(among, scope, sql), 'isNotNull(entered)'].join(' AND ');
  const folds = entries.map((entry) => `${foldSql(entry, funnel, sql)} AS from${entry}`);
  const label = labelOf(funnel);
  const groups = `(SELECT person, entered${label && ', label'}, ${folds.join(', ')} FROM ${groupsSql(funnel, sql)} WHERE ${where})`;
  const found =
    same === undefined
      ? groups
      : `(SELECT person${label && ', argMin(label, entered) AS label'}, ${entries.map((entry) => `groupArray(from${entry}) AS all${entry}`).join(', ')}
          FROM ${groups} GROUP BY person)`;
  const how = (entry: number, step: number, since: number) => {
    const cell = CELLS * (step - entry);
    const figures = (of: string) => `(${of}[${cell + WHEN}], ${of}[${cell + since}])`;
    // Of several values that are shared, what came first counts.
    return same === undefined
      ? figures(`from${entry}`)
      : `arrayMin(arrayMap(r -> ${figures('r')}, all${entry}))`;
  };
  const cells = steps.map((_, step) => {
    const earlier = entries.filter((entry) => entry < step).map((entry) => how(entry, step, SINCE_BEFORE));
    const previous = [...earlier, `(toInt64(${NEVER}), toInt64(0))`].reduce((a, b) => `least(${a}, ${b})`);
    const present = entries
      .filter((entry) => entry <= step)
      .map((entry) => `${how(entry, step, SINCE_FIRST)}.1 != ${NEVER}`);
    return `(${how(0, step, SINCE_FIRST)}, ${previous}, ${present.join(' OR ')})`;
  });
  return `(SELECT person${label && ', label'}, [${cells.join(', ')}] AS steps FROM ${found})`;
}

/** A subquery of those who enter, with `label` where that is a field of the event. */
function entrantsSql(funnel: Funnel, scope: InsightScope, sql: SqlContext): string {
  const { rows, enters } = rowsSql(funnel, sql);
  const where = [enters, IS_SOMEBODY, ...amongSql(funnel.among, scope, sql)].join(' AND ');
  const label = labelOf(funnel) && `, argMin(label, ${ORDER}) AS label`;
  return `(SELECT person${label} FROM ${rows} WHERE ${where} GROUP BY person)`;
}

/**
 * A subquery of people, or with `same` of people and values: `events` are (time, offset, which steps) in their order; `entered` is the place of
 * the first that somebody may enter with, and `label` its label.
 */
function groupsSql(funnel: Funnel, sql: SqlContext): string {
  const { rows, enters } = rowsSql(funnel, sql);
  const label = labelOf(funnel) && `, argMinIf(label, ${ORDER}, ${enters}) AS label`;
  return `(SELECT person, arraySort(groupArray((at, log_offset, steps))) AS events, minOrNullIf(${ORDER}, ${enters}) AS entered${label}
    FROM ${rows} GROUP BY person${funnel.same === undefined ? '' : ', value'})`;
}

function labelOf({ by }: Funnel): '' | 'label' {
  return by !== undefined && 'field' in by ? 'label' : '';
}

/** A subquery of the events of steps, with `same` one for each value; and whether somebody may enter with one. */
function rowsSql(funnel: Funnel, sql: SqlContext): { rows: string; enters: string } {
  const { steps, same, within, mode, by } = funnel;
  const { from, to } = spanOfPeriod(funnel);
  const until = within === undefined ? {} : { to: momentText(to + durationMs(within)) };
  const window = { kind: 'between', from: momentText(from), ...until } as const;
  const masks = stepRows({ kind: 'sequence', steps, ...(same && { same }), window }, sql);
  const columns = {
    ...{ at: 'toUnixTimestamp64Milli(timestamp)', log_offset: 'events.offset' },
    ...{ ...masks.columns, ...labelColumn(by) },
  };
  const rows = sql.rows({ columns, where: masks.where });
  const enters = `at < ${sql.bind(to, 'Int64')}${mode === 'open' ? '' : ' AND bitTest(steps, 0)'}`;
  if (same === undefined) return { rows, enters };
  const names = ['person', 'at', 'log_offset', labelOf(funnel)].filter((name) => name !== '');
  const single = `(SELECT ${names.join(', ')}, pair.1 AS value, pair.2 AS steps FROM ${rows} ARRAY JOIN shared AS pair)`;
  return { rows: single, enters };
}

/** What became of the events of a group when people enter at a step: an array of the cells of each step from there on. */
function foldSql(entry: number, funnel: Funnel, sql: SqlContext): string {
  const { steps, within } = funnel;
  const { to } = spanOfPeriod(funnel);
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
