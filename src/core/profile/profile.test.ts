import { describe, expect, test } from 'vitest';
import { userIdsOf } from '../../../tests/support/default-rules.js';
import { addCount, createProfile, OTHER_EVENTS, seeIdentifier, supersedes } from './profile.js';

const origin = (at: number, offset: number) => ({ sourceId: 's', messageId: 'm', at, offset });

test.each<[string, boolean, ReturnType<typeof origin>, ReturnType<typeof origin> | undefined]>([
  ['the first', true, origin(1, 1), undefined],
  ['the later', true, origin(2, 1), origin(1, 9)],
  ['the earlier', false, origin(1, 9), origin(2, 1)],
  ['the later arrival of the same moment', true, origin(1, 2), origin(1, 1)],
  ['the earlier arrival of the same moment', false, origin(1, 1), origin(1, 2)],
  ['the same event again', true, origin(1, 1), origin(1, 1)],
])('supersedes: %s is %s', (_, expected, next, last) => {
  expect(supersedes(next, last)).toBe(expected);
});

describe('addCount', () => {
  test('keeps names apart up to the limit, and the total always', () => {
    const profile = createProfile('p');
    for (const name of ['a', 'b', 'c', 'a', 'd']) addCount(profile, name, 2, 2);
    expect(Object.fromEntries(profile.counts)).toEqual({ a: 4, b: 2, [OTHER_EVENTS]: 4 });
    expect(profile.total).toBe(10);
  });
});

test('identifiers keep the widest time between which they were seen', () => {
  const profile = createProfile('p');
  const see = (value: string, first: number, last: number) =>
    seeIdentifier(profile, `user_id\n${value}`, { kind: 'user_id', value }, first, last);
  see('u', 5, 6);
  see('u', 7, 9);
  see('u', 1, 2);
  see('v', 3, 3);
  expect(profile.identifiers.get('user_id\nu')).toEqual({
    kind: 'user_id',
    value: 'u',
    firstSeenAt: 1,
    lastSeenAt: 9,
  });
  expect(userIdsOf(profile)).toEqual(['u', 'v']);
});
