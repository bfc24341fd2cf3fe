/** Writes the rows of a call to one file, wherever files go. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { audienceKeyOf } from '../../../core/delivery/given.js';
import type { JsonObject } from '../../../core/json.js';
import { type ColumnType, columnTypes, DELIVERY_KEY } from '../../../core/rows/column-types.js';
import { fitValue } from '../../../core/rows/fit-value.js';
import { folderFault, objectName } from '../../../core/rows/object-name.js';
import { writeCsv } from '../../../core/rows/write-csv.js';
import { batchId } from '../batch-id.js';
import type { Failure, SendContext, SendItem, SendResult } from '../destination.js';
import { SendFailure } from '../destination.js';
import { objectOf } from '../read-values.js';
import { recentBatches } from '../recent-batches.js';
import { isClosing, manifestOf, snapshotColumns } from '../snapshot-columns.js';
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

/** The file whose being there tells that a snapshot is whole. */
const MARKER = '_complete.json';

/** See the head of the file. What is in a file already is not written to a second one. Each snapshot has a folder of its own. */
export async function writeRows(
  items: readonly SendItem[],
  store: FileStore,
  context: SendContext,
): Promise<SendResult[]> {
  const results = new Map<SendItem, SendResult>();
  const parts = new Map<string, SendItem[]>();
  for (const item of items) {
    const folder = folderOf(item, context);
    if (isClosing(item)) {
      const manifest = `${JSON.stringify(manifestOf(item), null, 2)}\n`;
      await store.put(`${folder}${MARKER}`, Buffer.from(manifest), 'application/json');
      results.set(item, { status: 'delivered' });
    } else parts.set(folder, [...(parts.get(folder) ?? []), item]);
  }
  for (const [folder, part] of parts)
    for (const [item, result] of await writePart(part, folder, store, context)) results.set(item, result);
  // Invariant: each item is in a part, or was a marker.
  return items.map((item) => results.get(item) as SendResult);
}

async function writePart(
  items: readonly SendItem[],
  folder: string,
  store: FileStore,
  context: SendContext,
): Promise<ReadonlyArray<readonly [SendItem, SendResult]>> {
  const options = readFileOptions(context.options);
  const wanted = context.dryRun ? items : await notThere(items, store, context);
  const rows = wanted.map((item) => ({
    item,
    values: { [DELIVERY_KEY]: item.key, ...snapshotColumns(item), ...objectOf(item.payload, 'row') },
  }));
  const columns = columnsOf(rows, options);
  const failed = new Map<SendItem, Failure>();
  if (options.format === 'parquet') for (const row of rows) checkTypes(row, columns, failed);
  const good = rows.filter(({ item }) => !failed.has(item));
  const [first] = good;
  if (first !== undefined) {
    const keys = good.map(({ item }) => item.key);
    const named = objectName(options.pattern, first.item.decidedAt, batchId(keys));
    const name = `${folder}${named}${endingOf(options)}`;
    const content = await formatted(
      good.map(({ values }) => values),
      columns,
      options,
      context,
    );
    if (!context.dryRun) await (await recentBatches(context)).add(name, keys);
    await store.put(name, content, options.gzip ? 'application/gzip' : MEDIA_TYPES[options.format]);
  }
  return items.map((item): readonly [SendItem, SendResult] => {
    const failure = failed.get(item);
    return [item, failure === undefined ? { status: 'delivered' } : { status: 'failed', ...failure }];
  });
}

/** What stands before the names of files: of a snapshot, the name of its people and its id. */
function folderOf({ snapshot }: SendItem, { options }: SendContext): string {
  if (snapshot === undefined) return '';
  const folder = `${encodeURIComponent(audienceKeyOf('segment', options))}/${snapshot.id}`;
  const fault = folderFault(folder);
  if (fault === undefined) return `${folder}/`;
  const message = `"audience_key" names the folder of snapshots: ${fault}`;
  throw new SendFailure({ code: 'options_invalid', message, retry: false });
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
