import { describe, expect, test } from 'vitest';
import { anEvent } from '../../../tests/support/an-event.js';
import { foldAll, valuesOf } from '../../../tests/support/default-rules.js';
import type { Event } from '../event/event.js';
import { identifierKey } from '../identity/identifier.js';
import { LIMITS } from '../limits.js';
import type { Profile } from './profile.js';
import { createProfile, OTHER_EVENTS } from './profile.js';

function folded(...events: Array<Partial<Event>>): Profile {
  const profile = createProfile('p');
  for (const [offset, given] of events.entries()) {
    const event = anEvent({ offset, userId: 'u', timestamp: 1_000, ...given });
    foldAll(profile, event);
  }
  return profile;
}

function values<T>(map: ReadonlyMap<string, { readonly value: T }>): Record<string, T> {
  return Object.fromEntries(Array.from(map, ([name, { value }]) => [name, value]));
}

test('counts by name for tracks, by type for all else', () => {
  const profile = folded({ name: 'A' }, { name: 'A' }, { type: 'page', name: 'Home' }, { type: 'identify' });
  expect(Object.fromEntries(profile.counts)).toEqual({ A: 2, page: 1, identify: 1 });
  expect(profile.total).toBe(4);
});

test('names beyond the limit are counted together', () => {
  const names = Array.from({ length: LIMITS.countedNamesPerProfileMax + 5 }, (_, n) => ({ name: `n${n}` }));
  const profile = folded(...names, { name: 'n0' });
  expect(profile.counts.get(OTHER_EVENTS)).toBe(5);
  expect(profile.counts.get('n0')).toBe(2);
  expect(profile.total).toBe(LIMITS.countedNamesPerProfileMax + 6);
});

test('first and last seen are of the events’ times, of the person and of each identifier', () => {
  const profile = folded(
    { timestamp: 50 },
    { timestamp: 10, anonymousId: 'a' },
    { timestamp: 90, userId: '', anonymousId: 'a' },
  );
  expect([profile.firstSeenAt, profile.lastSeenAt]).toEqual([10, 90]);
  expect(profile.identifiers.get(identifierKey('user_id', 'u'))).toMatchObject({
    firstSeenAt: 10,
    lastSeenAt: 50,
  });
  expect(profile.identifiers.get(identifierKey('anonymous_id', 'a'))).toMatchObject({
    firstSeenAt: 10,
    lastSeenAt: 90,
  });
});

describe('traits', () => {
  const identify = (traits: Event['traits'], timestamp: number): Partial<Event> => ({
    type: 'identify',
    traits,
    timestamp,
  });

  test('of what happened later win, whatever comes first, each for itself', () => {
    const profile = folded(
      identify({ plan: 'pro', city: 'Bonn' }, 20),
      identify({ plan: 'free', age: 7 }, 10),
    );
    expect(valuesOf(profile.traits)).toEqual({ plan: 'pro', city: 'Bonn', age: 7 });
    expect(profile.traits.get('age')).toEqual({
      value: 7,
      sourceId: 'src_test',
      messageId: 'm',
      at: 10,
      offset: 1,
    });
  });

  test('of the same millisecond: the later arrival wins', () => {
    expect(valuesOf(folded(identify({ plan: 'a' }, 5), identify({ plan: 'b' }, 5)).traits)).toEqual({
      plan: 'b',
    });
  });

  test('may become null, which is a value', () => {
    expect(valuesOf(folded(identify({ plan: 'a' }, 5), identify({ plan: null }, 6)).traits)).toEqual({
      plan: null,
    });
  });

  test('come along in the context of any call, but an identify call’s own win', () => {
    const profile = folded(
      { context: { traits: { plan: 'context', seen: 1 } } },
      {
        ...identify({ plan: 'own' }, 2_000),
        context: { traits: { plan: 'context', city: 'Ulm' } },
      },
    );
    expect(valuesOf(profile.traits)).toEqual({ plan: 'own', seen: 1, city: 'Ulm' });
  });

  test('of a group or a track call are not the person’s', () => {
    expect(
      folded({ type: 'group', groupId: 'g', traits: { name: 'Ltd' } }, { traits: { x: 1 } }).traits.size,
    ).toBe(0);
  });

  test('may have any name', () => {
    const traits = JSON.parse('{"__proto__":1,"constructor":2,"toString":3}');
    expect([...folded(identify(traits, 1)).traits.keys()]).toEqual(['__proto__', 'constructor', 'toString']);
  });
});

describe('consent', () => {
  const consent = (categoryPreferences: unknown, timestamp: number): Partial<Event> => ({
    timestamp,
    context: { consent: { categoryPreferences } } as Event['context'],
  });

  test('is by category, the latest choice, in any order of arrival', () => {
    const profile = folded(
      consent({ ads: false, mail: true }, 30),
      consent({ ads: true }, 10),
      consent({ mail: false }, 40),
    );
    expect(values(profile.consent)).toEqual({ ads: false, mail: false });
  });

  test('is given by true and false alone', () => {
    expect(folded(consent({ ads: 'true', mail: 1, x: null }, 1), consent(['ads'], 2)).consent.size).toBe(0);
  });
});

test('accounts are those of group calls, and those that other calls take place in', () => {
  const profile = folded(
    { type: 'group', groupId: 'acme', timestamp: 30 },
    { context: { groupId: 'beta' }, timestamp: 10 },
    { context: { groupId: 'acme' }, timestamp: 20 },
  );
  expect(Object.fromEntries(profile.accounts)).toEqual({
    acme: { firstSeenAt: 20, lastSeenAt: 30 },
    beta: { firstSeenAt: 10, lastSeenAt: 10 },
  });
});
