import { join, resolve } from 'node:path';
import { TributaryError } from '../core/errors.js';
import type { ClickHouse, ClickHouseOptions } from './clickhouse.js';
import { openClickHouse } from './clickhouse.js';
import type { DataDirLock } from './data-dir-lock.js';
import { lockDataDir } from './data-dir-lock.js';
import type { EmbeddedPostgres } from './embedded-postgres.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import type { EngineLogger } from './engine-logger.js';
import { openPostgres, type PostgresConnection } from './postgres.js';

/** What the engines are told; see `config.ts`. */
export interface EngineSettings {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly clickhouseUrl: string | undefined;
  readonly clickhouseMemoryBytesMax: number;
  readonly clickhouseThreadsMax: number;
}

/** The engines, running: embedded in the data folder, or the servers that the settings name. */
export interface Engines {
  readonly dataDir: string;
  readonly postgres: PostgresConnection;
  /** How to open further connections to ClickHouse. */
  readonly clickhouse: Omit<ClickHouseOptions, 'role'>;
  /** For queries of this thread. */
  readonly reader: ClickHouse;
  /** For what people ask: slow questions wait for each other here, and hold up nothing else. */
  readonly analyst: ClickHouse;
  stop(): Promise<void>;
}

/**
 * Starts what is embedded, under the lock of the data folder.
 * @throws TributaryError `data_dir_in_use`, `data_dir_invalid` or `engine_unavailable`, saying how to mend.
 */
export async function startEngines(settings: EngineSettings, logger: EngineLogger): Promise<Engines> {
  const dataDir = resolve(settings.dataDir);
  const lock = await lockDataDir(dataDir);
  const clickhouse = {
    ...(settings.clickhouseUrl === undefined
      ? { path: join(dataDir, 'clickhouse') }
      : { url: settings.clickhouseUrl }),
    memoryBytesMax: settings.clickhouseMemoryBytesMax,
    threadsMax: settings.clickhouseThreadsMax,
  };
  // Side by side: each takes about a second.
  const [postgres, reader, analyst] = await Promise.allSettled([
    openPostgresEngine(settings.databaseUrl, join(dataDir, 'postgres'), logger),
    openClickHouse({ ...clickhouse, role: 'reader' }),
    openClickHouse({ ...clickhouse, role: 'analyst' }),
  ]);
  const stop = () =>
    stopAll([settledValue(reader), settledValue(analyst)], settledValue(postgres)?.embedded, lock);
  if (postgres.status === 'fulfilled' && reader.status === 'fulfilled' && analyst.status === 'fulfilled') {
    const clickhouses = { clickhouse, reader: reader.value, analyst: analyst.value };
    return { dataDir, postgres: postgres.value.connection, ...clickhouses, stop };
  }
  await stop();
  const failed = [postgres, reader, analyst].find((result) => result.status === 'rejected');
  throw (failed as PromiseRejectedResult).reason;
}

function settledValue<T>(result: PromiseSettledResult<T>): T | undefined {
  return result.status === 'fulfilled' ? result.value : undefined;
}

/** The server that the URL names, when it answers; else the embedded one, started. */
async function openPostgresEngine(
  url: string | undefined,
  dir: string,
  logger: EngineLogger,
): Promise<{ connection: PostgresConnection; embedded?: EmbeddedPostgres }> {
  if (url !== undefined) {
    await knock(url);
    return { connection: url };
  }
  const embedded = await startEmbeddedPostgres({
    dir,
    logger,
    onExit: ({ code, signal }) =>
      logger.error(`PostgreSQL ended unasked (${signal ?? code}); it is restarted`),
  });
  return { connection: embedded.connection, embedded };
}

/** @throws TributaryError `engine_unavailable` when the PostgreSQL server does not answer. */
async function knock(url: string): Promise<void> {
  try {
    const client = await openPostgres(url, { name: 'tributary start' });
    await client.end();
  } catch (cause) {
    throw new TributaryError(
      'engine_unavailable',
      `The PostgreSQL server of DATABASE_URL cannot be used: ${(cause as Error).message}. Check the address and the server.`,
      { cause },
    );
  }
}

async function stopAll(
  clickhouses: ReadonlyArray<ClickHouse | undefined>,
  embedded: EmbeddedPostgres | undefined,
  lock: DataDirLock,
): Promise<void> {
  for (const clickhouse of clickhouses) await clickhouse?.close();
  await embedded?.stop();
  await lock.release();
}
