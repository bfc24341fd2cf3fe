import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ClickHouseClient } from '@clickhouse/client';
import { TributaryError } from '../core/errors.js';
import type { ClickHouse, ClickHouseOptions, ClickHouseSettings, ClickHouseTable } from './clickhouse.js';
import { ANALYST_SETTINGS, SESSION_SETTINGS, tableFrom, tableName } from './clickhouse-settings.js';

const REQUEST_MS_MAX = 300_000;

/**
 * Connects to a ClickHouse server over HTTP. Its memory and threads are its administrator's to bound, not ours.
 * @throws TributaryError `engine_unavailable` when it does not answer.
 */
export async function openClickHouseServer(
  url: string,
  role: ClickHouseOptions['role'],
): Promise<ClickHouse> {
  const { ClickHouseLogLevel, createClient } = await import('@clickhouse/client');
  const client = createClient({
    url,
    application: 'tributary',
    request_timeout: REQUEST_MS_MAX,
    compression: { request: true },
    log: { level: ClickHouseLogLevel.OFF }, // what fails is thrown, and told by the caller
    // A batch is one insert already; buffering it further would answer before it is stored.
    clickhouse_settings: {
      ...{ ...SESSION_SETTINGS, async_insert: 0 },
      // The answer is whole, or an error.
      ...(role === 'analyst' ? { ...sent(ANALYST_SETTINGS), wait_end_of_query: 1 } : {}),
    },
  });
  const server = new ClickHouseServer(client);
  try {
    await server.query('SELECT 1');
    return server;
  } catch (cause) {
    await server.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TributaryError(
      'engine_unavailable',
      `The ClickHouse server at ${withoutPassword(url)} cannot be used: ${reason}. Check CLICKHOUSE_URL and the server.`,
      { cause },
    );
  }
}

class ClickHouseServer implements ClickHouse {
  readonly #client: ClickHouseClient;

  constructor(client: ClickHouseClient) {
    this.#client = client;
  }

  async query<T>(
    sql: string,
    params: Readonly<Record<string, unknown>> = {},
    settings: ClickHouseSettings = {},
  ): Promise<T[]> {
    const result = await this.#client.query({
      query: sql,
      format: 'JSONEachRow',
      query_params: { ...params },
      clickhouse_settings: sent(settings),
    });
    return result.json<T>();
  }

  async table(sql: string, params: Readonly<Record<string, unknown>> = {}): Promise<ClickHouseTable> {
    // Not by the client's `query`: it adds a FORMAT, which `EXPLAIN AST` would take for a part of what it explains.
    const { stream } = await this.#client.exec({
      query: sql,
      query_params: { ...params },
      clickhouse_settings: { default_format: 'JSONCompactEachRowWithNamesAndTypes' },
    });
    return tableFrom(await text(stream));
  }

  async command(
    sql: string,
    settings: ClickHouseSettings = {},
    params: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    await this.#client.command({
      query: sql,
      query_params: { ...params },
      clickhouse_settings: { ...sent(settings), wait_end_of_query: 1 },
    });
  }

  async insertJsonLines(
    table: string,
    body: Buffer,
    options?: { token?: string; settings?: ClickHouseSettings },
  ): Promise<void> {
    await this.#insert(table, 'JSONEachRow', body, options);
  }

  async insertNative(
    table: string,
    body: Buffer,
    options?: { token?: string; settings?: ClickHouseSettings },
  ): Promise<void> {
    await this.#insert(table, 'Native', body, options);
  }

  /** Not by the client's `insert`: it would take the body apart only to put it together again. */
  async #insert(
    table: string,
    format: string,
    body: Buffer,
    { token, settings = {} }: { token?: string; settings?: ClickHouseSettings } = {},
  ): Promise<void> {
    if (body.length === 0) return;
    const all = token === undefined ? settings : { ...settings, insert_deduplication_token: token };
    const { stream } = await this.#client.exec({
      query: `INSERT INTO ${tableName(table)} FORMAT ${format}`,
      values: Readable.from([body], { objectMode: false }),
      clickhouse_settings: { ...sent(all), wait_end_of_query: 1 },
    });
    for await (const _ of stream) {
      // Read to its end, so that the connection can be used again.
    }
  }

  async trim(): Promise<void> {}

  async close(): Promise<void> {
    await this.#client.close();
  }
}

/** Booleans as ClickHouse takes them in an address. */
function sent(settings: ClickHouseSettings): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      typeof value === 'boolean' ? Number(value) : value,
    ]),
  );
}

function withoutPassword(url: string): string {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  return shown.href;
}
