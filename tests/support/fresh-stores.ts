import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import { openClickHouse } from '../../src/engines/clickhouse.js';
import { startEmbeddedPostgres } from '../../src/engines/embedded-postgres.js';
import type { PostgresConnection } from '../../src/engines/postgres.js';
import { packageFile } from '../../src/package-file.js';
import { copyMadeOnce } from './made-once.js';

/** Both embedded engines, running on a folder of their own, without any table. */
export interface FreshStores {
  readonly postgres: PostgresConnection;
  readonly clickhouse: ClickHouse;
  /** Folder of ClickHouse: a process can have one alone. */
  readonly clickhousePath: string;
  /** Opens one more connection to ClickHouse; the caller closes it. */
  anotherClickHouse(): Promise<ClickHouse>;
  /** Stops them and removes the folder. */
  remove(): Promise<void>;
}

const startPostgres = (dir: string) =>
  startEmbeddedPostgres({ dir: join(dir, 'postgres'), onExit: () => {} });

/** Starts the engines. */
export async function startFreshStores(): Promise<FreshStores> {
  const dir = await mkdtemp(join(tmpdir(), 'tributary-stores-'));
  await copyMadeOnce(dir, 'postgres', packageFile('src/engines/postgres-settings.ts'), async (made) => {
    await (await startPostgres(made)).stop();
  });
  const postgres = await startPostgres(dir);
  const clickhousePath = join(dir, 'clickhouse');
  const open = () =>
    openClickHouse({
      path: clickhousePath,
      ...{ memoryBytesMax: 512 * 1024 * 1024, threadsMax: 1, role: 'writer' },
    });
  const clickhouse = await open();
  return {
    postgres: postgres.connection,
    clickhouse,
    clickhousePath,
    anotherClickHouse: open,
    async remove() {
      await clickhouse.close();
      await postgres.stop();
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
