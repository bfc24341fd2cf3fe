/** Segments by the API of the real server, against answers computed by hand. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningServer } from '../harness/running-server.js';
import { PRO, type Segment, SegmentsServer, SPENT } from '../harness/segments-server.js';

let people: SegmentsServer;
let server: RunningServer;
beforeAll(async () => {
  people = await SegmentsServer.start();
  server = people.server;
});
afterAll(() => server?.remove());

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
    expect(person?.id).toBe(await people.idOf('user_id:ann'));
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
      const refused = await people.refusal(path, body);
      expect(refused).toMatchObject({ status: 400, code });
      expect(refused.detail).toContain(detail);
    }
    expect(await people.refusal('/segments', { name: 'Wrong', ...body })).toMatchObject({
      status: 400,
      code,
    });
    expect((await people.allOf<Segment>('/segments')).map(({ name }) => name)).not.toContain('Wrong');
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
    expect((await people.refusal('/segments/explain', { definition })).detail).toContain(
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

describe('a segment', () => {
  test('has an id of its name, versions, text and words', async () => {
    const made = await server.admin<Segment>('/segments', { name: 'Big Spenders!', definition: SPENT });
    expect(made).toMatchObject({ id: 'big_spenders', version: 1, definition: SPENT });
    expect(made.text).toContain('sum of properties.total of "Order Completed"');
    expect(made.english).toContain('Order Completed');
    const second = await server.admin<Segment>('/segments', { name: 'Big spenders', text: made.text });
    expect(second).toMatchObject({ id: 'big_spenders_2', definition: SPENT });
    const found = await people.live('big_spenders', 2);
    expect(found).toMatchObject({ status: 'live', size: 2, version: 1 });
    expect(found.versions).toEqual([
      expect.objectContaining({ version: 1, status: 'live', text: made.text }),
    ]);
    const changed = await server.admin<Segment>(
      '/segments/big_spenders',
      { name: 'Whales', description: 'Rich' },
      'PATCH',
    );
    expect(changed).toMatchObject({ name: 'Whales', description: 'Rich', version: 1, definition: SPENT });
    const same = await server.admin<Segment>('/segments/big_spenders', { definition: SPENT }, 'PATCH');
    expect(same.version).toBe(1);
    const other = { ...SPENT, is: { op: 'gte', value: 200 } };
    expect(await server.admin('/segments/big_spenders', { definition: other }, 'PATCH')).toMatchObject({
      version: 2,
    });
    expect(await people.live('big_spenders', 1)).toMatchObject({
      version: 2,
      size: 1,
      versions: [{ status: 'live' }, { status: 'replaced' }],
    });
    await server.admin('/segments/big_spenders', { definition: SPENT }, 'PATCH');
    expect(await people.live('big_spenders', 2)).toMatchObject({ version: 3 });
    await people.remove('/segments/big_spenders_2');
  });

  test('is listed page by page', async () => {
    for (const name of ['One', 'Two', 'Three'])
      await server.admin('/segments', { id: `page.${name}`, name, definition: PRO });
    const ids = (await people.allOf<Segment>('/segments')).map(({ id }) => id);
    expect(ids).toEqual(['big_spenders', 'page.One', 'page.Two', 'page.Three']);
  });

  test('cannot be what another is, and is missing when it is not there', async () => {
    const given = { name: 'Whales', definition: PRO };
    expect(await people.refusal('/segments', given)).toMatchObject({
      status: 409,
      detail: 'There is a segment named Whales already.',
    });
    expect(await people.refusal('/segments/page.One', { name: 'Whales' }, 'PATCH')).toMatchObject({
      status: 409,
    });
    expect(await people.refusal('/segments', { ...given, name: 'x', id: 'big_spenders' })).toMatchObject({
      status: 409,
    });
    expect(await people.refusal('/segments', { ...given, name: 'x', id: 'no spaces' })).toMatchObject({
      status: 400,
    });
    for (const path of [
      '',
      '/members',
      '/changes',
      '/history?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z',
      '/overlap?with=page.One',
    ])
      expect((await server.adminAnswer(`/segments/nobodys${path}`)).status, path).toBe(404);
    expect(await people.refusal('/segments/nobodys', { name: 'x' }, 'PATCH')).toMatchObject({ status: 404 });
    expect(await people.remove('/segments/nobodys')).toBe(404);
  });

  test('that refers to others changes with them, and keeps them from being deleted', async () => {
    await server.admin('/segments', { id: 'base', name: 'Base', definition: PRO });
    await server.admin('/segments', {
      id: 'middle',
      name: 'Middle',
      text: 'in segment base and consent to ads',
    });
    await server.admin('/segments', { id: 'top', name: 'Top', text: 'not in segment middle' });
    expect(await people.live('top', 4)).toMatchObject({ version: 1 });
    await server.admin('/segments/base', { text: 'plan = "free"' }, 'PATCH');
    expect(await people.live('base', 1)).toMatchObject({ version: 2 });
    expect(await people.live('middle', 1)).toMatchObject({ version: 2 });
    expect(await people.live('top', 5)).toMatchObject({ version: 2 });
    expect(await people.refusal('/segments/base', { text: 'in segment top' }, 'PATCH')).toMatchObject({
      ...{ status: 400, code: 'definition_invalid' },
      detail: expect.stringContaining('base -> top -> middle -> base'),
    });
    const referred = await people.refusal('/segments/base', undefined, 'DELETE');
    expect(referred).toMatchObject({
      status: 409,
      detail: expect.stringContaining('is referred to by middle.'),
    });
    for (const id of ['top', 'middle', 'base']) expect(await people.remove(`/segments/${id}`)).toBe(204);
    expect((await server.adminAnswer('/segments/base')).status).toBe(404);
    expect(await people.refusal('/segments', { id: 'base', name: 'Base', definition: PRO })).toMatchObject({
      status: 409,
    });
    expect(await server.admin('/segments', { name: 'Base', definition: PRO })).toMatchObject({
      id: 'base_2',
    });
    await people.remove('/segments/base_2');
  });

  test('is made once, whoever asks at the same time', async () => {
    const asked = Array.from({ length: 8 }, () =>
      server.adminAnswer('/segments', { name: 'Twin', definition: PRO }),
    );
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
    const changes = [1, 2, 3, 4].map((value) =>
      server.adminAnswer('/segments/twin', { definition: { ...SPENT, is: { op: 'gte', value } } }, 'PATCH'),
    );
    expect((await Promise.all(changes)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { versions } = await server.admin<Segment>('/segments/twin');
    expect(versions.map(({ version }) => version)).toEqual([5, 4, 3, 2, 1]);
    await people.remove('/segments/twin');
  });

  test('is not touched by a change that another does not survive', async () => {
    await server.admin('/segments', { id: 'ground', name: 'Ground', definition: PRO });
    const [many, few] = [150, 60].map((count) => ({
      ...{ kind: 'all' },
      of: Array.from({ length: Math.ceil(count / 100) }, (_, part) => ({
        ...{ kind: 'all' },
        of: Array.from({ length: Math.min(100, count - part * 100) }, (_, one) => ({
          ...{ kind: 'events', event: `${count} ${part} ${one}` },
        })),
      })),
    }));
    const house = { kind: 'all', of: [{ kind: 'segment', segment: 'ground' }, many] };
    await server.admin('/segments', { id: 'house', name: 'House', definition: house });
    expect(
      await people.refusal('/segments/ground', { definition: few, name: 'Other' }, 'PATCH'),
    ).toMatchObject({
      ...{ status: 400, code: 'definition_too_costly' },
      detail: expect.stringMatching(
        /^segment house, which refers to this: .* 210 different questions .* at most 200/,
      ),
    });
    expect(await server.admin('/segments/ground')).toMatchObject({
      name: 'Ground',
      version: 1,
      definition: PRO,
    });
    expect(await server.admin('/segments/house')).toMatchObject({ version: 1 });
    await people.remove('/segments/house');
    await people.remove('/segments/ground');
  });
});

test('names that were seen are told, for who writes definitions', async () => {
  const names = await server.admin<{
    events: Array<{ type: string; name: string; events: number; properties: string[] }>;
    traits: string[];
    purposes: string[];
  }>('/schema');
  expect(names.events).toContainEqual({
    ...{ type: 'track', name: 'Order Completed', events: 4, properties: ['total'] },
  });
  expect(names.traits).toEqual(expect.arrayContaining(['plan', 'address.city', 'age', 'tags']));
  expect(names.purposes).toEqual(['ads']);
});

test('a segment says what refers to it', async () => {
  await server.admin('/segments', { id: 'referred', name: 'Referred', definition: PRO });
  await server.admin('/segments', { name: 'Referring', text: 'in segment referred' });
  const { usedBy } = await server.admin<{ usedBy: object }>('/segments/referred');
  expect(usedBy).toEqual({ segments: ['referring'], connections: [] });
});

test('members of an account follow what one of them does, and it is told how many of how many', async () => {
  await server.admin('/segments', { id: 'spent', name: 'Spent', definition: SPENT });
  await people.live('spent', 2);
  for (const [id, text] of [
    ['colleagues', 'any account member in segment spent'],
    ['company', 'all account members in segment spent'],
  ])
    expect(await server.admin('/segments', { id, name: id, text })).toMatchObject({ text });
  await people.live('colleagues', 0);
  const joins = (userId: string) => ({ type: 'group', userId, groupId: 'acme', messageId: `${userId}-acme` });
  await people.send(joins('dan'), joins('eve'));
  await people.send(joins('ann'));
  await people.live('colleagues', 3);
  await people.live('company', 0);
  const why = async () =>
    (await server.admin<{ why: object }>('/profiles/user_id%3Adan/explain?segment=company')).why;
  expect(await why()).toMatchObject({ holds: false, value: { members: 3, inside: 1 } });
  const buys = (userId: string) => {
    const call = { type: 'track', event: 'Order Completed', messageId: `${userId}-late` };
    return { ...call, userId, properties: { total: 100 } };
  };
  await people.send(buys('dan'), buys('eve'));
  await people.live('company', 3);
  expect(await why()).toMatchObject({ holds: true, value: { members: 3, inside: 3 } });

  const nested = await people.refusal('/segments', {
    ...{ name: 'Nested', text: 'any account member in segment company' },
  });
  expect(nested).toMatchObject({ status: 400, code: 'definition_invalid' });
  expect(nested.detail).toContain('Refer to a segment that asks about the person alone.');
  const made = await people.refusal('/segments/spent', { text: 'in segment other' }, 'PATCH');
  expect(made.status).toBe(400);
  expect((await people.refusal('/segments/spent', undefined, 'DELETE')).detail).toContain(
    'is referred to by',
  );
});
