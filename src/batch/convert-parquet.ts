import { rename, rm } from 'node:fs/promises';
import { TributaryError } from '../core/errors.js';
import type { Mapping } from '../core/import/mapping.js';
import { columnsOf } from '../core/import/mapping-meaning.js';
import type { ClickHouse } from '../engines/clickhouse.js';
import { isDataError } from '../engines/clickhouse.js';

const WIDE_INTEGER = /^(?:Nullable\()?U?Int(?:64|128|256)\)?$/;

interface ParquetFile {
  /** Where the Parquet file is, and where its rows go: one JSON object a line, in their order. */
  readonly from: string;
  readonly to: string;
  readonly mapping: Mapping;
  readonly clickhouse: ClickHouse;
}

/**
 * The columns of a Parquet file whose whole numbers may be beyond what JSON carries exactly.
 * @throws TributaryError `request_invalid` when the file is no Parquet, or lacks a column that the mapping reads.
 */
export async function describeParquet({ from, mapping, clickhouse }: ParquetFile): Promise<Set<string>> {
  const columns = await orInvalid(() =>
    clickhouse.query<{ name: string; type: string }>(`DESCRIBE file({from:String}, 'Parquet')`, { from }),
  );
  const names = new Set(columns.map(({ name }) => name));
  // A path into a nested column starts with the column's name.
  const missing = columnsOf(mapping).find(
    ([column]) => !names.has(column) && !names.has(column.split('.')[0] ?? ''),
  );
  if (missing !== undefined) {
    const [column, path] = missing;
    const known = [...names].join(', ');
    throw new TributaryError(
      'request_invalid',
      `${path} reads the column "${column}", which there is not. There are: ${known}.`,
    );
  }
  return new Set(columns.filter(({ type }) => WIDE_INTEGER.test(type)).map(({ name }) => name));
}

/**
 * Writes the rows as JSON lines, so that reading can go on at any row after a crash; Parquet itself can only be read from
 * a start. The result appears at once, whole.
 * @param wide the columns that `describeParquet` found.
 */
export async function convertParquet(
  { from, to, clickhouse }: ParquetFile,
  wide: ReadonlySet<string>,
): Promise<void> {
  const unfinished = `${to}.part`;
  await rm(unfinished, { force: true });
  const exact = [...wide].map((name) => `toString(${quoted(name)}) AS ${quoted(name)}`).join(', ');
  await orInvalid(() =>
    clickhouse.command(
      `INSERT INTO FUNCTION file(${text(unfinished)}, 'JSONEachRow')
       SELECT * ${exact === '' ? '' : `REPLACE (${exact})`} FROM file(${text(from)}, 'Parquet')`,
      { max_threads: 1, input_format_parquet_preserve_order: 1, output_format_json_validate_utf8: 1 },
    ),
  );
  await rename(unfinished, to);
}

async function orInvalid<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isDataError(cause)) throw cause;
    throw new TributaryError('request_invalid', 'The file is not a Parquet file that can be read.', {
      cause,
    });
  }
}

function quoted(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}

function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
