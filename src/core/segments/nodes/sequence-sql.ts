/**
 * Sequences in ClickHouse: a person's events as an array in their order, and for each step an array of the same length that says at each event
 * how far chains have come there. Where each step needs only the latest chain (no limit on the whole, or none on single steps), one figure a
 * step is enough; with both, every first step is tried by itself.
 *
 * All of it is functions of whole arrays, such as `arrayFill`: `arrayFold` says the same more plainly, and costs four times as much.
 */
import type { Correlation, Node, Step } from '../definition.js';
import { durationMs } from '../duration.js';
import { compileEventField } from '../events/event-field.js';
import { compileSelector } from '../events/selector.js';
import type { ChainRules } from '../leaves/find-chain.js';
import { pathKeys } from '../path.js';
import { placeInOrder, timeOfPlace } from '../sql/place-in-order.js';
import type { EventRows, SqlContext } from '../sql/sql-context.js';
import { jsonItems, jsonValue, type SqlValue, scalarJson } from '../sql/sql-value.js';
import { timesSql } from './events-value.js';

type Sequence = Extract<Node, { kind: 'sequence' }>;

/** No chain has come to a step. */
const NONE = 'toInt64(-9223372036854775807)';

/** At this event nothing changes for a step. */
const SAME = 'toInt64(-9223372036854775806)';

/** A link is a place in the order of events, and says in its lowest bits what the event breaks, and the steps that it may be. */
const STEP_BITS = 12;
const link = (steps: string, breaks = '0') =>
  placeInOrder(
    'at',
    `bitOr(bitShiftLeft(toUInt64(log_offset), ${2 * STEP_BITS}), toUInt64(bitOr(bitShiftLeft(toUInt32(${breaks}), ${STEP_BITS}), ${steps})))`,
  );
const isStep = (step: number) => `bitTest(toUInt64(e), ${step})`;
const isBreak = (step: number) => `bitTest(toUInt64(e), ${STEP_BITS + step})`;

/** A SELECT of those who have a chain. */
export function sequenceSql(node: Sequence, rules: ChainRules, sql: SqlContext): string {
  const { same, steps } = node;
  const masks = masksSql(node, sql);
  const { where } = masks;
  const placed = { at: 'toUnixTimestamp64Milli(timestamp)', log_offset: 'events.offset' };
  const { breaksAny } = rules;
  if (same === undefined) {
    const rows = sql.rows({ columns: { ...placed, steps: masks.steps, breaks: masks.breaks }, where });
    const links = `(SELECT person, steps, ${breaksAny ? link('steps', 'breaks') : link('steps')} AS link FROM ${rows})`;
    return chainOfGroup(links, 'person', rules, sql);
  }
  const field = sharedByAll(steps, same);
  if (!breaksAny && field !== undefined) {
    const key = keySql(compileEventField(field).sql);
    const rows = sql.rows({ columns: { ...placed, steps: masks.steps, shared: key }, where });
    const links = `(SELECT person, shared, steps, ${link('steps')} AS link FROM ${rows} WHERE shared != '')`;
    return chainOfGroup(links, 'person, shared', rules, sql);
  }
  const shared = sharedSql(steps, same, masks.conditions);
  const rows = sql.rows({ columns: { ...placed, breaks: masks.breaks, shared }, where });
  if (!breaksAny) {
    const links = `(SELECT person, pair.1 AS value, pair.2 AS steps, ${link('pair.2')} AS link FROM ${rows} ARRAY JOIN shared AS pair)`;
    return chainOfGroup(links, 'person, value', rules, sql);
  }
  const all = `arraySort(e -> e.1, groupArray((${link('0', 'breaks')}, shared)))`;
  const own = 'arrayMap(e -> bitOr(e.1, toInt128(arrayFirst(q -> q.1 = v, e.2).2)), pairs)';
  const values = 'arrayDistinct(arrayMap(q -> q.1, arrayFlatten(arrayMap(e -> e.2, pairs))))';
  return `SELECT person FROM (SELECT person, ${all} AS pairs FROM ${rows} GROUP BY person)
    WHERE arrayExists(v -> arrayExists(links -> ${chainSql(rules, sql)}, [${own}]), ${values})`;
}

/** A SELECT of those who have a chain in one of their groups. @param rows with the columns `person`, `steps` and `link`. */
function chainOfGroup(rows: string, group: string, rules: ChainRules, sql: SqlContext): string {
  const { steps, gaps, within, absentFor, breaksAny } = rules;
  // Whoever lacks one of the steps has no chain: most people, at no cost.
  const needed = 2 ** steps - 1;
  const hasAll = `bitAnd(groupBitOr(steps), ${needed}) = ${needed}`;
  const having = (condition: string) => `SELECT person FROM ${rows} GROUP BY ${group} HAVING ${condition}`;
  const isFree =
    !breaksAny && absentFor === undefined && !Number.isFinite(within) && !gaps.some(Number.isFinite);
  if (!isFree || steps > 3)
    return `SELECT person FROM (SELECT person, arraySort(groupArray(link)) AS links FROM ${rows} GROUP BY ${group} HAVING ${hasAll})
      WHERE ${chainSql(rules, sql)}`;
  if (steps === 1) return having(hasAll);
  // Without any limit the first of the first step and the last of the last one will do.
  const first = 'minIf(link, bitTest(steps, 0))';
  const last = `maxIf(link, bitTest(steps, ${steps - 1}))`;
  if (steps === 2) return having(`${hasAll} AND ${first} < ${last}`);
  const middle = 'groupArrayIf(link, bitTest(steps, 1))';
  return having(`${hasAll} AND arrayExists(e -> e > ${first} AND e < ${last}, ${middle})`);
}

/** What an event may be in a sequence without limits, as columns of its rows: `steps`, or with `same` pairs `shared` of a value and steps. */
export function stepRows(node: Sequence, sql: SqlContext): EventRows {
  const { conditions, steps, where } = masksSql(node, sql);
  const { same } = node;
  const columns = same === undefined ? { steps } : { shared: sharedSql(node.steps, same, conditions) };
  return { columns, where };
}

/** When chains may run out of the window, and when what must not happen has not. */
export function sequenceDues(
  { steps, window = { kind: 'ever' } }: Sequence,
  { absentFor }: ChainRules,
  sql: SqlContext,
): string[] {
  const dueOf = (step: Step | undefined, ms: number): string => {
    const conditions = [compileSelector(step ?? {}).sql(sql), ...timesSql(sql, window)];
    const length = sql.bind(ms, 'Int64');
    conditions.push(`timestamp > ${sql.moment(sql.at.now - ms)}`);
    const rows = sql.rows({ columns: { at: 'timestamp' }, where: conditions.join(' AND ') });
    return `SELECT person, toUnixTimestamp64Milli(min(at)) + ${length} AS due FROM ${rows} GROUP BY person`;
  };
  return [
    ...(window.kind === 'last' ? [dueOf(steps[0], durationMs(window.duration))] : []),
    ...(absentFor === undefined ? [] : [dueOf(steps.at(-2), absentFor)]),
  ];
}

/** The path that all steps share their value at; undefined where steps differ, or look into arrays. */
function sharedByAll(steps: readonly Step[], same: Correlation): string | undefined {
  return typeof same === 'string' && steps.every((step) => step.same === undefined || step.same === same)
    ? same
    : undefined;
}

/** A text that tells scalars apart, empty for all else: without NULL, which would make grouping by it dearer by half. */
function keySql({ text, number, flag }: SqlValue): string {
  return `assumeNotNull(multiIf(isNotNull(${text}), concat('s', ${text}), isNotNull(${number}), concat('n', toString(${number})), isNotNull(${flag}), concat('b', toString(${flag})), ''))`;
}

/** Which steps an event may be, and which it breaks: as `Link` has them. */
interface Masks {
  /** For each step, whether an event may be it. */
  readonly conditions: readonly string[];
  readonly steps: string;
  readonly breaks: string;
  readonly where: string;
}

const bit = (condition: string, index: number) => `if(${condition}, ${2 ** index}, 0)`;
const sumOf = (bits: readonly string[]) => `toUInt32(${bits.length === 0 ? '0' : bits.join(' + ')})`;

function masksSql({ steps, window = { kind: 'ever' } }: Sequence, sql: SqlContext): Masks {
  const times = timesSql(sql, window);
  const conditions = steps.map((step) => {
    const selects = compileSelector(step).sql(sql);
    // What is absent may lie beyond the window.
    return `(${[selects, ...(step.absent === true ? [] : times)].join(' AND ')})`;
  });
  const broken = steps.map(({ without = [] }) => without.map((one) => `(${compileSelector(one).sql(sql)})`));
  const breaks = broken.flatMap((selects, index) =>
    selects.length === 0 ? [] : [bit(`(${selects.join(' OR ')})`, index)],
  );
  return {
    conditions,
    steps: sumOf(conditions.map(bit)),
    breaks: sumOf(breaks),
    where: `(${[...conditions, ...broken.flat()].join(' OR ')})`,
  };
}

/** For each value that an event shares, the steps that it may be with it: an array of pairs. */
function sharedSql(steps: readonly Step[], same: Correlation, conditions: readonly string[]): string {
  const given = steps.map(
    (step, index) => `if(${conditions[index]}, ${valuesSql(step.same ?? same)}, []::Array(String))`,
  );
  const mask = sumOf(given.map((list, index) => bit(`has(${list}, v)`, index)));
  return `arrayMap(v -> (v, ${mask}), arrayDistinct(arrayConcat(${given.join(', ')})))`;
}

/** The values that a step shares, as JSON texts. */
function valuesSql(correlation: Correlation): string {
  if (typeof correlation === 'string') {
    const value = scalarJson(compileEventField(correlation).sql);
    return `if(isNull(${value}), []::Array(String), [assumeNotNull(${value})])`;
  }
  const [root, ...keys] = pathKeys(correlation.items);
  const item = scalarJson(jsonValue('i', pathKeys(correlation.field)));
  return `arrayMap(x -> assumeNotNull(x), arrayFilter(x -> isNotNull(x), arrayMap(i -> ${item}, ${jsonItems(root as string, keys)})))`;
}

/** A condition on the array `links` of a person, in their order. */
function chainSql(rules: ChainRules, sql: SqlContext): string {
  const { steps, gaps, within } = rules;
  const hasGaps = gaps.slice(1, steps).some(Number.isFinite);
  if (!Number.isFinite(within) || steps === 1) return completeSql(rules, 'latest', sql);
  if (!hasGaps) return completeSql(rules, 'start', sql);
  const one = sql.name('one');
  return `arrayExists(${one} -> ${completeSql(rules, { from: one }, sql)}, arrayFilter(e -> ${isStep(0)}, links))`;
}

/** What stands for a step: when the latest chain came to it, or when the one that began last began; or one first step is given. */
type Kept = 'latest' | 'start' | { readonly from: string };

/** Whether a chain comes to its end at any event. */
function completeSql(rules: ChainRules, kept: Kept, sql: SqlContext): string {
  const { steps, absentFor } = rules;
  let before = '';
  for (let step = 1; step < steps; step += 1) before = afterStep(step, before, rules, kept, sql);
  const isDone = reachedSql(steps, rules, kept, sql);
  const came = steps === 1 ? [] : [before];
  if (absentFor === undefined)
    return `arrayExists((${['e', ...came.map(() => 'p')]}) -> ${isDone}, ${['links', ...came].join(', ')})`;
  const d = sql.bind(absentFor, 'Int64');
  const ripe = `${timeOfPlace('e')} + ${d}`;
  const absent = `arrayReverseFill(x -> x != ${NONE}, arrayMap(e -> if(${isStep(steps)}, ${timeOfPlace('e')}, ${NONE}), links))`;
  const next = `arrayPushBack(arrayPopFront(${absent}), ${NONE})`;
  // What must not happen may itself be in the future.
  const isOver = `${ripe} <= ${sql.bind(sql.at.now, 'Int64')} AND (n = ${NONE} OR n > ${ripe})`;
  return `arrayExists((${['e', 'n', ...came.map(() => 'p')]}) -> ${isDone} AND ${isOver}, ${['links', next, ...came].join(', ')})`;
}

/** For each link, what stood for a step, counted from 1, before it. @param before the same of the step before. */
function afterStep(step: number, before: string, rules: ChainRules, kept: Kept, sql: SqlContext): string {
  // Bit k of breaks: it must not lie before step k, counted from 0. So it ends what waits at the step before.
  const isGiven = typeof kept === 'object' && step === 1;
  const isBroken = isGiven ? `e > ${kept.from} AND ${isBreak(step)}` : isBreak(step);
  const held = rules.breaksAny ? `if(${isBroken}, ${NONE}, ${SAME})` : SAME;
  const isReached = isGiven ? `e = ${kept.from}` : reachedSql(step, rules, kept, sql);
  const value = kept === 'start' && step > 1 ? 'p' : timeOfPlace('e');
  const came = step === 1 ? '(e)' : '(e, p)';
  const lists = step === 1 ? 'links' : `links, ${before}`;
  const at = `arrayMap(${came} -> if(${isReached}, ${value}, ${held}), ${lists})`;
  return `arrayPushFront(arrayPopBack(arrayFill(x -> x != ${SAME}, ${at})), ${NONE})`;
}

/** Whether a chain comes to a step, counted from 1, at event `e`, where `p` stood for the step before it. */
function reachedSql(step: number, { steps, gaps, within }: ChainRules, kept: Kept, sql: SqlContext): string {
  if (step === 1) return isStep(0);
  const gap = gaps[step - 1] ?? Number.POSITIVE_INFINITY;
  const limit = (from: string, ms: number) => `${timeOfPlace('e')} - ${from} <= ${sql.bind(ms, 'Int64')}`;
  return [
    isStep(step - 1),
    `p > ${SAME}`,
    ...(Number.isFinite(gap) && kept !== 'start' ? [limit('p', gap)] : []),
    ...(step === steps && kept === 'start' && Number.isFinite(within) ? [limit('p', within)] : []),
    ...(typeof kept === 'object' ? [limit(timeOfPlace(kept.from), within)] : []),
  ].join(' AND ');
}
