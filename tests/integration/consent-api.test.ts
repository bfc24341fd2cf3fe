/** Consent by the API of the real server: said for people, read by rules that change, kept as history. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestSource } from '../harness/running-server.js';
import { RunningServer } from '../harness/running-server.js';
import { gppString, tcString } from '../support/consent-strings.js';

let server: RunningServer;
let web: TestSource;
beforeAll(async () => {
  server = await RunningServer.start();
  web = await server.source('website', 'web');
});
afterAll(() => server?.remove());

interface Change {
  readonly event: string;
  readonly sourceId: string;
  readonly messageId: string;
  readonly purposes: Record<string, boolean>;
  readonly [field: string]: unknown;
}
const consentOf = async (ref: string) =>
  (await server.admin<{ consent: Record<string, boolean> }>(`/profiles/${ref}`)).consent;
const historyOf = async (ref: string, query = '') =>
  server.admin<{ data: Change[]; nextCursor: string | null }>(`/profiles/${ref}/consent/history${query}`);
async function track(userId: string, context: object, more: object = {}): Promise<void> {
  expect((await server.send(web.writeKey, 'track', { userId, event: 'Seen', context, ...more })).status).toBe(
    200,
  );
  await server.settled();
}
async function say(ref: string, body: object): Promise<{ messageId: string }> {
  const said = await server.admin<{ messageId: string }>(`/profiles/${ref}/consent`, body);
  await server.settled();
  return said;
}
const categories = (categoryPreferences: object) => ({ consent: { categoryPreferences } });

test('what is said by the API is an event like any other, with its proof in the history', async () => {
  await track('ann', categories({ mail: true, ads: true }));
  const proof = { form: 'preferences-7', ip: '203.0.113.7', list: [{ a: 1 }, 'b'] };
  const { messageId } = await say('user_id:ann', {
    purposes: { ads: false },
    source: 'preference centre',
    proof,
  });
  expect(await consentOf('user_id:ann')).toEqual({ mail: true, ads: false });
  const { purposes } = await server.admin<{ purposes: object }>('/profiles/user_id:ann/consent');
  expect(purposes).toMatchObject({
    mail: { given: true, sourceId: web.id },
    ads: { given: false, messageId },
  });
  const { data } = await historyOf('user_id:ann');
  expect(data).toMatchObject([
    { event: 'Consent Updated', messageId, purposes: { ads: false }, source: 'preference centre', proof },
    { event: 'Seen', sourceId: web.id, purposes: { mail: true, ads: true } },
  ]);
});

test('a profile that is asked by its id is named by one of its identifiers', async () => {
  const { id } = await server.admin<{ id: string }>('/profiles/user_id:ann');
  await say(`id:${id}`, { purposes: { sms: true } });
  expect(await consentOf('user_id:ann')).toMatchObject({ sms: true });
});

test('the gate answers for purposes', async () => {
  const answer = async (purposes: string) =>
    (await server.admin<{ gate: object }>(`/profiles/user_id:ann/consent?purposes=${purposes}`)).gate;
  expect(await answer('mail')).toEqual({ allowed: true });
  expect(await answer('mail,ads')).toEqual({ allowed: false, reason: 'consent_refused', purposes: ['ads'] });
  expect(await answer('mail,push')).toEqual({
    allowed: false,
    reason: 'consent_missing',
    purposes: ['push'],
  });
});

test('the history leaves out what repeats what was said before, and is paged', async () => {
  const pages = Array.from({ length: 30 }, (_, n) => ({
    ...{ type: 'page', userId: 'bob', timestamp: new Date(1_700_000_000_000 + n * 1_000).toISOString() },
    context: n % 10 === 3 ? {} : categories({ ads: n < 10 || n >= 20 }),
  }));
  await server.send(web.writeKey, 'batch', { batch: pages });
  await server.settled();
  const first = await historyOf('user_id:bob', '?limit=2');
  const rest = await historyOf('user_id:bob', `?limit=2&cursor=${first.nextCursor}`);
  expect([...first.data, ...rest.data].map(({ purposes }) => purposes.ads)).toEqual([true, false, true]);
  expect(rest.nextCursor).toBeNull();
});

test('what was said goes with its person when people are merged and parted', async () => {
  await track('cid', categories({ ads: true }));
  await track('dan', categories({ mail: true }));
  await say('user_id:cid', { purposes: { ads: false } });
  const before = await Promise.all(['user_id:cid', 'user_id:dan'].map(consentOf));
  await server.admin('/profiles/merge', { into: 'user_id:cid', from: 'user_id:dan' });
  expect(await consentOf('user_id:dan')).toEqual({ ads: false, mail: true });
  expect((await historyOf('user_id:dan')).data).toHaveLength(3);
  await server.admin('/profiles/user_id:cid/unmerge', { identifier: 'user_id:dan' });
  expect(await Promise.all(['user_id:cid', 'user_id:dan'].map(consentOf))).toEqual(before);
  expect((await historyOf('user_id:dan')).data).toHaveLength(1);
});

test('rules hold from their place in the log on, also when people are taken apart later', async () => {
  const tc = tcString({ purposes: [1, 3, 4], vendors: [12] });
  const strings = {
    ...categories({ C4: true }),
    consent: { categoryPreferences: { C4: true }, tcString: tc },
  };
  await track('eve', strings, { anonymousId: 'eve-phone' });
  expect(await consentOf('user_id:eve')).toEqual({ C4: true });
  const rules = {
    purposes: {
      advertising: { tcf: { purposes: [1, 3], vendors: [12] }, gpp: { optOuts: ['sale'] } },
      personal: { categories: ['C4'] },
    },
  };
  const done = await server.admin<{ status: string }>('/consent/rules', { rules, expectedVersion: 0 }, 'PUT');
  expect(done.status).toBe('done');
  expect(await server.admin('/consent/rules')).toMatchObject({ version: 1, rules });
  expect(await consentOf('user_id:eve')).toEqual({ C4: true });
  await track('eve', strings);
  expect(await consentOf('user_id:eve')).toEqual({ C4: true, advertising: true, personal: true });
  const optOut = gppString({ usnat: { SaleOptOutNotice: 1, SaleOptOut: 1 } });
  await track('eve', { consent: { gppString: optOut } });
  const said = { C4: true, advertising: false, personal: true };
  expect(await consentOf('user_id:eve')).toEqual(said);

  await track('fay', {}, { anonymousId: 'fay-phone' });
  await server.admin('/profiles/merge', { into: 'user_id:eve', from: 'user_id:fay' });
  await server.admin('/profiles/user_id:eve/unmerge', { identifier: 'user_id:fay' });
  expect(await consentOf('user_id:eve')).toEqual(said);
  expect((await historyOf('user_id:eve')).data).toMatchObject([
    { purposes: { advertising: false }, gpp: { sections: ['usnat'], us: [{ optedOut: { sale: true } }] } },
    { purposes: { C4: true }, tcf: { purposes: [1, 3, 4], vendors: [12], cmpId: 31 } },
  ]);

  const refused = await server.adminAnswer('/consent/rules', { rules, expectedVersion: 0 }, 'PUT');
  expect(refused.status).toBe(409);
  const wrong = await server.adminAnswer(
    '/consent/rules',
    { rules: { purposes: { a: { tfc: {} } } } },
    'PUT',
  );
  expect(await wrong.json()).toMatchObject({
    code: 'request_invalid',
    detail: expect.stringContaining('tfc'),
  });
});

test('a string that cannot be decoded says nothing, is counted, and holds up nobody', async () => {
  await track('gus', { consent: { tcString: `C${'v'.repeat(50_000)}`, gppString: 'nonsense' } });
  expect(await consentOf('user_id:gus')).toEqual({});
  const { data } = await server.admin<{ data: Array<{ sourceId: string; figures: Record<string, number> }> }>(
    '/quality',
  );
  const figures = data.find(({ sourceId }) => sourceId === web.id)?.figures;
  expect(figures).toMatchObject({ 'undecodable.tcf': 1, 'undecodable.gpp': 1 });
  expect((await historyOf('user_id:gus')).data).toMatchObject([{ purposes: {}, tcf: null, gpp: null }]);
});

test("RudderStack's word is kept, and read again after an unmerge", async () => {
  await track('hal', { consentManagement: { allowedConsentIds: ['C1'], deniedConsentIds: ['C2'] } });
  await server.admin('/profiles/merge', { into: 'user_id:hal', from: 'user_id:fay' });
  await server.admin('/profiles/user_id:hal/unmerge', { identifier: 'user_id:fay' });
  expect(await consentOf('user_id:hal')).toEqual({ C1: true, C2: false });
  expect((await historyOf('user_id:hal')).data).toMatchObject([{ purposes: { C1: true, C2: false } }]);
});

test.each([
  ['/profiles/user_id:ann/consent', { purposes: {} }, 400],
  ['/profiles/user_id:ann/consent', { purposes: { ads: 'no' } }, 400],
  ['/profiles/user_id:nobody/consent', { purposes: { ads: false } }, 404],
])('%s refuses %j', async (path, body, status) => {
  expect((await server.adminAnswer(path, body)).status).toBe(status);
});
