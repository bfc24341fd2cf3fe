import { TributaryError } from '../core/errors.js';
import type { ClickHouseOptions, ClickHouseSettings, ClickHouseTable } from './clickhouse.js';

const MIB = 1024 * 1024;

/** Of the engine's memory, for one query. */
const MEMORY_SHARES = { reader: 1 / 2, writer: 3 / 4, analyst: 1 / 3 } as const;

/** What every connection asks for, so that both engines answer alike. */
export const SESSION_SETTINGS = {
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_denormals: 0,
  date_time_output_format: 'iso',
} as const;

/** How long a query of an analyst may run. */
export const ANALYST_SECONDS_MAX = 30;
/** Of one answer to an analyst. */
export const ANALYST_RESULT_BYTES_MAX = 32 * MIB;

/**
 * What an analyst's connection is bound to. `readonly` forbids to write, to reach files and servers by table functions, and to change settings;
 * on the embedded engine not in all of a query's corners, so queries of people are checked before (see `stores/events/query-console.ts`).
 */
export const ANALYST_SETTINGS = {
  readonly: 1,
  allow_ddl: 0,
  max_execution_time: ANALYST_SECONDS_MAX,
  timeout_overflow_mode: 'throw',
  max_result_bytes: ANALYST_RESULT_BYTES_MAX,
  result_overflow_mode: 'throw',
  // A funnel of many steps is a long statement.
  max_query_size: 4 * MIB,
  max_ast_elements: 200_000,
  max_expanded_ast_elements: 2_000_000,
  // Insights fold arrays of events: in small blocks that takes little memory.
  max_block_size: 8_192,
  // Rather an error than a full disk.
  max_bytes_before_external_group_by: 0,
  max_bytes_ratio_before_external_group_by: 0,
  max_bytes_before_external_sort: 0,
  max_bytes_ratio_before_external_sort: 0,
  // Keys with dots come as they were given.
  json_type_escape_dots_in_keys: 1,
} as const;

/**
 * Flags of the embedded engine. Left alone it takes 90% of the machine's memory and 5 GB for each cache.
 * The first group belongs to the engine, and the first connection of a process decides; the rest to the connection.
 */
export function embeddedFlags({
  memoryBytesMax,
  threadsMax,
  role,
}: Omit<ClickHouseOptions, 'url' | 'path'>): string[] {
  const share = (part: number) => Math.floor(memoryBytesMax * part);
  return flags({
    max_server_memory_usage: memoryBytesMax,
    mark_cache_size: share(1 / 16),
    primary_index_cache_size: share(1 / 16),
    index_mark_cache_size: share(1 / 64),
    query_condition_cache_size: share(1 / 64),
    uncompressed_cache_size: 0, // the system's page cache does it
    compiled_expression_cache_size: 16 * MIB,
    background_pool_size: 2, // merges
    background_schedule_pool_size: 1,
    asynchronous_metrics_update_period_s: 60, // nobody reads them
    // What follows is the connection's own.
    max_memory_usage: share(MEMORY_SHARES[role]),
    max_threads: threadsMax,
    max_insert_threads: 1, // one batch, one block, one part
    ...SESSION_SETTINGS,
    ...(role === 'analyst' ? ANALYST_SETTINGS : {}),
  });
}

/** `name = value` pairs as SQL takes them. @throws TributaryError `internal` for a name that is none. */
export function settingsSql(settings: ClickHouseSettings): string {
  return Object.entries(settings)
    .map(
      ([name, value]) =>
        `${settingName(name)} = ${typeof value === 'string' ? textSql(value) : Number(value)}`,
    )
    .join(', ');
}

/** Lets only a plain name through to SQL. @throws TributaryError `internal` for anything else. */
export function settingName(name: string): string {
  if (/^[A-Za-z]\w*$/.test(name)) return name;
  throw new TributaryError('internal', `${JSON.stringify(name)} is not the name of a ClickHouse setting.`);
}

/** Lets only a plain name, with a database or without, through to SQL. @throws TributaryError `internal` for anything else. */
export function tableName(name: string): string {
  if (/^\w+(\.\w+)?$/.test(name)) return name;
  throw new TributaryError('internal', `${JSON.stringify(name)} is not a table.`);
}

/** A text as SQL takes it. */
export function textSql(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** The table that a text in the format JSONCompactEachRowWithNamesAndTypes holds; whole numbers that a number cannot hold are texts. */
export function tableFrom(text: string): ClickHouseTable {
  const [names = [], types = [], ...rows] = linesOf<unknown[]>(withLongNumbersAsTexts(text));
  return { columns: names.map((name, index) => ({ name: String(name), type: String(types[index]) })), rows };
}

const TEXT_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function withLongNumbersAsTexts(json: string): string {
  if (!/\d{16}/.test(json)) return json;
  return json.replace(TEXT_OR_NUMBER, (part) => {
    const isWhole = /^-?\d{16,}$/.test(part);
    return isWhole && !Number.isSafeInteger(Number(part)) ? `"${part}"` : part;
  });
}

/** The JSON values of a text that has one on each line. */
export function linesOf<T>(text: string): T[] {
  const lines = text.trimEnd();
  // One parse of one array is far faster than one for each line.
  return lines === '' ? [] : (JSON.parse(`[${lines.replaceAll('\n', ',')}]`) as T[]);
}

function flags(settings: ClickHouseSettings): string[] {
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
}
