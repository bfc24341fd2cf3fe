import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPool } from '../../src/engines/postgres.js';
import { migrate } from '../../src/stores/migrate.js';
import type { BatchCommit } from '../../src/stores/state/pipeline-state.js';
import { PostgresPipelineState } from '../../src/stores/state/postgres-pipeline-state.js';
import { PostgresSegmentState } from '../../src/stores/state/postgres-segment-state.js';
import type { FreshStores } from '../support/fresh-stores.js';
import { startFreshStores } from '../support/fresh-stores.js';
import { NOTHING_FOLLOWS } from '../support/nothing-follows.js';

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
    ...NOTHING_FOLLOWS,
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

test('members of accounts that turned are gone through in slices, and once more where one turned meanwhile', async () => {
  const segments = new PostgresSegmentState(audit);
  const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
  for (const n of [1, 2, 3, 4, 5, 6])
    await audit.query('INSERT INTO account_member VALUES ($1, $2)', [n === 6 ? 'small' : 'big', id(n)]);
  const { rows } = await audit.query<{ next: number }>('SELECT next_offset AS next FROM consumer');
  const next = rows[0]?.next ?? 0;
  const commit = (changes: Partial<BatchCommit['segments']>) => {
    const seen = { entries: new Uint32Array(), compact: false };
    const empty = { ...batch(next, next), seen, ledger: [] };
    return state.commit({ ...empty, segments: { ...empty.segments, ...changes } });
  };
  const due = async (limit: number) => {
    const { people, turned } = await segments.due(0, limit);
    const told = turned.map(({ groupId, after }) => [groupId, after]);
    return { people: [...people].sort(), told, workedOff: turned };
  };
  await commit({ turned: ['big', 'small'] });
  expect((await segments.work()).nextDue).toBe(0);
  const first = await due(3);
  expect(first).toMatchObject({ people: [id(1), id(2), id(3)], told: [['big', id(3)]] });
  await commit({ workedOff: first.workedOff });
  await commit({ turned: ['big'] });
  const second = await due(3);
  expect(second.people).toEqual([id(4), id(5), id(6)]);
  expect(second.told).toEqual([
    ['big', null],
    ['small', id(6)],
  ]);
  await commit({ workedOff: second.workedOff });
  // What a batch says that read the store before the last commit is of no account any more.
  await commit({ workedOff: second.workedOff.map((one) => ({ ...one, after: null })) });
  const third = await due(10);
  expect(third).toMatchObject({ people: [1, 2, 3, 4, 5].map(id), told: [['big', null]] });
  await commit({ workedOff: third.workedOff, turned: ['big'] });
  expect((await due(10)).people).toHaveLength(5);
  await commit({ workedOff: (await due(10)).workedOff });
  expect(await segments.due(0, 10)).toEqual({ people: [], turned: [] });
  expect((await segments.work()).nextDue).toBeUndefined();
});
