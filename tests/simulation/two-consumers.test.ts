/**
 * Two consumers on one PostgreSQL and one ClickHouse, each of which is cut off from PostgreSQL again and again, at random moments and
 * in the midst of its work: together they do what one would, and nothing is lost or done twice.
 */
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../src/core/demo/random.js';
import { createEnricher } from '../../src/core/enrich/enrich.js';
import { openPool } from '../../src/engines/postgres.js';
import { PostgresLog } from '../../src/log/postgres-log.js';
import type { Pace } from '../../src/process/consumer.js';
import { Consumer } from '../../src/process/consumer.js';
import { ClickHouseDeliveryLog } from '../../src/stores/events/clickhouse-delivery-log.js';
import { ClickHouseEventStore } from '../../src/stores/events/clickhouse-event-store.js';
import { ClickHouseSegmentStore } from '../../src/stores/events/clickhouse-segment-store.js';
import { ClickHouseEventHistory } from '../../src/stores/events/event-history.js';
import { migrate } from '../../src/stores/migrate.js';
import { PostgresActivationState } from '../../src/stores/state/postgres-activation-state.js';
import { PostgresIdentityState } from '../../src/stores/state/postgres-identity-state.js';
import { PostgresPipelineState } from '../../src/stores/state/postgres-pipeline-state.js';
import { PostgresSegmentState } from '../../src/stores/state/postgres-segment-state.js';
import { PostgresSnapshotState } from '../../src/stores/state/postgres-snapshot-state.js';
import type { FreshStores } from '../support/fresh-stores.js';
import { startFreshStores } from '../support/fresh-stores.js';
import { naiveOutcome } from './naive-pipeline.js';
import { addOwnCoupons } from './own-coupons.js';
import { sentWorld } from './sent-world.js';
import { saidByOperators, storedOutcome } from './stored-outcome.js';

const SEED = Number(process.env.SIM_SEED ?? 1);
const CUTS = 25;

let stores: FreshStores;
let pool: Pool;
beforeAll(async () => {
  stores = await startFreshStores();
  pool = openPool(stores.postgres, { name: 'audit', max: 2 });
  await migrate(pool, stores.clickhouse);
});
afterAll(async () => {
  await pool?.end();
  await stores?.remove();
});

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function startConsumer(name: string) {
  const connections = openPool(stores.postgres, { name, max: 4 });
  connections.on('error', () => {});
  const log = new PostgresLog(openPool(stores.postgres, { name, max: 1 }));
  const state = new PostgresPipelineState(connections);
  const pace: Pace = { now: Date.now, sleep: (ms) => sleep(Math.min(ms, 10)), more: () => sleep(5) };
  let batches = 0;
  const consumer = new Consumer({
    ...{ log, state, pace, enrich: createEnricher(undefined), eventBytesMax: 65_536 },
    identity: new PostgresIdentityState(connections),
    events: new ClickHouseEventStore(stores.clickhouse),
    history: new ClickHouseEventHistory(stores.clickhouse),
    activation: {
      state: new PostgresActivationState(connections),
      snapshots: new PostgresSnapshotState(connections),
      log: new ClickHouseDeliveryLog(stores.clickhouse),
    },
    segments: {
      state: new PostgresSegmentState(connections),
      store: new ClickHouseSegmentStore(stores.clickhouse),
    },
    reports: { committed: () => (batches += 1), failed: () => {} },
  });
  let over = false;
  const ended = consumer.run().then(() => {
    over = true;
  });
  return {
    name,
    batches: () => batches,
    async stop() {
      consumer.stop();
      // The one that waits for the lease would wait for ever, and may only be about to connect.
      for (; !over; await sleep(20)) await cutOff(name);
      await ended;
      await Promise.allSettled([state.close(), log.close()]);
    },
  };
}

async function cutOff(name: string): Promise<void> {
  await pool.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [
    name,
  ]);
}

/** The consumer that holds the lease. */
async function atWork(): Promise<string> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT application_name AS name FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE locktype = 'advisory' AND granted`,
  );
  return rows[0]?.name ?? '';
}

/** The consumer at work, once it has committed something. */
async function whoCommitted(consumers: ReadonlyArray<ReturnType<typeof startConsumer>>): Promise<string> {
  for (;;) {
    const name = await atWork();
    if (consumers.some((one) => one.name === name && one.batches() > 0)) return name;
    await sleep(5);
  }
}

test(`two consumers that are cut off in turn do what one would (SIM_SEED=${SEED})`, async () => {
  const random = createRandom('cuts', SEED);
  await addOwnCoupons(pool);
  const requests = sentWorld(SEED, 120, 12).filter(({ items }) =>
    items.every(({ refused }) => refused !== 'processing_failed'),
  );
  const log = new PostgresLog(openPool(stores.postgres, { name: 'append', max: 2 }));
  const consumers = [startConsumer('one'), startConsumer('other')];
  const each = Math.ceil(requests.length / CUTS);
  const batches = () => consumers.reduce((sum, one) => sum + one.batches(), 0);
  for (let cut = 0; cut < CUTS; cut += 1) {
    const part = requests.slice(cut * each, (cut + 1) * each);
    const before = batches();
    if (part.length > 0) await log.append(part.map(({ record }) => record));
    // Each has its turn first, however slow the machine is; then they are cut off wherever they are.
    if (cut < consumers.length) {
      await cutOff(await whoCommitted(consumers));
      continue;
    }
    await sleep(random.int(0, 120));
    // Now and then one gets something done, however slow the machine is: so both have their turns.
    if (part.length > 0 && random.chance(0.4)) while (batches() === before) await sleep(5);
    await cutOff(random.chance(0.7) ? await atWork() : random.pick(['one', 'other']));
  }
  const total = requests.reduce((sum, { record }) => sum + record.count, 0);
  for (let next = 0; next < total; await sleep(20)) {
    const { rows } = await pool.query<{ next_offset: number }>('SELECT next_offset FROM consumer');
    next = rows[0]?.next_offset ?? 0;
  }
  for (const one of consumers) await one.stop();
  const both = { pool, clickhouse: stores.clickhouse };
  expect(await storedOutcome(both)).toEqual(naiveOutcome(requests, await saidByOperators(both)));
  for (const one of consumers) expect(one.batches()).toBeGreaterThan(0);
  await log.close();
}, 60_000);
