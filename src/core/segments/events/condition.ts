/** Conditions on one event, or on one item of an array in it. */
import type { JsonValue } from '../../json.js';
import { isObject } from '../../json.js';
import type { Condition, Test } from '../definition.js';
import { pathKeys, valueAt } from '../path.js';
import { Fields, refuse } from '../read.js';
import type { SqlContext } from '../sql/sql-context.js';
import { anyItem, type JsonPaths, jsonValue, type SqlValue } from '../sql/sql-value.js';
import { compileTest, readTest } from '../tests/test.js';
import { compileEventField, compileEventItems, objectsOf, readEventField } from './event-field.js';
import type { SegmentEvent } from './segment-event.js';

const PARTS_MAX = 50;
/** Conditions inside each other. */
const DEPTH_MAX = 20;
/** Arrays of objects inside arrays of objects. */
const ITEMS_DEPTH_MAX = 2;

const NOW_OPS: ReadonlySet<Test['op']> = new Set(['within_last', 'within_next', 'older_than', 'anniversary']);

/** A condition on things of a kind, in both forms. */
interface Compiled<Thing> {
  holds(thing: Thing): boolean;
  /** @param from the paths of the thing; an event's are those of its row. */
  sql(sql: SqlContext, from: JsonPaths): string;
}

/** A compiled condition on events. */
export type EventCondition = Compiled<SegmentEvent>;

/** A condition on an item. */
type ItemSql = (item: JsonPaths) => string;

/** Where the fields of a condition are. */
interface Place<Thing> {
  readField(fields: Fields, name: string): string;
  field(path: string): { read(thing: Thing): JsonValue | undefined; sql(from: JsonPaths): SqlValue };
  items(path: string): {
    read(thing: Thing): readonly JsonValue[];
    sql(sql: SqlContext, from: JsonPaths, holds: ItemSql): string;
  };
}

const EVENT: Place<SegmentEvent> = {
  readField: readEventField,
  field(path) {
    const { read, sql } = compileEventField(path);
    return { read, sql: () => sql };
  },
  items(path) {
    const { read, root, keys } = compileEventItems(path);
    return { read, sql: (sql, _, holds) => anyItem(sql, root, keys, holds) };
  },
};

const ITEM: Place<JsonValue> = {
  readField: (fields, name) => fields.path(name),
  field(path) {
    const keys = pathKeys(path);
    return {
      read: (item) => valueAt(item, keys) ?? undefined,
      sql: (from) => jsonValue(from, keys),
    };
  },
  items(path) {
    const keys = pathKeys(path);
    return {
      read: (item) => objectsOf(valueAt(item, keys)),
      sql: (sql, from, holds) => anyItem(sql, from, keys, holds),
    };
  },
};

/** Reads a condition on events. @throws TributaryError `definition_invalid` that names the field and the fix. */
export function readCondition(value: unknown, at: string): Condition {
  return read(value, at, EVENT, 0, 0);
}

/** Compiles one. */
export function compileCondition(condition: Condition): EventCondition {
  return compile(condition, EVENT);
}

function read<Thing>(
  value: unknown,
  at: string,
  place: Place<Thing>,
  depth: number,
  items: number,
): Condition {
  if (depth > DEPTH_MAX) refuse(at, `is nested more than ${DEPTH_MAX} deep.`);
  const fields = new Fields(value, at);
  const condition = readParts(fields, place, depth, items);
  fields.end();
  return condition;
}

function readParts<Thing>(fields: Fields, place: Place<Thing>, depth: number, items: number): Condition {
  const deeper = ({ value, at }: { value: unknown; at: string }) => read(value, at, place, depth + 1, items);
  if (fields.has('all')) return { all: fields.list('all', { min: 1, max: PARTS_MAX }).map(deeper) };
  if (fields.has('any')) return { any: fields.list('any', { min: 1, max: PARTS_MAX }).map(deeper) };
  if (fields.has('not')) return { not: deeper(fields.raw('not')) };
  if (fields.has('items')) {
    if (items >= ITEMS_DEPTH_MAX) refuse(fields.at, `looks into arrays more than ${ITEMS_DEPTH_MAX} deep.`);
    const path = place.readField(fields, 'items');
    const where = fields.raw('where');
    return { items: path, where: read(where.value, where.at, ITEM, depth + 1, items + 1) };
  }
  if (!fields.has('field')) refuse(fields.at, 'must have one of field, items, all, any, not.');
  const field = place.readField(fields, 'field');
  const is = fields.raw('is');
  const test = readTest(is.value, is.at);
  // Whether an event counts must not change while time passes: that is what windows are for.
  if (NOW_OPS.has(test.op))
    refuse(
      `${is.at}.op`,
      `${test.op} asks about now, an event about its own time. Use a window, or before and after.`,
    );
  return { field, is: test };
}

function compile<Thing>(condition: Condition, place: Place<Thing>): Compiled<Thing> {
  if ('all' in condition) return compileMany(condition.all, place, true);
  if ('any' in condition) return compileMany(condition.any, place, false);
  if ('not' in condition) {
    const inner = compile(condition.not, place);
    return {
      holds: (thing) => !inner.holds(thing),
      sql: (sql, from) => `NOT ${inner.sql(sql, from)}`,
    };
  }
  if ('items' in condition) {
    const items = place.items(condition.items);
    const inner = compile(condition.where, ITEM);
    return {
      holds: (thing) => items.read(thing).some(inner.holds),
      sql: (sql, from) => items.sql(sql, from, (item) => inner.sql(sql, item)),
    };
  }
  return compileField(condition.field, condition.is, place);
}

function compileField<Thing>(path: string, is: Test, place: Place<Thing>): Compiled<Thing> {
  const field = place.field(path);
  const test = compileTest(is);
  return {
    holds(thing) {
      const value = field.read(thing);
      return test.holds(isObject(value) && is.op !== 'near' ? undefined : value, 0);
    },
    sql: (sql, from) => test.sql(field.sql(from), sql),
  };
}

function compileMany<Thing>(
  conditions: readonly Condition[],
  place: Place<Thing>,
  all: boolean,
): Compiled<Thing> {
  const parts = conditions.map((condition) => compile(condition, place));
  return {
    holds: (thing) =>
      all ? parts.every((part) => part.holds(thing)) : parts.some((part) => part.holds(thing)),
    sql: (sql, from) => `(${parts.map((part) => part.sql(sql, from)).join(all ? ' AND ' : ' OR ')})`,
  };
}
