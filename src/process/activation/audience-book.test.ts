import { expect, test } from 'vitest';
import type { AudienceMember, StoredMember } from '../../stores/state/activation-state.js';
import { AudienceBook } from './audience-book.js';

function member(profileId: string, change: Partial<StoredMember> = {}): StoredMember {
  return {
    ...{ connection: 1, profileId, holder: profileId, nth: 0, isAdded: true, key: `key of ${profileId}` },
    ...{ given: {}, decidedAt: 0, isLost: false, ...change },
  };
}

/** A book over what the store has. */
function bookOver(...stored: StoredMember[]): AudienceBook {
  return new AudienceBook({
    membersOf: async (holders) => stored.filter(({ holder }) => holders.includes(holder)),
  });
}

const isAddedOf = (found: Map<string, readonly AudienceMember[]>) =>
  Object.fromEntries(
    [...found].map(([id, rows]) => [id, rows.map(({ profileId, isAdded }) => `${profileId} ${isAdded}`)]),
  );

test('what the batch before decided counts, though the store does not have it yet', async () => {
  const book = bookOver(member('a'));
  book.note([member('a', { isAdded: false }), member('b')], []);
  expect(isAddedOf(await book.of(['a', 'b', 'c'], []))).toEqual({ a: ['a false'], b: ['b true'] });
  // By the time that another batch was decided, the store has it.
  book.note([], []);
  expect(isAddedOf(await book.of(['a', 'b'], []))).toEqual({ a: ['a true'] });
});

test('who was merged away by this batch, or by the one before, is held by the other', async () => {
  const book = bookOver(member('a'), member('b'), member('c', { holder: 'b' }));
  book.note([member('d')], [{ fromId: 'b', intoId: 'a' }]);
  expect(
    isAddedOf(
      await book.of(
        ['z'],
        [
          { fromId: 'a', intoId: 'z' },
          { fromId: 'd', intoId: 'z' },
        ],
      ),
    ),
  ).toEqual({
    z: ['a true', 'b true', 'c true', 'd true'],
  });
});
