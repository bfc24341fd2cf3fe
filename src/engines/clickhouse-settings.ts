import { TributaryError } from '../core/errors.js';
import type { ClickHouseOptions, ClickHouseSettings } from './clickhouse.js';

const MIB = 1024 * 1024;

/** What every connection asks for, so that both engines answer alike. */
export const SESSION_SETTINGS = {
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_denormals: 0,
  date_time_output_format: 'iso',
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
    max_memory_usage: share(role === 'reader' ? 1 / 2 : 3 / 4),
    max_threads: threadsMax,
    max_insert_threads: 1, // one batch, one block, one part
    ...SESSION_SETTINGS,
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

function flags(settings: ClickHouseSettings): string[] {
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
}
