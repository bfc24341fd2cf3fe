import type { Condition } from '../definition.js';
import { type Language, printSingle, readSingle, type View } from './combination.js';
import type { Cursor } from './cursor.js';
import type { Doc } from './layout.js';
import { printPath, readPath } from './literal.js';
import { printTest, readTest } from './test-text.js';

const CONDITIONS: Language<Condition> = {
  view: viewCondition,
  group: (kind, of) => (kind === 'all' ? { all: of } : { any: of }),
  not: (not) => ({ not }),
  printLeaf,
  readLeaf,
};

function viewCondition(condition: Condition): View<Condition> {
  if ('all' in condition) return { kind: 'all', of: condition.all };
  if ('any' in condition) return { kind: 'any', of: condition.any };
  return 'not' in condition ? { kind: 'not', of: condition.not } : { kind: 'leaf' };
}

/** The text of a condition on an event, as it stands after `where`. */
export function printCondition(condition: Condition): Doc {
  return printSingle(CONDITIONS, condition);
}

/** Reads a condition on an event: one, or several in parentheses. */
export function readCondition(cursor: Cursor): Condition {
  return readSingle(CONDITIONS, cursor);
}

function printLeaf(condition: Condition): Doc {
  if ('field' in condition) return [`${printPath(condition.field)} `, printTest(condition.is)];
  if ('items' in condition)
    return [`any item of ${printPath(condition.items)} has `, printCondition(condition.where)];
  return printCondition(condition);
}

function readLeaf(cursor: Cursor): Condition {
  if (cursor.take('any item of')) {
    const items = readPath(cursor, 'the path of an array, such as properties.products');
    cursor.expect('has');
    return { items, where: cursor.nested(() => readCondition(cursor)) };
  }
  const field = readPath(cursor, 'a condition on the event, such as properties.total > 100');
  return { field, is: readTest(cursor) };
}
