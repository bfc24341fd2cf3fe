import type { EventsValue, Measure, Node, Test, Window } from '../definition.js';
import type { Cursor } from './cursor.js';
import { type Doc, withClauses } from './layout.js';
import {
  printDuration,
  printPath,
  printScalar,
  readDuration,
  readMoment,
  readNumber,
  readPath,
} from './literal.js';
import { printSelector, readSelector } from './selector-text.js';
import { printTest, readTestIfAny } from './test-text.js';

type EventsNode = Extract<Node, { kind: 'events' }>;

/** How many times, which reads better than a test of the count. */
const TIMES = {
  gte: 'at least',
  lte: 'at most',
  equals: 'exactly',
  gt: 'more than',
  lt: 'fewer than',
} as const;

/** Measures that are made of a value of each event. */
const MEASURES = {
  sum: 'sum of',
  avg: 'average of',
  min: 'min of',
  max: 'max of',
  distinct: 'count of different',
  list: 'list of',
  most_frequent: 'most frequent',
  first: 'first',
  last: 'last',
} as const;
/** The others; `first time of` must be looked for before `first`. */
const PLAIN_MEASURES = { count: 'count of', first_at: 'first time of', last_at: 'last time of' } as const;

/** The text of a condition on a person's events. */
export function printEvents({ is, ...value }: EventsNode): Doc {
  const counted = (value.measure ?? { kind: 'count' }).kind === 'count';
  const times = is === undefined ? [] : printTimes(is);
  if (!counted || times === undefined) return printFigure(value, is === undefined ? [] : [printTest(is)]);
  const { head, clauses } = printSelector(value);
  return withClauses(['did ', head], [...clauses, ...times, ...printWindow(value.window)]);
}

/** The text of a figure of a person's events. */
export function printFigure(value: EventsValue, more: readonly Doc[] = []): Doc {
  const { head, clauses } = printSelector(value);
  return withClauses(
    [`${printMeasure(value.measure)} `, head],
    [...clauses, ...printWindow(value.window), ...more],
  );
}

function printMeasure(measure: Measure = { kind: 'count' }): string {
  switch (measure.kind) {
    case 'count':
    case 'first_at':
    case 'last_at':
      return PLAIN_MEASURES[measure.kind];
    default:
      return `${MEASURES[measure.kind]} ${printPath(measure.of)} of`;
  }
}

/** How many times, or undefined for a test of another kind. */
function printTimes(is: Test): Doc[] | undefined {
  switch (is.op) {
    case 'gte':
    case 'lte':
    case 'gt':
    case 'lt':
      return [`${TIMES[is.op]} ${times(is.value)}`];
    case 'equals':
      return typeof is.value === 'number' && is.ignoreCase !== true
        ? [`exactly ${times(is.value)}`]
        : undefined;
    case 'between':
      return [`between ${printScalar(is.from)} and ${times(is.to)}`];
    default:
      return undefined;
  }
}

function times(count: number): string {
  return `${printScalar(count)} ${count === 1 ? 'time' : 'times'}`;
}

/** The clause of a window; none for all times. */
export function printWindow(window: Window = { kind: 'ever' }): Doc[] {
  switch (window.kind) {
    case 'ever':
      return [];
    case 'last':
      return [`in the last ${printDuration(window.duration)}`];
    case 'between': {
      const { from, to } = window;
      if (from !== undefined) return [to === undefined ? `since ${from}` : `between ${from} and ${to}`];
      return to === undefined ? [] : [`until ${to}`];
    }
    case 'since': {
      const { head, clauses } = printSelector(window.event);
      return [withClauses(['since the last ', head], clauses)];
    }
    default:
      return window satisfies never;
  }
}

/** Reads a condition on a person's events, if one stands here. */
export function readEvents(cursor: Cursor): EventsNode | undefined {
  if (cursor.take('did')) return readDid(cursor);
  const value = readFigureIfAny(cursor);
  if (value === undefined) return undefined;
  const is = readTestIfAny(cursor);
  return { kind: 'events', ...value, ...(is && { is }) };
}

function readDid(cursor: Cursor): EventsNode {
  const selector = readSelector(cursor);
  // People say "twice in a week" and "in a week twice".
  const early = readWindow(cursor);
  const is = readTimes(cursor);
  const window = early ?? readWindow(cursor);
  return { kind: 'events', ...selector, ...(window && { window }), ...(is && { is }) };
}

function readTimes(cursor: Cursor): Test | undefined {
  const op = cursor.takeOneOf(TIMES);
  if (op !== undefined) return { op, value: readCount(cursor) };
  const { kind, raw } = cursor.peek();
  if (kind === 'number')
    cursor.fail('how often it happened', `Write \`at least ${raw} times\` or \`exactly ${raw} times\`.`);
  if (!cursor.take('between', 'number')) return undefined;
  const from = readNumber(cursor, 'a number of times');
  cursor.expect('and');
  return { op: 'between', from, to: readCount(cursor) };
}

function readCount(cursor: Cursor): number {
  const count = readNumber(cursor, 'a number of times, such as 2 times');
  if (!cursor.take('times')) cursor.expect('time');
  return count;
}

/** Reads a figure of a person's events. */
export function readFigure(cursor: Cursor): EventsValue {
  return (
    readFigureIfAny(cursor) ?? cursor.fail('a figure, such as sum of properties.total of "Order Completed"')
  );
}

function readFigureIfAny(cursor: Cursor): EventsValue | undefined {
  const measure = readMeasure(cursor);
  if (measure === undefined) return undefined;
  const selector = readSelector(cursor);
  const window = readWindow(cursor);
  return { ...selector, ...(measure.kind === 'count' ? {} : { measure }), ...(window && { window }) };
}

function readMeasure(cursor: Cursor): Measure | undefined {
  // The longer phrases first: `count of different` begins like `count of`, and `first time of` like `first`.
  if (cursor.take(MEASURES.distinct)) return readMeasureOf(cursor, 'distinct');
  const plain = cursor.takeOneOf(PLAIN_MEASURES);
  if (plain !== undefined) return { kind: plain };
  const kind = cursor.takeOneOf(MEASURES);
  return kind && readMeasureOf(cursor, kind);
}

function readMeasureOf(cursor: Cursor, kind: keyof typeof MEASURES): Measure {
  const of = readPath(cursor, 'where the value stands in the event, such as properties.total');
  cursor.expect('of');
  return { kind, of };
}

/** Reads the window of an event's condition, if one stands here. */
function readWindow(cursor: Cursor): Window | undefined {
  if (cursor.take('since the last'))
    return { kind: 'since', event: cursor.nested(() => readSelector(cursor)) };
  return readTimeWindow(cursor);
}

/** Reads a window that is made of times alone, if one stands here. */
export function readTimeWindow(cursor: Cursor): Exclude<Window, { kind: 'since' }> | undefined {
  if (cursor.take('in the last')) return { kind: 'last', duration: readDuration(cursor) };
  if (cursor.take('since')) return { kind: 'between', from: readMoment(cursor) };
  if (cursor.take('until')) return { kind: 'between', to: readMoment(cursor) };
  if (!cursor.take('between', 'moment')) return undefined;
  const from = readMoment(cursor);
  cursor.expect('and');
  return { kind: 'between', from, to: readMoment(cursor) };
}
