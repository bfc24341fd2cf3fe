import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { parseAnswer } from './http-connection.js';
import { type LoadOptions, runLoad } from './load.js';
import { createRequestBuilder } from './request-builder.js';
import { createWorkload } from './workload.js';

interface Seen {
  readonly url: string;
  readonly authorization: string;
  readonly body: { batch?: { messageId: string }[]; messageId?: string; type?: string; sentAt: string };
}

type Respond = (seen: Seen, response: http.ServerResponse, count: number) => void;

const ok: Respond = (_, response) => response.end('{}');
let server: http.Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A real HTTP server, which parses every request as strictly as Node.js does. */
async function load(respond: Respond, options: Omit<LoadOptions, 'host' | 'port'>) {
  const seen: Seen[] = [];
  server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Seen['body'];
    seen.push({ url: request.url ?? '', authorization: request.headers.authorization ?? '', body });
    respond(seen.at(-1) as Seen, response, seen.length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const workload = createWorkload({ seed: 3, startMs: Date.UTC(2026, 0, 1), people: 1000 });
  const builder = createRequestBuilder(workload, `127.0.0.1:${port}`, 'wk_test');
  const result = await runLoad(builder, { ...options, host: '127.0.0.1', port });
  return { seen, result, workload };
}

describe('the load', () => {
  test('sends batches, the last one smaller, each event once, with the write key', async () => {
    const { seen, result, workload } = await load(ok, { connections: 4, batch: 20, events: 1010 });
    expect(result).toMatchObject({ events: 1010, requests: 51, refused: {} });
    expect(result.latency.count).toBe(51);
    const events = seen.flatMap(({ body }) => body.batch ?? []);
    expect(events).toHaveLength(1010);
    expect(new Set(events.map((event) => event.messageId)).size).toBe(workload.sent - workload.repeats);
    expect(new Set(seen.map((request) => request.url))).toEqual(new Set(['/v1/batch']));
    expect(seen[0]?.authorization).toBe(`Basic ${Buffer.from('wk_test:').toString('base64')}`);
    expect(seen[0]?.body.sentAt).toMatch(/^2026-01-01T00:00:00\.\d{3}Z$/);
  });

  test('sends single events to the path of their type', async () => {
    const { seen } = await load(ok, { connections: 4, batch: 1, events: 300 });
    expect(seen).toHaveLength(300);
    for (const { url, body } of seen)
      expect([url, typeof body.sentAt]).toEqual([`/v1/${body.type}`, 'string']);
  });

  test('sends again what was refused with 429 or 503, unchanged', async () => {
    const busy: Respond = (_, response, count) => {
      if (count % 10 === 0) response.statusCode = count % 20 === 0 ? 429 : 503;
      response.setHeader('retry-after', '0').end('{}');
    };
    const { seen, result } = await load(busy, { connections: 2, batch: 5, events: 150 });
    expect(Object.values(result.refused).reduce((sum, count) => sum + count, 0)).toBe(seen.length - 30);
    expect(seen.length).toBeGreaterThan(30);
    const distinct = new Set(seen.map(({ body }) => JSON.stringify(body)));
    expect(distinct.size).toBe(30);
  });

  test('fails at any other answer, and when a connection breaks in flight', async () => {
    const options = { connections: 2, batch: 5, events: 150 };
    const broken: Respond = (_, response, count) => {
      if (count === 7) response.statusCode = 500;
      response.end('oops');
    };
    await expect(load(broken, options)).rejects.toThrow('the server answered 500: oops');
    const cut: Respond = (_, response, count) => void (count === 7 ? response.destroy() : response.end('{}'));
    await expect(load(cut, options)).rejects.toThrow(/closed the connection|ECONNRESET/);
  });

  test('in an open loop, counts latency from the intended time', async () => {
    // One connection and 20 ms an answer, but a request due every 10 ms: each waits longer than the one before.
    const slow: Respond = (_, response) => void setTimeout(() => response.end('{}'), 20);
    const { result } = await load(slow, { connections: 1, batch: 1, events: 30, eventsPerSecond: 100 });
    expect(result.latency.quantile(0)).toBeLessThan(80);
    expect(result.latency.quantile(1)).toBeGreaterThan(250);
  });

  test('in an open loop, keeps the rate', async () => {
    const { result } = await load(ok, { connections: 8, batch: 2, events: 200, eventsPerSecond: 400 });
    expect(result.seconds).toBeGreaterThan(0.48);
    expect(result.seconds).toBeLessThan(1);
  });
});

test('an answer is read only when it is whole', () => {
  const text = 'HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 4\r\n\r\nbusy';
  for (let cut = 0; cut < text.length; cut++) expect(parseAnswer(text.slice(0, cut))).toBeUndefined();
  expect(parseAnswer(text)).toEqual({ status: 429, retryAfter: 3, body: 'busy' });
  expect(parseAnswer('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')).toBeInstanceOf(Error);
});
