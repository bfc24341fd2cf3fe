/** What tables look like, asked once and remembered for a while; made where they are missing and somebody wishes so. */

import type { JsonObject } from '../../../core/json.js';
import { columnTypes } from '../../../core/rows/column-types.js';
import { type SendContext, SendFailure } from '../destination.js';
import type { TableOptions } from './table-fields.js';
import type { ColumnsThere, TableName, TableStore } from './table-store.js';

/** Somebody may have changed the table by then. */
const REMEMBERED_MS = 5 * 60_000;

interface Remembered {
  readonly columns: Promise<ColumnsThere>;
  readonly until: number;
}

/** By the settings of the destination, whose lifetime it has. */
const remembered = new WeakMap<JsonObject, Map<string, Remembered>>();

/**
 * The columns of the table. With `create`, all that the rows need are among them.
 * @throws SendFailure `table_missing`: it may be made by hand, and then what waits goes out.
 */
export async function knownColumns(
  store: TableStore,
  options: TableOptions,
  rows: readonly JsonObject[],
  context: SendContext,
): Promise<ColumnsThere> {
  const wished = columnTypes(rows, options.types);
  const known = tablesOf(context.settings);
  const name = nameOf(options.table);
  const found = known.get(name);
  if (found !== undefined && found.until > context.now()) {
    const columns = await found.columns;
    if ([...wished.keys()].every((column) => columns.has(column))) return columns;
  }
  // Calls that run side by side wait for each other here: two that make one table would fail each other.
  const columns = (found?.columns ?? Promise.resolve())
    .catch(() => {})
    .then(() => lookUp(store, options, wished));
  known.set(name, { columns, until: context.now() + REMEMBERED_MS });
  columns.catch(() => forgetColumns(options.table, context));
  return await columns;
}

/** The table is not what it was thought to be. */
export function forgetColumns(table: TableName, { settings }: SendContext): void {
  tablesOf(settings).delete(nameOf(table));
}

async function lookUp(
  store: TableStore,
  { table, create, keys }: TableOptions,
  wished: ReturnType<typeof columnTypes>,
): Promise<ColumnsThere> {
  const there = await store.columns(table, keys);
  if (!create) {
    if (there !== undefined) return there;
    const message = `There is no table ${table.join('.')}: make it, or set "create".`;
    throw new SendFailure({ code: 'table_missing', message, retry: true });
  }
  const missing = new Map([...wished].filter(([name]) => there?.has(name) !== true));
  if (there === undefined) await store.create(table, missing, keys);
  else if (missing.size > 0) await store.add(table, missing);
  else return there;
  return (await store.columns(table, keys)) ?? new Map();
}

function tablesOf(settings: JsonObject): Map<string, Remembered> {
  const known = remembered.get(settings) ?? new Map<string, Remembered>();
  remembered.set(settings, known);
  return known;
}

function nameOf(table: TableName): string {
  return JSON.stringify(table);
}
