import { expect, test } from 'vitest';
import type { JsonObject } from '../json.js';
import { type GivenPerson, givenOfRow, rememberedOf } from './given.js';
import { isKnownAs } from './known-as.js';

const ANN: GivenPerson = {
  id: 'p',
  identifiers: { user_id: ['ann'], anonymous_id: ['d-2', 'd-1'], email: ['ann@b', 'ann@a'] },
  traits: { email: 'ann@b', plan: 'pro', first_name: 'Ann', address: { city: 'Bonn', street: 'A' } },
  segments: ['gold'],
};
const given = (change: Partial<GivenPerson> = {}) => givenOfRow('gold', {}, { ...ANN, ...change });
const all = (change: JsonObject) => ({ traits: { ...ANN.traits, ...change } });

test.each<[string, readonly string[], Partial<GivenPerson>, boolean]>([
  ['nothing changed', ['$'], {}, true],
  ['another address', ['context.traits.email'], all({ email: 'ann@c' }), false],
  ['an address that is no more', ['context.traits.email'], all({ email: null }), true],
  ['a trait that identifies nobody', ['profile.traits.plan'], all({ plan: 'free' }), true],
  [
    'a part of an address that is not read',
    ['profile.traits.address.city'],
    all({ address: { city: 'Bonn', street: 'B' } }),
    true,
  ],
  [
    'a part of an address that is read',
    ['profile.traits.address.city'],
    all({ address: { city: 'Ulm' } }),
    false,
  ],
  ['another name', ['profile.traits.first_name'], all({ first_name: 'Anna' }), false],
  [
    'a newer address',
    ['profile.identifiers.email'],
    { identifiers: { ...ANN.identifiers, email: ['c@c', 'ann@b'] } },
    false,
  ],
  [
    'an older address',
    ['profile.identifiers.email'],
    { identifiers: { ...ANN.identifiers, email: ['ann@b', 'z@z'] } },
    true,
  ],
  [
    'another device',
    ['anonymousId', '$'],
    { identifiers: { ...ANN.identifiers, anonymous_id: ['d-3', 'd-2', 'd-1'] } },
    true,
  ],
  ['an id that is taken away', ['userId'], { identifiers: { email: ['ann@b'] } }, false],
  ['other segments', ['$'], { segments: [] }, true],
])('%s', (_, paths, change, isKnown) => {
  expect(isKnownAs(rememberedOf(given(), paths), given(change))).toBe(isKnown);
});
