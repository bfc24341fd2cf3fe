/** What the deliverer takes of a queue, against a naive reading of the same rows. */
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPool } from '../../src/engines/postgres.js';
import { migrate } from '../../src/stores/migrate.js';
import { takeDeliveries } from '../../src/stores/state/take-deliveries.js';
import { type FreshStores, startFreshStores } from '../support/fresh-stores.js';
import { uuidOf } from '../support/waiting-deliveries.js';

const ORDERED = 1;
const FREE = 2;
const NOW = 100;
const NO_LIMIT = 1_000_000;

interface Row {
  readonly seq: number;
  readonly person: number;
  readonly connection: number;
  readonly at: number;
  readonly state: 'pending' | 'dead';
}

let stores: FreshStores;
let pool: Pool;

beforeAll(async () => {
  stores = await startFreshStores();
  pool = openPool(stores.postgres, { name: 'a test', max: 2 });
  await migrate(pool, stores.clickhouse);
});
afterAll(async () => {
  await pool?.end();
  await stores?.remove();
});

async function queue(rows: readonly Omit<Row, 'seq'>[]): Promise<Row[]> {
  await pool.query('TRUNCATE delivery');
  const values = rows.map(({ person, ...row }) => ({ ...row, profile_id: uuidOf(`person ${person}`) }));
  const { rows: stored } = await pool.query<{ seq: number }>(
    `INSERT INTO delivery (key, destination, connection, kind, profile_id, log_offset, message_id, segment_id, payload, received_at, decided_at, next_at, state)
     SELECT gen_random_uuid(), 1, connection, 'event', profile_id, 0, '', '', '{}', 0, 0, at, state
     FROM json_to_recordset($1) AS one (profile_id uuid, connection int, at bigint, state text) RETURNING seq`,
    [JSON.stringify(values)],
  );
  // Invariant: a row is returned for each, in their order.
  return rows.map((row, index) => ({ ...row, seq: (stored[index] as { seq: number }).seq }));
}

async function take(held: readonly number[], itemsMax: number): Promise<number[]> {
  const query = { destination: 1, now: NOW, held, ordered: [ORDERED], itemsMax, bytesMax: NO_LIMIT };
  return (await takeDeliveries(pool, query)).map(({ seq }) => seq);
}

/** All that may go, in the order of their places: of each person's ordered ones those before the first that is not due. */
function mayGo(rows: readonly Row[], held: ReadonlySet<number>): number[] {
  const stopped = new Set<number>();
  return rows.flatMap(({ seq, person, connection, at, state }) => {
    if (state === 'dead' || held.has(seq)) return [];
    if (connection === FREE) return at <= NOW ? [seq] : [];
    if (at > NOW) stopped.add(person);
    return stopped.has(person) ? [] : [seq];
  });
}

/** The same numbers every time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test.each(Array.from({ length: 25 }, (_, seed) => seed + 1))(
  'queue %i: a person’s go in order, and something goes whenever anything may',
  async (seed) => {
    const next = numbers(seed);
    const rows = await queue(
      Array.from({ length: 60 }, () => ({
        person: next(8),
        connection: next(4) === 0 ? FREE : ORDERED,
        at: next(6) === 0 ? NOW + 1 : next(NOW),
        state: next(10) === 0 ? 'dead' : 'pending',
      })),
    );
    const held = new Set(
      rows.filter(({ state }) => state === 'pending' && next(5) === 0).map(({ seq }) => seq),
    );
    const all = mayGo(rows, held);
    expect(await take([...held], NO_LIMIT)).toEqual(all);

    // A few at a time, each kept in memory: all of them come, none before one that it must follow.
    const taken: number[] = [];
    for (;;) {
      const some = await take([...held, ...taken], 1 + next(7));
      if (some.length === 0) break;
      taken.push(...some);
    }
    expect([...taken].sort((a, b) => a - b)).toEqual(all);
    for (let person = 0; person < 8; person += 1) {
      const own = new Set(
        rows.filter((row) => row.person === person && row.connection === ORDERED).map(({ seq }) => seq),
      );
      const inTurn = taken.filter((seq) => own.has(seq));
      expect(inTurn).toEqual([...inTurn].sort((a, b) => a - b));
    }
  },
);

test('who waits behind a failure holds up nobody, however many they are', async () => {
  const behind = Array.from({ length: 200 }, () => ({
    person: 1,
    connection: ORDERED,
    at: 1,
    state: 'pending' as const,
  }));
  const rows = await queue([
    { person: 1, connection: ORDERED, at: NOW + 1, state: 'pending' },
    ...behind,
    { person: 2, connection: ORDERED, at: 2, state: 'pending' },
  ]);
  expect(await take([], 10)).toEqual([rows.at(-1)?.seq]);
});
