import { readdir, readFile } from 'node:fs/promises';
import type { Pool, PoolClient } from 'pg';
import { ADVISORY_LOCKS } from '../engines/advisory-locks.js';
import type { ClickHouse } from '../engines/clickhouse.js';
import { packageFile } from '../package-file.js';

interface Migration {
  readonly id: string;
  readonly sql: string;
}

/**
 * Brings both stores to the newest schema: the numbered files of `migrations/state` (PostgreSQL) and `migrations/events`
 * (ClickHouse), each once, in order, under one lock. What was applied is remembered in PostgreSQL. A PostgreSQL file is one
 * transaction with its being remembered; ClickHouse has none, so its statements must bear being run twice.
 */
export async function migrate(pool: Pool, clickhouse: ClickHouse): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCKS.migration]);
    await client.query(
      'CREATE TABLE IF NOT EXISTS schema_migration (id text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const { rows } = await client.query<{ id: string }>('SELECT id FROM schema_migration');
    const applied = new Set(rows.map((row) => row.id));
    for (const migration of await readMigrations('state')) {
      if (!applied.has(migration.id)) await applyState(client, migration);
    }
    for (const { id, sql } of await readMigrations('events')) {
      if (applied.has(id)) continue;
      for (const statement of statementsOf(sql)) await clickhouse.command(statement);
      await client.query('INSERT INTO schema_migration (id) VALUES ($1)', [id]);
    }
  } finally {
    // Closing the connection gives the lock back, whatever happened.
    client.release(true);
  }
}

async function applyState(client: PoolClient, { id, sql }: Migration): Promise<void> {
  await client.query('BEGIN');
  await client.query(sql);
  await client.query('INSERT INTO schema_migration (id) VALUES ($1)', [id]);
  await client.query('COMMIT');
}

/** The migrations of one store, in order. */
export async function readMigrations(store: 'state' | 'events'): Promise<Migration[]> {
  const folder = packageFile(`migrations/${store}/`);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => ({
      id: `${store}/${name.slice(0, -'.sql'.length)}`,
      sql: await readFile(new URL(name, folder), 'utf8'),
    })),
  );
}

/** ClickHouse takes one statement at a time; ours end with a semicolon at the end of a line. */
export function statementsOf(sql: string): string[] {
  return sql
    .split(/;[ \t]*\n/)
    .map((statement) => statement.replace(/^\s*--.*$/gm, '').trim())
    .filter((statement) => statement !== '');
}
