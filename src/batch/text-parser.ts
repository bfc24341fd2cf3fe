/** Takes records of text files apart into their columns, with ClickHouse's own readers. */
import { TributaryError } from '../core/errors.js';
import type { SourceRecord } from '../core/import/cut-records.js';
import type { FileFormat } from '../core/import/mapping.js';
import type { ClickHouse, ClickHouseSettings } from '../engines/clickhouse.js';
import { isDataError } from '../engines/clickhouse.js';

/** The columns of a record, or a sentence that says why it has none. */
export type Parsed = ReadonlyArray<string | null> | { readonly fault: string };

/** One query for many records; the answer has as many rows as there are records, in their order, or is not to be used. */
type Ask = (text: string) => Promise<Array<ReadonlyArray<string | null>>>;

/** What a column holds that a record does not reach to; no file has it as a value. */
const NO_COLUMN = '\u0001no column\u0001';

/** Parses the records of one file: as many answers as records, in their order. */
export class TextParser {
  readonly #columns: number;
  /** Of TSV a null is a value like any other; but its tabs are all delimiters. */
  readonly #isTsv: boolean;
  readonly #ask: Ask;

  /** @param columns how many a record must have. */
  constructor(clickhouse: ClickHouse, format: FileFormat, columns: number) {
    this.#columns = columns;
    this.#isTsv = format.type === 'tsv';
    this.#ask =
      format.type === 'regexp'
        ? askGroups(clickhouse, format.pattern ?? '')
        : askColumns(clickhouse, format, columns);
  }

  /** Rejects only when ClickHouse fails for a reason that is not in the records. */
  async parse(records: readonly SourceRecord[]): Promise<Parsed[]> {
    if (records.length === 0) return [];
    const rows = await this.#tryAll(records);
    // Invariant: the answer has as many rows as there are records.
    if (typeof rows !== 'string') return rows.map((row, at) => this.#judge(row, records[at] as SourceRecord));
    // One of them is bad: halves, until it stands alone.
    if (records.length === 1) return [{ fault: rows }];
    const half = records.length >> 1;
    return [...(await this.parse(records.slice(0, half))), ...(await this.parse(records.slice(half)))];
  }

  /** The texts of one record, however many it has; undefined when it cannot be read. */
  async parseHeader(record: SourceRecord): Promise<string[] | undefined> {
    const rows = record.fault === undefined ? await this.#tryAll([record]) : [];
    const [row] = typeof rows === 'string' ? [] : rows;
    return row?.slice(0, columnsReached(row)).map((name) => (name ?? '').trim());
  }

  /** The rows, or why there are none. */
  async #tryAll(records: readonly SourceRecord[]): Promise<Array<ReadonlyArray<string | null>> | string> {
    try {
      const rows = await this.#ask(`${records.map(({ text }) => text).join('\n')}\n`);
      return rows.length === records.length ? rows : 'The line cannot be read as one row.';
    } catch (error) {
      if (!isDataError(error)) throw error;
      return `The line cannot be read: ${reasonOf(error as Error)}`;
    }
  }

  #judge(row: ReadonlyArray<string | null>, { text }: SourceRecord): Parsed {
    const count = this.#isTsv ? text.split('\t').length : columnsReached(row);
    if (count === this.#columns) return row.length > count ? row.slice(0, count) : row;
    if (count === 0) return { fault: 'The line is not of the pattern of mapping.format.' };
    const more = !this.#isTsv && count > this.#columns ? ' or more' : '';
    return { fault: `The line has ${count}${more} columns instead of ${this.#columns}.` };
  }
}

function columnsReached(row: ReadonlyArray<string | null>): number {
  const missing = row.indexOf(null);
  return missing === -1 ? row.length : missing;
}

/** The first sentence of ClickHouse's own words, without its codes. */
function reasonOf({ message }: Error): string {
  const [first = ''] = message.replace(/^Code: \d+\. DB::Exception: /, '').split('\n');
  return `${first.replace(/: *\(at row \d+\).*$/, '').trim()}.`;
}

/** Every column as a text, and one more, to notice what is too much; of CSV, null where a line ends too early. */
function askColumns(clickhouse: ClickHouse, format: FileFormat, columns: number): Ask {
  const names = Array.from({ length: columns + 1 }, (_, at) => `c${at}`);
  const structure = names.map((name) => `${name} Nullable(String)`).join(', ');
  const { reader, settings } = readerOf(format);
  const sql = `SELECT [${names.join(', ')}] AS v FROM format(${reader}, '${structure}', {text:String})`;
  return async (text) => {
    const rows = await clickhouse.query<{ v: Array<string | null> }>(
      sql,
      { text },
      { ...IN_ORDER, ...settings },
    );
    return rows.map(({ v }) => v);
  };
}

const CSV_SETTINGS = { format_csv_null_representation: NO_COLUMN, input_format_csv_empty_as_default: 0 };

function readerOf({ type, delimiter = ',' }: FileFormat): { reader: string; settings: ClickHouseSettings } {
  if (type === 'tsv') {
    const settings = {
      input_format_tsv_detect_header: 0,
      input_format_tsv_allow_variable_number_of_columns: 1,
    };
    return { reader: 'TSV', settings: { ...settings, input_format_tsv_empty_as_default: 0 } };
  }
  if (delimiter !== '\t') {
    const settings = {
      input_format_csv_detect_header: 0,
      input_format_csv_allow_variable_number_of_columns: 1,
    };
    return { reader: 'CSV', settings: { ...CSV_SETTINGS, ...settings, format_csv_delimiter: delimiter } };
  }
  // Tabs between values that may be quoted, as spreadsheets write them: the CSV reader itself takes no tab.
  const settings = {
    input_format_custom_detect_header: 0,
    input_format_custom_allow_variable_number_of_columns: 1,
  };
  const rules = {
    format_custom_escaping_rule: 'CSV',
    format_custom_field_delimiter: delimiter,
    format_csv_delimiter: delimiter,
  };
  return { reader: 'CustomSeparated', settings: { ...CSV_SETTINGS, ...settings, ...rules } };
}

/** The groups of the pattern; none where it does not match. RE2 never takes more than linear time. */
function askGroups(clickhouse: ClickHouse, pattern: string): Ask {
  const sql = `SELECT extractGroups(line, {pattern:String}) AS v FROM format(LineAsString, 'line String', {text:String})`;
  return async (text) => {
    const rows = await clickhouse
      .query<{ v: string[] }>(sql, { pattern, text }, IN_ORDER)
      .catch((error: Error) => refusePattern(error));
    return rows.map(({ v }) => v);
  };
}

/** @throws TributaryError `request_invalid` when RE2 cannot compile the pattern, else what was thrown. */
function refusePattern(cause: Error): never {
  const [, reason] = /cannot compile re2: .*?, error: (.*?)\. Look at/s.exec(cause.message) ?? [];
  if (reason === undefined) throw cause;
  throw new TributaryError('request_invalid', `mapping.format.pattern is not valid: ${reason}.`, { cause });
}

const IN_ORDER: ClickHouseSettings = { max_threads: 1, input_format_parallel_parsing: 0 };
