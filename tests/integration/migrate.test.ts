import { readdir } from 'node:fs/promises';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import { openPool } from '../../src/engines/postgres.js';
import { migrate } from '../../src/stores/migrate.js';
import { type FreshStores, startFreshStores } from '../support/fresh-stores.js';

const MIGRATORS = 4;

let stores: FreshStores;
let pools: Pool[];
let clickhouses: ClickHouse[];
beforeAll(async () => {
  stores = await startFreshStores();
  pools = Array.from({ length: MIGRATORS }, (_, n) =>
    openPool(stores.postgres, { name: `migrator-${n}`, max: 2 }),
  );
  clickhouses = await Promise.all(pools.map(() => stores.anotherClickHouse()));
});
afterAll(async () => {
  await Promise.all([
    ...pools.map((pool) => pool.end()),
    ...clickhouses.map((clickhouse) => clickhouse.close()),
  ]);
  await stores.remove();
});

/** Every file of `migrations`, as it is remembered. */
async function files(): Promise<string[]> {
  const folders = ['events', 'state'].map(async (store) => {
    const names = await readdir(new URL(`../../migrations/${store}/`, import.meta.url));
    return names.map((name) => `${store}/${name.replace(/\.sql$/, '')}`);
  });
  return (await Promise.all(folders)).flat().sort();
}

async function query<Row extends object>(sql: string): Promise<Row[]> {
  const { rows } = await (pools[0] as Pool).query<Row>(sql);
  return rows;
}

/** Everything that migrations leave behind. */
async function schema(): Promise<unknown> {
  return {
    applied: await query('SELECT id, applied_at::text FROM schema_migration ORDER BY id'),
    columns: await query(
      `SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2`,
    ),
    heads: await query('SELECT * FROM log_head'),
    segments: await query('SELECT segment, opened_at::text FROM log_segment'),
    events: await stores.clickhouse.query(
      'SELECT name, create_table_query FROM system.tables WHERE database = currentDatabase() ORDER BY name',
    ),
  };
}

test('several migrators at once on a fresh database apply each file once', async () => {
  await Promise.all(pools.map((pool, n) => migrate(pool, clickhouses[n] as ClickHouse)));
  const applied = await query<{ id: string }>('SELECT id FROM schema_migration ORDER BY id');
  expect(applied.map(({ id }) => id)).toEqual(await files());
  expect(await query('SELECT next_offset, segment FROM log_head')).toEqual([{ next_offset: 0, segment: 0 }]);
  const [events] = await stores.clickhouse.query<{ rows: number }>(
    'SELECT count() AS rows FROM events_resolved',
  );
  expect(events?.rows).toBe(0);
});

test('a second run changes nothing, and gives the lock back', async () => {
  const before = await schema();
  await migrate(pools[0] as Pool, stores.clickhouse);
  await migrate(pools[1] as Pool, stores.clickhouse);
  expect(await schema()).toEqual(before);
  expect(await query(`SELECT pid FROM pg_locks WHERE locktype = 'advisory'`)).toEqual([]);
});

test('a run that ended between ClickHouse and its being remembered is repeated without harm', async () => {
  const row = JSON.stringify({ profile_id: '0190f7c1-7c5e-8a3b-9d2e-0123456789ab', offset: 1, type: 'page' });
  await stores.clickhouse.insertJsonLines('events', Buffer.from(row));
  await query(`DELETE FROM schema_migration WHERE id LIKE 'events/%'`);
  await migrate(pools[0] as Pool, stores.clickhouse);
  const [events] = await stores.clickhouse.query<{ rows: number }>('SELECT count() AS rows FROM events');
  expect(events?.rows).toBe(1);
  const applied = await query<{ id: string }>('SELECT id FROM schema_migration ORDER BY id');
  expect(applied.map(({ id }) => id)).toEqual(await files());
});

test('a migration that fails leaves the lock free and nothing half done', async () => {
  await query(`DELETE FROM schema_migration WHERE id = 'state/0003-admin'`);
  await query('ALTER TABLE admin_token ADD COLUMN mark text');
  await expect(migrate(pools[0] as Pool, stores.clickhouse)).rejects.toThrow('already exists');
  await query('DROP TABLE admin_token');
  await migrate(pools[1] as Pool, stores.clickhouse);
  expect(await query('SELECT * FROM admin_token')).toEqual([]);
});
