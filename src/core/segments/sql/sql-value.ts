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

/** What can be read from an object: SQL of what lies at a path, as the type that is named, or whatever it is. */
export type JsonPaths = (keys: readonly string[], type?: string) => string;

/** The paths of a column of type JSON, or of an item in it. */
export function pathsOf(from: string): JsonPaths {
  return (keys, type) => placeIn(from, keys) + (type === undefined ? '' : `.:${type}`);
}

/** A value of a column of type JSON, or of an item in it. Keys with dots are stored escaped. */
export function jsonValue(from: string | JsonPaths, keys: readonly string[]): SqlValue {
  const paths = typeof from === 'string' ? pathsOf(from) : from;
  const at = (type?: string) => paths(keys, type);
  return {
    get text() {
      return at('String');
    },
    get number() {
      return `coalesce(${at('Float64')}, toFloat64(${at('Int64')}), toFloat64(${at('UInt64')}))`;
    },
    get flag() {
      return at('Bool');
    },
    get array() {
      return `if(startsWith(dynamicType(${at()}), 'Array'), toJSONString(${at()}), NULL)`;
    },
    get exists() {
      return `(dynamicType(${at()}) != 'None')`;
    },
    isNull: 'false',
    member: (key) => jsonValue(paths, [...keys, key]),
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
export function jsonItems(from: string | JsonPaths, keys: readonly string[]): string {
  const { plain, rare } = itemArrays(from, keys);
  return `arrayConcat(${[plain, ...rare.objects].join(', ')})`;
}

/**
 * Whether a condition holds of any object of an array, as `jsonItems` has them. Of an array of the usual type in a column, only the paths are read
 * that the condition reads, each as an array of its own: whole objects cost several times as much.
 */
export function anyItem(
  sql: SqlContext,
  from: string | JsonPaths,
  keys: readonly string[],
  condition: (item: JsonPaths) => string,
): string {
  const item = sql.name('item');
  const whole = (array: string) => `arrayExists(${item} -> ${condition(pathsOf(item))}, ${array})`;
  if (typeof from !== 'string') return whole(jsonItems(from, keys));
  const inColumns = pathsOf(`${placeIn(from, keys)}[]`);
  const columns = new Map<string, string>();
  const usual = condition((path, type) => {
    const column = inColumns(path, type);
    const name = columns.get(column) ?? sql.name('item');
    columns.set(column, name);
    return name;
  });
  if (columns.size === 0) return whole(jsonItems(from, keys));
  const { rare } = itemArrays(from, keys);
  const [names, arrays] = [[...columns.values()].join(', '), [...columns.keys()].join(', ')];
  return `(arrayExists((${names}) -> ${usual}, ${arrays}) OR (${rare.isThere} AND ${whole(`arrayConcat(${rare.objects.join(', ')})`)}))`;
}

/** The arrays of objects at a place, by type: `plain`, and those of the two rarer types with their objects taken out. */
function itemArrays(
  from: string | JsonPaths,
  keys: readonly string[],
): {
  readonly plain: string;
  readonly rare: { readonly isThere: string; readonly objects: readonly string[] };
} {
  const paths = typeof from === 'string' ? pathsOf(from) : from;
  const [plain = '', nullable, mixed] = ['JSON', 'Nullable(JSON)', 'Dynamic'].map((type) =>
    paths(keys, `\`Array(${type})\``),
  );
  const objects = (array: string | undefined, isObject: string, object: string) =>
    `arrayMap(x -> assumeNotNull(${object}), arrayFilter(x -> arrayAll(y -> ${isObject}, ${array}), ${array}))`;
  const others = objects(mixed, "dynamicType(y) = 'JSON'", "dynamicElement(x, 'JSON')");
  return {
    plain,
    rare: {
      isThere: `length(${nullable}) + length(${mixed}) > 0`,
      objects: [objects(nullable, 'isNotNull(y)', 'x'), `CAST(${others}, toTypeName(${plain}))`],
    },
  };
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
