import { expect, test } from 'vitest';
import type { Recommendation } from '../../core/recommend/recommender.js';
import { type CouponDesk, resolveLate } from './resolve-late.js';

/** A desk with two pools: one of codes by person, one that is empty; and what it was asked for. */
function desk() {
  const calls: unknown[] = [];
  const coupons: CouponDesk = {
    async give(pool, campaign, requests) {
      calls.push([pool, campaign, requests.map(({ key }) => key)]);
      if (pool === 'none') return undefined;
      return requests.map(({ profileId }) =>
        pool === 'over'
          ? { kind: 'expired' }
          : pool === 'empty'
            ? { kind: 'empty' }
            : { kind: 'assigned', coupon: { code: `${pool}-${profileId}` } },
      );
    },
  };
  return { coupons, calls };
}

const product: Recommendation = {
  ...{ productId: 'k7', name: 'Kettle', category: 'kitchen', price: 19, stock: 2, score: 0.1 },
  reason: { code: 'bought_with', productId: 't1', name: 'Tea' },
};
const recommender = {
  recommend: async (ids: readonly string[]) => new Map(ids.map((id) => [id, id === 'p1' ? [product] : []])),
};
const coupon = (pool: string) => ({ kind: 'coupon', pool }) as const;

test('asks for those of one pool together, each under a key of its own', async () => {
  const { coupons, calls } = desk();
  const resolve = resolveLate({ coupons, recommender, now: () => 0 });
  const answers = await resolve([
    { key: 'd1', profileId: 'p1', wanted: [{ kind: 'recommendations', limit: 3 }, coupon('a')] },
    { key: 'd2', profileId: 'p2', wanted: [coupon('a'), { kind: 'recommendations', limit: 3 }] },
  ]);
  const kettle = { product_id: 'k7', name: 'Kettle', category: 'kitchen', price: 19 };
  expect([...answers]).toEqual([
    ['d1', { values: [[{ ...kettle, reason: 'bought_with', because: 'Tea' }], 'a-p1'] }],
    ['d2', { values: ['a-p2', []] }],
  ]);
  expect(calls).toEqual([['a', undefined, ['d1 1', 'd2 0']]]);
});

test('who waits for a code of an empty pool waits; pools that are over, or are not there, refuse', async () => {
  const resolve = resolveLate({ coupons: desk().coupons, recommender, now: () => 0 });
  const answers = await resolve([
    { key: 'waits', profileId: 'p1', wanted: [coupon('a'), coupon('empty')] },
    { key: 'late', profileId: 'p1', wanted: [coupon('over')] },
    { key: 'lost', profileId: 'p1', wanted: [coupon('empty'), coupon('none')] },
  ]);
  expect([...answers]).toEqual([
    ['late', { refused: 'The coupons of the pool over are over' }],
    ['lost', { refused: 'There is no pool of coupons none' }],
  ]);
});
