import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPool } from '../../src/engines/postgres.js';
import { migrate } from '../../src/stores/migrate.js';
import type { BatchCommit } from '../../src/stores/state/pipeline-state.js';
import { PostgresPipelineState } from '../../src/stores/state/postgres-pipeline-state.js';
import type { FreshStores } from '../support/fresh-stores.js';
import { startFreshStores } from '../support/fresh-stores.js';

let stores: FreshStores;
let audit: Pool;
let state: PostgresPipelineState;
beforeAll(async () => {
  stores = await startFreshStores();
  audit = openPool(stores.postgres, { name: 'audit', max: 1 });
  await migrate(audit, stores.clickhouse);
  state = new PostgresPipelineState(openPool(stores.postgres, { name: 'pipeline', max: 2 }));
});
afterAll(async () => {
  await state?.close();
  await audit?.end();
  await stores?.remove();
});

function batch(from: number, until: number): BatchCommit {
  return {
    ...{ from, until, profiles: [], merged: [], identifiers: [], edges: [], members: [], accounts: [] },
    ...{ quality: [], rejected: [], seen: { entries: Uint32Array.of(1, 2, 3, until), compact: false } },
    ledger: [{ sourceId: 'shop', verdict: 'processed', events: until - from }],
    refusals: [],
    matches: [],
    segments: { people: [], gone: [], accounts: [], now: 0, changes: [] },
    activation: { deliveries: [], balance: [], filtered: [], members: [] },
    sealed: null,
    redeemed: [],
  };
}

test('a batch commits from where the consumer stands, and from nowhere else', async () => {
  await state.open();
  await state.commit(batch(0, 10));
  // Somebody else moved it.
  await expect(state.commit(batch(0, 25))).rejects.toThrow('no longer stands at offset 0');
  await expect(state.commit(batch(15, 30))).rejects.toThrow('no longer stands at offset 15');
  // The connection is fit for the next, and nothing of the refused ones is left.
  await state.commit(batch(10, 20));
  const { rows } = await audit.query(
    `SELECT next_offset, commits, (SELECT events FROM ledger) AS events,
       (SELECT array_agg(until ORDER BY until) FROM seen_recent) AS seen FROM consumer`,
  );
  expect(rows).toEqual([{ next_offset: 20, commits: 2, events: 20, seen: [10, 20] }]);
});

test('what fails within a batch is told as it is, and none of the batch is kept', async () => {
  const bad = { ...batch(20, 30), accounts: [{ groupId: 'nul \u0000', state: '{}' }] };
  await expect(state.commit(bad)).rejects.toThrow('invalid byte sequence');
  const { rows } = await audit.query(
    'SELECT next_offset, (SELECT events FROM ledger) AS events FROM consumer',
  );
  expect(rows).toEqual([{ next_offset: 20, events: 20 }]);
});
