import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from '../http/app.js';
import { MemoryLog } from '../log/memory-log.js';
import type { CollectParts } from './accept.js';
import { GroupCommit } from './group-commit.js';
import { collectRoutes } from './routes.js';

let app: FastifyInstance;
let log: MemoryLog;
afterEach(() => app.close());
beforeEach(() => open());

async function open(given: Partial<CollectParts> = {}): Promise<void> {
  log = new MemoryLog({ segmentBytesMax: 1e9, now: () => 0 });
  app = createApp(() => {}, []);
  await app.register(collectRoutes, {
    sourceOfKey: (key) => (key === 'k' ? { id: 'src', enabled: true } : undefined),
    commits: new GroupCommit(log, () => {}),
    ...{ tell: () => {}, now: () => 1_750_000_000_000, closed: () => undefined },
    ...{ requestBytesMax: 4_000_000, eventBytesMax: 256_000, corsOrigins: ['*'], publicUrl: undefined },
    ...given,
  });
}

describe('settings for browsers (client-settings)', () => {
  const settings = (headers: Record<string, string> = {}, key = 'k') =>
    app.inject({ url: `/v1/projects/${key}/settings`, headers });

  test('name the host of the request, without scheme, ending in /v1', async () => {
    const answer = await settings({ host: 'cdp.example.com:8443' });
    expect(answer.json().integrations['Segment.io']).toMatchObject({
      ...{ apiKey: 'k', apiHost: 'cdp.example.com:8443/v1', protocol: 'http' },
    });
  });

  test('name the public address where there is one, its path included', async () => {
    await app.close();
    await open({ publicUrl: 'https://example.com/cdp/' });
    expect((await settings()).json().integrations['Segment.io']).toMatchObject({
      ...{ apiHost: 'example.com/cdp/v1', protocol: 'https' },
    });
  });

  test('are not for unknown keys, and a Host that is none is the client’s fault', async () => {
    expect((await settings({}, 'other')).statusCode).toBe(404);
    const answer = await settings({ host: '[' });
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'request_invalid']);
  });
});

describe('CORS (cors)', () => {
  const post = (origin?: string) =>
    app.inject({
      ...{ method: 'POST', url: '/v1/t', headers: origin === undefined ? {} : { origin } },
      payload: { writeKey: 'k', userId: 'u', event: 'E' },
    });

  test('lets any origin read the answer, errors included, unless told otherwise', async () => {
    const answer = await post('https://shop.example');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
    expect((await post()).headers['access-control-allow-origin']).toBeUndefined();
    const refused = await app.inject({
      method: 'POST',
      url: '/v1/t',
      headers: { origin: 'https://a.example' },
    });
    expect(refused.statusCode).toBe(400);
    expect(refused.headers['access-control-allow-origin']).toBe('https://a.example');
  });

  test('names only the origins of the setting', async () => {
    await app.close();
    await open({ corsOrigins: ['https://shop.example'] });
    expect((await post('https://shop.example')).headers['access-control-allow-origin']).toBe(
      'https://shop.example',
    );
    expect((await post('https://evil.example')).headers['access-control-allow-origin']).toBeUndefined();
  });

  test('answers a preflight with what was asked for', async () => {
    const answer = await app.inject({
      ...{ method: 'OPTIONS', url: '/v1/b' },
      headers: { origin: 'https://shop.example', 'access-control-request-headers': 'content-type,x-own' },
    });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-headers': 'content-type,x-own',
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-origin': 'https://shop.example',
    });
  });
});

test('there are pixels for calls alone', async () => {
  const query = 'writeKey=k&userId=u&event=E';
  expect((await app.inject(`/v1/pixel/track?${query}`)).statusCode).toBe(200);
  for (const type of ['batch', 'import', 'constructor', '__proto__', 'x']) {
    expect((await app.inject(`/v1/pixel/${type}?${query}`)).statusCode, type).toBe(404);
  }
});

describe('what a batch gives for all its events', () => {
  const batch = (body: Record<string, unknown>, text?: string) =>
    app.inject({
      ...{ method: 'POST', url: '/v1/batch', headers: { authorization: 'Basic azo=' } },
      payload: text ?? JSON.stringify(body),
    });
  const items = (count: number) => Array.from({ length: count }, () => ({ type: 'page', userId: 'u' }));

  test('must be fit as the events must be: else the request is refused as a whole', async () => {
    const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
    for (const context of [deep, '{"n":1e999}', `{"list":[${'0,'.repeat(6_000)}0]}`]) {
      const answer = await batch({}, `{"batch":${JSON.stringify(items(1))},"context":${context}}`);
      expect([answer.statusCode, answer.json().code]).toEqual([400, 'request_invalid']);
      expect(answer.json().detail).toContain('context of the batch');
    }
    expect((await log.extent()).next).toBe(0);
  });

  test('may not grow without end by being copied to each of them', async () => {
    const context = { text: 'x'.repeat(100_000) };
    const answer = await batch({ batch: items(2_000), context });
    expect([answer.statusCode, answer.json().code]).toEqual([413, 'body_too_large']);
    expect((await batch({ batch: items(500), context })).statusCode).toBe(200);
  });

  test('is looked at only after the write key', async () => {
    const answer = await app.inject({
      ...{ method: 'POST', url: '/v1/batch', payload: `{"batch":[],"context":{"n":1e999},"writeKey":"x"}` },
    });
    expect(answer.statusCode).toBe(401);
  });
});
