/**
 * The real server is killed again and again under load, at random moments and at the worst ones. Afterwards:
 *
 * - every acknowledged event is stored exactly once, and one that was not acknowledged once or not at all;
 * - the counters of every profile are those of its event rows, and its identifiers are its own;
 * - those who were told to be in a segment, whose definition changed meanwhile, are those whom it means;
 * - nobody was given another's coupon, or two;
 * - the ledger balances, and agrees with what was sent, with the event rows and with the quarantine.
 *
 * `CRASH_SEED=17` repeats a run's choices (not its timing), `CRASH_RUNS=500` strikes that often.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../src/core/demo/random.js';
import { RunningServer } from '../harness/running-server.js';
import { audit } from './audit.js';
import { auditSegment } from './audit-segment.js';
import { BUSY, blowsOf } from './blows.js';
import { CouponAsks } from './coupon-asks.js';
import { Load } from './load.js';

const RUNS = Number(process.env.CRASH_RUNS ?? 6);
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
const BLOW_MS_MAX = 60_000;

let server: RunningServer;

beforeAll(async () => {
  server = await RunningServer.start();
});

afterAll(async () => {
  await server?.remove();
});

test(
  `nothing is lost or counted twice by ${RUNS} crashes (CRASH_SEED=${SEED})`,
  async () => {
    const random = createRandom('blows', SEED);
    const sources = await Promise.all(['web', 'app', 'till'].map((name) => server.source(name)));
    const load = new Load(server, sources, SEED);
    load.start();
    const asks = new CouponAsks(server, load.users);
    await asks.start(createRandom('asks', SEED));
    const busy = { kind: 'events', is: { op: 'gte', value: 5 } };
    await server.admin('/segments', { id: BUSY, name: BUSY, definition: busy }, 'POST');
    const story: string[] = [];
    for (const { name, strike } of blowsOf(random, RUNS)) {
      const beganAt = Date.now();
      await strike(server, random);
      story.push(`${name}: ${Date.now() - beganAt} ms`);
    }
    await load.stop();
    await load.unite();
    const total = await server.settled();
    await asks.audit();
    await auditSegment(server, BUSY);
    await audit(server, load.sent);
    expect(total.received, story.join('\n')).toBeGreaterThan(RUNS * 100);
    if (process.env.CRASH_TELL) process.stdout.write(`${story.join('\n')}\n${JSON.stringify(total)}\n`);
  },
  RUNS * BLOW_MS_MAX,
);
