/** JSON values in ClickHouse, one expression for each thing that a test may ask of them. Those of another type are NULL. */
import type { SqlContext } from './sql-context.js';
import { quoted } from './sql-context.js';

/** A value as tests see it. All expressions are nullable, but for the last two. */
export interface SqlValue {
  readonly text: string;
  readonly number: string;
  readonly flag: string;
  /** The JSON text of an array. */
  readonly array: string;
  /** There, and not null. */
  readonly exists: string;
  readonly isNull: string;
  /** A member, where it may be an object. */
  member(key: string): SqlValue;
}

const NOTHING: SqlValue = {
  text: 'NULL::Nullable(String)',
  number: 'NULL::Nullable(Float64)',
  flag: 'NULL::Nullable(Bool)',
  array: 'NULL::Nullable(String)',
  exists: 'false',
  isNull: 'false',
  member: () => NOTHING,
};

/** A value of a column of type JSON, or of an item in it. Keys with dots are stored escaped. */
export function jsonValue(from: string, keys: readonly string[]): SqlValue {
  const at = placeIn(from, keys);
  return {
    text: `${at}.:String`,
    number: `coalesce(${at}.:Float64, toFloat64(${at}.:Int64), toFloat64(${at}.:UInt64))`,
    flag: `${at}.:Bool`,
    array: `if(startsWith(dynamicType(${at}), 'Array'), toJSONString(${at}), NULL)`,
    exists: `(dynamicType(${at}) != 'None')`,
    isNull: 'false',
    member: (key) => jsonValue(from, [...keys, key]),
  };
}

/** A trait of a row of `profiles` as JSON text: objects as an empty one, nothing where it is missing. */
export function traitText(sql: SqlContext, table: string, keys: readonly string[]): string {
  const place = sql.text(placeOf(keys));
  const text = `nullIf(toJSONString(${placeIn(`${table}.traits`, keys)}), 'null')`;
  return `ifNull(${text}, multiIf(has(${table}.nulls, ${place}), 'null', has(${table}.objects, ${place}), '{}', ''))`;
}

function placeIn(from: string, keys: readonly string[]): string {
  return `${from}.${keys.map((key) => quoted(key.replaceAll('.', '%2E'))).join('.')}`;
}

/**
 * The objects of an array: nothing, where it holds anything else. Which of three types such an array gets depends on the arrays that were
 * inserted along with it. The last of them is read anew, under `READ_ROWS` alone as it was written.
 */
export function jsonItems(from: string, keys: readonly string[]): string {
  const at = placeIn(from, keys);
  const [plain, nullable, mixed] = ['JSON', 'Nullable(JSON)', 'Dynamic'].map(
    (type) => `${at}.:\`Array(${type})\``,
  );
  const objects = (array: string | undefined, isObject: string, object: string) =>
    `arrayMap(x -> assumeNotNull(${object}), arrayFilter(x -> arrayAll(y -> ${isObject}, ${array}), ${array}))`;
  const others = objects(mixed, "dynamicType(y) = 'JSON'", "dynamicElement(x, 'JSON')");
  return `arrayConcat(${plain}, ${objects(nullable, 'isNotNull(y)', 'x')}, CAST(${others}, toTypeName(${plain})))`;
}

/**
 * A trait of a row of `profiles` or `accounts`: column `traits`, beside which `nulls` and `objects` say where its nulls and objects
 * are, since a column of type JSON keeps neither.
 */
export function traitValue(sql: SqlContext, table: string, keys: readonly string[]): SqlValue {
  const plain = jsonValue(`${table}.traits`, keys);
  const place = sql.text(placeOf(keys));
  return {
    ...plain,
    exists: `(${plain.exists} OR has(${table}.objects, ${place}))`,
    isNull: `has(${table}.nulls, ${place})`,
    member: (key) => traitValue(sql, table, [...keys, key]),
  };
}

/** How `nulls` and `objects` name a place. */
export function placeOf(keys: readonly string[]): string {
  return JSON.stringify(keys);
}

/** A scalar as JSON text, such as a measure chose: NULL where there is none. */
export function scalarText(sql: string): SqlValue {
  const isText = `startsWith(${sql}, '"')`;
  const isFlag = `(${sql} IN ('true', 'false'))`;
  return {
    ...NOTHING,
    text: `if(${isText}, JSONExtractString(assumeNotNull(${sql})), NULL)`,
    number: `if(NOT ${isText} AND NOT ${isFlag}, JSONExtractFloat(assumeNotNull(${sql})), NULL)`,
    flag: `if(${isFlag}, ${sql} = 'true', NULL)`,
    exists: `(${sql} IS NOT NULL)`,
  };
}

/** A number, NULL where there is none. */
export function numberValue(sql: string): SqlValue {
  return { ...NOTHING, number: sql, exists: `(${sql} IS NOT NULL)` };
}

/** A moment given in milliseconds, NULL where there is none. */
export function momentValue(ms: string): SqlValue {
  const text = `formatDateTime(fromUnixTimestamp64Milli(${ms}), '%Y-%m-%dT%H:%i:%S.%fZ', 'UTC')`;
  return { ...NOTHING, text, exists: `(${ms} IS NOT NULL)` };
}

/** An array as JSON text; empty, where there is none. */
export function arrayValue(json: string): SqlValue {
  return { ...NOTHING, array: `nullIf(${json}, '[]')`, exists: `(${json} != '[]')` };
}

/** The JSON text of a scalar, NULL for all else. */
export function scalarJson(value: SqlValue): string {
  return `multiIf(isNotNull(${value.text}), toJSONString(assumeNotNull(${value.text})), isNotNull(${value.number}), toJSONString(assumeNotNull(${value.number})),
    isNotNull(${value.flag}), if(assumeNotNull(${value.flag}), 'true', 'false'), NULL)`;
}

/** Makes a condition that is never NULL. */
export function sure(sql: string): string {
  return `ifNull(${sql}, false)`;
}
