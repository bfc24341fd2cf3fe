import { expect, test } from 'vitest';
import { uuidOf } from '../people.js';
import { MemberListing } from './member-listing.js';

const IDS = Array.from({ length: 500 }, (_, n) => uuidOf(`member ${n}`)).sort();

/** A store that says of so many changes that there were, so that the listing asks as often as it would for them. */
function storeOf(changes: number, ids: readonly string[] = IDS) {
  const asked: Array<readonly [number, number]> = [];
  return {
    asked,
    changesOf: async () => changes,
    membersByPrefix: async (_: string, from: number, until: number) => {
      asked.push([from, until]);
      return ids.filter((id) => {
        const prefix = Number.parseInt(id.slice(0, 4), 16);
        return prefix >= from && prefix < until;
      });
    },
  };
}

test.each([0, 500, 730_000, 20_000_000])(
  'gives everybody once and in order, in pages, of %i changes',
  async (changes) => {
    const [listing, store] = [new MemberListing(), storeOf(changes)];
    const found: string[] = [];
    for (let page: readonly string[] | undefined; page === undefined || page.length === 7; ) {
      page = await listing.after('s', found.at(-1), 7, store);
      found.push(...page);
    }
    expect(found).toEqual(IDS);
    // No part of the ids is asked for twice, and none is left out.
    expect(store.asked.map(([from]) => from).slice(1)).toEqual(store.asked.map(([, to]) => to).slice(0, -1));
    expect([store.asked.at(0)?.[0], store.asked.at(-1)?.[1]]).toEqual([0, 65_536]);
  },
);

test('goes on after an id that it has not given out', async () => {
  const listing = new MemberListing();
  expect(await listing.after('s', IDS[122], 3, storeOf(730_000))).toEqual(IDS.slice(123, 126));
  expect(await listing.after('s', IDS[3], 2, storeOf(730_000))).toEqual(IDS.slice(4, 6));
  expect(await listing.after('other', IDS[5], 2, storeOf(730_000))).toEqual(IDS.slice(6, 8));
  expect(await listing.after('s', IDS.at(-1), 2, storeOf(730_000))).toEqual([]);
});

test('begins anew where nobody comes before', async () => {
  const listing = new MemberListing();
  expect(await listing.after('s', undefined, 10, storeOf(0, []))).toEqual([]);
  expect(await listing.after('s', undefined, 10, storeOf(0))).toEqual(IDS.slice(0, 10));
});
