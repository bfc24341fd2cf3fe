/**
 * From a segment to tools and back, through the real server: who enters gets an e-mail and a signed webhook; one click in the e-mail ends it; a mailbox that is
 * not there is written to once; and a destination of one's own does what its file says.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.js';
import { ADMIN_TOKEN, RunningServer, type TestSource } from '../harness/running-server.js';
import { type MailServer, startMailServer } from '../support/mail-server.js';

const PUBLIC_URL = 'https://cdp.example.com';
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const WAIT_MS_MAX = 20_000;

let server: RunningServer;
let web: TestSource;
let mail: MailServer;
const hooked: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
const hooks = createServer((request, response) => {
  let body = '';
  request.on('data', (part: Buffer) => {
    body += part.toString();
  });
  request.on('end', () => {
    hooked.push({ headers: request.headers, body });
    response.writeHead(204).end();
  });
});

beforeAll(async () => {
  mail = await startMailServer({
    refuse: (address) => (address.startsWith('gone') ? '550 5.1.1 No such user' : undefined),
  });
  await new Promise<void>((resolve) => hooks.listen(0, '127.0.0.1', resolve));
  server = await RunningServer.start({
    TRIBUTARY_PUBLIC_URL: PUBLIC_URL,
    TRIBUTARY_DESTINATION_NETWORKS: '127.0.0.1',
  });
  web = await server.source('website', 'web');
  await server.admin('/segments', { id: 'buyers', name: 'Buyers', text: 'did "Order Completed"' });
  const from = { from: 'Shop <shop@shop.example>', bounceAddress: 'bounces@mail.shop.example' };
  await connect(
    'email',
    { host: '127.0.0.1', port: mail.port, security: 'none', ...from },
    {
      subject: 'Thank you, {{ traits.first_name | default: "dear customer" }}',
      mjml: `<mjml><mj-body><mj-section><mj-column>
        <mj-text>You bought something. <a href="{{ unsubscribe_url }}">No more of this</a></mj-text>
        </mj-column></mj-section></mj-body></mjml>`,
    },
  );
  const { port } = hooks.address() as AddressInfo;
  await connect('webhook', { url: `http://127.0.0.1:${port}/`, secret: SECRET });
});
afterAll(async () => {
  await server?.remove();
  await mail?.stop();
  hooks.close().closeAllConnections();
});

/** A destination of the kind, and a connection that tells it who enters the segment. */
async function connect(name: string, settings: JsonObject, options: JsonObject = {}): Promise<void> {
  const { id } = await server.admin<{ id: string }>('/destinations', {
    ...{ name, kind: name, settings, purposes: ['mail'] },
  });
  await server.admin('/connections', {
    ...{ name, destinationId: id },
    definition: { from: { segment: 'buyers', when: 'entered' }, action: 'send', options },
  });
}

async function buys(email: string, traits: JsonObject = {}): Promise<void> {
  const context = { consent: { categoryPreferences: { mail: true } } };
  await server.send(web.writeKey, 'identify', { userId: email, traits: { email, ...traits }, context });
  await server.send(web.writeKey, 'track', { userId: email, event: 'Order Completed' });
}

async function until<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + WAIT_MS_MAX; Date.now() < deadline; await sleep(50)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`${what} did not come. The server said: ${server.output}`);
}

const mailTo = (address: string) => mail.received.find(({ to }) => to[0] === address);
const suppressionsOf = async (email: string) =>
  (
    await server.admin<{ data: { reason: string; channel: string }[] }>(
      `/suppressions?kind=email&value=${email}`,
    )
  ).data;

test('who enters a segment gets an e-mail and a signed webhook, and one click ends it', async () => {
  await buys('ann@example.com', { first_name: 'Ann' });
  const received = await until('The e-mail', () => mailTo('ann@example.com'));
  expect(received.mail.subject).toBe('Thank you, Ann');
  expect(received.from).toMatch(/^bounces\+[0-9a-f]{44}@mail\.shop\.example$/);

  const hook = await until('The webhook', () => hooked.find(({ body }) => body.includes('ann@example.com')));
  expect(new Webhook(SECRET).verify(hook.body, hook.headers as Record<string, string>)).toMatchObject({
    event: 'Audience Entered',
    properties: { audience_key: 'buyers', buyers: true },
  });

  const list = received.mail.headers.get('list') as unknown as { unsubscribe: { url: string } };
  const { url } = list.unsubscribe;
  expect(url.startsWith(`${PUBLIC_URL}/u/`)).toBe(true);
  expect(received.mail.html).toContain(`href="${url}"`);
  const clicked = await fetch(url.replace(PUBLIC_URL, server.url), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  });
  expect(clicked.status).toBe(200);
  expect(await suppressionsOf('ann@example.com')).toMatchObject([
    { reason: 'unsubscribed', channel: 'email' },
  ]);
  await server.settled();
  const { consent } = await server.admin<{ consent: object }>('/profiles/email:ann@example.com');
  expect(consent).toEqual({ mail: false });
});

test('a mailbox that is not there is written to once, and is on the suppression list', async () => {
  await buys('gone@example.com');
  const found = await until('The suppression', async () => {
    const list = await suppressionsOf('gone@example.com');
    return list.length > 0 ? list : undefined;
  });
  expect(found).toMatchObject([{ reason: 'hard_bounce', channel: 'email' }]);
});

test('a bounce that comes back later, as mail, is on it too', async () => {
  await buys('later@example.com');
  const { from } = await until('The e-mail', () => mailTo('later@example.com'));
  const answer = await fetch(`${server.url}/api/v1/suppressions/feedback`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'message/rfc822' },
    body: [
      ...[`To: ${from}`, 'Content-Type: multipart/report; boundary=b', '', '--b'],
      ...['Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx', ''],
      ...['Final-Recipient: rfc822; later@example.com', 'Action: failed', 'Status: 5.1.1', '--b--'],
    ].join('\r\n'),
  });
  expect(await answer.json()).toEqual({ given: 1, added: 1 });
  expect(await suppressionsOf('later@example.com')).toMatchObject([{ reason: 'hard_bounce' }]);
});

describe("a destination of one's own", () => {
  const source = (word: string) => `
    import { eachAlone, type OwnDestination, requiredText, requireOk } from 'tributary/destination';
    export default {
      title: 'Till', description: 'Shows a word at the till.',
      settings: { url: { label: 'Address', type: 'string', required: true } },
      actions: { send: { title: 'Show', description: 'One word.',
        fields: { to: { label: 'To', type: 'string', required: true, default: { '@path': '$.profile.identifiers.email[0]' } } },
        send: (items, context) => eachAlone(items, async ({ key, payload }) => {
          const body = JSON.stringify({ key, word: '${word}', to: requiredText(payload, 'to') });
          await requireOk(await context.fetch(requiredText(context.settings, 'url'), { method: 'POST', body }), context.now());
          return { status: 'delivered' };
        }) } },
    } satisfies OwnDestination;`;
  const put = async (text: string) => {
    const dir = join(server.dataDir, 'destinations');
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'till.ts'), text);
  };
  const shown = (word: string, email: string) =>
    until(word, () => hooked.find(({ body }) => body.includes(`"word":"${word}","to":"${email}"`)));

  test('is used as soon as its file is there, and as it is after a change', async () => {
    await put(source('Welcome'));
    const { data } = await server.admin<{ data: { kind: string; title: string }[] }>('/destination-kinds');
    expect(data).toContainEqual(expect.objectContaining({ kind: 'own/till', title: 'Till', actions: 1 }));
    const { port } = hooks.address() as AddressInfo;
    await connect('own/till', { url: `http://127.0.0.1:${port}/` });
    await buys('tim@example.com');
    await shown('Welcome', 'tim@example.com');

    await put(source('Hello'));
    await sleep(1_000);
    await buys('tom@example.com');
    await shown('Hello', 'tom@example.com');
  });

  test('that is broken is told of, and what waits goes out once it is mended', async () => {
    await put('export default {');
    await sleep(1_000);
    const { data } = await server.admin<{ data: { kind: string; error?: string }[] }>('/destination-kinds');
    expect(data.find(({ kind }) => kind === 'own/till')?.error).toMatch(/till\.ts:1:\d+: /);
    await buys('uwe@example.com');
    await until('The e-mail', () => mailTo('uwe@example.com'));
    await put(source('Mended'));
    await shown('Mended', 'uwe@example.com');
  });
});

test('a coupon of a pool and what goes with it are in what is sent, and a person has one code', async () => {
  await server.admin('/pools', { id: 'thanks', name: 'Thanks', pattern: 'THANKS-########' });
  const { port } = hooks.address() as AddressInfo;
  const { id } = await server.admin<{ id: string }>('/destinations', {
    ...{
      name: 'coupons',
      kind: 'webhook',
      purposes: ['mail'],
      settings: { url: `http://127.0.0.1:${port}/late` },
    },
  });
  await server.admin('/connections', {
    ...{ name: 'thanks', destinationId: id },
    definition: {
      events: '"Thanked"',
      action: 'send',
      mapping: {
        body: { code: { '@coupon': { pool: 'thanks' } }, next: { '@recommendations': { limit: 2 } } },
      },
    },
  });
  await buys('lea@example.com');
  for (const messageId of ['thanked-1', 'thanked-2'])
    await server.send(web.writeKey, 'track', { userId: 'lea@example.com', event: 'Thanked', messageId });
  const codes = await until('Both webhooks', () => {
    const found = hooked.flatMap(({ body }) => /THANKS-\w+/.exec(body)?.[0] ?? []);
    return found.length >= 2 ? found : undefined;
  });
  expect(new Set(codes).size).toBe(1);
  const { data } = await server.admin<{ data: Array<{ code: string }> }>(
    '/profiles/user_id:lea@example.com/coupons',
  );
  expect(data.map(({ code }) => code)).toEqual([codes[0]]);
});
