import { expect, test } from 'vitest';
import { anEvent } from '../../../tests/support/an-event.js';
import { foldAll, TRAITS, userIdsOf, valuesOf } from '../../../tests/support/default-rules.js';
import type { Event } from '../event/event.js';
import { mergeInto } from './merge.js';
import type { Profile } from './profile.js';
import { createProfile } from './profile.js';

function profileOf(id: string, events: readonly Event[]): Profile {
  const profile = createProfile(id);
  for (const event of events) foldAll(profile, event);
  return profile;
}

const browsing = [
  anEvent({ offset: 1, anonymousId: 'a', timestamp: 10 }),
  anEvent({ offset: 4, anonymousId: 'a', timestamp: 40, context: { traits: { city: 'Ulm', plan: 'new' } } }),
];
const known = [
  anEvent({
    offset: 2,
    type: 'identify',
    userId: 'u',
    timestamp: 20,
    traits: { plan: 'old', name: 'Ann' },
    context: { consent: { categoryPreferences: { ads: true } } },
  }),
  anEvent({ offset: 3, userId: 'u', timestamp: 30 }),
];

test('two merged profiles are the fold of all their events', () => {
  const merged = profileOf('p', known);
  mergeInto(merged, profileOf('q', browsing), TRAITS);
  const whole = profileOf('p', [...browsing, ...known]);
  whole.merged.add('q');
  expect(merged).toEqual(whole);
  expect(valuesOf(merged.traits)).toMatchObject({ plan: 'new' });
  expect(userIdsOf(merged)).toEqual(['u']);
});

test('who took in others before brings them along', () => {
  const first = profileOf('p', known);
  const second = profileOf('q', browsing);
  mergeInto(second, profileOf('r', [anEvent({ anonymousId: 'c' })]), TRAITS);
  mergeInto(first, second, TRAITS);
  expect([...first.merged].sort()).toEqual(['q', 'r']);
  expect(first.total).toBe(5);
});
