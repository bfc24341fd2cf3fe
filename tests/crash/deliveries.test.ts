/**
 * The real server delivers every event to a webhook while it is killed again and again, at random moments and at the worst ones. Afterwards:
 *
 * - there is one delivery for every processed event that the connection takes, and each arrived at least once;
 * - nothing arrived under one key with two bodies, and nothing arrived that the books do not know;
 * - the books balance, and say that all of it was delivered.
 *
 * `CRASH_SEED=17` repeats a run's choices (not its timing), `CRASH_DELIVERY_RUNS=100` strikes that often.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DELIVERY_FAULT_POINTS } from '../../src/activate/fault.js';
import { createRandom, type Random } from '../../src/core/demo/random.js';
import { RunningServer } from '../harness/running-server.js';
import { Load } from './load.js';
import { WebhookReceiver } from './webhook-receiver.js';

const RUNS = Number(process.env.CRASH_DELIVERY_RUNS ?? 3);
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
const BLOW_MS_MAX = 60_000;
const NETWORKS = { TRIBUTARY_DESTINATION_NETWORKS: '127.0.0.1' };

interface Tally {
  readonly matched: number;
  readonly delivered: number;
  readonly filtered: Readonly<Record<string, number>>;
  readonly pending: number;
  readonly dead: number;
}

let server: RunningServer;
let receiver: WebhookReceiver;

beforeAll(async () => {
  server = await RunningServer.start(NETWORKS);
});
afterAll(async () => {
  await server?.remove();
  await receiver?.close();
});

test(
  `nothing is lost, and no key has two bodies, by ${RUNS} crashes (CRASH_SEED=${SEED})`,
  async () => {
    const random = createRandom('delivery blows', SEED);
    receiver = new WebhookReceiver(random);
    const url = await receiver.open();
    const given = {
      name: 'hook',
      kind: 'webhook',
      settings: { url },
      purposes: [],
      consentNotRequired: 'a test of crashes',
    };
    const { id } = await server.admin<{ id: string }>('/destinations', given);
    await server.admin('/connections', {
      ...{ name: 'what is ordered', destinationId: id },
      definition: { from: { sources: [] }, events: ['"Ordered"'], action: 'send', mapping: {}, options: {} },
    });
    const load = new Load(server, [await server.source('web'), await server.source('till')], SEED);
    load.start();
    for (let nth = 0; nth < RUNS; nth += 1) await strike(random, nth);
    await sleep(random.int(100, 500));
    await load.stop();
    await server.settled();
    await expectAll(id);
  },
  RUNS * BLOW_MS_MAX,
);

async function strike(random: Random, nth: number): Promise<void> {
  const point = DELIVERY_FAULT_POINTS[nth];
  if (point === undefined) await sleep(random.int(60, 900));
  await server.kill();
  if (point !== undefined) {
    await server.launch({ TRIBUTARY_TEST_FAULT: `${point}:${random.int(1, 4)}` });
    await server.ended();
  }
  await server.launch();
  await server.ready();
}

async function expectAll(destinationId: string): Promise<void> {
  for (;;) {
    const tally = await server.admin<Tally>(`/destinations/${destinationId}/balance`);
    const filtered = Object.values(tally.filtered).reduce((sum, n) => sum + n, 0);
    expect(tally.delivered + filtered + tally.pending + tally.dead, JSON.stringify(tally)).toBe(
      tally.matched,
    );
    if (tally.pending > 0) {
      await sleep(100);
      continue;
    }
    const keys = [...receiver.received.values()];
    expect(keys.filter(({ bodies }) => bodies.size > 1)).toEqual([]);
    expect(keys.filter(({ taken }) => taken > 0)).toHaveLength(tally.delivered);
    expect(tally).toMatchObject({ delivered: tally.matched, dead: 0 });
    expect(tally.matched).toBe(await ordered());
    expect(tally.matched).toBeGreaterThan(50);
    return;
  }
}

/** Processed events that the connection takes. */
async function ordered(): Promise<number> {
  const { rows } = await server.admin<{ rows: ReadonlyArray<readonly [number]> }>('/query', {
    sql: "SELECT count() FROM events WHERE type = 'track' AND name = 'Ordered'",
  });
  return Number(rows[0]?.[0]);
}
