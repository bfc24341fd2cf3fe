/** Writes the rows of a call to one file, wherever files go. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { JsonObject } from '../../../core/json.js';
import { type ColumnType, columnTypes, DELIVERY_KEY } from '../../../core/rows/column-types.js';
import { fitValue } from '../../../core/rows/fit-value.js';
import { objectName } from '../../../core/rows/object-name.js';
import { writeCsv } from '../../../core/rows/write-csv.js';
import { batchId } from '../batch-id.js';
import type { Failure, SendContext, SendItem, SendResult } from '../destination.js';
import { SendFailure } from '../destination.js';
import { objectOf } from '../read-values.js';
import { recentBatches } from '../recent-batches.js';
import { type FileFormat, type FileOptions, readFileOptions } from './file-fields.js';

/** Where files go: a folder, a bucket. */
export interface FileStore {
  /** Writes all of a file or nothing, over one of that name. In a dry run it only records. */
  put(name: string, content: Uint8Array, type: string): Promise<void>;
  exists(name: string): Promise<boolean>;
}

const MEDIA_TYPES: Readonly<Record<FileFormat, string>> = {
  jsonl: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
};

interface Row {
  readonly item: SendItem;
  readonly values: JsonObject;
}

/** See the head of the file. What is in a file already is not written to a second one. */
export async function writeRows(
  items: readonly SendItem[],
  store: FileStore,
  context: SendContext,
): Promise<SendResult[]> {
  const options = readFileOptions(context.options);
  const wanted = context.dryRun ? items : await notThere(items, store, context);
  const rows = wanted.map((item) => ({
    item,
    values: { [DELIVERY_KEY]: item.key, ...objectOf(item.payload, 'row') },
  }));
  const columns = columnsOf(rows, options);
  const failed = new Map<SendItem, Failure>();
  if (options.format === 'parquet') for (const row of rows) checkTypes(row, columns, failed);
  const good = rows.filter(({ item }) => !failed.has(item));
  const [first] = good;
  if (first !== undefined) {
    const keys = good.map(({ item }) => item.key);
    const name = `${objectName(options.pattern, first.item.decidedAt, batchId(keys))}${endingOf(options)}`;
    const content = await formatted(
      good.map(({ values }) => values),
      columns,
      options,
      context,
    );
    if (!context.dryRun) await (await recentBatches(context)).add(name, keys);
    await store.put(name, content, options.gzip ? 'application/gzip' : MEDIA_TYPES[options.format]);
  }
  return items.map((item) => {
    const failure = failed.get(item);
    return failure === undefined ? { status: 'delivered' } : { status: 'failed', ...failure };
  });
}

/** The items whose rows are in no file. A file is there as a whole or not at all. */
async function notThere(
  items: readonly SendItem[],
  store: FileStore,
  context: SendContext,
): Promise<readonly SendItem[]> {
  const recent = await recentBatches(context);
  const names = new Set(items.map(({ key }) => recent.find(key)).filter((name) => name !== undefined));
  const there = new Set<string>();
  for (const name of names) if (await store.exists(name)) there.add(name);
  return items.filter(({ key }) => !there.has(recent.find(key) ?? ''));
}

/** Declared ones first, in the order of `columns` where it is given; a column of nulls alone is text. */
function columnsOf(rows: readonly Row[], { columns, types }: FileOptions): Map<string, ColumnType> {
  const values = rows.map((row) => row.values);
  const found = columnTypes(values, types);
  const names = columns.length > 0 ? columns : new Set(values.flatMap((row) => Object.keys(row)));
  return new Map([...names].map((name) => [name, types.get(name) ?? found.get(name) ?? 'text']));
}

function checkTypes(
  { item, values }: Row,
  columns: ReadonlyMap<string, ColumnType>,
  failed: Map<SendItem, Failure>,
): void {
  for (const [name, type] of columns) {
    if (fitValue(values[name], type) !== undefined) continue;
    failed.set(item, { code: 'row_refused', message: `"${name}" is no ${type}.`, retry: false });
  }
}

async function formatted(
  rows: readonly JsonObject[],
  columns: ReadonlyMap<string, ColumnType>,
  { format, gzip: isCompressed }: FileOptions,
  { files }: SendContext,
): Promise<Uint8Array> {
  if (format === 'parquet') {
    if (files !== undefined) return await files.parquet(rows, columns);
    throw new SendFailure({
      code: 'parquet_unavailable',
      message: 'There is no way to write Parquet here.',
      retry: false,
    });
  }
  const text =
    format === 'csv'
      ? writeCsv(rows, [...columns.keys()])
      : rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  return isCompressed ? await promisify(gzip)(text) : Buffer.from(text);
}

function endingOf({ format, gzip: isCompressed }: FileOptions): string {
  return `.${format}${isCompressed ? '.gz' : ''}`;
}
