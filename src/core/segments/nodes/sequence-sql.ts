/**
 * Sequences in ClickHouse: a person's events as an array in their order, folded into how far chains have come. Where each step needs only the
 * latest chain (no limit on the whole, or none on single steps), one figure a step is enough; with both, every first step is tried by itself.
 */
import type { Correlation, Node, Step } from '../definition.js';
import { durationMs } from '../duration.js';
import { compileEventField } from '../events/event-field.js';
import { compileSelector } from '../events/selector.js';
import type { ChainRules } from '../leaves/find-chain.js';
import { pathKeys } from '../path.js';
import type { EventRows, SqlContext } from '../sql/sql-context.js';
import { jsonItems, jsonValue, type SqlValue, scalarJson } from '../sql/sql-value.js';
import { timesSql } from './events-value.js';

type Sequence = Extract<Node, { kind: 'sequence' }>;

/** No chain has come to a step. */
const NONE = 'toInt64(-9223372036854775807)';

/** A link is a time, and one number: the log offset, which puts links of one time in order, what the event breaks, and the steps that it may be. */
const STEP_BITS = 12;
const link = (steps: string, breaks = '0') =>
  `bitOr(bitShiftLeft(toUInt64(log_offset), ${2 * STEP_BITS}), toUInt64(bitOr(bitShiftLeft(toUInt32(${breaks}), ${STEP_BITS}), ${steps})))`;
const isStep = (step: number) => `bitTest(e.2, ${step})`;
const isBreak = (step: number) => `bitTest(e.2, ${STEP_BITS + step})`;

/** A SELECT of those who have a chain. */
export function sequenceSql(node: Sequence, rules: ChainRules, sql: SqlContext): string {
  const { same, steps } = node;
  const masks = masksSql(node, sql);
  const { where } = masks;
  const placed = { at: 'toUnixTimestamp64Milli(timestamp)', log_offset: 'events.offset' };
  const { breaksAny } = rules;
  if (same === undefined) {
    const rows = sql.rows({ columns: { ...placed, steps: masks.steps, breaks: masks.breaks }, where });
    const links = `(SELECT person, at, steps, ${breaksAny ? link('steps', 'breaks') : link('steps')} AS link FROM ${rows})`;
    return `SELECT person FROM ${links} GROUP BY person HAVING ${chainOfGroup(rules, sql)}`;
  }
  const field = sharedByAll(steps, same);
  if (!breaksAny && field !== undefined) {
    const key = keySql(compileEventField(field).sql);
    const rows = sql.rows({ columns: { ...placed, steps: masks.steps, shared: key }, where });
    const links = `(SELECT person, at, shared, steps, ${link('steps')} AS link FROM ${rows} WHERE isNotNull(shared))`;
    return `SELECT person FROM ${links} GROUP BY person, shared HAVING ${chainOfGroup(rules, sql)}`;
  }
  const shared = sharedSql(steps, same, masks.conditions);
  const rows = sql.rows({ columns: { ...placed, breaks: masks.breaks, shared }, where });
  if (!breaksAny) {
    const links = `(SELECT person, at, pair.1 AS value, pair.2 AS steps, ${link('pair.2')} AS link FROM ${rows} ARRAY JOIN shared AS pair)`;
    return `SELECT person FROM ${links} GROUP BY person, value HAVING ${chainOfGroup(rules, sql)}`;
  }
  const all = `arraySort(e -> (e.1, e.2), groupArray((at, ${link('0', 'breaks')}, shared)))`;
  const own = 'arrayMap(e -> (e.1, bitOr(e.2, toUInt64(arrayFirst(q -> q.1 = v, e.3).2))), links)';
  const values = 'arrayDistinct(arrayMap(q -> q.1, arrayFlatten(arrayMap(e -> e.3, links))))';
  return `SELECT person FROM (SELECT person, ${all} AS links FROM ${rows} GROUP BY person)
    WHERE arrayExists(v -> ${chainSql(own, rules, sql)}, ${values})`;
}

/** A condition on a group of rows with the columns `at`, `steps` and `link`. */
function chainOfGroup(rules: ChainRules, sql: SqlContext): string {
  const { steps, gaps, within, absentFor, breaksAny } = rules;
  // Whoever lacks one of the steps has no chain: most people, at no cost.
  const needed = 2 ** steps - 1;
  const hasAll = `bitAnd(groupBitOr(steps), ${needed}) = ${needed}`;
  const isFree =
    !breaksAny && absentFor === undefined && !Number.isFinite(within) && !gaps.some(Number.isFinite);
  if (!isFree) return `${hasAll} AND ${chainSql('arraySort(groupArray((at, link)))', rules, sql)}`;
  if (steps === 1) return hasAll;
  // Without any limit the first of the first step and the last of the last one will do, and in between the earliest of each.
  const first = 'minIf((at, link), bitTest(steps, 0))';
  const last = `maxIf((at, link), bitTest(steps, ${steps - 1}))`;
  if (steps === 2) return `${hasAll} AND ${first} < ${last}`;
  const middle = `groupArrayIf((at, link), bitAnd(steps, ${needed - 1 - 2 ** (steps - 1)}) != 0)`;
  if (steps === 3) return `${hasAll} AND arrayExists(e -> e > ${first} AND e < ${last}, ${middle})`;
  const reached = `arrayFold((acc, e) -> if(e > ${first} AND e < ${last} AND bitTest(e.2, acc), acc + 1, acc)::Int64, arraySort(${middle}), toInt64(1))`;
  return `${hasAll} AND ${reached} = ${steps - 1}`;
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

/** A text that tells scalars apart; NULL for all else. */
function keySql({ text, number, flag }: SqlValue): string {
  return `multiIf(isNotNull(${text}), concat('s', ${text}), isNotNull(${number}), concat('n', toString(${number})), isNotNull(${flag}), concat('b', toString(${flag})), NULL)`;
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

/** A condition on an array of links in their order. */
function chainSql(events: string, rules: ChainRules, sql: SqlContext): string {
  const { steps, gaps, within } = rules;
  const hasGaps = gaps.slice(1, steps).some(Number.isFinite);
  if (!Number.isFinite(within) || steps === 1) return foldSql(events, rules, 'latest', sql);
  if (!hasGaps) return foldSql(events, rules, 'start', sql);
  const [all, one] = [sql.name('all'), sql.name('one')];
  const each = foldSql(all, rules, { from: one }, sql);
  return `arrayExists(${all} -> arrayExists(${one} -> ${each}, arrayFilter(e -> ${isStep(0)}, ${all})), [${events}])`;
}

/** What stands for a step: when the latest chain came to it, or when the one that began last began; or one first step is given. */
type Kept = 'latest' | 'start' | { readonly from: string };

function foldSql(events: string, rules: ChainRules, kept: Kept, sql: SqlContext): string {
  const { steps, absentFor } = rules;
  const isGiven = typeof kept === 'object';
  const cells = Array.from({ length: steps }, (_, index) => cellSql(index + 1, rules, kept, sql));
  const begin = Array.from({ length: steps }, (_, index) =>
    isGiven && index === 0 ? `${kept.from}.1` : NONE,
  );
  if (absentFor === undefined)
    return `arrayFold((acc, e) -> [${cells.join(', ')}]::Array(Int64), ${events}, [${begin.join(', ')}]::Array(Int64))[${steps}] != ${NONE}`;
  const d = sql.bind(absentFor, 'Int64');
  const now = sql.bind(sql.at.now, 'Int64');
  const isRipe = (at: string) => `${at} != ${NONE} AND ${at} + ${d} <= ${now}`;
  // What ends the waiting may itself be in the future.
  const isOver = `${isStep(steps)} AND acc[${steps}] + ${d} < e.1 AND ${isRipe(`acc[${steps}]`)}`;
  const done = `if(${isOver}, toInt64(1), acc[${steps + 1}])`;
  const end = sql.name('end');
  const fold = `arrayFold((acc, e) -> [${[...cells, done].join(', ')}]::Array(Int64), ${events}, [${[...begin, '0'].join(', ')}]::Array(Int64))`;
  return `arrayExists(${end} -> ${end}[${steps + 1}] = 1 OR (${isRipe(`${end}[${steps}]`)}), [${fold}])`;
}

/** What stands for one step, counted from 1, after an event `e`, where `acc` stood for all before it. */
function cellSql(step: number, rules: ChainRules, kept: Kept, sql: SqlContext): string {
  const { steps, gaps, within, absentFor, breaksAny } = rules;
  const isLast = step === steps;
  const isGiven = typeof kept === 'object';
  const before = `acc[${step - 1}]`;
  const gap = gaps[step - 1] ?? Number.POSITIVE_INFINITY;
  const reached = [
    isStep(step - 1),
    ...(step === 1 ? [] : [`${before} != ${NONE}`]),
    ...(step === 1 || !Number.isFinite(gap) || kept === 'start'
      ? []
      : [`e.1 - ${before} <= ${sql.bind(gap, 'Int64')}`]),
    ...(isLast && kept === 'start' && Number.isFinite(within)
      ? [`e.1 - ${before} <= ${sql.bind(within, 'Int64')}`]
      : []),
    ...(isGiven
      ? [
          `(e.1, e.2) > (${kept.from}.1, ${kept.from}.2)`,
          `e.1 - ${kept.from}.1 <= ${sql.bind(within, 'Int64')}`,
        ]
      : []),
  ].join(' AND ');
  // Bit k of breaks: it must not lie before step k, counted from 0. So it ends what waits at the step before.
  const held = breaksAny ? `if(${isBreak(step)}, ${NONE}, acc[${step}])` : `acc[${step}]`;
  const kill = isLast && absentFor !== undefined ? `if(${isStep(steps)}, ${NONE}, acc[${step}])` : undefined;
  // Of those that wait for something not to happen, the oldest decides.
  if (kill !== undefined) return `if(${reached}, if(${kill} != ${NONE}, ${kill}, e.1), ${kill})`;
  if (isGiven && step === 1) return `if((e.1, e.2) > (${kept.from}.1, ${kept.from}.2), ${held}, acc[1])`;
  if (kept === 'start' && step > 1) return `if(${reached}, greatest(${before}, ${held}), ${held})`;
  // What is complete stays so.
  return `if(${reached}, e.1, ${isLast ? `acc[${step}]` : held})`;
}
