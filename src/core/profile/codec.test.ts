import { expect, test } from 'vitest';
import { anEvent } from '../../../tests/support/an-event.js';
import { foldAll } from '../../../tests/support/default-rules.js';
import type { JsonObject } from '../json.js';
import { decodeProfile, encodeProfile } from './codec.js';
import { createProfile } from './profile.js';

test('a profile comes back whole, its odd names included', () => {
  const profile = createProfile('p');
  const event = anEvent({
    type: 'identify',
    ...{ userId: 'u', anonymousId: 'a', offset: 12 },
    traits: JSON.parse(
      '{"email":"a@b.example","__proto__":{"x":[1,null]},"":"empty","🎉\\n":false}',
    ) as JsonObject,
    context: { consent: { categoryPreferences: { ads: false } } },
  });
  foldAll(profile, event);
  profile.merged.add('q');
  expect(decodeProfile('p', encodeProfile(profile))).toEqual(profile);
  expect(decodeProfile('p', encodeProfile(profile)).total).toBe(1);
});
