import type { Correlation, Node, Selector, Step } from '../definition.js';
import type { Cursor } from './cursor.js';
import { printWindow, readTimeWindow } from './events-text.js';
import { type Doc, group, indented, inParentheses, joined, line, softLine, withClauses } from './layout.js';
import { printDuration, printPath, readDuration, readListed, readPath } from './literal.js';
import { printSelector, readSelector } from './selector-text.js';

type Sequence = Extract<Node, { kind: 'sequence' }>;

/** The text of a sequence. */
export function printSequence({ steps, within, same, window }: Sequence): Doc {
  const printed = joined(steps.map(printStep), [line, 'then ']);
  return [
    group('sequence (', indented(softLine, printed), softLine, ')'),
    ...[...printWithin(within), ...printSame(same), ...printWindow(window)].map((clause) => [' ', clause]),
  ];
}

function printStep({ within, without = [], same, absent, ...selector }: Step): Doc {
  const { head, clauses } = printSelector(selector);
  return withClauses(
    [absent === true ? 'not ' : '', head],
    [...clauses, ...printWithin(within), ...printWithout(without), ...printSame(same)],
  );
}

function printWithin(duration: string | undefined): Doc[] {
  return duration === undefined ? [] : [`within ${printDuration(duration)}`];
}

function printWithout(without: readonly Selector[]): Doc[] {
  if (without.length === 0) return [];
  const printed = without.map((selector) => {
    const { head, clauses } = printSelector(selector);
    return withClauses(head, clauses);
  });
  return [['without ', printed.length === 1 ? printed : inParentheses(joined(printed, [',', line]))]];
}

function printSame(same: Correlation | undefined): Doc[] {
  if (same === undefined) return [];
  if (typeof same === 'string') return [`with same ${printPath(same)}`];
  return [`with same ${printPath(same.field)} of any item of ${printPath(same.items)}`];
}

/** Reads a sequence, if one stands here. */
export function readSequence(cursor: Cursor): Sequence | undefined {
  if (!cursor.take('sequence')) return undefined;
  cursor.expect('(');
  const steps = [readStep(cursor)];
  while (cursor.take('then')) steps.push(readStep(cursor));
  cursor.expect(')');
  let found: Omit<Sequence, 'kind' | 'steps'> = {};
  for (;;) {
    const clause = readWithin(cursor, found) ?? readSame(cursor, found) ?? readWindow(cursor, found);
    if (clause === undefined) return { kind: 'sequence', steps, ...found };
    found = { ...found, ...clause };
  }
}

function readStep(cursor: Cursor): Step {
  const absent = cursor.take('not');
  let step: Step = { ...readSelector(cursor), ...(absent && { absent }) };
  for (;;) {
    const clause = readWithin(cursor, step) ?? readWithout(cursor, step) ?? readSame(cursor, step);
    if (clause === undefined) return step;
    step = { ...step, ...clause };
  }
}

// Clauses come in any order, each at most once: a second one is left for what comes after, which refuses it.

function readWithin(cursor: Cursor, before: { readonly within?: string }): { within: string } | undefined {
  if (before.within !== undefined || !cursor.take('within')) return undefined;
  return { within: readDuration(cursor) };
}

function readWithout(cursor: Cursor, before: Step): { without: readonly Selector[] } | undefined {
  if (before.without !== undefined || !cursor.take('without')) return undefined;
  const one = () => readSelector(cursor);
  return { without: cursor.at('(') ? readListed(cursor, one) : [one()] };
}

function readSame(
  cursor: Cursor,
  before: { readonly same?: Correlation },
): { same: Correlation } | undefined {
  if (before.same !== undefined || !cursor.take('with same')) return undefined;
  const field = readPath(cursor, 'where the value stands, such as properties.product_id');
  if (!cursor.take('of any item of')) return { same: field };
  return { same: { items: readPath(cursor, 'the path of an array, such as properties.products'), field } };
}

function readWindow(cursor: Cursor, before: Pick<Sequence, 'window'>): Pick<Sequence, 'window'> | undefined {
  const window = before.window === undefined ? readTimeWindow(cursor) : undefined;
  return window && { window };
}
