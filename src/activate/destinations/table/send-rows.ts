/** Carries out what the actions of tables do: the same for every database. */
import { DELIVERY_KEY } from '../../../core/rows/column-types.js';
import type { Failure, SendContext, SendItem, SendResult } from '../destination.js';
import { SendFailure } from '../destination.js';
import { isClosing, manifestOf } from '../snapshot-columns.js';
import { forgetColumns, knownColumns } from './known-columns.js';
import { byColumns, type Row, rowsOf } from './rows-of.js';
import { readTableOptions, type TableOptions } from './table-fields.js';
import { type ColumnsThere, RowsRefused, type TableStore } from './table-store.js';

/** How much of what a database says is shown. */
const SHOWN_CHARS_MAX = 500;

/**
 * Writes the rows of items, and tells what became of each. A row that cannot be stored holds up no other. Markers of snapshots are rows of a table
 * beside it.
 */
export async function sendRows(
  items: readonly SendItem[],
  mode: 'append' | 'upsert',
  store: TableStore,
  context: SendContext,
): Promise<SendResult[]> {
  const options = readTableOptions(context.options, mode);
  const markers = items.filter(isClosing);
  if (markers.length === 0) return await sendAll(items, options, store, context);
  const others = items.filter((item) => !isClosing(item));
  const [told, sent] = [
    await sendAll(markers.map(asRow), besideIt(options), store, context),
    await sendAll(others, options, store, context),
  ];
  // Invariant: each item is in one of the two, which keep their order.
  return items.map((item) => (isClosing(item) ? told.shift() : sent.shift()) as SendResult);
}

/** The table that tells which snapshots are whole: rows are only added to it. */
function besideIt(options: TableOptions): TableOptions {
  const table = options.table.with(
    -1,
    `${options.table.at(-1)}_snapshots`,
  ) as unknown as TableOptions['table'];
  return { ...options, table, keys: [], types: new Map() };
}

function asRow(marker: SendItem): SendItem {
  const { snapshot: _, ...item } = marker;
  return { ...item, payload: { row: manifestOf(marker) } };
}

async function sendAll(
  items: readonly SendItem[],
  options: TableOptions,
  store: TableStore,
  context: SendContext,
): Promise<SendResult[]> {
  const { rows, failed } = rowsOf(items, options);
  const failures = new Map(failed);
  const there = await columnsFor(rows, options, store, context);
  const fitting: Row[] = [];
  for (const row of rows.map((each) => withoutNulls(each, there))) {
    const missing = missingColumn(row, there);
    if (missing === undefined) fitting.push(row);
    else for (const item of row.items) failures.set(item, columnMissing(missing, options));
  }
  try {
    for (const group of byColumns(fitting).values()) {
      for (const [row, failure] of await writeAll(group, options, there ?? new Map(), store))
        for (const item of row.items) failures.set(item, failure);
    }
  } catch (error) {
    forgetColumns(options.table, context);
    throw error;
  }
  return items.map((item) => {
    const failure = failures.get(item);
    return failure === undefined ? { status: 'delivered' } : { status: 'failed', ...failure };
  });
}

/** Undefined in a dry run, which asks nothing. */
async function columnsFor(
  rows: readonly Row[],
  options: TableOptions,
  store: TableStore,
  context: SendContext,
): Promise<ColumnsThere | undefined> {
  if (context.dryRun || rows.length === 0) return undefined;
  const values = rows.map((row) => row.values);
  const columns = await knownColumns(store, options, values, context);
  if (options.keys.length > 0 || columns.has(DELIVERY_KEY)) return columns;
  forgetColumns(options.table, context);
  const message = `The table ${options.table.join('.')} needs a column ${DELIVERY_KEY}, a text and unique, or a repeat would be a second row.`;
  throw new SendFailure({ code: 'table_unfit', message, retry: true });
}

/** A null for a column that there is not says what is true already. */
function withoutNulls(row: Row, there: ColumnsThere | undefined): Row {
  if (there === undefined) return row;
  const kept = Object.entries(row.values).filter(([name, value]) => value !== null || there.has(name));
  return { ...row, values: Object.fromEntries(kept) };
}

function missingColumn(row: Row, there: ColumnsThere | undefined): string | undefined {
  return there && Object.keys(row.values).find((name) => !there.has(name));
}

function columnMissing(name: string, { table }: TableOptions): Failure {
  const message = `The table ${table.join('.')} has no column "${name}": make it, or set "create".`;
  return { code: 'column_missing', message, retry: true };
}

/** Writes rows that have the same columns; where values are at fault, in ever smaller parts until it is known which. */
async function writeAll(
  rows: readonly Row[],
  { table, keys }: TableOptions,
  types: ColumnsThere,
  store: TableStore,
): Promise<ReadonlyArray<readonly [Row, Failure]>> {
  const [first] = rows;
  if (first === undefined) return [];
  const columns = Object.keys(first.values).sort();
  const write = { table, columns, keys, types };
  const within = async (part: readonly Row[]): Promise<ReadonlyArray<readonly [Row, Failure]>> => {
    try {
      await store.write({ ...write, rows: part.map((row) => row.values) });
      return [];
    } catch (error) {
      if (!(error instanceof RowsRefused)) throw error;
      const [only] = part;
      if (only !== undefined && part.length === 1) {
        const message = `The database refuses the row: ${error.message.slice(0, SHOWN_CHARS_MAX)}`;
        return [[only, { code: 'row_refused', message, retry: false }]];
      }
      const middle = Math.ceil(part.length / 2);
      return [...(await within(part.slice(0, middle))), ...(await within(part.slice(middle)))];
    }
  };
  return await within(rows);
}
