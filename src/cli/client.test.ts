import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createClient, retryDelayMs, ServerRefusal, ServerUnreachable } from './client.js';

interface Seen {
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
}
interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

let server: Server | undefined;
afterEach(() => new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined))));

/** A loopback server that gives the replies in turn, the last one for ever. */
async function serve(...replies: Reply[]): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  server = createServer(async (request, response) => {
    seen.push({
      path: request.url ?? '',
      authorization: request.headers.authorization ?? '',
      body: await read(request),
    });
    const reply = replies[Math.min(seen.length, replies.length) - 1] ?? { status: 500, body: '' };
    response.writeHead(reply.status, reply.headers);
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

const client = (url: string) => createClient({}, { url, token: 'secret' });
const RECEIPT = { receipt: 'r1', accepted: 1, rejected: [] };

test('a server that is not there is a sentence with what to do', async () => {
  const { url } = await serve({ status: 200, body: {} });
  await new Promise((resolve) => server?.close(resolve));
  server = undefined;
  const error = await client(url)
    .sources()
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ServerUnreachable);
  expect((error as Error).message).toBe(
    `No Tributary answers at ${url}. Start one with "tributary start", or name another with --url or TRIBUTARY_URL.`,
  );
});

test('another program on the port is told from Tributary', async () => {
  const { url } = await serve({ status: 200, body: '<html></html>' });
  await expect(client(url).sources()).rejects.toThrow(/is not Tributary \(HTTP 200 without JSON\)/);
});

test('a problem keeps its status, code and sentence', async () => {
  const { url } = await serve({
    status: 401,
    body: { title: 'No', detail: 'The token is wrong.', code: 'token_invalid' },
  });
  const error = (await client(url)
    .ledger()
    .catch((thrown: unknown) => thrown)) as ServerRefusal;
  expect(error).toBeInstanceOf(ServerRefusal);
  expect(error).toMatchObject({ status: 401, code: 'token_invalid' });
  expect(error.message).toMatch(/^The token is wrong\. Give the admin token with --token/);
});

test('sources are read to the last page, with the token', async () => {
  const { url, seen } = await serve(
    { status: 200, body: { data: [{ id: '1', name: 'a', kind: 'web' }], nextCursor: 'c/2' } },
    { status: 200, body: { data: [{ id: '2', name: 'b', kind: 'web' }], nextCursor: null } },
  );
  expect((await client(url).sources()).map(({ id }) => id)).toEqual(['1', '2']);
  expect(seen.map(({ path }) => path)).toEqual(['/api/v1/sources', '/api/v1/sources?cursor=c%2F2']);
  expect(seen[0]?.authorization).toBe('Bearer secret');
});

test('a busy server gets the same body again', async () => {
  const busy = { status: 429, body: { code: 'backlog_full' }, headers: { 'retry-after': '0' } };
  const { url, seen } = await serve(busy, { ...busy, status: 503 }, { status: 200, body: RECEIPT });
  expect(await client(url).sendBatch('key', [{ type: 'page' }])).toEqual(RECEIPT);
  expect(seen.map(({ body }) => body)).toEqual(Array(3).fill('{"batch":[{"type":"page"}]}'));
  expect(seen[0]).toMatchObject({ path: '/v1/batch', authorization: `Basic ${btoa('key:')}` });
});

test('a batch of which nothing was accepted tells about its items; a wrong key is an error', async () => {
  const rejected = [{ index: 0, code: 'type_unknown', message: 'type must be one of …' }];
  const { url } = await serve(
    { status: 400, body: { code: 'nothing_accepted', receipt: 'r', rejected } },
    { status: 401, body: { title: 'The write key is unknown', code: 'write_key_unknown' } },
  );
  expect(await client(url).sendBatch('key', [{}])).toEqual({ receipt: 'r', accepted: 0, rejected });
  await expect(client(url).sendBatch('key', [{}])).rejects.toThrow(/write key of a source that is enabled/);
});

test('options win over the environment, and a slash at the end does no harm', async () => {
  const { url, seen } = await serve({ status: 200, body: { data: [], nextCursor: null } });
  await createClient(
    { url: `${url}/`, token: 'mine' },
    { url: 'http://127.0.0.1:9', token: 'other' },
  ).sources();
  expect(seen[0]).toMatchObject({ path: '/api/v1/sources', authorization: 'Bearer mine' });
});

test('waits as long as the server says, else longer each time, up to a bound', () => {
  expect(retryDelayMs('2', 1)).toBe(2000);
  expect(retryDelayMs(null, 1)).toBe(250);
  expect(retryDelayMs('soon', 3)).toBe(1000);
  expect(retryDelayMs(null, 20)).toBe(30_000);
  expect(retryDelayMs('9999', 1)).toBe(30_000);
});
