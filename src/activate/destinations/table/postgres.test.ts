import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../engines/embedded-postgres.js';
import { openPool, type PostgresAddress } from '../../../engines/postgres.js';
import { testContext, testItem } from '../../test-kit.js';
import { SendFailure } from '../destination.js';
import { postgres } from './postgres.js';
import { tablesContract } from './tables.contract.js';

let dir: string;
let server: EmbeddedPostgres;
let at: PostgresAddress;
let pool: Pool;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pg-tables-'));
  server = await startEmbeddedPostgres({ dir, onExit: () => {} });
  at = server.connection;
  pool = openPool(at, { name: 'test', max: 1 });
});
afterAll(async () => {
  await pool?.end();
  await server?.stop();
  await rm(dir, { recursive: true, force: true });
});

const settings = () => ({
  ...{ host: at.host, port: at.port, database: at.database, user: at.user },
  ...{ password: '', tls: false, connectionsMax: 2 },
});
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

tablesContract({
  kind: postgres,
  settings,
  hasUpsert: true,
  async make(table) {
    await pool.query(`CREATE TABLE ${quoted(table)} (id text PRIMARY KEY, n integer)`);
  },
  async rows(table, orderBy) {
    return (await pool.query(`SELECT * FROM ${quoted(table)} ORDER BY ${quoted(orderBy)}`)).rows;
  },
});

describe('PostgreSQL', () => {
  test('gets values as the types of its columns', async () => {
    await pool.query('CREATE SCHEMA sales');
    await pool.query(
      'CREATE TABLE sales.orders (id uuid PRIMARY KEY, total numeric(12, 2), at date, tags text[], raw jsonb, note text)',
    );
    const id = '11111111-1111-4111-8111-111111111111';
    const row = { id, total: '12.345', at: '2026-03-01', tags: ['x', 'y'], raw: { a: [1] }, note: 7 };
    const context = testContext({ settings: settings(), options: { table: 'sales.orders', keys: ['id'] } });
    expect(await postgres.actions.upsert?.send([testItem({ row })], context)).toEqual([
      { status: 'delivered' },
    ]);
    const { rows } = await pool.query('SELECT id, total::text, at::text, tags, raw, note FROM sales.orders');
    expect(rows).toEqual([{ ...row, total: '12.35', note: '7' }]);
    expect(context.exchanges.map(({ response }) => response?.body)).toEqual(['1 rows']);
  });

  test('adds rows once although two calls make the same table at the same time', async () => {
    const context = testContext({ settings: settings(), options: { table: 'made_at_once', create: true } });
    const items = [1, 2, 3, 4].map((n) => testItem({ row: { n } }));
    const calls = [items, items, items].map((some) => postgres.actions.append?.send(some, context));
    for (const results of await Promise.all(calls))
      expect(results).toEqual(items.map(() => ({ status: 'delivered' })));
    expect((await pool.query('SELECT n FROM made_at_once')).rows).toHaveLength(4);
  });

  test('a call that is cut off ends, and the next one works', async () => {
    await pool.query('CREATE TABLE held (id text PRIMARY KEY, n integer)');
    await pool.query('BEGIN');
    await pool.query('LOCK TABLE held');
    const kept = settings();
    const options = { table: 'held', keys: ['id'] };
    const context = testContext({ settings: kept, options });
    const items = [testItem({ row: { id: 'a', n: 1 } })];
    const call = postgres.actions.upsert?.send(items, context);
    const ended = expect(call).rejects.toMatchObject({ failure: { retry: true } });
    await untilWaiting();
    context.abort();
    await ended;
    await pool.query('COMMIT');
    const next = testContext({ settings: kept, options });
    expect(await postgres.actions.upsert?.send(items, next)).toEqual([{ status: 'delivered' }]);
  });

  test('speaks to no address that it may not speak to', async () => {
    const refused = new SendFailure({ code: 'address_refused', message: 'no', retry: false });
    const context = {
      ...testContext({ settings: settings(), options: { table: 't', keys: ['id'] } }),
      resolve: () => Promise.reject(refused),
    };
    await expect(postgres.actions.upsert?.send([testItem({ row: { id: 1 } })], context)).rejects.toBe(
      refused,
    );
  });

  test('that does not let us in, or is not there, is told so', async () => {
    const away = testContext({ settings: { ...settings(), port: 1 } });
    await expect(postgres.test?.(away)).rejects.toMatchObject({ failure: { retry: true } });
    const unknown = testContext({ settings: { ...settings(), database: 'nowhere' } });
    await expect(postgres.test?.(unknown)).rejects.toThrow('nowhere');
  });
});

async function untilWaiting(): Promise<void> {
  const sql = `SELECT 1 FROM pg_locks WHERE NOT granted`;
  while ((await pool.query(sql)).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}
