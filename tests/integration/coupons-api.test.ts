/** Coupons by the API of the real server: pools, codes, who gets one, and orders that bring them back. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_TOKEN, RunningServer, type TestSource } from '../harness/running-server.js';

interface Pool {
  readonly stock: {
    readonly free: number;
    readonly assigned: number;
    readonly redeemed: number;
    readonly low: boolean;
  };
}
interface Coupon {
  readonly code: string;
  readonly state: string;
  readonly redemption: { readonly by: string; readonly orderId: string | null } | null;
  readonly usedAgain: number;
}

let server: RunningServer;
let shop: TestSource;
beforeAll(async () => {
  server = await RunningServer.start();
  shop = await server.source('shop');
  await send({ type: 'identify', userId: 'ann' }, { type: 'identify', userId: 'bob' });
});
afterAll(() => server?.remove());

async function send(...batch: object[]): Promise<void> {
  await server.send(shop.writeKey, 'batch', { batch });
  await server.settled();
}

const order = (userId: string, properties: object, messageId?: string) => ({
  ...{ type: 'track', event: 'Order Completed', userId, properties },
  ...(messageId === undefined ? {} : { messageId }),
});
const assign = (pool: string, profile: string, key?: string) =>
  server.admin<{ outcome: string; coupon: { code: string } | null }>(`/pools/${pool}/assign`, {
    profile,
    key,
  });
const couponsOf = async (ref: string) =>
  (await server.admin<{ data: Coupon[] }>(`/profiles/${ref}/coupons`)).data;

async function addText(pool: string, text: string): Promise<unknown> {
  const answer = await fetch(`${server.url}/api/v1/pools/${pool}/codes`, {
    ...{ method: 'POST', body: text },
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'text/csv' },
  });
  return { status: answer.status, ...((await answer.json()) as object) };
}

test('imported codes are given, come back with orders, and the stock tells', async () => {
  await server.admin('/pools', { id: 'spring', name: 'Spring', value: { percent: 10 }, lowStock: 1 });
  expect(await addText('spring', 'code,value\nSP-1,10\nSP-2,10\n\nsp-1,10\n')).toEqual({
    ...{ status: 200, added: 2, refused: 1 },
    refusals: [{ line: 5, code: 'sp-1', reason: 'repeated' }],
  });
  expect(await server.admin('/pools/spring/codes', { codes: ['SP-3', 'SP-2'] })).toMatchObject({
    ...{ added: 1, refusals: [{ line: 2, code: 'SP-2', reason: 'in_pool' }] },
  });
  expect((await assign('spring', 'user_id:ann')).coupon).toMatchObject({ code: 'SP-1', campaign: 'spring' });
  expect((await assign('spring', 'user_id:ann')).coupon?.code).toBe('SP-1');
  expect((await assign('spring', 'user_id:bob')).coupon?.code).toBe('SP-2');
  await send(
    order('ann', { order_id: 'o-1', coupon: 'sp-1 ' }, 'm-1'),
    order('ann', { order_id: 'o-1', coupon: 'sp-1 ' }, 'm-1'),
  );
  await send(
    order('ann', { order_id: 'o-2', products: [{ coupon: 'SP-2' }] }),
    order('bob', { coupons: ['SP-1'] }),
  );
  expect(await couponsOf('user_id:ann')).toMatchObject([
    { code: 'SP-1', state: 'redeemed', redemption: { by: 'holder', orderId: 'o-1' }, usedAgain: 1 },
  ]);
  expect(await couponsOf('user_id:bob')).toMatchObject([
    { code: 'SP-2', state: 'redeemed', redemption: { by: 'other', orderId: 'o-2' }, usedAgain: 0 },
  ]);
  // What somebody used whom it was not given is given to nobody.
  await send(order('eve', { coupon: 'SP-3' }));
  expect(await assign('spring', 'user_id:eve')).toEqual({ outcome: 'empty', coupon: null });
  const { stock } = await server.admin<Pool>('/pools/spring');
  expect(stock).toEqual({ free: 0, assigned: 0, redeemed: 3, expired: 0, low: true });
  await expect.poll(() => server.output).toContain('"poolId":"spring"');
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain('tributary_coupon_stock_low_total{pool="spring"} 1');
  const { data } = await server.admin<{ data: Coupon[] }>('/pools/spring/assignments');
  expect(data.map(({ code }) => code)).toEqual(['SP-1', 'SP-2']);
});

test('codes are made on demand, to the number that was said', async () => {
  await server.admin('/pools', {
    id: 'made',
    name: 'Made',
    pattern: 'HI-########',
    codesMax: 1,
    validDays: 3,
  });
  const { coupon } = await assign('made', 'user_id:ann', 'k');
  expect(coupon?.code).toMatch(/^HI-[2-9A-HJKMNP-TV-Z]{8}$/);
  expect((await assign('made', 'user_id:ann', 'k')).coupon).toEqual(coupon);
  expect((await assign('made', 'user_id:bob')).outcome).toBe('empty');
  expect(await couponsOf('user_id:ann')).toMatchObject([
    { code: coupon?.code, state: 'assigned' },
    { code: 'SP-1' },
  ]);
});

test('who were two and become one have both', async () => {
  await server.admin('/profiles/merge', { into: 'user_id:ann', from: 'user_id:bob' }, 'POST');
  const holds = async () => (await couponsOf('user_id:ann')).map(({ code }) => code);
  while ((await holds()).length < 3) await new Promise((resolve) => setTimeout(resolve, 25));
  expect((await assign('spring', 'user_id:bob')).coupon?.code).toBe('SP-1');
  // Now the same person.
  expect((await couponsOf('user_id:ann')).find(({ code }) => code === 'SP-2')).toMatchObject({
    redemption: { by: 'holder' },
  });
});

test('what is wrong is named', async () => {
  const refused = async (path: string, body: object) => (await server.adminAnswer(path, body)).json();
  expect(await refused('/pools', { id: 'x', name: 'X', pattern: 'A-##' })).toMatchObject({
    ...{ status: 400, detail: 'pattern: 1 codes of 2 places could be guessed: give at least 5 places (#).' },
  });
  expect(await refused('/pools', { id: 'x', name: 'X', codesMax: 5 })).toMatchObject({ status: 400 });
  expect(await refused('/pools', { id: 'made', name: 'Again' })).toMatchObject({ status: 409 });
  expect(await refused('/pools/made/codes', { codes: ['A'] })).toMatchObject({ status: 409 });
  expect(await refused('/pools/none/codes', { codes: ['A'] })).toMatchObject({ status: 404 });
  expect(await refused('/pools/made/assign', { profile: 'user_id:nobody' })).toMatchObject({ status: 404 });
});
