import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FreshStores } from '../../../tests/support/fresh-stores.js';
import { startFreshStores } from '../../../tests/support/fresh-stores.js';
import { openPool } from '../../engines/postgres.js';
import { migrate } from '../migrate.js';
import { PostgresPipelineState } from './postgres-pipeline-state.js';

let stores: FreshStores;
beforeAll(async () => {
  stores = await startFreshStores();
});
afterAll(() => stores.remove());

test('who has lost the lease plans nothing any more, and who has it knows all that was planned', async () => {
  const pool = openPool(stores.postgres, { name: 'test', max: 2 });
  await migrate(pool, stores.clickhouse);
  const [cutOff, next] = ['cut-off', 'next'].map((name) => {
    const connections = openPool(stores.postgres, { name, max: 2 });
    connections.on('error', () => {});
    return new PostgresPipelineState(connections);
  }) as [PostgresPipelineState, PostgresPipelineState];
  expect(await cutOff.open()).toEqual({ next: 0, commits: 0, planned: [] });
  await cutOff.plan(5);
  await pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity JOIN pg_locks USING (pid)
     WHERE locktype = 'advisory' AND granted AND application_name = 'cut-off'`,
  );
  expect((await next.open()).planned).toEqual([5]);
  await expect(cutOff.plan(9)).rejects.toThrow();
  await next.plan(7);
  const { rows } = await pool.query<{ planned: number[] }>(
    'SELECT to_json(planned) AS planned FROM consumer',
  );
  expect(rows[0]?.planned).toEqual([5, 7]);
  await Promise.all([cutOff.close(), next.close(), pool.end()]);
});
