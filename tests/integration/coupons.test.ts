/**
 * Coupons on a real PostgreSQL, asked for by many connections at once, whose backends are ended while they work. Whatever happens:
 *
 * - no code is given to two people, and nobody gets two of a campaign;
 * - the same request is answered the same for ever;
 * - who is told that the pool is empty could not have been given one, once all is quiet.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createRandom } from '../../src/core/demo/random.js';
import { openPool } from '../../src/engines/postgres.js';
import { migrate } from '../../src/stores/migrate.js';
import { couponsOf } from '../../src/stores/state/coupon-holders.js';
import type { CouponPool } from '../../src/stores/state/coupon-pools.js';
import { CouponPools } from '../../src/stores/state/coupon-pools.js';
import type { CouponAnswer, CouponRequest, LowStock } from '../../src/stores/state/coupons.js';
import { Coupons } from '../../src/stores/state/coupons.js';
import type { FreshStores } from '../support/fresh-stores.js';
import { startFreshStores } from '../support/fresh-stores.js';

const CONNECTIONS = 16;
const NOW = Date.UTC(2026, 4, 1);
const DAY_MS = 86_400_000;
const SEED = Number(process.env.COUPON_SEED ?? Date.now() % 1_000_000);

let stores: FreshStores;
let audit: Pool;
let pools: CouponPools;
let coupons: Coupons;
const low: LowStock[] = [];
beforeAll(async () => {
  stores = await startFreshStores();
  audit = openPool(stores.postgres, { name: 'audit', max: 2 });
  await migrate(audit, stores.clickhouse);
  pools = new CouponPools(audit);
  coupons = new Coupons(audit, { random: randomBytes, low: (stock) => low.push(stock) });
});
beforeEach(async () => {
  await audit.query(
    'TRUNCATE coupon_pool, coupon, coupon_assignment, coupon_request, coupon_redemption, profile_merge',
  );
  low.length = 0;
});
afterAll(async () => {
  await audit?.end();
  await stores?.remove();
});

function aPool(given: Partial<CouponPool> = {}): Promise<CouponPool> {
  return pools.create({
    ...{
      id: 'p',
      name: 'P',
      campaign: 'summer',
      pattern: undefined,
      codesMax: undefined,
      value: { off: '10%' },
    },
    ...{ validFrom: undefined, validUntil: undefined, validDays: undefined, lowStock: 0 },
    ...given,
  });
}

const codes = (count: number, prefix = 'C') => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
const codeOf = (answer: CouponAnswer | undefined) =>
  answer?.kind === 'assigned' ? answer.coupon.code : answer?.kind;

async function give(pool: CouponPool, profileId: string, key: string = randomUUID(), now = NOW) {
  const [answer] = await coupons.assign(pool, pool.campaign, [{ profileId, key }], now);
  return codeOf(answer);
}

async function mergeInto(into: string, from: string): Promise<void> {
  await audit.query('INSERT INTO profile_merge (from_id, into_id) VALUES ($1, $2)', [from, into]);
}

describe.each([
  ['imported', {}],
  ['generated', { pattern: 'S-########', codesMax: 300 }],
] as const)('codes that are %s', (_, kind) => {
  test(`go to one person each under any concurrency and lost connections (COUPON_SEED=${SEED})`, async () => {
    const pool = await aPool(kind);
    if (!('pattern' in kind)) await pools.add(pool, codes(300));
    const random = createRandom('coupons', SEED);
    // More people than codes, each asked for several times, in overlapping batches, some under the same key.
    const people = Array.from({ length: 340 }, () => random.uuid());
    const requests: CouponRequest[] = people.flatMap((profileId, nth) => [
      { profileId, key: `a${nth}` },
      { profileId, key: `a${nth}` },
      { profileId, key: `b${nth}` },
    ]);
    const shuffled = requests
      .map((request) => ({ request, place: random.next() }))
      .sort((a, b) => a.place - b.place)
      .map(({ request }) => request);
    const told = new Map<string, Set<string>>();
    const many = openPool(stores.postgres, { name: 'many', max: CONNECTIONS });
    const struck = new Coupons(many, { random: randomBytes, low: () => {} });
    const work = Array.from({ length: CONNECTIONS }, async (_, worker) => {
      for (let from = worker * 8; from < shuffled.length; from += CONNECTIONS * 8) {
        const batch = shuffled.slice(from, from + 8);
        const answers = await untilAnswered(struck, pool, batch);
        for (const [index, answer] of answers.entries()) {
          const { key } = batch[index] as CouponRequest;
          if (answer.kind === 'assigned') told.set(key, (told.get(key) ?? new Set()).add(answer.coupon.code));
        }
      }
    });
    const strikes = strikeUntil(Promise.allSettled(work), random.int(5, 20));
    await Promise.all(work);
    await strikes;
    await many.end();
    for (const [key, answers] of told) expect([...answers], key).toHaveLength(1);
    const owners = new Map<string, Set<string>>();
    for (const { profileId, key } of requests)
      for (const code of told.get(key) ?? [])
        owners.set(code, (owners.get(code) ?? new Set()).add(profileId));
    expect([...owners.values()].filter(({ size }) => size > 1)).toEqual([]);
    for (const nth of people.keys())
      expect(
        new Set([...(told.get(`a${nth}`) ?? []), ...(told.get(`b${nth}`) ?? [])]).size,
      ).toBeLessThanOrEqual(1);
    // Now that all is quiet: everybody who is left gets what is left, and no more.
    const last = await coupons.assign(
      pool,
      'summer',
      people.map((profileId, nth) => ({ profileId, key: `c${nth}` })),
      NOW,
    );
    expect(last.filter(({ kind }) => kind === 'assigned')).toHaveLength(300);
    expect(last.filter(({ kind }) => kind === 'empty')).toHaveLength(40);
    expect(new Set(last.map(codeOf)).size).toBe(301);
    expect(await pools.stock('p', NOW)).toEqual({ free: 0, assigned: 300, redeemed: 0, expired: 0 });
  });
});

/** A connection that was lost tells nothing: the same is asked again. Anything else, a deadlock above all, is a failure. */
async function untilAnswered(
  struck: Coupons,
  pool: CouponPool,
  batch: readonly CouponRequest[],
): Promise<CouponAnswer[]> {
  for (;;) {
    try {
      return await struck.assign(pool, 'summer', batch, NOW);
    } catch (error) {
      const { code = 'none' } = error as { code?: string };
      expect(code, String(error)).toMatch(/^(none|57P01|EPIPE|ECONNRESET)$/);
      if (code === 'none') expect(String(error)).toMatch(/connection/i);
    }
  }
}

/** Ends backends in the midst of their work, again and again. */
async function strikeUntil(done: Promise<unknown>, everyMs: number): Promise<void> {
  let isOver = false;
  void done.then(() => {
    isOver = true;
  });
  while (!isOver) {
    await audit.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'many' AND state <> 'idle' ORDER BY random() LIMIT 2`,
    );
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

test('codes are added once, and what was not is told with the reason', async () => {
  const pool = await aPool();
  await pools.add(await aPool({ id: 'q' }), ['Other-1']);
  expect(await pools.add(pool, [' A-1', 'a-1', 'B-1', '', 'OTHER-1'])).toEqual({
    added: 2,
    refused: [
      { index: 1, code: 'a-1', reason: 'repeated' },
      { index: 3, code: '', reason: 'invalid' },
      { index: 4, code: 'OTHER-1', reason: 'in_other_pool' },
    ],
  });
  expect(await pools.add(pool, ['A-1', 'C-1'])).toMatchObject({ added: 1, refused: [{ reason: 'in_pool' }] });
  expect((await pools.stock('p', NOW)).free).toBe(3);
  // First come, first served.
  expect([await give(pool, randomUUID()), await give(pool, randomUUID())]).toEqual(['A-1', 'B-1']);
});

test('who is merged keeps both coupons, and is told the older one from then on; a request its own one', async () => {
  const pool = await aPool();
  await pools.add(pool, codes(5));
  const [ann, bob] = [randomUUID(), randomUUID()];
  expect(await give(pool, bob, 'to bob', NOW)).toBe('C-0');
  expect(await give(pool, ann, 'to ann', NOW + 1)).toBe('C-1');
  await mergeInto(ann, bob);
  for (const id of [ann, bob]) expect(await give(pool, id)).toBe('C-0');
  expect(await give(pool, ann, 'to ann')).toBe('C-1');
  expect((await couponsOf(audit, [ann, bob])).map(({ code, profileId }) => [code, profileId])).toEqual([
    ['C-1', ann],
    ['C-0', ann],
  ]);
  // Whoever was merged before anything was given is one person as well.
  const cid = randomUUID();
  await mergeInto(ann, cid);
  expect(await give(pool, cid)).toBe('C-0');
});

test('pools of one campaign give a person one coupon together, others each their own', async () => {
  const [one, two, other] = [
    await aPool(),
    await aPool({ id: 'q' }),
    await aPool({ id: 'r', campaign: 'winter' }),
  ];
  for (const [pool, name] of [
    [one, 'A'],
    [two, 'B'],
    [other, 'W'],
  ] as const)
    await pools.add(pool, codes(2, name));
  const ann = randomUUID();
  expect(await give(one, ann)).toBe('A-0');
  expect(await give(two, ann)).toBe('A-0');
  expect(await give(other, ann)).toBe('W-0');
});

test('what is over is given to nobody, and returned no more', async () => {
  const pool = await aPool({ validDays: 2, validUntil: NOW + 3 * DAY_MS });
  await pools.add(pool, codes(3));
  const ann = randomUUID();
  expect(await give(pool, ann, 'k', NOW)).toBe('C-0');
  expect(await give(pool, ann, 'k', NOW + 2 * DAY_MS - 1)).toBe('C-0');
  expect(await give(pool, ann, 'k', NOW + 2 * DAY_MS)).toBe('expired');
  expect(await give(pool, ann, 'another', NOW + 2 * DAY_MS)).toBe('expired');
  expect(await give(pool, randomUUID(), 'l', NOW + 3 * DAY_MS)).toBe('expired');
  expect(await pools.stock('p', NOW)).toEqual({ free: 2, assigned: 1, redeemed: 0, expired: 0 });
  expect(await pools.stock('p', NOW + 3 * DAY_MS)).toEqual({ free: 0, assigned: 0, redeemed: 0, expired: 3 });
});

test('a low stock is told once, and again after it was filled', async () => {
  const pool = await aPool({ lowStock: 1 });
  await pools.add(pool, codes(4));
  for (let n = 0; n < 5; n += 1) await give(pool, randomUUID());
  expect(low).toEqual([{ poolId: 'p', free: 1 }]);
  await pools.add(pool, codes(3, 'D'));
  for (let n = 0; n < 2; n += 1) await give(pool, randomUUID());
  expect(low).toEqual([
    { poolId: 'p', free: 1 },
    { poolId: 'p', free: 1 },
  ]);
});
