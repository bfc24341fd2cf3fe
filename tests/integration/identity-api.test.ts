/** Identity by the API of the real server: joined, explained, undone, tuned. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestSource } from '../harness/running-server.js';
import { RunningServer } from '../harness/running-server.js';
import { WireClient } from '../harness/wire-client.js';

interface Graph {
  readonly profileId: string;
  readonly identifiers: ReadonlyArray<{ kind: string; value: string; former: boolean }>;
  readonly edges: ReadonlyArray<{ id: number; verdict: string; rule: string; operationId: number | null }>;
  readonly refused: ReadonlyArray<{ rule: string; reason: string }>;
  readonly separations: ReadonlyArray<unknown>;
}

let server: RunningServer;
let source: TestSource;
let client: WireClient;

beforeAll(async () => {
  server = await RunningServer.start();
  source = await server.source('web');
  client = new WireClient(server, source);
});
afterAll(() => server?.remove());

async function send(...batch: object[]): Promise<void> {
  const answer = await client.post('batch', { batch });
  expect(answer.status).toBe(200);
  await server.settled();
}

const profile = (ref: string) =>
  server.admin<Record<string, unknown>>(`/profiles/${encodeURIComponent(ref)}`);
const graph = (ref: string) => server.admin<Graph>(`/profiles/${encodeURIComponent(ref)}/identity`);
const timeline = async (ref: string) =>
  (
    await server.admin<{ data: Array<{ messageId: string }> }>(`/profiles/${encodeURIComponent(ref)}/events`)
  ).data.map(({ messageId }) => messageId);
const unmerge = (ref: string, body: object) =>
  server.admin<{ status: string }>(`/profiles/${encodeURIComponent(ref)}/unmerge`, body, 'POST');

describe('merge by hand, and unmerge', () => {
  const person = (name: string, at: number) => [
    {
      type: 'track',
      event: 'Looked',
      anonymousId: `${name}-d`,
      messageId: `${name}-1`,
      timestamp: `2026-01-0${at}T10:00:00Z`,
    },
    {
      ...{
        type: 'identify',
        userId: name,
        anonymousId: `${name}-d`,
        messageId: `${name}-2`,
        timestamp: `2026-01-0${at}T11:00:00Z`,
      },
      traits: { email: `${name}@mail.example`, plan: name, gone: null },
      context: { consent: { categoryPreferences: { ads: at % 2 === 0 } }, groupId: `${name}-team` },
    },
  ];

  test('leaves everybody exactly as never merged, and does not come back by itself', async () => {
    await send(...person('mia', 1), ...person('noa', 2));
    const before = [await profile('user_id:mia'), await profile('user_id:noa')];
    const merged = await server.admin<{ status: string; result: { profileId: string } }>(
      '/profiles/merge',
      { into: 'user_id:mia', from: 'email:noa@mail.example' },
      'POST',
    );
    expect(merged.status).toBe('done');
    expect((await profile('user_id:noa')).id).toBe(merged.result.profileId);
    expect(await timeline('user_id:mia')).toEqual(['noa-2', 'noa-1', 'mia-2', 'mia-1']);

    const path = await server.admin<{ joined: boolean; summary: string; steps: unknown[] }>(
      '/profiles/user_id:mia/identity/path?from=anonymous_id:mia-d&to=user_id:noa',
    );
    expect(path.joined).toBe(true);
    expect(path.summary).toContain('were joined by hand');
    expect(path.summary).toContain('message mia-2');

    const edge = (await graph('user_id:noa')).edges.find(({ rule }) => rule === 'operator');
    const began = performance.now();
    expect((await unmerge('user_id:mia', { edge: edge?.id })).status).toBe('done');
    expect(performance.now() - began).toBeLessThan(5_000);
    expect([await profile('user_id:mia'), await profile('user_id:noa')]).toEqual(before);
    expect(await timeline('user_id:noa')).toEqual(['noa-2', 'noa-1']);

    await send({
      type: 'track',
      event: 'Both',
      userId: 'mia',
      context: { traits: { email: 'noa@mail.example' } },
      messageId: 'both',
    });
    expect((await profile('user_id:mia')).id).not.toBe((await profile('user_id:noa')).id);
    const operations = await server.admin<{ data: Array<{ kind: string; actor: string }> }>(
      '/identity/operations',
    );
    expect(operations.data.map(({ kind }) => kind)).toEqual(['unmerge', 'merge']);
  });

  test('by an identifier takes along what had come to it by itself', async () => {
    await send(...person('ida', 5), ...person('jon', 6));
    const before = [await profile('user_id:ida'), await profile('user_id:jon')];
    await server.admin('/profiles/merge', { into: 'user_id:ida', from: 'user_id:jon' }, 'POST');
    expect((await profile('user_id:jon')).id).toBe(before[0]?.id);
    await unmerge('user_id:ida', { identifier: 'user_id:jon' });
    expect([await profile('user_id:ida'), await profile('user_id:jon')]).toEqual(before);
  });

  test('of an identifier: it stands alone, with what was known by it', async () => {
    await send(...person('eva', 3));
    await unmerge('user_id:eva', { identifier: 'anonymous_id:eva-d' });
    expect(await timeline('anonymous_id:eva-d')).toEqual(['eva-1']);
    expect(await timeline('user_id:eva')).toEqual(['eva-2']);
    expect((await graph('user_id:eva')).separations).toHaveLength(2);
    await send({ type: 'track', event: 'Again', userId: 'eva', anonymousId: 'eva-d', messageId: 'eva-3' });
    expect(await timeline('anonymous_id:eva-d')).toEqual(['eva-1']);
    expect((await graph('user_id:eva')).refused[0]).toMatchObject({
      rule: 'separated',
      reason: 'somebody took them apart',
    });
    await server.admin('/profiles/merge', { into: 'user_id:eva', from: 'anonymous_id:eva-d' }, 'POST');
    expect(await timeline('anonymous_id:eva-d')).toEqual(['eva-3', 'eva-2', 'eva-1']);
  });

  test('tells what is wrong', async () => {
    await send({ type: 'identify', userId: 'lone', messageId: 'lone-1' });
    await expect(unmerge('user_id:lone', { identifier: 'user_id:lone' })).rejects.toThrow('is the only one');
    await expect(unmerge('user_id:lone', { edge: 999_999 })).rejects.toThrow('is no link');
    for (const odd of [{}, { edge: 1, merge: 'x' }])
      await expect(unmerge('user_id:lone', odd)).rejects.toThrow('Give one of edge');
    await expect(
      server.admin('/profiles/merge', { into: 'user_id:lone', from: 'user_id:lone' }, 'POST'),
    ).rejects.toThrow('one profile already');
    await expect(graph('user_id:nobody-here')).rejects.toThrow('404');
  });
});

test('a value that too many share is quarantined, and what it joined is undone in one action', async () => {
  const visitors = Array.from({ length: 7 }, (_, n) => ({
    ...{
      type: 'identify',
      userId: `caller-${n}`,
      messageId: `caller-${n}`,
      traits: { phone: '+49 30 901820' },
    },
  }));
  await send(...visitors);
  const list = () =>
    server.admin<{ data: Array<{ value: string; people: number }> }>('/identity/quarantined');
  expect((await list()).data).toEqual([expect.objectContaining({ value: '+4930901820', people: 6 })]);
  await send({ type: 'identify', traits: { phone: '+49 30 901820' }, messageId: 'caller-x' });
  await server.admin('/identity/block', { identifier: 'phone:+4930901820' }, 'POST');
  expect((await list()).data).toEqual([]);
  expect((await graph('user_id:caller-0')).identifiers).toEqual([
    { kind: 'user_id', value: 'caller-0', former: false },
  ]);
});

test('devices that a server makes up for every call are counted as refused, in one entry', async () => {
  const calls = Array.from({ length: 150 }, (_, n) => ({
    ...{
      type: 'track',
      event: 'Served',
      userId: 'server',
      anonymousId: `made-up-${n}`,
      messageId: `made-up-${n}`,
    },
  }));
  await send(...calls);
  const { identifiers, edges, refused } = await graph('user_id:server');
  expect([identifiers.length, edges.length]).toEqual([101, 101]);
  expect(refused).toEqual([expect.objectContaining({ id: null, times: 50, rule: 'limit' })]);
  const { data } = await server.admin<{ data: unknown[] }>('/identity/crowded');
  expect(data).toContainEqual(expect.objectContaining({ kind: 'anonymous_id', refused: 50 }));
});

test('people who are probably one are listed, flagged and counted, and are not once they are merged', async () => {
  const [shop, list] = [await server.source('shop'), await server.source('newsletter')];
  const identify = async (from: TestSource, userId: string, traits: object) => {
    const answer = await new WireClient(server, from).post('identify', { userId, traits, messageId: userId });
    expect(answer.status).toBe(200);
    await server.settled();
    return (await profile(`user_id:${userId}`)).id as string;
  };
  const ann = await identify(shop, 'ann-1', {
    email: 'ann.lee@gmail.com',
    name: 'Ann Lee',
    birthday: '1990-01-31',
  });
  const also = await identify(list, 'ann-2', {
    email: 'annlee+news@gmail.com',
    name: 'LEE, Ann',
    birthday: '31.1.1990',
  });
  const other = await identify(list, 'bo-1', {
    email: 'bo.lee@gmail.com',
    name: 'Bo Lee',
    birthday: '1990-01-31',
  });
  type Pairs = {
    data: Array<{ profileId: string; otherProfileId: string; evidence: Array<{ detail: string }> }>;
  };
  const pairs = async () =>
    (await server.admin<Pairs>('/identity/duplicates')).data.filter((pair) =>
      [ann, also, other].includes(pair.profileId),
    );
  const flags = async (ref: string) =>
    ((await profile(ref)).quality as { flags: Array<{ flag: string; profileId?: string }> }).flags.filter(
      ({ flag }) => flag === 'suspected_duplicate',
    );
  const counted = async (from: TestSource) =>
    (
      await server.admin<{ data: Array<{ suspectedDuplicates: number }> }>(`/quality?sourceId=${from.id}`)
    ).data.map(({ suspectedDuplicates }) => suspectedDuplicates);
  const told = [{ profileId: also, otherProfileId: ann, evidence: [expect.anything(), expect.anything()] }];
  expect(await pairs()).toEqual(told);
  expect((await pairs())[0]?.evidence[0]?.detail).toContain('(annlee@gmail.com)');
  expect((await flags('user_id:ann-1')).map(({ profileId }) => profileId)).toEqual([also]);
  expect((await flags('user_id:ann-2')).map(({ profileId }) => profileId)).toEqual([ann]);
  expect(await flags('user_id:bo-1')).toEqual([]);
  expect([await counted(shop), await counted(list)]).toEqual([[0], [1]]);
  const before = [await profile('user_id:ann-1'), await profile('user_id:ann-2')];
  await server.admin('/profiles/merge', { into: `id:${ann}`, from: `id:${also}` }, 'POST');
  expect([await pairs(), await flags('user_id:ann-1'), await counted(list)]).toEqual([[], [], [0]]);
  await unmerge('user_id:ann-1', { merge: also });
  expect([await profile('user_id:ann-1'), await profile('user_id:ann-2')]).toEqual(before);
  expect([await pairs(), await counted(list)]).toEqual([told, [1]]);
  await expect(server.admin('/identity/duplicates?cursor=WyJ4IiwieSJd')).rejects.toThrow('cursor');
});

test('other rules are simulated first, then applied to the history while events come in', async () => {
  await send(
    { type: 'identify', userId: 'card-1', messageId: 'card-1', traits: { card: 'C-77' } },
    {
      type: 'track',
      event: 'Bought',
      anonymousId: 'till-9',
      messageId: 'card-2',
      properties: { card: 'c-77' },
    },
  );
  const { rules, version } = await server.admin<{ rules: { identifiers: object[] }; version: number }>(
    '/identity/rules',
  );
  const card = { kind: 'card', from: ['traits.card', 'properties.card'], normalise: 'lower', link: 'merge' };
  const [first, ...rest] = rules.identifiers;
  const changed = { ...rules, identifiers: [first, card, ...rest] };
  const simulated = await server.admin<{
    merging: number;
    profilesBefore: number;
    profilesAfter: number;
    samples: unknown[];
  }>('/identity/simulate', { rules: changed }, 'POST');
  expect(simulated).toMatchObject({ merging: 2, splitting: 0 });
  expect(simulated.profilesAfter).toBe(simulated.profilesBefore - 1);
  const apart = (await profile('user_id:card-1')).id;
  expect((await profile('anonymous_id:till-9')).id).not.toBe(apart);
  const operation = await server.admin<{ status: string; result: { version: number } }>(
    '/identity/rules',
    { rules: changed, expectedVersion: version },
    'PUT',
  );
  expect(operation).toMatchObject({ status: 'done', result: { version: version + 1 } });
  expect((await profile('anonymous_id:till-9')).id).toBe((await profile('card:C-77')).id);
  expect(await timeline('user_id:card-1')).toEqual(expect.arrayContaining(['card-1', 'card-2']));
  // A card alone is a name now, at the door and behind it.
  await send({ type: 'track', event: 'Bought', messageId: 'card-3', properties: { card: 'C-77' } });
  expect(await timeline('user_id:card-1')).toContain('card-3');
  await expect(
    server.admin('/identity/rules', { rules: changed, expectedVersion: version }, 'PUT'),
  ).rejects.toThrow('409');
});

test('rules may let blocked values in, and name no source that is none', async () => {
  await send({ type: 'identify', userId: 'guest', messageId: 'guest-1' });
  await expect(graph('user_id:guest')).rejects.toThrow('404');
  const { rules } = await server.admin<{ rules: { identifiers: object[] } }>('/identity/rules');
  const [first, ...rest] = rules.identifiers;
  const letIn = { ...rules, identifiers: [{ ...first, notBlocked: ['Guest'] }, ...rest] };
  await server.admin('/identity/rules', { rules: letIn }, 'PUT');
  expect(await timeline('user_id:guest')).toEqual(['guest-1']);
  const wrong = { ...rules, traits: [{ trait: 'plan', never: ['src_nowhere'] }] };
  await expect(server.admin('/identity/rules', { rules: wrong }, 'PUT')).rejects.toThrow(
    'rules.traits.0.never.0',
  );
  await server.admin('/identity/rules', { rules }, 'PUT');
  await expect(graph('user_id:guest')).rejects.toThrow('404');
});

test('accounts have their own traits, counts and members', async () => {
  await send(
    {
      type: 'group',
      userId: 'worker-1',
      groupId: 'acme',
      messageId: 'g1',
      traits: { name: 'Acme', plan: 'pro' },
    },
    { type: 'group', userId: 'worker-2', groupId: 'acme', messageId: 'g2', traits: { plan: 'team' } },
    { type: 'track', event: 'Worked', userId: 'worker-2', messageId: 'g3', context: { groupId: 'acme' } },
  );
  expect(await server.admin('/accounts/acme')).toMatchObject({
    ...{ id: 'acme', traits: { name: 'Acme', plan: 'team' }, members: 2 },
  });
  const members = await server.admin<{ data: Array<{ id: string }> }>('/accounts/acme/members');
  const people = [(await profile('user_id:worker-1')).id, (await profile('user_id:worker-2')).id];
  expect(members.data.map(({ id }) => id).sort()).toEqual(people.sort());
  const events = await server.admin<{ data: Array<{ messageId: string }> }>('/accounts/acme/events');
  expect(events.data.map(({ messageId }) => messageId).sort()).toEqual(['g1', 'g2', 'g3']);
});

test('data quality is counted by source and day, and flagged on the profile', async () => {
  const till = await server.source('till');
  const answer = await new WireClient(server, till).post('batch', {
    batch: [
      { type: 'identify', userId: 'q-1', traits: { email: 'not an address', phone: '12' }, messageId: 'q1' },
      {
        type: 'identify',
        userId: 'q-2',
        traits: { email: 'q2@mail.example', firstName: 'Q' },
        messageId: 'q2',
      },
      { type: 'track', event: 'X', userId: 'null', messageId: 'q3' },
    ],
  });
  expect(answer.status).toBe(200);
  await server.settled();
  const { data } = await server.admin<{ data: Array<Record<string, unknown>> }>(
    `/quality?sourceId=${till.id}`,
  );
  expect(data).toEqual([
    expect.objectContaining({
      figures: expect.objectContaining({
        events: 3,
        events_of_nobody: 1,
        identifies: 2,
        'invalid.email': 1,
        'blocked.user_id': 1,
      }),
      completeness: expect.objectContaining({ email: 1, firstName: 0.5, city: 0 }),
      emailInvalid: 0.5,
    }),
  ]);
  const { flags } = (await profile('user_id:q-1')).quality as { flags: Array<{ flag: string }> };
  expect(flags.map(({ flag }) => flag)).toEqual(['email_invalid', 'phone_invalid', 'no_contact', 'no_name']);
});
