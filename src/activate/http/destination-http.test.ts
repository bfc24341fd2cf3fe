/** Real requests to servers on loopback, which stand for tools and for what must not be reached. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { readAddressRules } from './address-rules.js';
import { DestinationHttp, type DestinationHttpOptions, type HttpCallOptions } from './destination-http.js';
import type { ResolveAll } from './guarded-connect.js';
import { HTTP_LIMITS } from './http-limits.js';
import { redirected } from './outgoing-request.js';

const closing: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server on loopback that keeps what it was sent. */
async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end('ok'),
  host = '127.0.0.1',
): Promise<{ port: number; url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  closing.push(
    () => new Promise((resolve) => server.close(resolve)),
    async () => server.closeAllConnections(),
  );
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, seen };
}

function open(allowed: readonly string[], options: Partial<HttpCallOptions & DestinationHttpOptions> = {}) {
  const http = new DestinationHttp({ rules: readAddressRules(allowed), secrets: [], ...options });
  closing.unshift(() => http.close());
  return http.call({ signal: new AbortController().signal, dryRun: false, ...options });
}

/** A DNS of our own: each question takes the next answer, the last one stays. */
function answers(...addresses: string[]): ResolveAll {
  return (_host, _options, done) => {
    const address = addresses.length > 1 ? addresses.shift() : addresses[0];
    done(null, [{ address: address ?? '', family: address?.includes(':') ? 6 : 4 }]);
  };
}

const LOOPBACK = ['127.0.0.0/8'];
const refused = expect.objectContaining({
  failure: expect.objectContaining({ code: 'address_refused', retry: false }),
});

describe('addresses', () => {
  test('on loopback are refused by default and reached when allowed', async () => {
    const { url, seen } = await listen();
    await expect(open([]).fetch(url)).rejects.toEqual(refused);
    expect(seen).toHaveLength(0);
    expect(await (await open(LOOPBACK).fetch(url)).text()).toBe('ok');
    expect(seen).toHaveLength(1);
  });

  test('are refused in all the forms in which a host can be written', async () => {
    const { port, seen } = await listen();
    const hosts = [
      '127.1',
      '2130706433',
      '0x7f000001',
      '0x7f.1',
      '0177.0.0.1',
      '017700000001',
      '127.0.0.1.',
      '0',
      'localhost',
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[64:ff9b::7f00:1]',
      '169.254.169.254',
      '①②⑦.0.0.1',
    ];
    const call = open([]);
    for (const host of hosts)
      await expect(call.fetch(`http://${host}:${port}/`), host).rejects.toEqual(refused);
    expect(seen).toHaveLength(0);
  });

  test('of names are judged as they are connected to, so that an answer that changes is refused', async () => {
    const { port, seen } = await listen();
    const call = open([], { resolveAll: answers('93.184.216.34', '127.0.0.1') });
    expect(await call.resolve('rebinding.example')).toBe('93.184.216.34');
    await expect(call.fetch(`http://rebinding.example:${port}/`)).rejects.toEqual(refused);
    await expect(call.resolve('rebinding.example')).rejects.toEqual(refused);
    expect(seen).toHaveLength(0);
  });

  test('that are not allowed are left out of an answer with several', async () => {
    const { port, seen } = await listen();
    const resolveAll: ResolveAll = (_host, _options, done) =>
      done(null, [
        { address: '10.0.0.1', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]);
    expect((await open(LOOPBACK, { resolveAll }).fetch(`http://two.example:${port}/`)).status).toBe(200);
    expect(seen).toHaveLength(1);
  });

  test('of redirects are judged too, and credentials stay behind at another origin', async () => {
    const target = await listen(undefined, '0.0.0.0');
    const redirecting = await listen((request, response) =>
      response
        .writeHead(request.url === '/in' ? 302 : 307, {
          location: request.url === '/in' ? `http://127.0.0.2:${target.port}/secret` : `${target.url}/kept`,
        })
        .end(),
    );
    await expect(open(['127.0.0.1']).fetch(`${redirecting.url}/in`)).rejects.toEqual(refused);
    expect(target.seen).toHaveLength(0);

    const headers = {
      authorization: 'Bearer t',
      'x-api-key': 'k',
      cookie: 'c',
      'content-type': 'text/x',
      accept: 'a/b',
    };
    await open(LOOPBACK).fetch(`${redirecting.url}/out`, { method: 'POST', body: 'b', headers });
    expect(redirecting.seen.at(-1)?.headers).toMatchObject(headers);
    const [seen] = target.seen;
    expect(seen).toMatchObject({ method: 'POST', url: '/kept', body: 'b' });
    expect(seen?.headers).toMatchObject({ 'content-type': 'text/x', accept: 'a/b' });
    expect(Object.keys(seen?.headers ?? {})).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/authorization|x-api-key|cookie/)]),
    );
  });

  test('with other schemes, or that are none, are refused', async () => {
    for (const url of ['file:///etc/passwd', 'ftp://127.0.0.1/', 'data:,x', 'no url', '/path'])
      await expect(open(LOOPBACK).fetch(url)).rejects.toMatchObject({ failure: { code: 'address_invalid' } });
  });
});

describe('redirects', () => {
  const post = {
    url: new URL('https://a.example/x'),
    method: 'POST',
    headers: new Headers({ 'content-type': 'text/plain', authorization: 'x' }),
    body: 'b',
  };

  test('become a GET where browsers make one', () => {
    for (const status of [301, 302, 303])
      expect(redirected(post, status, '/y')).toMatchObject({ method: 'GET', body: undefined });
    expect(redirected(post, 303, '/y')?.headers.has('content-type')).toBe(false);
    expect(redirected(post, 308, '/y')).toMatchObject({ method: 'POST', body: 'b' });
    expect(redirected(post, 308, '/y')?.headers.get('authorization')).toBe('x');
    expect(redirected(post, 304, '/y')).toBeUndefined();
    expect(redirected(post, 302, undefined)).toBeUndefined();
  });

  test('never lead from TLS to none', () => {
    expect(() => redirected(post, 307, 'http://a.example/y')).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ code: 'redirect_refused' }) }),
    );
  });

  test('end', async () => {
    const { url, seen } = await listen((_, response) =>
      response.writeHead(302, { location: '/again' }).end(),
    );
    await expect(open(LOOPBACK).fetch(url)).rejects.toMatchObject({ failure: { code: 'redirect_refused' } });
    expect(seen).toHaveLength(HTTP_LIMITS.redirectsMax + 1);
    const manual = await open(LOOPBACK).fetch(url, { redirect: 'manual' });
    expect([manual.status, manual.headers.get('location')]).toEqual([302, '/again']);
    await expect(open(LOOPBACK).fetch(url, { redirect: 'error' })).rejects.toMatchObject({
      failure: { code: 'redirect_refused' },
    });
  });
});

describe('requests', () => {
  test('carry the body in every form that fetch takes', async () => {
    const { url, seen } = await listen();
    const call = open(LOOPBACK);
    const bodies = [
      'text',
      new TextEncoder().encode('text'),
      new TextEncoder().encode('text').buffer,
      new URLSearchParams({ a: 'b c' }),
      new Blob(['text'], { type: 'text/blob' }),
    ];
    for (const body of bodies) await call.fetch(url, { method: 'post', body });
    await call.fetch(new Request(url, { method: 'PUT', body: 'text', headers: { 'x-a': 'b' } }));
    expect(seen.map(({ method, body }) => `${method} ${body}`)).toEqual([
      'POST text',
      'POST text',
      'POST text',
      'POST a=b+c',
      'POST text',
      'PUT text',
    ]);
    expect(seen.map(({ headers }) => headers['content-type'])).toEqual([
      'text/plain;charset=UTF-8',
      undefined,
      undefined,
      'application/x-www-form-urlencoded;charset=UTF-8',
      'text/blob',
      'text/plain;charset=UTF-8',
    ]);
    expect(seen.at(-1)?.headers['x-a']).toBe('b');
  });

  test('take credentials out of the address', async () => {
    const { port, seen } = await listen();
    const call = open(LOOPBACK);
    await call.fetch(`http://me:p%40ss@127.0.0.1:${port}/x`);
    expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
    expect(JSON.stringify(call.exchanges)).not.toContain('p%40ss');
  });

  test('keep connections for the next', async () => {
    const ports = new Set<number | undefined>();
    const { url } = await listen((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('ok');
    });
    const call = open(LOOPBACK);
    for (let n = 0; n < 10; n++) await call.fetch(url);
    expect(ports.size).toBeLessThan(3);
  });
});

describe('answers', () => {
  test('are decompressed', async () => {
    const forms = {
      gzip: gzipSync,
      deflate: deflateSync,
      'deflate ': deflateRawSync,
      br: brotliCompressSync,
    };
    for (const [name, compress] of Object.entries(forms)) {
      const { url } = await listen((_, response) =>
        response.writeHead(200, { 'content-encoding': name.trim() }).end(compress('{"a":1}')),
      );
      expect(await (await open(LOOPBACK).fetch(url)).json()).toEqual({ a: 1 });
    }
    const { url } = await listen((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain'),
    );
    await expect(open(LOOPBACK).fetch(url)).rejects.toMatchObject({ failure: { code: 'response_invalid' } });
  });

  test('over the limit are cut off, compressed ones too', async () => {
    const big = Buffer.alloc(HTTP_LIMITS.responseBytesMax + 1);
    for (const [headers, body] of [
      [{}, big],
      [{ 'content-encoding': 'gzip' }, gzipSync(big)],
    ] as const) {
      const { url } = await listen((_, response) => response.writeHead(200, headers).end(body));
      await expect(open(LOOPBACK).fetch(url)).rejects.toMatchObject({
        failure: { code: 'response_too_large', retry: false },
      });
    }
  });

  test('without a body are such', async () => {
    const { url } = await listen((_, response) => response.writeHead(204).end());
    const answer = await open(LOOPBACK).fetch(url);
    expect([answer.status, await answer.text(), answer.url]).toEqual([204, '', `${url}/`]);
  });
});

describe('failures have names', () => {
  test('for time, names, connections and answers that are no HTTP', async () => {
    const hanging = await listen(() => {});
    await expect(open(LOOPBACK, { timeoutMs: 30 }).fetch(hanging.url)).rejects.toMatchObject({
      failure: { code: 'timeout', retry: true },
    });
    const dripping = await listen((_, response) => void response.writeHead(200).write('a'));
    await expect(open(LOOPBACK, { timeoutMs: 30 }).fetch(dripping.url)).rejects.toMatchObject({
      failure: { code: 'timeout', retry: true },
    });
    const cut = await listen((request) => request.socket.destroy());
    await expect(open(LOOPBACK).fetch(cut.url)).rejects.toMatchObject({
      failure: { code: 'connection_lost', retry: true },
    });
    const garbage = await listen((request) => void request.socket.end('nonsense\r\n\r\n'));
    await expect(open(LOOPBACK).fetch(garbage.url)).rejects.toMatchObject({
      failure: { code: 'response_invalid', retry: true },
    });
    const plain = await listen();
    await expect(open(LOOPBACK).fetch(plain.url.replace('http', 'https'))).rejects.toMatchObject({
      failure: { code: 'tls_failed', retry: true },
    });
    const resolveAll: ResolveAll = (_host, _options, done) =>
      done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
    const nowhere = open([], { resolveAll });
    await expect(nowhere.fetch('http://nowhere.example/')).rejects.toMatchObject({
      failure: { code: 'name_unknown' },
    });
    await expect(nowhere.resolve('nowhere.example')).rejects.toMatchObject({
      failure: { code: 'name_unknown' },
    });
  });

  test('for requests that are none', async () => {
    const call = open(LOOPBACK);
    const failure = { code: 'request_invalid', retry: false };
    await expect(call.fetch('http://127.0.0.1/', { headers: { a: 'b\r\nc: d' } })).rejects.toMatchObject({
      failure,
    });
    await expect(call.fetch('http://127.0.0.1/', { method: 'A B' })).rejects.toMatchObject({ failure });
  });

  test('but who ends a request is told their own reason', async () => {
    const { url, seen } = await listen(() => {});
    const controller = new AbortController();
    const waiting = open(LOOPBACK, { signal: controller.signal }).fetch(url);
    const reason = new Error('stopping');
    while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(open(LOOPBACK).fetch(url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('the record', () => {
  test('shows every exchange without secrets, cut at a limit', async () => {
    const { url } = await listen((request, response) =>
      request.url === '/first'
        ? response.writeHead(307, { location: '/second?key=s3cr3t' }).end()
        : response.writeHead(500, { 'x-echo': 's3cr3t' }).end(`s3cr3t${'x'.repeat(100_000)}`),
    );
    const call = open(LOOPBACK, { secrets: ['s3cr3t'] });
    await call.fetch(`${url}/first`, {
      method: 'POST',
      body: JSON.stringify({ token: 's3cr3t' }),
      headers: { authorization: 'anything' },
    });
    expect(call.exchanges).toMatchObject([
      {
        request: {
          method: 'POST',
          url: `${url}/first`,
          body: '{"token":"***"}',
          headers: { authorization: '***' },
        },
        response: { status: 307, headers: { location: '/second?key=***' } },
      },
      { request: { url: `${url}/second?key=***` }, response: { status: 500, headers: { 'x-echo': '***' } } },
    ]);
    expect(call.exchanges[1]?.response?.body).toBe(`***${'x'.repeat(HTTP_LIMITS.recordedBodyCharsMax - 3)}…`);
    expect(JSON.stringify(call.exchanges)).not.toContain('s3cr3t');
  });

  test('holds requests that got no answer, and what tools without HTTP say of theirs', async () => {
    const call = open([], { secrets: ['s3cr3t'] });
    await call.fetch('http://10.0.0.1/', { method: 'POST', body: 'b' }).catch(() => {});
    call.record({ request: { method: 'INSERT', url: 'db', headers: {}, body: 's3cr3t' }, tookMs: 1.6 });
    expect(call.exchanges).toEqual([
      {
        request: expect.objectContaining({ url: 'http://10.0.0.1/', body: 'b' }),
        tookMs: expect.any(Number),
      },
      { request: { method: 'INSERT', url: 'db', headers: {}, body: '***' }, tookMs: 2 },
    ]);
  });

  test('is all that a dry run makes', async () => {
    const { url, seen } = await listen();
    const call = open(LOOPBACK, { dryRun: true });
    const answer = await call.fetch(`${url}/x`, { method: 'POST', body: 'b' });
    expect([answer.status, await answer.json()]).toEqual([200, {}]);
    expect(call.exchanges).toMatchObject([{ request: { method: 'POST', url: `${url}/x`, body: 'b' } }]);
    expect(seen).toHaveLength(0);
  });
});
