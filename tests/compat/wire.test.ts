/** The Segment wire by raw HTTP: every path, form and refusal that clients may meet. */
import { Agent } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpAnswer } from '../harness/http-request.js';
import { httpRequest } from '../harness/http-request.js';
import type { TestSource } from '../harness/running-server.js';
import { balances, RunningServer } from '../harness/running-server.js';
import type { Receipt } from '../harness/wire-client.js';
import { basic, expectProblem, JSON_TYPE, WireClient } from '../harness/wire-client.js';

let server: RunningServer;
let source: TestSource;
let client: WireClient;

beforeAll(async () => {
  server = await RunningServer.start();
  source = await server.source('wire', 'web');
  client = new WireClient(server, source);
});
afterAll(async () => {
  const total = await server?.settled();
  if (total) expect(balances(total)).toBe(true);
  await server?.remove();
});

describe('paths', () => {
  it('takes each call under its long and its short path; p is page', async () => {
    const calls = {
      identify: { traits: { plan: 'free' } },
      track: { event: 'Seen' },
      page: { name: 'Home' },
      screen: { name: 'Start' },
      group: { groupId: 'acme' },
      alias: { previousId: 'former' },
    };
    for (const [call, body] of Object.entries(calls)) {
      const userId = client.somebody();
      for (const path of [call, call.charAt(0)]) {
        const answer = await client.post(path, { userId, ...body });
        expect(answer.status, path).toBe(200);
        expect(answer.json<Receipt>()).toMatchObject({ success: true, accepted: 1, rejected: [] });
      }
      expect((await client.eventsOf(userId)).map(({ type }) => type)).toEqual([call, call]);
    }
  });

  it('takes batches under batch and b, of every type, also named by the oldest clients', async () => {
    for (const path of ['batch', 'b']) {
      const userId = client.somebody();
      const batch = [
        { type: 'identify', userId },
        { type: 'track', userId, event: 'Seen' },
        { type: 'page', userId },
        { type: 'screen', userId },
        { type: 'group', userId, groupId: 'g' },
        { type: 'alias', userId, previousId: `${userId}-before` },
        { action: 'track', userId, event: 'Seen' },
      ];
      expect((await client.post(path, { batch })).json<Receipt>().accepted).toBe(batch.length);
      const types = (await client.eventsOf(userId)).map(({ type }) => type).sort();
      expect(types).toEqual(['alias', 'group', 'identify', 'page', 'screen', 'track', 'track']);
    }
  });

  it('answers what does not exist with problem details', async () => {
    expectProblem(await client.post('nothing', {}), 404, 'not_found');
    expectProblem(
      await httpRequest(`${server.url}/v1/track`, { method: 'PUT', body: '{}' }),
      404,
      'not_found',
    );
    expectProblem(await httpRequest(`${server.url}/v1/track`), 404, 'not_found');
    expectProblem(await httpRequest(`${server.url}/v1/projects/%zz/settings`), 400, 'request_invalid');
    const head = await httpRequest(`${server.url}/v1/track`, { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([404, '']);
    const settings = `${server.url}/v1/projects/${source.writeKey}/settings`;
    expect((await httpRequest(settings, { method: 'HEAD' })).status).toBe(200);
  });
});

describe('pixel', () => {
  const url = (type: string, query: string) => `${server.url}/v1/pixel/${type}?${query}`;

  it('takes JSON in Base64, in both alphabets, and answers a GIF of one pixel', async () => {
    const userId = client.somebody();
    for (const alphabet of ['base64', 'base64url'] as const) {
      const call = {
        writeKey: source.writeKey,
        userId,
        event: 'Opened',
        properties: { price: 3, text: 'ÿþ?>' },
      };
      const data = encodeURIComponent(Buffer.from(JSON.stringify(call)).toString(alphabet));
      const answer = await httpRequest(url('track', `data=${data}`), { headers: { 'user-agent': 'Mail/1' } });
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toBe('image/gif');
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.bytes.subarray(0, 10).toString('latin1')).toBe('GIF89a\u0001\u0000\u0001\u0000');
    }
    const [event, other] = await client.eventsOf(userId);
    expect(event?.properties).toEqual({ price: 3, text: 'ÿþ?>' });
    expect(event?.context).toMatchObject({ userAgent: 'Mail/1', ip: '127.0.0.1' });
    expect(other).toBeDefined();
  });

  it('takes plain parameters, numbers and booleans as such', async () => {
    const userId = client.somebody();
    const query = new URLSearchParams({
      writeKey: source.writeKey,
      userId,
      event: 'Opened',
      'properties.price': '3',
      'properties.code': '007',
      'properties.vip': 'true',
      'properties.__proto__.x': '1',
      'context.campaign.name': 'spring',
    });
    expect((await httpRequest(url('track', String(query)))).status).toBe(200);
    const [event] = await client.eventsOf(userId);
    expect(JSON.stringify(event?.properties)).toBe('{"__proto__":{"x":1},"code":"007","price":3,"vip":true}');
    expect(event?.context.campaign).toEqual({ name: 'spring' });
  });

  it('refuses with a status, since an image carries no words', async () => {
    const key = `writeKey=${source.writeKey}`;
    const bad = await httpRequest(url('track', `${key}&userId=u`));
    expect([bad.status, bad.headers['content-type']]).toEqual([400, 'image/gif']);
    expectProblem(await httpRequest(url('track', `${key}&data=bm8`)), 400, 'body_invalid');
    expectProblem(await httpRequest(url('batch', key)), 404, 'not_found');
    expectProblem(await httpRequest(url('track', 'userId=u&event=e')), 401, 'write_key_missing');
    const deep = `${key}&userId=u&event=e&properties${'.a'.repeat(5_000)}=1`;
    expect((await httpRequest(url('track', deep))).status).toBe(400);
  });
});

describe('what the browser client loads and reports', () => {
  it('gives settings under a write key', async () => {
    const url = `${server.url}/v1/projects/${source.writeKey}/settings`;
    const answer = await httpRequest(url, { headers: { origin: 'https://shop.example' } });
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe('https://shop.example');
    const { integrations } = answer.json<{ integrations: Record<string, Record<string, string>> }>();
    const host = `127.0.0.1:${server.port}/v1`;
    expect(integrations['Segment.io']).toMatchObject({
      apiKey: source.writeKey,
      apiHost: host,
      protocol: 'http',
    });
    expectProblem(await httpRequest(`${server.url}/v1/projects/none/settings`), 404, 'not_found');
  });

  it('counts the metrics that it sends', async () => {
    const count = async () => {
      const { text } = await httpRequest(`${server.url}/metrics`);
      return Number(/^\S*client_metrics_total(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1] ?? 0);
    };
    const before = await count();
    const series = [
      { type: 'Counter', metric: 'analytics_js.invoke', value: 1, tags: {} },
      { type: 'Counter' },
    ];
    const headers = { 'content-type': 'text/plain', origin: 'https://shop.example' };
    expect((await client.post('m', { series }, { headers })).status).toBe(200);
    expect((await count()) - before).toBe(2);
    expectProblem(await client.post('m', '{', { headers }), 400, 'body_invalid');
  });
});

describe('CORS', () => {
  it('answers a preflight for any header', async () => {
    const answer = await httpRequest(`${server.url}/v1/batch`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-retry-count',
      },
    });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'authorization,content-type,x-retry-count',
    });
    expect(answer.headers['access-control-allow-methods']).toContain('POST');
    expect(Number(answer.headers['access-control-max-age'])).toBeGreaterThan(0);
  });

  it('lets pages read the answer of a simple request, refusals included', async () => {
    const headers = { origin: 'https://shop.example', 'content-type': 'text/plain;charset=UTF-8' };
    const body = { writeKey: source.writeKey, userId: client.somebody(), event: 'Seen' };
    for (const [sent, status] of [
      [body, 200],
      [{ ...body, event: '' }, 400],
      [{ ...body, writeKey: 'none' }, 401],
    ] as const) {
      const answer = await client.post('t', sent, { headers });
      expect(answer.status).toBe(status);
      expect(answer.headers['access-control-allow-origin']).toBe('https://shop.example');
    }
    expect((await client.post('t', body)).headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('bodies', () => {
  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['identity', (text: string) => Buffer.from(text)],
  ])('reads %s', async (encoding, encode) => {
    const userId = client.somebody();
    const headers = { ...basic(source.writeKey), 'content-encoding': encoding };
    const body = encode(JSON.stringify({ batch: [{ type: 'track', userId, event: 'Ünï' }] }));
    expect((await client.post('batch', body, { headers })).status).toBe(200);
    expect((await client.eventsOf(userId))[0]?.name).toBe('Ünï');
  });

  it('refuses what it cannot read, and says why', async () => {
    const key = basic(source.writeKey);
    const zipped = { ...key, 'content-encoding': 'gzip' };
    const tally = await client.change(async () => {
      expectProblem(await client.post('track', '{"a":', {}), 400, 'body_invalid');
      expectProblem(await client.post('track', '', { headers: key }), 400, 'body_invalid');
      expectProblem(await client.post('track', 'no gzip', { headers: zipped }), 400, 'body_invalid');
      expectProblem(
        await client.post('track', gzipSync('{}').subarray(0, 12), { headers: zipped }),
        400,
        'body_invalid',
      );
      expectProblem(await client.post('track', gzipSync('{'), { headers: zipped }), 400, 'body_invalid');
      const unknown = { ...key, 'content-encoding': 'zstd' };
      expectProblem(await client.post('track', '{}', { headers: unknown }), 415, 'media_type_unsupported');
      expectProblem(await client.post('batch', { batch: { 0: {} } }), 400, 'request_invalid');
      expectProblem(await client.post('batch', []), 400, 'request_invalid');
    });
    expect(tally.received).toBe(0);
  });

  it('takes JSON as any content type, or as none', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-8',
      '',
    ]) {
      const headers = { ...basic(source.writeKey), ...(type === '' ? {} : { 'content-type': type }) };
      expect(
        (await client.post('t', { userId: client.somebody(), event: 'Seen' }, { headers })).status,
        type,
      ).toBe(200);
    }
  });

  it('refuses a body over the limit before it is sent, declared or in chunks', async () => {
    const declared = { ...basic(source.writeKey), 'content-length': String(1024 ** 3) };
    expectProblem(
      await client.post('batch', '{', { headers: declared, unfinished: true }),
      413,
      'body_too_large',
    );
    const headers = { ...basic(source.writeKey), 'transfer-encoding': 'chunked' };
    const body = 'x'.repeat(4 * 1024 ** 2 + 1);
    const chunked = await client.post('batch', body, { headers, unfinished: true, chunkBytes: 65_536 });
    expectProblem(chunked, 413, 'body_too_large');
  });

  it('lets a client that sends too much see the answer, whatever it still sends', async () => {
    for (let time = 0; time < 10; time += 1) {
      const answer = await fetch(`${server.url}/v1/batch`, {
        method: 'POST',
        body: 'x'.repeat(8 * 1024 ** 2),
      });
      expect(answer.status).toBe(413);
    }
  });

  it('refuses what grows over the limit, and too many events', async () => {
    const zipped = { ...basic(source.writeKey), 'content-encoding': 'gzip' };
    const bomb = gzipSync(Buffer.alloc(64 * 1024 ** 2, ' '));
    expectProblem(await client.post('batch', bomb, { headers: zipped }), 413, 'body_too_large');
    const batch = Array.from({ length: 20_001 }, () => 0);
    expectProblem(await client.post('batch', { batch }), 413, 'body_too_large');
  });

  it('keeps the connection after refusals', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const good = { userId: client.somebody(), event: 'Seen' };
    const answers: HttpAnswer[] = [];
    for (const body of [good, '{', { ...good, event: 5 }, good])
      answers.push(await client.post('track', body, { agent }));
    const nobody = { agent, headers: basic('nobody') };
    answers.push(await client.post('track', good, nobody), await client.post('track', good, { agent }));
    const large = { agent, headers: basic(source.writeKey) };
    answers.push(
      await client.post('track', 'x'.repeat(5 * 1024 ** 2), large),
      await client.post('track', good, { agent }),
    );
    agent.destroy();
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 400, 200, 401, 200, 413, 200]);
    expect(answers.slice(1, 7).map(({ reused }) => reused)).toEqual(Array.from({ length: 6 }, () => true));
  });
});

describe('write keys', () => {
  it('is read from HTTP Basic, with a colon or without, and from the body', async () => {
    const { writeKey } = source;
    const event = { userId: client.somebody(), event: 'Seen' };
    const unpadded = Buffer.from(`${writeKey}:`).toString('base64').replaceAll('=', '');
    for (const headers of [
      basic(`${writeKey}:`),
      basic(writeKey),
      basic(`${writeKey}:password`),
      { authorization: `basic ${unpadded}` },
    ]) {
      expect((await client.post('track', event, { headers })).status, JSON.stringify(headers)).toBe(200);
    }
    const none = { headers: JSON_TYPE };
    expect((await client.post('track', { ...event, writeKey }, none)).status).toBe(200);
    expect(
      (await client.post('batch', { batch: [{ type: 'track', ...event }], writeKey }, none)).status,
    ).toBe(200);
    // An empty user in HTTP Basic names nobody; another one counts more than the body.
    expect((await client.post('track', { ...event, writeKey }, { headers: basic(':') })).status).toBe(200);
    const wrong = await client.post('track', { ...event, writeKey }, { headers: basic('wrong:') });
    expectProblem(wrong, 401, 'write_key_unknown');
  });

  it('stores nothing without one, with an unknown one, or a disabled one', async () => {
    const other = await server.source('disabled');
    await server.admin(`/sources/${other.id}`, { enabled: false }, 'PATCH');
    const event = { userId: client.somebody(), event: 'Seen', type: 'track' };
    const tally = await client.change(async () => {
      for (const [path, body] of [
        ['track', event],
        ['batch', { batch: [event] }],
        ['import', { batch: [event] }],
      ] as const) {
        expectProblem(await client.post(path, body, { headers: JSON_TYPE }), 401, 'write_key_missing');
        expectProblem(await client.post(path, body, { headers: basic('none:') }), 401, 'write_key_unknown');
        expectProblem(
          await client.post(path, body, { headers: basic(`${other.writeKey}:`) }),
          401,
          'write_key_unknown',
        );
      }
    });
    expect(tally).toMatchObject({ received: 0, processed: 0, rejected: {} });
    await server.admin(`/sources/${other.id}`, { enabled: true }, 'PATCH');
    expect((await client.post('track', event, { headers: basic(other.writeKey) })).status).toBe(200);
  });
});
