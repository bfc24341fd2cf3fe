/**
 * Seeded runs of the real deliverer on the real stores, in this process and in virtual time: tools that are slow, fail, limit rates, lie, hang and
 * refuse; stores that fail before their work, or after it, so that only the answer is lost; crashes at every step. Meanwhile deliveries are decided,
 * people take back their consent, destinations are switched off, and dead letters are asked for again. Properties:
 *
 * - the books balance after every step, for each destination;
 * - in the end everything is delivered, filtered or dead; what the books call delivered was taken by the tool, and nobody without consent was sent anything
 *   that was decided after they said so;
 * - no key was ever sent with two bodies;
 * - each person's deliveries come in their order where that is asked for, whoever else fails;
 * - no tool has more calls at a time than its destination allows;
 * - a tool that works is not slower while all others do not.
 *
 * `SIM_SEED=17` runs one seed, `SIM_RUNS=200` that many from 1 on.
 */
import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Deliverer } from '../../src/activate/deliverer.js';
import { NOTHING_LATE } from '../../src/activate/late/late-resolver.js';
import { createRandom, type Random } from '../../src/core/demo/random.js';
import { openPool } from '../../src/engines/postgres.js';
import { ClickHouseDeliveryLog } from '../../src/stores/events/clickhouse-delivery-log.js';
import type { DeliveryLog } from '../../src/stores/events/delivery-log.js';
import { migrate } from '../../src/stores/migrate.js';
import { retryNow } from '../../src/stores/state/deliveries.js';
import { readDeliveryBooks } from '../../src/stores/state/delivery-books.js';
import type { DeliveryState } from '../../src/stores/state/delivery-state.js';
import { Destinations } from '../../src/stores/state/destinations.js';
import { PostgresDeliveryState } from '../../src/stores/state/postgres-delivery-state.js';
import { PostgresPeopleAtDoor } from '../../src/stores/state/postgres-people-at-door.js';
import { type FreshStores, startFreshStores } from '../support/fresh-stores.js';
import {
  books,
  connect,
  decide,
  person,
  TEST_KEY,
  type TestConnection,
  uuidOf,
} from '../support/waiting-deliveries.js';
import { Life } from './faulty-life.js';
import { outletTo, SimulatedTool, TEMPERS, type Temper } from './simulated-tools.js';
import { VirtualTime } from './virtual-time.js';

const RUNS = Number(process.env.SIM_RUNS ?? 1);
const SEEDS = process.env.SIM_SEED
  ? [Number(process.env.SIM_SEED)]
  : Array.from({ length: RUNS }, (_, index) => index + 1);
/** Lives after which stores work, so that a run ends. */
const FAULTY_LIVES_MAX = 8;
const ROUNDS = 25;
const PEOPLE = 8;
/** Of the steady flow by which tools that work are compared. */
const SECONDS = 8;
/** Noon of the first of March 2026. */
const NOON = Date.UTC(2026, 2, 1, 12);
/** The longest that anything can be on its way: the time for trying, and what breakers and the tools' own pauses add. */
const LASTS_MS_MAX = 3 * 60 * 60 * 1000;

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
beforeEach(async () => {
  await pool.query(
    'TRUNCATE destination, connection, connection_version, delivery, delivery_balance, profile, audience_sync RESTART IDENTITY CASCADE',
  );
  await stores.clickhouse.command('TRUNCATE TABLE deliveries');
});

interface World {
  readonly random: Random;
  readonly to: ReadonlyArray<
    TestConnection & {
      readonly tool: SimulatedTool;
      readonly isOrdered: boolean;
      readonly concurrency: number;
    }
  >;
  now: number;
  decided: number;
  /** Names of those that somebody asked for again: they come out of their order. */
  readonly askedAgain: Set<string>;
  readonly consent: Map<number, boolean>;
  /** Deliveries that were decided while the person refused. */
  readonly refused: Set<string>;
}

async function createWorld(seed: number, tempers: readonly Temper[]): Promise<World> {
  const random = createRandom('deliverer', seed);
  const to: Array<World['to'][number]> = [];
  for (const temper of tempers) {
    const isOrdered = random.chance(0.7);
    const concurrency = random.int(1, 8);
    const connection = await connect(pool, {
      ...{ name: temper, kind: 'simulated', action: random.chance(0.5) ? 'one' : 'many' },
      ...(random.chance(0.5) ? { purposes: ['ads'], consentNotRequired: null } : {}),
      delivery: {
        ...{
          ordered: isOrdered,
          concurrency,
          giveUpAfterHours: random.pick([0.01, 0.2, 1]),
          timeoutMs: 5_000,
        },
        ...(random.chance(0.3) ? { ratePerSecond: random.int(1, 30) } : {}),
        ...(random.chance(0.3) ? { batchItemsMax: random.int(1, 10) } : {}),
      },
    });
    to.push({ ...connection, isOrdered, concurrency, tool: new SimulatedTool(temper, random) });
  }
  const consent = new Map(Array.from({ length: PEOPLE }, (_, who) => [who, true]));
  for (const who of consent.keys()) await person(pool, who, { ads: true });
  return { random, to, consent, now: NOON, decided: 0, askedAgain: new Set(), refused: new Set() };
}

/** The real stores with faults; none of them is reached by who is dead. */
function faulty(real: DeliveryState, log: DeliveryLog, life: Life, time: VirtualTime) {
  const gone = () => new Promise<never>(() => {});
  const guard =
    <Args extends unknown[], Result>(what: string, share: number, run: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> =>
      life.dead
        ? gone()
        : time.work(async () => {
            life.risk(`before ${what}`, share);
            const result = await run(...args);
            life.risk(`after ${what}`, share);
            return result;
          });
  const state: DeliveryState = {
    open: guard('open', 0.01, () => real.open()),
    work: guard('work', 0.003, () => real.work()),
    facts: guard('facts', 0.01, () => real.facts()),
    take: guard('take', 0.004, (query) => real.take(query)),
    fixLate: guard('fixLate', 0, (values) => real.fixLate(values)),
    async settle(settlement) {
      try {
        await guard('settle', 0.02, () => real.settle(settlement))();
      } finally {
        await time.work(() => balance());
      }
    },
    forgetDead: guard('forgetDead', 0, (destination, before) => real.forgetDead(destination, before)),
    close: async () => {},
  };
  return {
    state,
    log: {
      write: guard('write', 0.015, (rows: Parameters<DeliveryLog['write']>[0]) => log.write(rows)),
      delivered: guard('delivered', 0.003, (id: string, asked: Parameters<DeliveryLog['delivered']>[1]) =>
        log.delivered(id, asked),
      ),
    },
  };
}

/** One look at all books at one moment. */
async function balance(): Promise<void> {
  const { destinations } = await readDeliveryBooks(pool);
  for (const { connections: _, ...tally } of destinations) {
    const { matched, delivered, filtered, pending, dead } = tally;
    const rest = Object.values(filtered).reduce((sum, n) => sum + n, delivered + pending + dead);
    expect(rest, JSON.stringify(tally)).toBe(matched);
  }
}

/** What happens in the world meanwhile. */
async function happen(world: World): Promise<void> {
  const { random, to } = world;
  const target = random.pick(to);
  const what = random.int(1, 14);
  if (what <= 10) await decideSome(world, target);
  else if (what === 11) {
    const who = random.int(0, PEOPLE - 1);
    world.consent.set(who, world.consent.get(who) !== true);
    await person(pool, who, { ads: world.consent.get(who) === true });
  } else if (what === 12) {
    await retryNow(pool, { statuses: ['dead'] }, world.now);
    const { rows } = await pool.query<{ message_id: string }>(
      'SELECT message_id FROM delivery WHERE retried_at IS NOT NULL',
    );
    for (const { message_id: name } of rows) world.askedAgain.add(name);
  } else if (what === 13) {
    const destinations = new Destinations(pool, TEST_KEY);
    const { enabled } = await destinations.get(target.destinationId);
    if (target.tool.temper !== 'healthy')
      await destinations.change(target.destinationId, { enabled: !enabled });
  }
}

async function decideSome(world: World, target: World['to'][number]): Promise<void> {
  const { random } = world;
  const some = Array.from({ length: random.int(1, 25) }, () => {
    const who = random.int(0, PEOPLE - 1);
    const name = `${target.destination} ${world.decided++} of ${who}`;
    if (world.consent.get(who) === false) world.refused.add(name);
    return { name, person: who, at: world.now, payload: { name, text: 'x'.repeat(random.int(0, 400)) } };
  });
  await decide(pool, target, some);
}

/** One life of the deliverer: until it crashes, or until the work is done. */
async function live(world: World, faults: boolean, rounds: { left: number }): Promise<'done' | 'crashed'> {
  const life = new Life(world.random, faults);
  for (const { tool } of world.to) tool.forgotten();
  const time = new VirtualTime(world.now, world.random);
  const own = openPool(stores.postgres, { name: 'simulated', max: 4 });
  const real = new PostgresDeliveryState(own, TEST_KEY);
  const { state, log } = faulty(real, new ClickHouseDeliveryLog(stores.clickhouse), life, time);
  const people = new PostgresPeopleAtDoor(own);
  const deliverer = new Deliverer({
    ...{ state, log, time, late: NOTHING_LATE },
    people: {
      people: (ids) => time.work(() => people.people(ids)),
      suppressed: (channel, ids) => time.work(() => people.suppressed(channel, ids)),
    },
    async openOutlet(destination) {
      const { tool } = world.to.find((one) => one.destinationId === destination.id) as World['to'][number];
      return outletTo(tool, destination, time);
    },
    ...{ heard: async () => {}, settled: () => {}, failed: () => {} },
    fault: () => {
      if (life.dead) return new Promise(() => {});
      try {
        life.risk('a fault point', 0.004);
      } catch {
        // At such a point there is nothing but a crash.
        life.dead = true;
        return new Promise(() => {});
      }
      return undefined;
    },
  });
  const running = deliverer.run();
  try {
    for (let steps = 0; ; steps += 1) {
      await time.quiet();
      if (life.dead) return 'crashed';
      time.advance();
      world.now = time.now();
      if (rounds.left > 0 && steps % 15 === 0) {
        rounds.left -= 1;
        await happen(world);
        deliverer.changed();
      }
      if (rounds.left === 0 && steps % 5 === 0 && (await isDone())) return 'done';
      expect(world.now - NOON, 'nothing may be on its way for ever').toBeLessThan(LASTS_MS_MAX * ROUNDS);
    }
  } finally {
    deliverer.stop();
    if (!life.dead) {
      life.dead = true;
      void running;
    }
    await time.quiet();
    await real.close();
  }
}

async function isDone(): Promise<boolean> {
  const { rowCount } = await pool.query("SELECT FROM delivery WHERE state = 'pending' LIMIT 1");
  return rowCount === 0;
}

test.each(SEEDS)(
  'seed %i: the books balance, nothing is lost, and order is kept',
  { timeout: 240_000 },
  async (seed) => {
    const world = await createWorld(seed, TEMPERS);
    const rounds = { left: ROUNDS };
    for (let life = 1; ; life += 1) {
      if ((await live(world, life <= FAULTY_LIVES_MAX, rounds)) === 'done') break;
    }
    await balance();
    for (const target of world.to) await audit(world, target);
  },
);

async function audit(
  world: World,
  { destination, destinationId, tool, isOrdered, concurrency }: World['to'][number],
): Promise<void> {
  const found = await books(pool, destination);
  expect(Object.keys(found)).not.toContain('pending');
  const hint = `${tool.temper}: ${JSON.stringify(found)}`;
  const taken = [...tool.seen.values()].filter(({ firstTaken }) => firstTaken !== undefined).length;
  expect(taken, hint).toBeGreaterThanOrEqual(found.delivered ?? 0);
  expect(
    [...tool.seen.values()].every(({ bodies }) => bodies.size === 1),
    hint,
  ).toBe(true);
  if (tool.temper !== 'hanging') expect(tool.mostCalls, hint).toBeLessThanOrEqual(concurrency);
  const rows = await stores.clickhouse.query<{ key: string; outcome: string; name: string; person: string }>(
    `SELECT toString(key) AS key, outcome, message_id AS name, toString(profile_id) AS person FROM deliveries FINAL
     WHERE destination_id = {id:String} AND outcome IN ('delivered', 'filtered')`,
    { id: destinationId },
  );
  const delivered = rows.filter(({ outcome }) => outcome === 'delivered');
  expect(new Set(delivered.map(({ key }) => key)).size, hint).toBe(found.delivered ?? 0);
  if (!isOrdered) return;
  const inOrder = delivered
    .filter(({ name }) => !world.askedAgain.has(name))
    .sort((a, b) => numberOf(a.name) - numberOf(b.name));
  for (const who of new Set(inOrder.map((one) => one.person))) {
    const own = inOrder
      .filter((one) => one.person === who)
      .map(({ key, name }) => ({ name, ...tool.seen.get(key) }));
    own.forEach((one, index) => {
      const before = own[index - 1];
      if (before === undefined) return;
      expect(
        before.firstTaken ?? Number.NaN,
        `${before.name} before ${one.name}; ${hint}`,
      ).toBeLessThanOrEqual(one.firstSent ?? Number.NaN);
    });
  }
}

function numberOf(name: string): number {
  return Number(name.split(' ')[1]);
}

test('a tool that works is no slower while all others fail, hang or limit', {
  timeout: 240_000,
}, async () => {
  const latencies: number[] = [];
  for (const others of [[], ['slow', 'failing', 'limiting', 'lying', 'hanging', 'refusing']] as const) {
    await pool.query(
      'TRUNCATE destination, connection, connection_version, delivery, delivery_balance, audience_sync RESTART IDENTITY CASCADE',
    );
    latencies.push(await latencyOfHealthy([...others]));
  }
  const [alone = 0, among = 0] = latencies;
  expect(among).toBeLessThanOrEqual(alone * 1.2);
});

/** The 95th percentile, from decision to the tool having it, of a steady flow. */
async function latencyOfHealthy(others: readonly Temper[]): Promise<number> {
  const random = createRandom('isolation', others.length);
  const healthy = await connect(pool, {
    name: 'healthy',
    kind: 'simulated',
    action: 'one',
    delivery: { concurrency: 8 },
  });
  // The same chances for it in both runs.
  const tool = new SimulatedTool('healthy', createRandom('healthy', 1));
  const to = [{ ...healthy, tool, isOrdered: true, concurrency: 8 }];
  for (const temper of others)
    to.push({
      ...(await connect(pool, {
        name: temper,
        kind: 'simulated',
        action: 'one',
        delivery: { timeoutMs: 5_000 },
      })),
      ...{ tool: new SimulatedTool(temper, random), isOrdered: true, concurrency: 16 },
    });
  const time = new VirtualTime(NOON, random);
  const own = openPool(stores.postgres, { name: 'isolated', max: 4 });
  const real = new PostgresDeliveryState(own, TEST_KEY);
  const life = new Life(random, false);
  const { state, log } = faulty(real, new ClickHouseDeliveryLog(stores.clickhouse), life, time);
  const people = new PostgresPeopleAtDoor(own);
  const deliverer = new Deliverer({
    ...{ state, log, time, late: NOTHING_LATE },
    people: {
      people: (ids) => time.work(() => people.people(ids)),
      suppressed: (channel, ids) => time.work(() => people.suppressed(channel, ids)),
    },
    openOutlet: async (destination) =>
      outletTo(
        (to.find((one) => one.destinationId === destination.id) as (typeof to)[number]).tool,
        destination,
        time,
      ),
    ...{ heard: async () => {}, settled: () => {}, failed: () => {} },
  });
  void deliverer.run();
  for (let second = 0; second < SECONDS; second += 1) {
    for (const target of to)
      await decide(
        pool,
        target,
        Array.from({ length: 10 }, (_, n) => ({
          name: `${target.destination} ${second} ${n}`,
          ...{ person: n + 20 * (second % 5), at: time.now() },
        })),
      );
    deliverer.changed();
    const until = time.now() + 1_000;
    while (time.now() < until) await time.step();
  }
  while (
    [...tool.seen.values()].filter(({ firstTakenAt }) => firstTakenAt !== undefined).length <
    SECONDS * 10
  )
    await time.step();
  deliverer.stop();
  life.dead = true;
  await time.quiet();
  await real.close();
  return percentile95(healthy.destination, tool);
}

function percentile95(destination: number, tool: SimulatedTool): number {
  const decidedAt = new Map(
    Array.from({ length: SECONDS }, (_, second) => second).flatMap((second) =>
      Array.from(
        { length: 10 },
        (_, n) => [uuidOf(`${destination} ${second} ${n}`), NOON + second * 1_000] as const,
      ),
    ),
  );
  const waits = [...tool.seen].map(
    ([key, { firstTakenAt = Number.NaN }]) => firstTakenAt - (decidedAt.get(key) ?? Number.NaN),
  );
  return waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.95)] ?? Number.NaN;
}
