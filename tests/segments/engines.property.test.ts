/**
 * Three evaluations of segments, on the real engines: the pipeline, event by event and timer by timer; SQL over everything; and the naive
 * one. Generated histories go through the real consumer, under a clock that moves only between steps. Half of the segments are there from
 * the beginning, the others come midway, and are backfilled. Properties, after each step (a request with duplicates and late events, time
 * that passes, people joined and parted by operators), of each segment:
 *
 * - the same people are in it by what the pipeline remembers, by the changes that it told ClickHouse, by SQL, and by the naive evaluation;
 * - whoever was let in or out by a timer was so at exactly the time at which the answer changes.
 *
 * `SEGMENT_SEED=17` begins with another seed, `SEGMENT_RUNS=200` tries so many histories.
 */
import fc from 'fast-check';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SegmentCompiler } from '../../src/core/segments/compile.js';
import type { Node } from '../../src/core/segments/definition.js';
import { openPool } from '../../src/engines/postgres.js';
import { ClickHouseSegmentStore } from '../../src/stores/events/clickhouse-segment-store.js';
import { migrate } from '../../src/stores/migrate.js';
import { emptyStores } from '../support/empty-stores.js';
import type { FreshStores } from '../support/fresh-stores.js';
import { startFreshStores } from '../support/fresh-stores.js';
import { arrived } from './arbitraries/arrived.js';
import type { Definitions } from './arbitraries/definitions.js';
import { definitionsFrom } from './arbitraries/definitions.js';
import type { History } from './arbitraries/history.js';
import { historyFrom } from './arbitraries/history.js';
import { BEGINNINGS } from './arbitraries/vocabulary.js';
import { difference } from './difference.js';
import { isMember } from './naive/is-member.js';
import { naiveAccounts, naivePerson } from './naive/naive-people.js';
import type { NaivePerson, NaiveWorld } from './naive/naive-person.js';
import { sqlAnswers } from './sql-answers.js';
import { SteppedPipeline } from './stepped-pipeline.js';
import { storedMembers, timerChanges } from './stored-members.js';

const RUNS = Number(process.env.SEGMENT_RUNS ?? 12);
const SEED = Number(process.env.SEGMENT_SEED ?? 1);
const PEOPLE = 6;
const SEGMENTS = 30;
const CALLS_MAX = 20;

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

const cases = fc.constantFrom(...BEGINNINGS).chain((beginning) =>
  fc.record({
    history: historyFrom(beginning, PEOPLE, CALLS_MAX),
    definitions: definitionsFrom(beginning, SEGMENTS),
  }),
);
const seeds = Array.from({ length: RUNS }, (_, index) => SEED + index);

test.each(seeds)('seed %i: all say the same after each step', async (seed) => {
  for (const { history, definitions } of fc.sample(cases, { numRuns: 1, seed })) {
    await emptyStores(pool, stores.clickhouse);
    for (const [name, value] of definitions.computed) {
      await pool.query('INSERT INTO computed_trait (name, value) VALUES ($1, $2)', [
        name,
        JSON.stringify(value),
      ]);
    }
    const pipeline = new SteppedPipeline({ ...stores, pool }, history.beginning);
    const all = [...definitions.segments];
    const midway = Math.ceil(history.steps.length / 2);
    try {
      for (const [n, step] of history.steps.entries()) {
        if (n === 0) await define(all.slice(0, SEGMENTS / 2));
        if (n === midway) await define(all.slice(SEGMENTS / 2));
        const before = pipeline.now;
        await pipeline.perform(step);
        const inForce = new Map(n < midway ? all.slice(0, SEGMENTS / 2) : all);
        await compare(
          { history, until: n + 1, definitions: { ...definitions, segments: inForce }, before },
          pipeline,
        );
      }
    } finally {
      await pipeline.stop();
    }
  }
});

/** Defines segments, as the admin API does. */
async function define(segments: ReadonlyArray<readonly [id: string, node: Node]>): Promise<void> {
  for (const [id, node] of segments) {
    await pool.query('INSERT INTO segment (id, name) VALUES ($1, $1)', [id]);
    await pool.query(
      `INSERT INTO segment_version (segment_id, version, definition, actor) VALUES ($1, 1, $2, 'test')`,
      [id, JSON.stringify(node)],
    );
  }
  await pool.query('UPDATE segment_epoch SET epoch = epoch + 1');
}

interface Moment {
  readonly history: History;
  /** How many steps have happened. */
  readonly until: number;
  readonly definitions: Definitions;
  /** The time before the last of them. */
  readonly before: number;
}

async function compare(moment: Moment, pipeline: SteppedPipeline): Promise<void> {
  const { now } = pipeline;
  const { people, world } = await naively(moment, pipeline);
  const ids = [...moment.definitions.segments.keys()];
  const sql = await bySql(now, world);
  const { remembered, told } = await storedMembers(pool, stores.clickhouse);
  for (const [place, id] of ids.entries()) {
    const node = world.segments.get(id) as Node;
    for (const person of people) {
      const key = `${id} ${person.id}`;
      const said = {
        ...{ naive: isMember(node, person, now, world), sql: sql.get(person.id)?.[place] },
        ...{ remembered: remembered.has(key), told: told.has(key) },
      };
      if (new Set(Object.values(said)).size > 1)
        expect.fail(
          `${JSON.stringify(said)} of ${id} after step ${moment.until}: ${difference(node, person, now, world)}`,
        );
    }
  }
  const alive = new Set(people.map((person) => person.id));
  expect([...told].filter((key) => !alive.has(key.split(' ')[1] ?? ''))).toEqual([]);
  for (const { segmentId, profileId, at, entered } of await timerChanges(
    stores.clickhouse,
    moment.before,
    now,
  )) {
    const [node, person] = [world.segments.get(segmentId), people.find(({ id }) => id === profileId)];
    if (node === undefined || person === undefined) continue;
    const seen = [at - 1, at].map((time) => isMember(node, person, time, world));
    if (seen[0] === entered || seen[1] !== entered)
      expect.fail(`a timer of ${segmentId} was not exact: ${difference(node, person, at, world)}`);
  }
}

/** Everybody as the naive evaluation sees them; whose event is whose, and who there is, is not in question here. */
async function naively(
  { history, until, definitions }: Moment,
  pipeline: SteppedPipeline,
): Promise<{ people: readonly NaivePerson[]; world: NaiveWorld }> {
  const events = arrived(history, until);
  const placed = await pipeline.placed();
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM profile');
  const people = rows.map(({ id }) =>
    naivePerson(
      id,
      events.filter(({ offset }) => placed.get(offset) === id),
    ),
  );
  return { people, world: { ...definitions, accounts: naiveAccounts(events) } };
}

async function bySql(now: number, world: NaiveWorld): Promise<Map<string, readonly boolean[]>> {
  const compiler = new SegmentCompiler(world);
  const { clickhouse } = stores;
  const sql = await new ClickHouseSegmentStore(clickhouse).context(
    now,
    { from: undefined, to: undefined },
    true,
  );
  const conditions = Array.from(world.segments.values(), (node) => compiler.segment(node).sql(sql));
  return sqlAnswers(clickhouse, sql, conditions);
}
