/** Destinations and connections by the API of the real server, up to a webhook that arrives at a server of the tests. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RunningServer, type TestSource } from '../harness/running-server.js';
import type { Page, Refusal } from '../harness/segments-server.js';

interface Destination {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly settings: Record<string, unknown>;
  readonly channel: string;
}
interface Connection {
  readonly id: string;
  readonly newest: {
    readonly version: number;
    readonly definition: Record<string, unknown>;
    readonly text: object;
  };
  readonly versions: readonly object[];
}
interface DryRun {
  readonly data: ReadonlyArray<{
    readonly event?: { readonly messageId: string };
    readonly matched: boolean;
    readonly why?: string;
    readonly consent?: { readonly allowed: boolean };
    readonly payload?: { readonly body: unknown };
    readonly exchanges: ReadonlyArray<{
      readonly request: { readonly url: string; readonly body: string; readonly headers: object };
    }>;
  }>;
}

const WAIT_MS_MAX = 20_000;
let server: RunningServer;
let tool: Server;
let url: string;
let source: TestSource;
const arrived: Array<{ readonly body: { type: string; email: string }; readonly key: string }> = [];
beforeAll(async () => {
  tool = createServer((request, response) => {
    let body = '';
    request.on('data', (text: Buffer) => {
      body += text.toString();
    });
    request.on('end', () => {
      arrived.push({ body: JSON.parse(body), key: String(request.headers['webhook-id']) });
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => tool.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(tool.address() as AddressInfo).port}/hook`;
  server = await RunningServer.start({ TRIBUTARY_DESTINATION_NETWORKS: '127.0.0.1' });
  source = await server.source('web');
});
afterAll(async () => {
  await server?.remove();
  tool?.close();
});

const SECRET = `whsec_${Buffer.from('a secret of 24 characters').toString('base64')}`;
const post = <Answer>(path: string, body: object) => server.admin<Answer>(path, body, 'POST');
const given = (name: string, more: object = {}) => ({
  ...{ name, kind: 'webhook', settings: { url, secret: SECRET }, purposes: ['ads'], ...more },
});

describe('destinations', () => {
  test('the catalogue tells what there is, and what each asks for', async () => {
    const { data } = await server.admin<{ data: ReadonlyArray<{ kind: string }> }>('/destination-kinds');
    expect(data.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['webhook', 'email', 'slack']));
    const webhook = await server.admin<{ settings: Record<string, object>; actions: object }>(
      '/destination-kinds/webhook',
    );
    expect(webhook.settings).toMatchObject({ secret: { secret: true } });
    expect(await refusal('/destination-kinds/no%2Fsuch')).toMatchObject({ status: 404 });
  });

  test('their secrets go in and never come out', async () => {
    const made = await post<Destination>('/destinations', given('Secretive'));
    expect(made.settings).toMatchObject({ url, secret: { set: true } });
    const kept = await server.admin<Destination>(
      `/destinations/${made.id}`,
      { settings: { secret: { set: true }, method: 'PUT' } },
      'PATCH',
    );
    expect(kept.settings).toMatchObject({ url, method: 'PUT', secret: { set: true } });
    const gone = await server.admin<Destination>(
      `/destinations/${made.id}`,
      { settings: { secret: null } },
      'PATCH',
    );
    expect(gone.settings).not.toHaveProperty('secret');
    const all = JSON.stringify([
      await server.admin('/destinations'),
      await server.admin(`/destinations/${made.id}`),
      await server.admin('/audit?limit=500'),
      server.output,
    ]);
    expect(all).not.toContain(SECRET.slice(6));
  });

  test.each<[object, string]>([
    [{ purposes: [] }, 'purposes: name what the destination is for'],
    [
      { consentNotRequired: 'Nobody is asked for this' },
      'consentNotRequired: is for destinations without purposes',
    ],
    [{ settings: {} }, 'settings.url: is required'],
    [{ settings: { url, adress: 1 } }, 'settings.adress: is no setting'],
    [{ delivery: { concurrency: 0 } }, 'delivery'],
    [{ kind: 'webhok' }, 'There is no kind of destination webhok'],
  ])('%j is refused: %s', async (change, detail) => {
    const refused = await refusal('/destinations', given('Refused', change), 'POST');
    expect(refused.detail).toContain(detail);
  });
});

test('a key that cannot sign, or lacks what goes with it, is refused when it is saved', async () => {
  const settings = { host: 'mail.shop.example', from: 'shop@shop.example' };
  const dkim = { dkimDomain: 'shop.example', dkimSelector: 'news', dkimPrivateKey: 'ed25519-maybe' };
  const refused = await refusal(
    '/destinations',
    given('Signs', { kind: 'email', settings: { ...settings, ...dkim } }),
    'POST',
  );
  expect(refused.detail).toMatch(/^settings\.dkimPrivateKey: is no private key in PEM/);
  expect(refused.detail).not.toContain(dkim.dkimPrivateKey);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const dkimPrivateKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const { id } = await post<Destination>(
    '/destinations',
    given('Signs', { kind: 'email', settings: { ...settings, ...dkim, dkimPrivateKey } }),
  );
  const halved = { settings: { dkimSelector: null, dkimPrivateKey: { set: true } } };
  expect((await refusal(`/destinations/${id}`, halved, 'PATCH')).detail).toMatch(
    /^settings\.dkimSelector: is missing: .* Give it, or take the others away\.$/,
  );
  const kept = JSON.stringify([
    await server.admin(`/destinations/${id}`),
    await server.admin('/audit?limit=500'),
  ]);
  expect(kept).toContain('"dkimPrivateKey":{"set":true}');
  expect(kept + server.output).not.toContain(dkimPrivateKey.split('\n')[1]);
});

test('an alert rule names where it is told: an address, or an e-mail destination', async () => {
  const rule = { name: 'It waits', measure: 'backlog', above: 9 };
  const { id: webhook } = await post<Destination>('/destinations', given('No mail'));
  const { id: mail } = await post<Destination>('/destinations', {
    ...{ name: 'Mail', kind: 'email', settings: { host: 'mail.shop.example', from: 'cdp@shop.example' } },
    purposes: ['ads'],
  });
  const to = 'ops@shop.example';
  for (const [more, detail] of [
    [{}, 'Give `url` or `email`'],
    [{ url, email: { destination: mail, to } }, 'Give `url` or `email`'],
    [{ email: { destination: webhook, to } }, 'email.destination: is of the kind webhook'],
    [{ email: { destination: 'nope', to } }, 'nope'],
    [{ email: { destination: mail, to: 'ops' } }, 'to'],
  ] as const)
    expect((await refusal('/alert-rules', { ...rule, ...more }, 'POST')).detail).toContain(detail);
  const silence = { ...rule, measure: 'silence_minutes', url };
  for (const [more, detail] of [
    [{}, 'source: give the id'],
    [{ source: 'nope' }, 'There is no source nope'],
    [{ source: 'nope', above: 0 }, 'above: must be from 1'],
  ] as const)
    expect((await refusal('/alert-rules', { ...silence, ...more }, 'POST')).detail).toContain(detail);
  const made = await post<{ id: string; email: object }>('/alert-rules', {
    ...rule,
    email: { destination: mail, to },
  });
  expect(made.email).toEqual({ destination: mail, to });
  const other = { name: rule.name, measure: 'backlog', above: 5, url: 'https://example.com/alerts' };
  const changed = await server.admin<object>(`/alert-rules/${made.id}`, other, 'PUT');
  expect(changed).toMatchObject({ ...other, id: made.id });
  expect(changed).not.toHaveProperty('email');
  expect(
    (await server.adminAnswer(`/alert-rules/${made.id}`, { ...other, url: undefined }, 'PUT')).status,
  ).toBe(400);
  expect((await server.adminAnswer(`/alert-rules/${made.id}`, undefined, 'DELETE')).status).toBe(204);
});

describe('connections', () => {
  test('are checked against the action, and versioned', async () => {
    const { id } = await post<Destination>('/destinations', given('Checked'));
    const definition = {
      action: 'send',
      events: '"Order Completed"',
      mapping: { body: { id: { '@path': '$.messageId' } } },
    };
    const refused = async (change: object) =>
      (
        await refusal(
          '/connections',
          { name: 'x', destinationId: id, definition: { ...definition, ...change } },
          'POST',
        )
      ).detail;
    expect(await refused({ action: 'sent' })).toContain('has no action sent. There are');
    expect(await refused({ mapping: { bdy: 1 } })).toContain(
      'definition.mapping.bdy: is no field. Did you mean body?',
    );
    expect(await refused({ mapping: { body: { '@pth': 'x' } } })).toContain(
      'mapping.body.@pth: is no directive',
    );
    expect(await refused({ who: 'did "A"' })).toContain('make a segment of it');
    expect(await refused({ from: { segment: 'nope' }, events: undefined })).toContain('nope');
    expect(await refused({ options: { audience_key: 'x' } })).toContain('is for connections from a segment');
    const made = await post<Connection>('/connections', { name: 'Orders', destinationId: id, definition });
    expect(made.newest).toMatchObject({ version: 1, text: { events: '"Order Completed"' } });
    const changed = await server.admin<Connection>(
      `/connections/${made.id}`,
      { definition: { ...definition, who: 'consent to ads' } },
      'PATCH',
    );
    expect(changed.newest).toMatchObject({ version: 2, text: { who: 'consent to ads' } });
    expect(changed.versions.length).toBe(2);
    expect((await server.admin<Page<Connection>>(`/connections?destinationId=${id}`)).data.length).toBe(1);
    expect((await server.adminAnswer(`/connections/${made.id}`, undefined, 'DELETE')).status).toBe(204);
    expect(await refusal(`/connections/${made.id}`)).toMatchObject({ status: 404 });
  });

  test('a dry run shows the very requests, and sends nothing', async () => {
    const consent = { consent: { categoryPreferences: { ads: true } } };
    await send([
      {
        type: 'identify',
        userId: 'ann',
        messageId: 'd-1',
        traits: { email: 'ann@shop.example' },
        context: consent,
      },
      { type: 'track', event: 'Rehearsed', userId: 'ann', messageId: 'd-2', properties: { total: 150 } },
      { type: 'track', event: 'Rehearsed', userId: 'bob', messageId: 'd-3', properties: { total: 150 } },
      { type: 'track', event: 'Rehearsed', userId: 'ann', messageId: 'd-4', properties: { total: 5 } },
    ]);
    await server.settled();
    const { id } = await post<Destination>('/destinations', given('Rehearsing'));
    const definition = {
      ...{ action: 'send', events: '"Rehearsed" where properties.total > 100' },
      mapping: { body: { email: { '@path': '$.profile.traits.email' }, type: 'dry' } },
    };
    const { data } = await post<DryRun>('/connections/dry-run', { destinationId: id, definition });
    const byId = new Map(data.map((one) => [one.event?.messageId, one]));
    expect(byId.get('d-2')).toMatchObject({
      matched: true,
      consent: { allowed: true },
      payload: { body: { email: 'ann@shop.example' } },
    });
    const [exchange] = byId.get('d-2')?.exchanges ?? [];
    expect(exchange?.request).toMatchObject({ url, body: '{"email":"ann@shop.example","type":"dry"}' });
    expect(exchange?.request.headers).toHaveProperty('webhook-signature');
    expect(byId.get('d-3')).toMatchObject({
      matched: true,
      consent: { allowed: false, reason: 'consent_missing' },
    });
    expect(byId.get('d-4')).toMatchObject({ matched: false });
    expect(arrived.filter(({ body }) => body.type === 'dry')).toEqual([]);
  });

  test('an event and an audience arrive at the tool, the books balance, and the audience is confirmed', async () => {
    const { id } = await post<Destination>('/destinations', given('Receiving'));
    await post('/segments', { id: 'gold', name: 'Gold members', text: 'tier = "gold"' });
    const consent = { consent: { categoryPreferences: { ads: true } } };
    const person = (name: string) => ({
      ...{ type: 'identify', userId: name, messageId: `e-${name}`, context: consent },
      traits: { email: `${name}@shop.example`, tier: 'gold' },
    });
    await send([person('eva'), person('fay')]);
    await server.settled();
    const mapping = (type: string) => ({
      body: { type, email: { '@path': '$.profile.traits.email' }, event: { '@path': '$.event' } },
    });
    await post('/connections', {
      ...{ name: 'Orders', destinationId: id },
      definition: { action: 'send', events: '"Bought"', mapping: mapping('event') },
    });
    const audience = await post<Connection>('/connections', {
      ...{ name: 'Gold', destinationId: id },
      definition: { action: 'send', from: { segment: 'gold' }, mapping: mapping('audience') },
    });
    expect(audience.newest.definition).toMatchObject({ options: { audience_key: 'gold_members' } });
    await until(() => arrived.filter(({ body }) => body.type === 'audience').length >= 2);
    await send([
      { type: 'track', event: 'Bought', userId: 'eva', messageId: 'b-1' },
      { type: 'identify', userId: 'fay', messageId: 'b-2', traits: { tier: 'tin' } },
    ]);
    await until(() => arrived.filter(({ body }) => body.type !== 'dry').length >= 4);
    expect(new Set(arrived.map(({ key }) => key)).size).toBe(arrived.length);
    expect(arrived.map(({ body }) => body)).toEqual(
      expect.arrayContaining([
        { type: 'event', email: 'eva@shop.example', event: 'Bought' },
        { type: 'audience', email: 'fay@shop.example', event: 'Audience Exited' },
      ]),
    );
    const figures = () =>
      server.admin<{ added: number; confirmed: number; drift: number; wanted: number }>(
        `/connections/${audience.id}/audience`,
      );
    await until(async () => (await figures()).drift === 0 && (await figures()).added === 1);
    expect(await figures()).toMatchObject({ wanted: 1, added: 1, confirmed: 1 });
    await post(`/connections/${audience.id}/reconcile`, {});
    await sleep(1_000);
    expect(arrived.filter(({ body }) => body.type === 'audience').length).toBe(3);
  });
});

async function send(batch: readonly object[]): Promise<void> {
  expect((await server.send(source.writeKey, 'batch', { batch })).status).toBe(200);
}

async function refusal(path: string, body?: object, method?: string): Promise<Refusal> {
  const answer = await server.adminAnswer(path, body, method);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  return (await answer.json()) as Refusal;
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + WAIT_MS_MAX;
  while (!(await isSo())) {
    if (Date.now() > deadline)
      throw new Error(`Not within ${WAIT_MS_MAX} ms; arrived: ${JSON.stringify(arrived)}\n${server.output}`);
    await sleep(50);
  }
}
