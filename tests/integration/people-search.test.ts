/** Finding people, previews of merging and unmerging, and refused links: the API of the real server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RunningServer } from '../harness/running-server.js';
import { WireClient } from '../harness/wire-client.js';

interface Found {
  readonly data: ReadonlyArray<{
    readonly id: string;
    readonly traits: Readonly<Record<string, unknown>>;
    readonly matched: { readonly kind: string; readonly value: string } | null;
  }>;
  readonly more: boolean;
}

let server: RunningServer;
let client: WireClient;
let viewer: string;
beforeAll(async () => {
  server = await RunningServer.start();
  client = new WireClient(server, await server.source('web'));
  ({ token: viewer } = await server.admin<{ token: string }>('/tokens', { name: 'viewer', role: 'viewer' }));
  const person = (userId: string, traits: object) => [
    { type: 'identify', userId, anonymousId: `${userId}-device`, traits },
  ];
  await send(
    ...person('u_100', {
      email: 'ann@river.example',
      firstName: 'Ann',
      lastName: 'Mill',
      plan: 'pro',
      age: 41,
    }),
    ...person('u%100', { email: 'bea@river.example', name: 'Bea van Mill', plan: 'Free' }),
    ...person('uX100', { email: 'änne@river.example', name: 'Änne Bach', phone: '+4930901820' }),
    { type: 'group', userId: 'u_100', groupId: 'acme-1', traits: { name: 'Acme Boats' } },
  );
});
afterAll(() => server?.remove());

async function send(...batch: object[]): Promise<void> {
  expect((await client.post('batch', { batch })).status).toBe(200);
  await server.settled();
}
const find = (query: string) => server.admin<Found>(`/profiles?${query}`);
const mails = ({ data }: Found) => data.map(({ traits }) => traits.email);

describe('search', () => {
  test.each([
    ['search=ann@r', ['ann@river.example']],
    ['search=ANN@River.example', ['ann@river.example']],
    ['search=%2B49 30 901820', ['änne@river.example']],
    ['search=anonymous_id:u_100', ['ann@river.example']],
    ['search=u_', ['ann@river.example']],
    ['search=u%25', ['bea@river.example']],
    ['search=mill ann', ['ann@river.example']],
    ['search=%C3%84nn ba', ['änne@river.example']],
    ['search=ill', []],
    ['search=nobody', []],
    ['trait=plan:PRO', ['ann@river.example']],
    ['trait=age:41', ['ann@river.example']],
    ['trait=plan:free&search=mill', ['bea@river.example']],
    ['trait=plan:free&search=ann', []],
  ])('%s finds %j', async (query, expected) => {
    expect(mails(await find(query))).toEqual(expected);
  });

  test('several people by one name, and that there are more', async () => {
    expect(mails(await find('search=mill')).sort()).toEqual(['ann@river.example', 'bea@river.example']);
    expect(await find('search=mill&limit=1')).toMatchObject({ data: [{}], more: true });
  });

  test('the profile id finds its person, and without a search the last seen come first', async () => {
    const last = await find('');
    expect(mails(last)).toEqual(['ann@river.example', 'änne@river.example', 'bea@river.example']);
    const [ann] = last.data;
    expect(mails(await find(`search=${ann?.id}`))).toEqual(['ann@river.example']);
  });

  test('what no longer holds is not found', async () => {
    await send({ type: 'identify', userId: 'uX100', traits: { name: 'Clara Bach' } });
    await expect.poll(async () => mails(await find('search=clara')), { timeout: 10_000 }).toHaveLength(1);
    expect(mails(await find('search=%C3%84nne bach'))).toEqual([]);
  });

  test('who may not see personal data finds whole identifiers, sees none of it, and cannot guess letters', async () => {
    const ask = async (query: string) => {
      const answer = await fetch(`${server.url}/api/v1/profiles?${query}`, {
        headers: { authorization: `Bearer ${viewer}` },
      });
      return { status: answer.status, text: await answer.text() };
    };
    const whole = await ask('search=ann@river.example');
    expect(JSON.parse(whole.text)).toMatchObject({ data: [{ matched: { kind: 'email', value: '•••' } }] });
    expect(whole.text).not.toContain('river');
    for (const part of ['ann@river', 'mill', 'u_10'])
      expect(JSON.parse((await ask(`search=${part}`)).text)).toEqual({ data: [], more: false });
    expect((await ask('trait=plan:pro')).status).toBe(403);
    expect((await ask('')).text).not.toMatch(/river|Mill/);
  });

  test('accounts by id and by name', async () => {
    const ids = async (search: string) =>
      (await server.admin<{ data: Array<{ id: string }> }>(`/accounts?search=${search}`)).data.map(
        ({ id }) => id,
      );
    expect(await ids('acme-')).toEqual(['acme-1']);
    await expect.poll(() => ids('boa'), { timeout: 10_000 }).toEqual(['acme-1']);
    expect(await ids('oat')).toEqual([]);
  });
});

interface Profile {
  readonly id: string;
  readonly traits: Readonly<Record<string, unknown>>;
  readonly eventCounts: { readonly total: number };
}
interface Split {
  readonly groups: ReadonlyArray<ReadonlyArray<{ readonly value: string }>>;
}

test('the previews of merging and unmerging say what then happens, and change nothing', async () => {
  const merge = { into: 'user_id:u_100', from: 'user_id:u%100' };
  const query = new URLSearchParams(merge);
  const preview = await server.admin<{ profile: Profile; into: Profile; from: Profile }>(
    `/profiles/merge?${query}`,
  );
  expect(preview.into.id).not.toBe(preview.from.id);
  expect((await server.admin<Profile>('/profiles/user_id:u_100')).traits).toEqual(preview.into.traits);
  await server.admin('/profiles/merge', merge);
  const merged = await server.admin<Profile>('/profiles/user_id:u_100');
  expect(merged.traits).toEqual(preview.profile.traits);
  expect(merged.eventCounts).toEqual(preview.profile.eventCounts);

  const [, mergedId = ''] = [preview.into.id, preview.from.id].toSorted((id) => (id === merged.id ? -1 : 1));
  const split = await server.admin<Split>(`/profiles/user_id:u_100/unmerge?merge=${mergedId}`);
  const before = split.groups.map((group) => group.map(({ value }) => value).sort());
  await server.admin('/profiles/user_id:u_100/unmerge', { merge: mergedId });
  const after = await Promise.all(
    ['user_id:u_100', 'user_id:u%25100'].map(async (ref) => {
      const { identifiers } = await server.admin<{ identifiers: Array<{ value: string; former: boolean }> }>(
        `/profiles/${ref}/identity`,
      );
      return identifiers
        .filter(({ former }) => !former)
        .map(({ value }) => value)
        .sort();
    }),
  );
  expect(new Set(before.map(String))).toEqual(new Set(after.map(String)));
});

test('a refused link is listed for review', async () => {
  await send({
    type: 'identify',
    userId: 'u_100',
    anonymousId: 'u_100-device',
    traits: { phone: '+4930901820' },
  });
  const { data } = await server.admin<{
    data: Array<{ rule: string; reason: string; identifier: { value: string } }>;
  }>('/identity/refused');
  expect(data[0]).toMatchObject({ rule: 'attach_only', identifier: { value: '+4930901820' } });
});
