/**
 * The SQL of segments against the naive evaluation, on the embedded ClickHouse: generated definitions and histories, whose events are
 * in part written under the ids of profiles that were merged since, or placed in another profile one by one. Properties:
 *
 * - at several times, both find the same members of every definition, whether SQL asks about each person or for all members;
 * - until the time that SQL gives for the next change of a person, that person's answers do not change.
 *
 * `SEGMENT_SEED=17` begins with another seed, `SEGMENT_RUNS=500` tries so many histories, of 8 people each, with 24 definitions.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccount, foldAccount } from '../../src/core/account/account.js';
import { createEnricher } from '../../src/core/enrich/enrich.js';
import type { Event } from '../../src/core/event/event.js';
import { createProfile } from '../../src/core/profile/profile.js';
import { membersSql, SegmentCompiler } from '../../src/core/segments/compile.js';
import type { Node } from '../../src/core/segments/definition.js';
import { personRow, traitColumns } from '../../src/core/segments/person-row.js';
import { SqlContext } from '../../src/core/segments/sql/sql-context.js';
import { askedAt } from '../../src/stores/events/asked-at.js';
import { ClickHouseEventStore } from '../../src/stores/events/clickhouse-event-store.js';
import { ClickHouseSegmentStore } from '../../src/stores/events/clickhouse-segment-store.js';
import { anEvent } from '../support/an-event.js';
import { foldAll, TRAITS } from '../support/default-rules.js';
import type { EventTables } from '../support/event-tables.js';
import { aPrintedEvent, openEventTables } from '../support/event-tables.js';
import { arrived } from './arbitraries/arrived.js';
import { definitionsFrom } from './arbitraries/definitions.js';
import { historyFrom } from './arbitraries/history.js';
import { BEGINNINGS } from './arbitraries/vocabulary.js';
import { difference } from './difference.js';
import { isMember } from './naive/is-member.js';
import { naiveAccounts, naivePerson } from './naive/naive-people.js';
import type { NaivePerson, NaiveWorld } from './naive/naive-person.js';
import { sqlAnswers, sqlDues, sqlMembers } from './sql-answers.js';
import { timesBetween } from './times-between.js';

const PEOPLE = 8;
const SEGMENTS = 24;
const AHEAD_MS = 3 * 86_400_000;
const RUNS = Number(process.env.SEGMENT_RUNS ?? 3);
const SEED = Number(process.env.SEGMENT_SEED ?? 1);
const seeds = Array.from({ length: RUNS }, (_, index) => SEED + index);

let tables: EventTables;
beforeAll(async () => {
  tables = await openEventTables();
});
afterAll(() => tables?.remove());

const cases = fc.constantFrom(...BEGINNINGS).chain((beginning) =>
  fc.record({
    history: historyFrom(beginning, { people: PEOPLE, calls: 30, steps: [3, 9] }),
    definitions: definitionsFrom(beginning, SEGMENTS),
  }),
);

const enrich = createEnricher(undefined);
const idOf = (n: number, generation = 0) => `0000000${generation}-0000-4000-8000-00000000000${n}`;
const ownerOf = ({ userId, anonymousId }: Event) => Number((userId || anonymousId).slice(1));

/** Stores events: of five, one was written under an id that was merged away, and one under somebody else's. */
async function store(events: readonly Event[], batch: number): Promise<void> {
  const store = new ClickHouseEventStore(tables.clickhouse);
  const written = (event: Event) => {
    const owner = ownerOf(event);
    if (event.offset % 5 === 1) return idOf(owner, 1);
    return event.offset % 5 === 2 ? idOf((owner + 1) % PEOPLE) : idOf(owner);
  };
  const rows = events.map((event) => aPrintedEvent(event, written(event), enrich(event)));
  const offsets = events.map(({ offset }) => offset);
  await store.insert({ token: `t${batch}`, rows, offsets, again: false, overrides: [], version: 1 });
  await store.override({
    version: 2,
    profiles: Array.from({ length: PEOPLE }, (_, n) => ({ fromId: idOf(n, 1), intoId: idOf(n) })),
    events: events
      .filter(({ offset }) => offset % 5 === 2)
      .map((event) => ({ offset: event.offset, fromId: written(event), profileId: idOf(ownerOf(event), 1) })),
  });
}

/** Stores what profiles and accounts say. */
async function mirror(events: readonly Event[]): Promise<void> {
  const people = Array.from({ length: PEOPLE }, (_, n) => {
    const profile = createProfile(idOf(n));
    for (const event of events) if (ownerOf(event) === n) foldAll(profile, event);
    return personRow(profile, TRAITS);
  });
  const accounts = [
    ...new Set(events.filter(({ type }) => type === 'group').map(({ groupId }) => groupId)),
  ].map((groupId) => {
    const account = createAccount(groupId);
    for (const event of events) {
      if (event.type === 'group' && event.groupId === groupId) foldAccount(account, event, TRAITS);
    }
    return { groupId, ...traitColumns(account.fold.traits, TRAITS) };
  });
  await new ClickHouseSegmentStore(tables.clickhouse).mirror({ version: 1, people, gone: [], accounts });
}

test.each(seeds)('seed %i: SQL finds the members, and says in time when they may change', async (seed) => {
  const [one] = fc.sample(cases, { numRuns: 1, seed });
  if (one === undefined) return;
  const { history, definitions } = one;
  await tables.empty();
  const events = arrived(history);
  if (events.length > 0) await store(events, seed);
  await mirror(events);
  const people = Array.from({ length: PEOPLE }, (_, n) =>
    naivePerson(
      idOf(n),
      events.filter((event) => ownerOf(event) === n),
    ),
  );
  const world: NaiveWorld = { ...definitions, people, accounts: naiveAccounts(events) };
  for (const now of [history.beginning, history.beginning + 7 * 3_600_000]) await compare(now, people, world);
});

test('in a slice of people, members outside of it are counted too', async () => {
  await tables.empty();
  const calls = [
    { type: 'group', groupId: 'g0', userId: 'u0' },
    { type: 'group', groupId: 'g0', userId: 'u1' },
    { type: 'track', name: 'Viewed', userId: 'u1' },
  ] as const;
  const events = calls.map((call, offset) => anEvent({ ...call, offset, anonymousId: '' }));
  await store(events, 1);
  await mirror(events);
  const compiler = new SegmentCompiler({
    segments: new Map<string, Node>([['viewed', { kind: 'events', event: 'Viewed' }]]),
    computed: new Map(),
  });
  const segments = new ClickHouseSegmentStore(tables.clickhouse);
  const found = async (match: 'any' | 'all' | 'none') => {
    const sql = await segments.context(0, { from: undefined, to: idOf(2) }, false);
    const compiled = compiler.segment({ kind: 'account_members', match, segment: 'viewed' });
    return [...(await segments.ask(sql, membersSql(compiled, sql), compiled.dues(sql))).members].sort();
  };
  expect([await found('any'), await found('all'), await found('none')]).toEqual([[idOf(0), idOf(1)], [], []]);
  const alone = await segments.context(0, { from: undefined, to: idOf(1) }, false);
  const any = compiler.segment({ kind: 'account_members', match: 'any', segment: 'viewed' });
  expect((await segments.ask(alone, membersSql(any, alone), [])).members).toEqual([idOf(0)]);
});

async function compare(now: number, people: readonly NaivePerson[], world: NaiveWorld): Promise<void> {
  const compiler = new SegmentCompiler(world);
  const segments = Array.from(world.segments, ([id, node]) => ({
    id,
    node,
    compiled: compiler.segment(node),
  }));
  const store = new ClickHouseSegmentStore(tables.clickhouse);
  const sql = await store.context(now, { from: undefined, to: undefined }, true);
  const answers = await sqlAnswers(
    tables.clickhouse,
    sql,
    segments.map(({ compiled }) => compiled.sql(sql)),
  );
  const dues = await sqlDues(
    tables.clickhouse,
    sql,
    segments.map(({ compiled }) => compiled.dues(sql)),
  );
  const whole = new SqlContext(await askedAt(tables.clickhouse, now, true));
  const members = await sqlMembers(
    tables.clickhouse,
    whole,
    segments.map(({ compiled }) => membersSql(compiled, whole)),
  );
  for (const [index, { id, node, compiled }] of segments.entries()) {
    for (const person of people) {
      const yes = isMember(node, person, now, world);
      if (answers.get(person.id)?.[index] !== yes)
        expect.fail(`SQL says ${!yes} of ${id}: ${difference(node, person, now, world)}`);
      if (members.has(`${person.id} ${index}`) !== yes)
        expect.fail(`SQL for members of ${id} says ${!yes}: ${difference(node, person, now, world)}`);
      // Of others' time the person is told when it comes.
      if (compiled.counts.size > 0) continue;
      const due = dues.get(`${person.id} ${index}`) ?? Number.POSITIVE_INFINITY;
      for (const at of timesBetween(now, Math.min(due, now + AHEAD_MS))) {
        if (isMember(node, person, at, world) !== yes)
          expect.fail(`${due} is too late for ${at}: ${difference(node, person, now, world)}`);
      }
    }
  }
}
