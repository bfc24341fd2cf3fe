import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anEvent } from '../../tests/support/an-event.js';
import { populationRules, valuesOf } from '../../tests/support/default-rules.js';
import { type FreshStores, startFreshStores } from '../../tests/support/fresh-stores.js';
import { NOTHING_FOLLOWS } from '../../tests/support/nothing-follows.js';
import type { Event } from '../core/event/event.js';
import { decodeProfile } from '../core/profile/codec.js';
import type { Profile } from '../core/profile/profile.js';
import { openPool } from '../engines/postgres.js';
import { migrate } from '../stores/migrate.js';
import { PostgresPipelineState } from '../stores/state/postgres-pipeline-state.js';
import { findProfile } from '../stores/state/profiles.js';
import { People, profileIdFor } from './people.js';

const RULES = populationRules();

let stores: FreshStores;
let pool: Pool;
let state: PostgresPipelineState;
let offset = 0;

beforeAll(async () => {
  stores = await startFreshStores();
  pool = openPool(stores.postgres, { name: 'test', max: 3 });
  await migrate(pool, stores.clickhouse);
  state = new PostgresPipelineState(openPool(stores.postgres, { name: 'test-state', max: 2 }));
  offset = (await state.open()).next;
});
afterAll(async () => {
  await state.close();
  await pool.end();
  await stores.remove();
});

const event = (given: Partial<Event>) => anEvent({ type: 'identify', ...given });

/** Places events as one batch and commits what changed; returns the profile id of each. */
async function batch(people: People, ...given: Array<Partial<Event>>): Promise<string[]> {
  const from = offset;
  const events = given.map((one) => event({ offset: offset++, messageId: `m${offset}`, ...one }));
  await people.load(events);
  const ids = events.map((one) => people.place(one));
  await state.commit({
    ...{ from, until: offset, ...people.takeChanges(), ledger: [], rejected: [], sealed: null, redeemed: [] },
    ...{ accounts: [], quality: [] },
    ...NOTHING_FOLLOWS,
    seen: { entries: new Uint32Array(0), compact: false },
  });
  return ids;
}

async function stored(kind: 'user_id' | 'anonymous_id' | 'id', value: string): Promise<Profile | undefined> {
  return findProfile(pool, { kind, value });
}

async function storedIds(): Promise<Set<string>> {
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM profile');
  return new Set(rows.map(({ id }) => id));
}

test('what one batch writes the next owner reads, and goes on with', async () => {
  const [first] = await batch(new People(state, RULES), {
    userId: 'read',
    anonymousId: 'read-d',
    traits: { a: 1 },
  });
  const [second] = await batch(new People(state, RULES), { anonymousId: 'read-d', traits: { b: 2 } });
  expect(second).toBe(first);
  const profile = await stored('user_id', 'read');
  expect(profile?.total).toBe(2);
  expect(Object.entries(valuesOf(profile?.traits ?? new Map()))).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
});

test('ids follow from the first identifier: the same at every replay, UUIDs of version 8', async () => {
  const id = profileIdFor({ kind: 'user_id', value: 'read' });
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect((await stored('user_id', 'read'))?.id).toBe(id);
  expect(profileIdFor({ kind: 'anonymous_id', value: 'read' })).not.toBe(id);
});

describe('within one batch', () => {
  test('profiles are created, merged and merged again, and only the survivor is written', async () => {
    const ids = await batch(
      new People(state, RULES),
      { anonymousId: 'chain-1', traits: { a: 1 } },
      { anonymousId: 'chain-2', traits: { b: 2 } },
      { userId: 'chain', anonymousId: 'chain-1' },
      { userId: 'chain', anonymousId: 'chain-2' },
      { anonymousId: 'chain-2' },
    );
    const survivor = ids[0] as string;
    expect(ids.slice(2)).toEqual([survivor, survivor, survivor]);
    const profile = await stored('id', ids[1] as string);
    expect(profile?.id).toBe(survivor);
    expect(profile?.total).toBe(5);
    expect([...(profile?.merged ?? [])]).toEqual([ids[1]]);
    expect((await storedIds()).has(ids[1] as string)).toBe(false);
  });
});

test('a merge of what others took in before leads to the last of the chain', async () => {
  const people = new People(state, RULES);
  const [a] = await batch(people, { anonymousId: 'far-a' });
  const [b] = await batch(people, { traits: { email: 'far@b.example' } });
  await batch(people, { anonymousId: 'far-a', traits: { email: 'far@b.example' } });
  const [c] = await batch(new People(state, RULES), { userId: 'far-c' });
  await batch(new People(state, RULES), { userId: 'far-c', traits: { email: 'far@b.example' } });
  for (const id of [a, b, c]) expect((await stored('id', id as string))?.id).toBe(c);
  expect((await stored('anonymous_id', 'far-a'))?.total).toBe(5);
});

test('a device that moves on leaves its former profile as it should be', async () => {
  const people = new People(state, RULES);
  await batch(people, { userId: 'ann', anonymousId: 'tablet' });
  await batch(new People(state, RULES), { userId: 'bob', anonymousId: 'tablet' });
  const names = (profile: Profile | undefined) =>
    Array.from(profile?.identifiers.values() ?? [], ({ value }) => value);
  expect(names(await stored('user_id', 'ann'))).toEqual(['ann']);
  expect(names(await stored('user_id', 'bob'))).toEqual(['bob', 'tablet']);
  expect((await stored('anonymous_id', 'tablet'))?.total).toBe(1);
});

test('after an alias, events of either user go on with the same counts', async () => {
  const alias = { type: 'alias', userId: 'new-name', previousId: 'old-name' } as const;
  const [old] = await batch(new People(state, RULES), { userId: 'old-name', traits: { kept: true } });
  const ids = await batch(new People(state, RULES), { userId: 'new-name' }, alias, { userId: 'old-name' });
  ids.push(...(await batch(new People(state, RULES), { userId: 'new-name' }, { userId: 'old-name' })));
  expect(new Set(ids).size).toBe(1);
  const profile = await stored('user_id', 'old-name');
  expect(profile?.total).toBe(6);
  expect(valuesOf(profile?.traits ?? new Map())).toMatchObject({ kept: true });
  expect((await stored('id', old as string))?.id).toBe(ids[0]);
});

test('every link, merge and refusal is on record, with its event', async () => {
  const people = new People(state, RULES);
  const email = 'edge@b.example';
  await batch(people, { userId: 'edge-1', traits: { email } });
  const at = offset;
  const [other] = await batch(people, { userId: 'edge-2', anonymousId: 'edge-d', traits: { email } });
  const { rows } = await pool.query(
    'SELECT verdict, kind, value, profile_id, other_profile_id FROM identity_edge WHERE "offset" = $1 ORDER BY kind',
    [at],
  );
  const owner = profileIdFor({ kind: 'user_id', value: 'edge-1' });
  expect(rows).toEqual([
    {
      verdict: 'linked',
      kind: 'anonymous_id',
      value: 'edge-d',
      profile_id: other,
      other_profile_id: null,
    },
    { verdict: 'refused', kind: 'email', value: email, profile_id: other, other_profile_id: owner },
    { verdict: 'linked', kind: 'user_id', value: 'edge-2', profile_id: other, other_profile_id: null },
  ]);
});

test('replayed from the start, in one batch or many, the same people come out', async () => {
  const story: Array<Partial<Event>> = [
    { anonymousId: 'st-1' },
    { userId: 'st', anonymousId: 'st-1', traits: { email: 'st@b.example' } },
    { anonymousId: 'st-2' },
    { traits: { email: 'st@b.example' }, anonymousId: 'st-2' },
    { userId: 'st-other', anonymousId: 'st-2' },
  ];
  const fresh = { ownersOf: async () => new Map(), profiles: async () => new Map() };
  const changesOf = async (sizes: number) => {
    const people = new People({ ...fresh } as unknown as PostgresPipelineState, RULES);
    const finals = new Map<string, Profile>();
    for (let start = 0; start < story.length; start += sizes) {
      const events = story.slice(start, start + sizes).map((one, n) => event({ offset: start + n, ...one }));
      await people.load(events);
      for (const one of events) people.place(one);
      const { profiles, merged } = people.takeChanges();
      for (const { id, state: text } of profiles) finals.set(id, decodeProfile(id, text.toString()));
      for (const { fromId } of merged) finals.delete(fromId);
    }
    return finals;
  };
  expect(await changesOf(1)).toEqual(await changesOf(story.length));
});
