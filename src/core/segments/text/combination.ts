import type { Cursor } from './cursor.js';
import { type Doc, inParentheses, joined, line } from './layout.js';
import { readListed } from './literal.js';

/** How one language combines its conditions: the nodes of a definition, and the conditions on an event, do it alike. */
export interface Language<T> {
  /** What a condition is: some combined, one negated, or one of the language's own. */
  readonly view: (one: T) => View<T>;
  readonly group: (kind: 'all' | 'any', of: readonly T[]) => T;
  readonly not: (of: T) => T;
  readonly printLeaf: (leaf: T) => Doc;
  readonly readLeaf: (cursor: Cursor) => T;
}

/** What a condition is made of. */
export type View<T> = Group<T> | { readonly kind: 'not'; readonly of: T } | { readonly kind: 'leaf' };

interface Group<T> {
  readonly kind: 'all' | 'any';
  readonly of: readonly T[];
}

const WORDS = { all: 'and', any: 'or' } as const;

/** The text of a condition that stands alone. */
export function printWhole<T>(language: Language<T>, one: T): Doc {
  const view = language.view(one);
  const chained = (view.kind === 'all' || view.kind === 'any') && view.of.length > 1;
  return chained ? printChain(language, view) : printSingle(language, one);
}

/** The text of a condition that stands among others: several joined ones are in parentheses. */
export function printSingle<T>(language: Language<T>, one: T): Doc {
  const view = language.view(one);
  switch (view.kind) {
    case 'leaf':
      return language.printLeaf(one);
    case 'not':
      return ['not ', printSingle(language, view.of)];
    case 'all':
    case 'any': {
      if (view.of.length > 1) return inParentheses(printChain(language, view));
      // Nothing joins a single one: it is listed.
      const listed = view.of.map((each) => printWhole(language, each));
      return [`${view.kind} of `, inParentheses(joined(listed, [',', line]))];
    }
    default:
      return view satisfies never;
  }
}

function printChain<T>(language: Language<T>, { kind, of }: Group<T>): Doc {
  const single = of.map((one) => printSingle(language, one));
  return joined(single, [line, `${WORDS[kind]} `]);
}

/** Reads conditions joined by `and` and `or`, of which `and` binds tighter. */
export function readWhole<T>(language: Language<T>, cursor: Cursor): T {
  return cursor.nested(() =>
    readChain(language, cursor, 'any', () =>
      readChain(language, cursor, 'all', () => readSingle(language, cursor)),
    ),
  );
}

function readChain<T>(language: Language<T>, cursor: Cursor, kind: 'all' | 'any', readOne: () => T): T {
  const first = readOne();
  const of = [first];
  while (cursor.take(WORDS[kind])) of.push(readOne());
  return of.length === 1 ? first : language.group(kind, of);
}

/** Reads one condition: joined ones must be in parentheses. */
export function readSingle<T>(language: Language<T>, cursor: Cursor): T {
  if (cursor.take('not')) return language.not(cursor.nested(() => readSingle(language, cursor)));
  if (cursor.take('(')) {
    const whole = readWhole(language, cursor);
    cursor.expect(')');
    return whole;
  }
  const kind = cursor.takeOneOf({ all: 'all of', any: 'any of' });
  if (kind === undefined) return language.readLeaf(cursor);
  return language.group(
    kind,
    readListed(cursor, () => readWhole(language, cursor)),
  );
}
