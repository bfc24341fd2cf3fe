/** Which columns rows need, when a table or a file is made of them. */
import type { JsonObject, JsonValue } from '../json.js';

/** The column that names the delivery of a row: what a repeat is told by. */
export const DELIVERY_KEY = 'delivery_key';

/** Types of columns, as people say them; each database has its own for them. */
export const COLUMN_TYPES = ['text', 'number', 'integer', 'boolean', 'datetime', 'json'] as const;
/** One of those. */
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** A moment with its zone: without one it could be any of 26. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/;

/**
 * The types of the columns that rows have, in the order in which they come. A column of nulls alone has none.
 * @param declared what somebody said of columns; the others go by their values, and where those disagree they are text.
 */
export function columnTypes(
  rows: readonly JsonObject[],
  declared: ReadonlyMap<string, ColumnType>,
): Map<string, ColumnType> {
  const found = new Map<string, ColumnType>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      const type = declared.get(name) ?? (name === DELIVERY_KEY ? 'text' : typeOf(value));
      if (type === undefined) continue;
      const former = found.get(name);
      found.set(name, former === undefined || former === type ? type : 'text');
    }
  }
  return found;
}

function typeOf(value: JsonValue): ColumnType | undefined {
  switch (typeof value) {
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'string':
      return MOMENT.test(value) ? 'datetime' : 'text';
    default:
      return value === null ? undefined : 'json';
  }
}
