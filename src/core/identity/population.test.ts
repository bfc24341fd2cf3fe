import { describe, expect, test } from 'vitest';
import { anEvent } from '../../../tests/support/an-event.js';
import { populationRules } from '../../../tests/support/default-rules.js';
import type { Event } from '../event/event.js';
import { Population } from './population.js';
import type { Release } from './replay.js';
import { presetOwners, replay } from './replay.js';
import type { IdentityRules } from './rules.js';
import { DEFAULT_RULES } from './rules.js';

const PHONE = { kind: 'phone', value: '+4930901820' };
/** A phone that two others give is in quarantine. */
const RULES: IdentityRules = {
  ...DEFAULT_RULES,
  identifiers: DEFAULT_RULES.identifiers.map((rule) =>
    rule.kind === 'phone' ? { ...rule, peopleMax: 2 } : rule,
  ),
};
const phoned = (given: Partial<Event>): Partial<Event> => ({
  ...{ type: 'identify', traits: { phone: PHONE.value } },
  ...given,
});

function story(...given: Array<Partial<Event>>): Event[] {
  return given.map((one, offset) =>
    anEvent({ offset, messageId: `m${offset}`, timestamp: 1_000 + offset, ...one }),
  );
}

function lived(events: readonly Event[], population = new Population(populationRules(RULES))) {
  const ids = events.map((event) => population.place(event));
  return { population, ids };
}

describe('quarantine', () => {
  test('counts people, not the profiles that they once were', () => {
    const email = 'b@x.de';
    const events = story(
      phoned({ userId: 'a' }),
      phoned({ userId: 'b' }),
      phoned({ traits: { phone: PHONE.value, email } }),
      { type: 'identify', userId: 'b', traits: { email } },
      phoned({ userId: 'b' }),
    );
    const { population } = lived(events);
    expect(population.holderOf(PHONE)).toBeUndefined();
    // Without the second: who gave the address is one with b by the time that b asks.
    const once = lived(events.filter((_, at) => at !== 1)).population;
    expect(once.markOf(PHONE)?.asked).toHaveLength(1);
    expect(once.holderOf(PHONE)).toBe(once.holderOf({ kind: 'user_id', value: 'a' }));
  });

  const crowd = story(phoned({ userId: 'a' }), phoned({ userId: 'b' }), phoned({ userId: 'c' }));

  test('holds against merge and alias calls too', () => {
    const mergeProperties = [
      { type: 'user_id', value: 'a' },
      { type: 'phone', value: PHONE.value },
    ];
    const call = anEvent({ type: 'merge', offset: 3, userId: 'a', properties: { mergeProperties } });
    const { population } = lived([...crowd, call]);
    expect(population.holderOf(PHONE)).toBeUndefined();
    expect(population.markOf(PHONE)?.quarantinedAt).toBe(2);
  });

  test('remembers who gives the value after it, up to twice the limit', () => {
    const later = ['a', 'b', 'd', 'e', 'f'].map((userId, at) =>
      anEvent({ ...phoned({ userId }), offset: 3 + at }),
    );
    const { population } = lived([...crowd, ...later.slice(0, 3)]);
    expect(population.markOf(PHONE)).toMatchObject({ quarantinedAt: 2 });
    expect(population.markOf(PHONE)?.asked).toHaveLength(3);
    expect(population.markOf(PHONE)?.more).toBeUndefined();
    const { population: all } = lived([...crowd, ...later]);
    expect(all.markOf(PHONE)?.asked).toHaveLength(4);
    expect(all.markOf(PHONE)?.more).toBe(true);
  });

  test('is found anew by a replay, unless it is a fact', () => {
    const { population } = lived([...crowd, anEvent({ ...phoned({ userId: 'd' }), offset: 3 })]);
    const owners = new Map([
      ['phone\n+4930901820', { profileId: undefined, mark: population.markOf(PHONE) ?? {} }],
    ]);
    expect(presetOwners(owners, [])).toEqual(new Map());
    const fact = new Map([
      ['phone\n+4930901820', { profileId: undefined, mark: { quarantinedAt: 2, more: true as const } }],
    ]);
    const again = new Population(populationRules(RULES), {
      owners: presetOwners(fact, []),
      profiles: new Map(),
      homes: new Map(),
    });
    const deeds = { joins: [], releases: [], separations: [] };
    // Two people are no crowd: that it is out from the third event on is known from before.
    replay(
      crowd.slice(1).map((event) => ({ event, isCrawler: false })),
      again,
      deeds,
    );
    again.settle([PHONE]);
    expect(again.holderOf(PHONE)).toBeUndefined();
  });

  test('ends at the place of its release, in a replay as well', () => {
    const late = anEvent({ ...phoned({ userId: 'z' }), offset: 3 });
    const { population } = lived(crowd);
    population.release(PHONE);
    const z = population.place(late);
    expect(population.holderOf(PHONE)).toBe(z);
    const release: Release = { operationId: 1, offset: 3, quarantinedAt: 2, identifier: PHONE };
    const again = new Population(populationRules(RULES), {
      owners: presetOwners(new Map(), [release]),
      profiles: new Map(),
      homes: new Map(),
    });
    const events = [...crowd, late].map((event) => ({ event, isCrawler: false }));
    replay(events, again, { joins: [], releases: [release], separations: [] });
    expect(again.holderOf(PHONE)).toBe(z);
    expect(again.markOf(PHONE)).toEqual(population.markOf(PHONE));
    expect(again.markOf(PHONE)?.earlier).toHaveLength(2);
  });
});

test('identifiers that nobody has and that a limit keeps out are counted, not recorded one by one', () => {
  const devices = Array.from({ length: 300 }, (_, n) => ({ userId: 'server', anonymousId: `made-up-${n}` }));
  const { population } = lived(story(...devices));
  const { edges, refusals } = population.takeChanges();
  expect(edges).toHaveLength(101);
  expect(refusals).toMatchObject([
    { kind: 'anonymous_id', rule: 'limit', times: 200, last: { value: 'made-up-299' } },
  ]);
});

test('what a profile can be matched by follows its traits, and goes along with a merge', () => {
  const named = { name: 'Ann Lee', birthday: '1990-01-31' };
  const events = story(
    { type: 'identify', anonymousId: 'd', traits: named, receivedAt: 86_400_000 },
    { type: 'identify', userId: 'a', traits: { email: 'a@x.de' }, receivedAt: 2 * 86_400_000 },
    { userId: 'a', anonymousId: 'd' },
    { type: 'identify', userId: 'a', traits: { ...named, name: 'ANN LEE' } },
    { type: 'identify', userId: 'a', traits: { name: 'Ann Smith' } },
  );
  const { population } = lived(events.slice(0, 2));
  const [device, user] = population.takeChanges().matches;
  expect([...(device?.held ?? [])]).toMatchObject([['name_and_birthday', { offset: 0, day: 1 }]]);
  expect([...(user?.held ?? [])]).toMatchObject([['email', { offset: 1, day: 2 }]]);
  population.place(events[2] as Event);
  const merged = new Map(population.takeChanges().matches.map(({ profileId, held }) => [profileId, held]));
  expect(merged.get(device?.profileId ?? '')?.size ?? 0).toBeLessThan(3);
  const both = [...merged.values()].find((held) => held.size === 2);
  expect([...(both ?? [])].map(([rule, { offset }]) => [rule, offset])).toEqual([
    ['email', 1],
    ['name_and_birthday', 0],
  ]);
  population.place(events[3] as Event);
  const same = population.takeChanges().matches;
  expect(same.flatMap(({ held }) => [...held.values()].map(({ offset }) => offset))).toEqual([1, 0]);
  population.place(events[4] as Event);
  const [changed] = population.takeChanges().matches;
  expect(changed?.held.get('name_and_birthday')).toMatchObject({ offset: 4 });
});
