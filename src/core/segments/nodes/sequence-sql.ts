/**
 * Sequences in ClickHouse: a person's events as an array in their order, folded into how far chains have come. Where each step needs only the
 * latest chain (no limit on the whole, or none on single steps), one figure a step is enough; with both, every first step is tried by itself.
 */
import type { Correlation, Node } from '../definition.js';
import { compileEventField } from '../events/event-field.js';
import { compileSelector } from '../events/selector.js';
import type { ChainRules } from '../leaves/find-chain.js';
import { pathKeys } from '../path.js';
import type { SqlContext } from '../sql/sql-context.js';
import { jsonItems, jsonValue, scalarJson } from '../sql/sql-value.js';
import { timesSql } from './events-value.js';

type Sequence = Extract<Node, { kind: 'sequence' }>;

/** No chain has come to a step. */
const NONE = '-9223372036854775807';

/** A SELECT of those who have a chain. */
export function sequenceSql(node: Sequence, rules: ChainRules, sql: SqlContext): string {
  const { same, steps } = node;
  const masks = masksSql(node, sql);
  const columns = { at: 'toUnixTimestamp64Milli(timestamp)', log_offset: 'events.offset', ...masks.columns };
  const rows = sql.rows({ columns, where: masks.where });
  // Whoever lacks one of the steps has no chain: most people, at no cost.
  const needed = (2 ** rules.steps - 1).toString();
  const hasAll = (mask: string) => `bitAnd(groupBitOr(${mask}), ${needed}) = ${needed}`;
  if (same === undefined) {
    const events = 'arraySort(groupArray((at, log_offset, steps, breaks)))';
    return `SELECT person FROM ${rows} GROUP BY person HAVING ${hasAll('steps')} AND ${chainSql(events, rules, sql)}`;
  }
  const breaksAny = steps.some(({ without }) => without !== undefined);
  if (!breaksAny) {
    const single = `(SELECT person, at, log_offset, pair.1 AS value, pair.2 AS steps FROM ${rows} ARRAY JOIN shared AS pair)`;
    const events = 'arraySort(groupArray((at, log_offset, steps, toUInt32(0))))';
    return `SELECT person FROM ${single} GROUP BY person, value HAVING ${hasAll('steps')} AND ${chainSql(events, rules, sql)}`;
  }
  const all = 'arraySort(e -> (e.1, e.2), groupArray((at, log_offset, shared, breaks)))';
  const own = 'arrayMap(e -> (e.1, e.2, arrayFirst(q -> q.1 = v, e.3).2, e.4), links)';
  const values = 'arrayDistinct(arrayMap(q -> q.1, arrayFlatten(arrayMap(e -> e.3, links))))';
  return `SELECT person FROM (SELECT person, ${all} AS links FROM ${rows} GROUP BY person)
    WHERE arrayExists(v -> ${chainSql(own, rules, sql)}, ${values})`;
}

/** Which steps an event may be, and which it breaks. */
export interface Masks {
  readonly columns: Readonly<Record<string, string>>;
  readonly where: string;
}

/** Which steps an event may be, and which it breaks: as `Link` has them. */
export function masksSql({ steps, same, window = { kind: 'ever' } }: Sequence, sql: SqlContext): Masks {
  const times = timesSql(sql, window);
  const conditions = steps.map((step) => {
    const selects = compileSelector(step).sql(sql);
    // What is absent may lie beyond the window.
    return `(${[selects, ...(step.absent === true ? [] : times)].join(' AND ')})`;
  });
  const broken = steps.map(({ without = [] }) => without.map((one) => compileSelector(one).sql(sql)));
  const bit = (condition: string, index: number) => `if(${condition}, ${2 ** index}, 0)`;
  const sumOf = (bits: readonly string[]) => `toUInt32(${bits.length === 0 ? '0' : bits.join(' + ')})`;
  const breaks = broken.flatMap((selects, index) =>
    selects.length === 0 ? [] : [bit(`(${selects.join(' OR ')})`, index)],
  );
  const where = `(${[...conditions, ...broken.flat().map((one) => `(${one})`)].join(' OR ')})`;
  const columns = { breaks: sumOf(breaks) };
  if (same === undefined) return { columns: { ...columns, steps: sumOf(conditions.map(bit)) }, where };
  const given = steps.map(
    (step, index) => `if(${conditions[index]}, ${valuesSql(step.same ?? same)}, []::Array(String))`,
  );
  const values = `arrayDistinct(arrayConcat(${given.join(', ')}))`;
  const mask = sumOf(given.map((list, index) => bit(`has(${list}, v)`, index)));
  return { columns: { ...columns, shared: `arrayMap(v -> (v, ${mask}), ${values})` }, where };
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

/** A condition on an array of `(at, offset, steps, breaks)` in their order. */
function chainSql(events: string, rules: ChainRules, sql: SqlContext): string {
  const { steps, gaps, within } = rules;
  const hasGaps = gaps.slice(1, steps).some(Number.isFinite);
  if (!Number.isFinite(within) || steps === 1) return foldSql(events, rules, 'latest', sql);
  if (!hasGaps) return foldSql(events, rules, 'start', sql);
  const [all, one] = [sql.name('all'), sql.name('one')];
  const each = foldSql(all, rules, { from: one }, sql);
  return `arrayExists(${all} -> arrayExists(${one} -> ${each}, arrayFilter(e -> bitTest(e.3, 0), ${all})), [${events}])`;
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
  const isOver = `bitTest(e.3, ${steps}) AND acc[${steps}] != ${NONE} AND acc[${steps}] + ${d} < e.1`;
  const done = `if(${isOver}, toInt64(1), acc[${steps + 1}])`;
  const end = sql.name('end');
  const fold = `arrayFold((acc, e) -> [${[...cells, done].join(', ')}]::Array(Int64), ${events}, [${[...begin, '0'].join(', ')}]::Array(Int64))`;
  return `arrayExists(${end} -> ${end}[${steps + 1}] = 1 OR (${end}[${steps}] != ${NONE} AND ${end}[${steps}] + ${d} <= ${sql.bind(sql.at.now, 'Int64')}), [${fold}])`;
}

/** What stands for one step, counted from 1, after an event `e`, where `acc` stood for all before it. */
function cellSql(step: number, rules: ChainRules, kept: Kept, sql: SqlContext): string {
  const { steps, gaps, within, absentFor } = rules;
  const isLast = step === steps;
  const isGiven = typeof kept === 'object';
  const before = `acc[${step - 1}]`;
  const gap = gaps[step - 1] ?? Number.POSITIVE_INFINITY;
  const reached = [
    `bitTest(e.3, ${step - 1})`,
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
  const held = `if(bitTest(e.4, ${step}), ${NONE}, acc[${step}])`;
  const kill =
    isLast && absentFor !== undefined ? `if(bitTest(e.3, ${steps}), ${NONE}, acc[${step}])` : undefined;
  // Of those that wait for something not to happen, the oldest decides.
  if (kill !== undefined) return `if(${reached}, if(${kill} != ${NONE}, ${kill}, e.1), ${kill})`;
  if (isGiven && step === 1) return `if((e.1, e.2) > (${kept.from}.1, ${kept.from}.2), ${held}, acc[1])`;
  if (kept === 'start' && step > 1) return `if(${reached}, greatest(${before}, ${held}), ${held})`;
  // What is complete stays so.
  return `if(${reached}, e.1, ${isLast ? `acc[${step}]` : held})`;
}
