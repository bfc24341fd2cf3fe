import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../core/json.js';
import { testContext, testItem } from '../../test-kit.js';
import type { DestinationAction, SendItem } from '../destination.js';
import { webhook } from './webhook.js';

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const FORMER = `whsec_${Buffer.alloc(24, 2).toString('base64')}`;
const BODY = { event: 'Tee gekauft', properties: { total: 12.5, note: '“schön” 🍵' } };

interface Received {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A receiver on loopback, and a context whose requests really go there. */
async function receiver(
  settings: JsonObject = {},
  status: { code: number; headers?: Record<string, string>; body?: string } = { code: 204 },
) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      received.push({
        method: request.method,
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
      });
      response.writeHead(status.code, status.headers).end(status.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close().closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return {
    received,
    context: testContext({ settings: { url, ...settings }, answer: fetch, now: Date.now() }),
  };
}

function action(name: 'send' | 'sendBatch'): DestinationAction {
  const found = webhook.actions[name];
  if (found === undefined) throw new Error(`no action ${name}`);
  return found;
}

const item = (given: Partial<SendItem> = {}) => testItem({ body: BODY }, given);

describe('the reference implementation of Standard Webhooks', () => {
  const verified = (secret: string, { body, headers }: Received) =>
    new Webhook(secret).verify(body, headers as Record<string, string>);

  test('verifies what is sent, and its id is the key', async () => {
    const { received, context } = await receiver({ secret: SECRET });
    const sent = item();
    expect(await action('send').send([sent], context)).toEqual([{ status: 'delivered' }]);
    const [request] = received as [Received];
    expect(verified(SECRET, request)).toEqual(BODY);
    expect(request.headers['webhook-id']).toBe(sent.key);
    expect(() => verified(FORMER, request)).toThrow();
    expect(() => verified(SECRET, { ...request, body: `${request.body} ` })).toThrow();
  });

  test('verifies with either secret while one takes over from the other', async () => {
    const { received, context } = await receiver({ secret: SECRET, previousSecret: FORMER });
    await action('send').send([item()], context);
    const [request] = received as [Received];
    expect(verified(SECRET, request)).toEqual(BODY);
    expect(verified(FORMER, request)).toEqual(BODY);
  });

  test('verifies a later attempt, which has the same id and body and a time of its own', async () => {
    const { received, context } = await receiver({ secret: SECRET });
    const sent = item();
    await action('send').send([sent], context);
    context.advance(120_000);
    await action('send').send([{ ...sent, attempt: 2 }], context);
    const [first, second] = received as [Received, Received];
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(second.body).toBe(first.body);
    expect(Number(second.headers['webhook-timestamp']) - Number(first.headers['webhook-timestamp'])).toBe(
      120,
    );
    expect(verified(SECRET, second)).toEqual(BODY);
  });

  test('verifies a batch, each of whose items has its key; the same items are the same batch', async () => {
    const { received, context } = await receiver({ secret: SECRET });
    const items = [item(), item({ payload: { body: 'just text' } })];
    const delivered = { status: 'delivered' };
    expect(await action('sendBatch').send(items, context)).toEqual([delivered, delivered]);
    await action('sendBatch').send(items, context);
    await action('sendBatch').send(items.slice(1), context);
    const [first, again, part] = received as [Received, Received, Received];
    expect(verified(SECRET, first)).toEqual([
      { id: items[0]?.key, data: BODY },
      { id: items[1]?.key, data: 'just text' },
    ]);
    expect(again.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(part.headers['webhook-id']).not.toBe(first.headers['webhook-id']);
  });
});

test('method, headers and authorization are as set; ours cannot be overwritten', async () => {
  const headers = { 'X-Team': 'crm', 'Content-Type': 'text/plain', 'Webhook-Id': 'forged' };
  const { received, context } = await receiver({ method: 'PUT', headers, authorization: 'Bearer abc' });
  const sent = item();
  await action('send').send([sent], context);
  const [request] = received as [Received];
  expect(request.method).toBe('PUT');
  expect(request.headers).toMatchObject({
    'x-team': 'crm',
    authorization: 'Bearer abc',
    'content-type': 'application/json',
    'webhook-id': sent.key,
  });
  expect(request.headers['webhook-signature']).toBeUndefined();
});

test.each([
  [
    { code: 500, body: 'out\n of order' },
    { code: 'http_500', retry: true },
  ],
  [
    { code: 429, headers: { 'retry-after': '7' } },
    { code: 'http_429', retry: true, retryAfterMs: 7000 },
  ],
  [{ code: 410 }, { code: 'http_410', retry: false }],
  [
    { code: 302, headers: { location: 'http://127.0.0.1:1/' } },
    { code: 'http_302', retry: false },
  ],
])('an answer of %j is a failure', async (answer, failure) => {
  const { received, context } = await receiver({}, answer);
  expect(await action('send').send([item()], context)).toMatchObject([{ status: 'failed', ...failure }]);
  await expect(action('sendBatch').send([item()], context)).rejects.toMatchObject({ failure });
  expect(received).toHaveLength(2);
});

test('an answer is told with its status and text', async () => {
  const { context } = await receiver({}, { code: 400, body: 'no such\n field' });
  const [result] = await action('send').send([item()], context);
  expect(result).toMatchObject({ message: 'The tool answered 400: no such field' });
});

test.each([
  { secret: 'whsec_short' },
  { secret: Buffer.alloc(32).toString('base64') },
  { secret: 'whsec_?not base64 but long enough to be a secret?' },
  { headers: { 'bad name': 'x' } },
  { headers: { 'x-a': 'line\r\nbreak: x' } },
])('settings that cannot be used send nothing: %j', async (settings) => {
  const { received, context } = await receiver(settings);
  const [result] = await action('send').send([item()], context);
  expect(result).toMatchObject({ status: 'failed', code: 'settings_invalid', retry: false });
  expect(received).toEqual([]);
});

test('trying the settings sends a signed request that says what it is', async () => {
  const { received, context } = await receiver({ secret: SECRET });
  await webhook.test?.(context);
  const [request] = received as [Received];
  expect(new Webhook(SECRET).verify(request.body, request.headers as Record<string, string>)).toEqual({
    type: 'tributary.test',
  });
  const broken = await receiver({}, { code: 401 });
  await expect(webhook.test?.(broken.context)).rejects.toThrow('The tool answered 401');
});
