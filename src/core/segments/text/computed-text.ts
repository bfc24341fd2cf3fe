import type { ComputedValue } from '../definition.js';
import type { Cursor } from './cursor.js';
import { printFigure, readFigure } from './events-text.js';
import { type Doc, line, withClauses } from './layout.js';
import { printSelector, readSelector } from './selector-text.js';

const DAYS_SINCE = 'days since the last';

/** The text of what a computed trait is made of. */
export function printComputed(value: ComputedValue): Doc {
  switch (value.kind) {
    case 'events':
      return printFigure(value);
    case 'ratio':
      return [printFigure(value.of), line, 'divided by ', printFigure(value.to)];
    case 'days_since': {
      const { head, clauses } = printSelector(value);
      return withClauses([`${DAYS_SINCE} `, head], clauses);
    }
    default:
      return value satisfies never;
  }
}

/** Reads what a computed trait is made of. */
export function readComputed(cursor: Cursor): ComputedValue {
  if (cursor.take(DAYS_SINCE)) return { kind: 'days_since', ...readSelector(cursor) };
  const of = readFigure(cursor);
  return cursor.take('divided by')
    ? { kind: 'ratio', of, to: readFigure(cursor) }
    : { kind: 'events', ...of };
}
