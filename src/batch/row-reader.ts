/** Reads the rows of a file, whatever its format, in blocks, from any place where an earlier block ended. */
import { TributaryError } from '../core/errors.js';
import { measure } from '../core/event/measure.js';
import type { SourceRecord } from '../core/import/cut-records.js';
import { RecordCutter } from '../core/import/cut-records.js';
import type { Row } from '../core/import/map-row.js';
import type { FileFormat, Mapping } from '../core/import/mapping.js';
import { missingColumn } from '../core/import/mapping-meaning.js';
import type { JsonValue } from '../core/json.js';
import { emptyObject, isObject } from '../core/json.js';
import type { ClickHouse } from '../engines/clickhouse.js';
import { readLines } from './read-lines.js';
import { TextParser } from './text-parser.js';

/** How far a file has been read: everything before this byte, and the number of the line that starts there. */
export interface FileCursor {
  readonly bytes: number;
  /** The first is 1. Of Parquet: the number of the row. */
  readonly line: number;
}

/** The start of a file. */
export const FILE_START: FileCursor = { bytes: 0, line: 1 };

/** What stands on a line: a row, or a text that is none, with the reason. */
export type ReadRow =
  | { readonly line: number; readonly row: Row }
  | { readonly line: number; readonly text: string; readonly fault: string };

/** Rows that stand together, and where the file goes on after them. */
export interface RowBlock {
  readonly rows: readonly ReadRow[];
  readonly cursor: FileCursor;
}

/** Bounds of a block, so that neither memory nor the event loop notices it. */
const BLOCK_ROWS_MAX = 2_000;
const BLOCK_CHARS_MAX = 1024 * 1024;

/** Of a line that cannot be read: as much as helps to find it. */
const SHOWN_CHARS_MAX = 8 * 1024;

/** What is read of a file: where it is, how it is written, and what the mapping wants of it. */
export interface RowFile {
  /** Of Parquet: what `convertParquet` made of it. */
  readonly path: string;
  readonly mapping: Mapping;
  readonly clickhouse: ClickHouse;
  /** Of Parquet: the columns whose whole numbers are written as texts. */
  readonly integerColumns: ReadonlySet<string>;
}

/**
 * Reads a file from a cursor that an earlier block gave, or from its start.
 * @throws TributaryError `request_invalid` when the file has not the columns that the mapping reads, or is no text.
 */
export async function* readRows(file: RowFile, from: FileCursor): AsyncGenerator<RowBlock> {
  const { format } = file.mapping;
  const isJson = format.type === 'jsonl' || format.type === 'parquet';
  const { columns, start } = isJson ? { columns: [], start: await skip(file) } : await readHeader(file);
  const parse = isJson
    ? async (records: readonly SourceRecord[]) =>
        records.map((record) => parseJson(record, file.integerColumns))
    : textRows(new TextParser(file.clickhouse, format, columns.length), columns);
  const cursor = from.bytes < start.bytes ? start : from;
  for await (const records of blocksOf(file.path, format, cursor)) {
    const last = records.at(-1);
    if (last === undefined) continue;
    yield { rows: await parse(records), cursor: { bytes: last.end, line: last.nextLine } };
  }
}

/** The records after a cursor, as many at once as make a block. */
async function* blocksOf(path: string, format: FileFormat, from: FileCursor): AsyncGenerator<SourceRecord[]> {
  let block: SourceRecord[] = [];
  let chars = 0;
  for await (const records of recordsOf(path, format, from)) {
    for (const record of records) {
      block.push(record);
      chars += record.text.length;
      if (block.length < BLOCK_ROWS_MAX && chars < BLOCK_CHARS_MAX) continue;
      yield block;
      block = [];
      chars = 0;
    }
  }
  if (block.length > 0) yield block;
}

async function* recordsOf(
  path: string,
  format: FileFormat,
  from: FileCursor,
): AsyncGenerator<SourceRecord[]> {
  const cutter = new RecordCutter(format.type === 'csv' ? (format.delimiter ?? ',') : undefined, from.line);
  for await (const lines of readLines(path, from.bytes)) yield cutter.push(lines);
  yield cutter.end();
}

/** Where the file goes on after the lines that the mapping skips. */
async function skip({ path, mapping: { format } }: RowFile): Promise<FileCursor> {
  let left = format.skipLines ?? 0;
  let end = 0;
  if (left === 0) return FILE_START;
  for await (const lines of readLines(path, 0)) {
    const skipped = lines.slice(0, left);
    end = skipped.at(-1)?.end ?? end;
    left -= skipped.length;
    if (left === 0) break;
  }
  return { bytes: end, line: 1 + (format.skipLines ?? 0) - left };
}

/** The names of the columns, and where the rows start. */
async function readHeader(file: RowFile): Promise<{ columns: readonly string[]; start: FileCursor }> {
  const { format } = file.mapping;
  const start = await skip(file);
  if (format.columns !== undefined) return { columns: format.columns, start };
  for await (const [header] of recordsOf(file.path, format, start)) {
    if (header === undefined) continue;
    const columns = await columnsOf(header, file);
    const missing = missingColumn(file.mapping, columns);
    if (missing !== undefined) throw new TributaryError('request_invalid', missing);
    return { columns, start: { bytes: header.end, line: header.nextLine } };
  }
  // No line at all: nothing to import.
  return { columns: [], start };
}

async function columnsOf(
  header: SourceRecord,
  { mapping: { format }, clickhouse }: RowFile,
): Promise<string[]> {
  const delimiter = format.type === 'tsv' ? '\t' : (format.delimiter ?? ',');
  // At most, since a delimiter may stand within quotes.
  const most = header.text.split(delimiter).length;
  const names = await new TextParser(clickhouse, format, most).parseHeader(header);
  if (names !== undefined) return checkedColumns(names, header);
  throw new TributaryError(
    'request_invalid',
    `Line ${header.line} cannot be read as the names of the columns.`,
  );
}

function checkedColumns(columns: string[], { line }: SourceRecord): string[] {
  const twice = columns.find((column, at) => column !== '' && columns.indexOf(column) !== at);
  if (twice === undefined) return columns;
  throw new TributaryError(
    'request_invalid',
    `Line ${line} names the column "${twice}" twice. Rename one of them.`,
  );
}

/** How rows of texts are read. */
function textRows(parser: TextParser, columns: readonly string[]) {
  return async (records: readonly SourceRecord[]): Promise<ReadRow[]> => {
    const parsed = await parser.parse(records.filter(({ fault }) => fault === undefined));
    let next = 0;
    return records.map((record) => {
      if (record.fault !== undefined) return faultOf(record, record.fault);
      // Invariant: the parser gives an answer for each record that it got.
      const values = parsed[next++] as (typeof parsed)[number];
      return 'fault' in values
        ? faultOf(record, values.fault)
        : { line: record.line, row: rowOf(columns, values) };
    });
  };
}

function rowOf(columns: readonly string[], values: ReadonlyArray<string | null>): Row {
  const row = emptyObject(columns);
  for (const [at, column] of columns.entries()) row[column] = values[at] ?? null;
  return row;
}

function parseJson(record: SourceRecord, integerColumns: ReadonlySet<string>): ReadRow {
  if (record.fault !== undefined) return faultOf(record, record.fault);
  let row: JsonValue;
  try {
    row = JSON.parse(record.text) as JsonValue;
  } catch (error) {
    return faultOf(record, `The line is not JSON: ${(error as Error).message}.`);
  }
  if (!isObject(row)) return faultOf(record, 'The line is not a JSON object.');
  const unfit = measure(row);
  if (unfit !== undefined) return faultOf(record, unfit.message);
  for (const column of integerColumns) row[column] = integerOf(row[column]);
  return { line: record.line, row };
}

/** A number, as long as it is exact as one. */
function integerOf(value: JsonValue | undefined): JsonValue {
  return typeof value === 'string' && Number.isSafeInteger(Number(value)) ? Number(value) : (value ?? null);
}

function faultOf({ line, text }: SourceRecord, fault: string): ReadRow {
  return { line, text: text.slice(0, SHOWN_CHARS_MAX), fault };
}
