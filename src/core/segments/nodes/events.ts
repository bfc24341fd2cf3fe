/** What somebody did: a figure of the person's events, tested. */

import { TributaryError } from '../../errors.js';
import { LIMITS } from '../../limits.js';
import type { Node, Test } from '../definition.js';
import { durationMs } from '../duration.js';
import { selectorOf } from '../events/selector.js';
import { createWindowLeaf } from '../leaves/window-leaf.js';
import { count } from '../measures/count.js';
import { foldOf } from '../measures/measure.js';
import type { Fields } from '../read.js';
import { compileTest, readTest } from '../tests/test.js';
import type { CompiledNode, CompiledValue, Scope } from './compiled-node.js';
import { leafKey } from './compiled-node.js';
import { compileEventsValue, readEventsValue } from './events-value.js';
import { testedValue } from './valued.js';

type Events = Extract<Node, { kind: 'events' }>;

/** Reads `events`. */
export function readEvents(fields: Fields): Events {
  const value = readEventsValue(fields);
  const is = fields.raw('is');
  return { kind: 'events', ...value, ...(is.value === undefined ? {} : { is: readTest(is.value, is.at) }) };
}

/** Compiles it. */
export function compileEvents(node: Events, scope: Scope): CompiledNode {
  const { measure = { kind: 'count' }, window = { kind: 'ever' } } = node;
  const is: Test = node.is ?? (measure.kind === 'count' ? { op: 'gte', value: 1 } : { op: 'exists' });
  const test = compileTest(is);
  const asksForAny = measure.kind === 'count' && atLeast(is)[0] === 1;
  if (measure.kind !== 'count' || window.kind !== 'last')
    return testedValue(node, compileEventsValue(node, scope), test, asksForAny);
  const threshold = thresholdOf(is);
  if (threshold !== undefined)
    return { ...testedValue(node, countOf(node), test, asksForAny), ...counted(node, threshold, scope) };
  const most = mostAsked(is);
  if (most === undefined) return testedValue(node, compileEventsValue(node, scope), test);
  return testedValue(node, compileEventsValue(node, scope, keptFor(most)), test);
}

/** The count itself, for its SQL: its own leaf would remember more than is asked for. */
function countOf(node: Events): CompiledValue {
  return compileEventsValue(node, { leaf: (_, make) => make() });
}

/** A count that is asked for as "at least n", or as the opposite of it. */
interface Threshold {
  readonly n: number;
  readonly negated: boolean;
}

function thresholdOf(is: Test): Threshold | undefined {
  const [n, negated] = atLeast(is);
  return n === undefined || n < 1 ? undefined : { n: keptFor(n), negated };
}

/** The largest count that a test tells from larger ones. */
function mostAsked(is: Test): number | undefined {
  if (is.op === 'between') return Math.floor(is.to) + 1;
  const values = 'values' in is ? is.values : 'value' in is ? [is.value] : [];
  const numbers = values.filter((value) => typeof value === 'number');
  return numbers.length === 0 ? undefined : Math.max(1, Math.floor(Math.max(...numbers)) + 1);
}

/** So many of the newest events tell all counts up to there. */
function keptFor(n: number): number {
  if (n <= LIMITS.countedInWindowMax) return n;
  throw new TributaryError(
    'definition_too_costly',
    `The definition asks for ${n} events in a window that moves; at most ${LIMITS.countedInWindowMax} are kept for each person. Ask for fewer, or use a window between dates, or ever.`,
  );
}

function atLeast(is: Test): [n: number | undefined, negated: boolean] {
  switch (is.op) {
    case 'gte':
      return [Math.ceil(is.value), false];
    case 'gt':
      return [Math.floor(is.value) + 1, false];
    case 'lt':
      return [Math.ceil(is.value), true];
    case 'lte':
      return [Math.floor(is.value) + 1, true];
    case 'equals':
      return [is.value === 0 ? 1 : undefined, true];
    default:
      return [undefined, false];
  }
}

/** The newest n events of a moving window are all that must be remembered, and the nth tells when the answer changes. */
function counted(
  node: Events,
  { n, negated }: Threshold,
  scope: Scope,
): Pick<CompiledNode, 'holds' | 'changesAt' | 'dues' | 'explain'> {
  const selector = selectorOf(node);
  // Invariant: only windows of this kind come here.
  const length = durationMs((node.window as { duration: string }).duration);
  const key = leafKey('newest', { ...selector, n, window: node.window });
  const leaf = scope.leaf(key, () =>
    createWindowLeaf(key, selector, foldOf('count'), undefined, { last: length }, n),
  );
  const holds: CompiledNode['holds'] = (person, now) =>
    (leaf.nthNewest(person.state(leaf), n, now) !== undefined) !== negated;
  return {
    holds,
    changesAt(person, now) {
      const nth = leaf.nthNewest(person.state(leaf), n, now);
      return nth === undefined ? Number.POSITIVE_INFINITY : nth + length;
    },
    dues(sql) {
      const { rows } = countOf(node).group(sql);
      const nth = n === 1 ? 'max(at)' : `arrayReverseSort(groupArray(at))[${n}]`;
      const due = `toUnixTimestamp64Milli(${nth}) + ${sql.bind(length, 'Int64')}`;
      return [`SELECT person, ${due} AS due FROM ${rows} GROUP BY person HAVING count() >= ${n}`];
    },
    explain: (person, now) => ({
      node,
      holds: holds(person, now),
      value: leaf.valueOf(person.state(leaf), now) ?? count.value(undefined) ?? 0,
    }),
  };
}
