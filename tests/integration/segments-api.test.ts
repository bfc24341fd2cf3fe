/** Segments and computed traits by the API of the real server, against answers computed by hand. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RunningServer } from '../harness/running-server.js';
import { WireClient } from '../harness/wire-client.js';

interface Segment {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly version: number;
  readonly size: number;
  readonly progress: { done: number; total: number } | null;
  readonly definition: unknown;
  readonly text: string;
  readonly english: string;
  readonly versions: ReadonlyArray<{ version: number; status: string }>;
}
interface Page<Item> {
  readonly data: readonly Item[];
  readonly nextCursor: string | null;
}

let server: RunningServer;
let client: WireClient;

beforeAll(async () => {
  server = await RunningServer.start();
  client = new WireClient(server, await server.source('web'));
  await send(...PEOPLE);
});
afterAll(() => server?.remove());

async function send(...batch: object[]): Promise<void> {
  const answer = await client.post('batch', { batch });
  expect(answer.status).toBe(200);
  await server.settled();
}

const WAIT_MS_MAX = 20_000;

/** Waits until a segment is right for everybody. */
async function live(id: string): Promise<Segment> {
  for (let waited = 0; waited < WAIT_MS_MAX; waited += 50) {
    const segment = await server.admin<Segment>(`/segments/${id}`);
    if (segment.status === 'live' || segment.status === 'failed') return segment;
    await sleep(50);
  }
  throw new Error(`${id} is not live after ${WAIT_MS_MAX} ms: ${server.output}`);
}

async function refusal(
  path: string,
  body: unknown,
  method = 'POST',
): Promise<{ status: number; code: string; detail: string }> {
  const answer = await server.adminAnswer(path, body, method);
  return (await answer.json()) as { status: number; code: string; detail: string };
}

async function idOf(ref: string): Promise<string> {
  return (await server.admin<{ id: string }>(`/profiles/${encodeURIComponent(ref)}`)).id;
}

/** All items of a list, by pages of two. */
async function allOf<Item>(path: string): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page: Page<Item> = await server.admin(`${path}${path.includes('?') ? '&' : '?'}limit=2${more}`);
    items.push(...page.data);
    cursor = page.nextCursor;
  }
  return items;
}

/** Six people: plans pro, pro, free, null, missing and pro; orders of 0, 100 + 50, 20, none … */
const PEOPLE = [
  {
    name: 'ann',
    traits: { plan: 'pro', email: 'ann@mail.example', tags: ['a', 'b'] },
    ads: true,
    orders: [100, 50],
  },
  { name: 'bob', traits: { plan: 'pro', email: 'bob@mail.example', age: 40 }, ads: false, orders: [20] },
  { name: 'cid', traits: { plan: 'free', email: 'cid@mail.example' }, ads: true, orders: [200] },
  { name: 'dan', traits: { plan: null, address: { city: 'Graz' } }, ads: undefined, orders: [] },
  { name: 'eve', traits: { phone: '+4930901820' }, ads: undefined, orders: [] },
  { name: 'fay', traits: { plan: 'pro' }, ads: true, orders: [] },
].flatMap(({ name, traits, ads, orders }) => [
  {
    ...{ type: 'identify', userId: name, messageId: `${name}-id`, traits },
    ...(ads === undefined ? {} : { context: { consent: { categoryPreferences: { ads } } } }),
  },
  ...orders.map((total, index) => ({
    ...{ type: 'track', event: 'Order Completed', userId: name, messageId: `${name}-${index}` },
    ...{ properties: { total } },
  })),
]);

const PRO = { kind: 'trait', trait: 'plan', is: { op: 'equals', value: 'pro' } };
const SPENT = {
  ...{ kind: 'events', event: 'Order Completed', measure: { kind: 'sum', of: 'properties.total' } },
  is: { op: 'gte', value: 100 },
};

describe('preview', () => {
  const preview = (body: object) =>
    server.admin<{
      size: number;
      total: number;
      reach: Array<{ kind: string; people: number; consented: number | null }>;
      breakdowns: Array<{ trait: string; values: object[]; others: number }>;
      sample: Array<{
        id: string;
        why: { holds: boolean; of?: Array<{ holds: boolean; value?: unknown; text: string }> };
      }>;
      text: string;
      english: string;
    }>('/segments/preview', body, 'POST');

  test('counts whom a definition means, and whom of them one can reach', async () => {
    const found = await preview({ definition: PRO, purpose: 'ads' });
    expect(found).toMatchObject({ size: 3, total: 6, text: 'plan = "pro"' });
    expect(found.english).toContain('plan');
    expect(found.reach).toEqual([
      { kind: 'user_id', people: 3, consented: 2 },
      { kind: 'email', people: 2, consented: 1 },
    ]);
    const other = await preview({
      text: 'plan = "pro" and sum of properties.total of "Order Completed" >= 100',
    });
    expect(other).toMatchObject({ size: 1, total: 6, reach: [{ consented: null }, { consented: null }] });
  });

  test('breaks them down by traits, null and missing apart, computed ones too', async () => {
    await server.admin('/computed-traits/orders', { text: 'count of "Order Completed"' }, 'PUT');
    const everybody = { definition: { kind: 'random', percent: 100 } };
    const found = await preview({ ...everybody, breakdowns: ['plan', 'orders', 'address', 'age', 'tags'] });
    expect(found.size).toBe(6);
    const [plan, orders, address, age, tags] = found.breakdowns;
    expect(plan).toEqual({
      trait: 'plan',
      others: 0,
      values: [
        { value: 'pro', missing: false, people: 3 },
        { value: null, missing: true, people: 1 },
        { value: 'free', missing: false, people: 1 },
        { value: null, missing: false, people: 1 },
      ],
    });
    expect(orders?.values).toEqual([
      { value: 0, missing: false, people: 3 },
      { value: 1, missing: false, people: 2 },
      { value: 2, missing: false, people: 1 },
    ]);
    expect(address?.values).toContainEqual({ value: {}, missing: false, people: 1 });
    expect(age?.values).toContainEqual({ value: 40, missing: false, people: 1 });
    expect(tags?.values).toContainEqual({ value: ['a', 'b'], missing: false, people: 1 });
    await server.admin(
      '/computed-traits/orders',
      { text: 'count of "Order Completed"', description: 'x' },
      'PUT',
    );
  });

  test('shows some of them, and why', async () => {
    const found = await preview({ definition: { kind: 'all', of: [PRO, SPENT] }, sample: 3 });
    const [person, ...others] = found.sample;
    expect(others).toEqual([]);
    expect(person?.id).toBe(await idOf('user_id:ann'));
    expect(person?.why.of).toEqual([
      { kind: 'trait', text: 'plan = "pro"', english: expect.any(String), holds: true, value: 'pro' },
      {
        kind: 'events',
        text: expect.stringContaining('Order Completed'),
        english: expect.any(String),
        holds: true,
        value: 150,
      },
    ]);
    expect((await preview({ definition: PRO, sample: 0 })).sample).toEqual([]);
    expect((await preview({ definition: PRO, sample: 2 })).sample).toHaveLength(2);
  });
});

describe('definitions that are wrong', () => {
  test.each([
    [{ definition: { kind: 'al', of: [] } }, 'definition_invalid', 'definition.kind: must be one of all,'],
    [
      { definition: { kind: 'all', of: [PRO, { ...PRO, is: { op: 'gt', value: 'x' } }] } },
      'definition_invalid',
      'definition.of[1].is.value: must be a number',
    ],
    [
      { definition: { ...PRO, extra: 1 } },
      'definition_invalid',
      'definition.extra: is not known here. Known are kind, trait, is.',
    ],
    [
      { definition: { kind: 'segment', segment: 'nobodys' } },
      'definition_invalid',
      'segment nobodys: there is no segment of this id',
    ],
    [{ definition: 7 }, 'definition_invalid', 'definition: must be an object'],
    [{ text: 'plan = ' }, 'request_invalid', 'Line 1, column'],
    [{ text: 'plan matches "("' }, 'definition_invalid', 'definition.is.pattern: is no pattern'],
    [{}, 'request_invalid', 'Give one of definition and text'],
    [{ definition: PRO, text: 'plan = "pro"' }, 'request_invalid', 'Give one of definition and text'],
    [{ definition: { ...PRO, is: { op: 'equals', value: 'a\u0000b' } } }, 'request_invalid', 'NUL'],
    [
      { definition: { kind: 'all', of: Array.from({ length: 101 }, () => PRO) } },
      'definition_invalid',
      'definition.of: must be a list of 1 to 100',
    ],
  ])('%j is refused with the path and the fix', async (body, code, detail) => {
    for (const path of ['/segments/explain', '/segments/preview']) {
      const refused = await refusal(path, body);
      expect(refused).toMatchObject({ status: 400, code });
      expect(refused.detail).toContain(detail);
    }
    expect(await refusal('/segments', { name: 'Wrong', ...body })).toMatchObject({ status: 400, code });
    expect((await allOf<Segment>('/segments')).map(({ name }) => name)).not.toContain('Wrong');
  });

  test('however deep they are', async () => {
    const deep = `{"definition":${'{"kind":"not","of":'.repeat(50_000)}7${'}'.repeat(50_000)}}`;
    for (const path of ['segments/explain', 'segments/preview', 'segments']) {
      const answer = await fetch(`${server.url}/api/v1/${path}`, {
        method: 'POST',
        headers: { authorization: 'Bearer test-admin-token', 'content-type': 'application/json' },
        body: deep,
      });
      expect(answer.status).toBe(400);
    }
    let definition: object = PRO;
    for (let depth = 0; depth < 101; depth += 1) definition = { kind: 'not', of: definition };
    expect((await refusal('/segments/explain', { definition })).detail).toContain(
      'nested more than 100 deep',
    );
  });

  test('names that JavaScript knows are only names', async () => {
    for (const trait of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const definition = { kind: 'trait', trait, is: { op: 'exists' } };
      expect(
        await server.admin('/segments/preview', { definition, breakdowns: [trait] }, 'POST'),
      ).toMatchObject({ size: 0, breakdowns: [{ values: [] }] });
    }
    const answer = await fetch(`${server.url}/api/v1/segments/explain`, {
      method: 'POST',
      headers: { authorization: 'Bearer test-admin-token', 'content-type': 'application/json' },
      body: '{"definition":{"kind":"random","percent":1,"__proto__":{"salt":"x"}}}',
    });
    expect(answer.status).toBe(400);
  });
});
