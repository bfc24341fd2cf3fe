import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../core/errors.js';
import { ERRORS, TributaryError } from '../core/errors.js';
import type { TelemetryEvent } from '../telemetry/telemetry.js';
import { createApp } from './app.js';

let app: FastifyInstance;
let told: TelemetryEvent[];
let thrown: unknown;
beforeEach(() => {
  told = [];
  app = createApp((event) => told.push(event), []);
  app.get('/fail', async () => {
    throw thrown;
  });
  app.post(
    '/body',
    {
      bodyLimit: 100,
      schema: {
        body: { type: 'object', required: ['name'], properties: { name: { type: 'string', maxLength: 3 } } },
      },
    },
    async ({ body }) => body,
  );
  app.get<{ Params: { id: string } }>('/things/:id', async ({ params }) => params);
});
afterEach(() => app.close());

async function problem(request: Promise<{ statusCode: number; headers: object; body: string }>) {
  const { statusCode, headers, body } = await request;
  const parsed = JSON.parse(body) as Record<string, unknown>;
  expect(headers).toMatchObject({ 'content-type': expect.stringContaining('application/problem+json') });
  expect(parsed).toMatchObject({
    status: statusCode,
    type: `urn:tributary:error:${parsed.code}`,
    title: ERRORS[parsed.code as ErrorCode].title,
    detail: expect.stringMatching(/\S/),
  });
  return { ...parsed, headers } as Record<string, unknown> & { headers: Record<string, string> };
}

const fail = (error: unknown) => {
  thrown = error;
  return problem(app.inject('/fail'));
};
const post = (payload: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  problem(app.inject({ method: 'POST', url: '/body', payload, headers }));

test.each(Object.keys(ERRORS) as ErrorCode[])(
  '%s leaves as problem details with its status',
  async (code) => {
    const { status, detail, headers } = await fail(new TributaryError(code, 'A sentence.'));
    expect([status, detail]).toEqual([ERRORS[code].status, 'A sentence.']);
    expect(headers['retry-after'] !== undefined).toBe(ERRORS[code].retry);
    expect(headers['x-ratelimit-reset'] !== undefined).toBe(ERRORS[code].retry);
    expect(told).toContainEqual({ name: 'request_refused', code });
  },
);

test('a missing token asks for one', async () => {
  expect((await fail(new TributaryError('token_invalid', 'x'))).headers['www-authenticate']).toBe('Bearer');
});

test.each([new Error('password=hunter2'), 'a text', { statusCode: 200 }, undefined])(
  'what nobody expected is an error of ours that tells nothing, but is logged: %j',
  async (error) => {
    if (error === undefined) return;
    const { code, detail } = await fail(error);
    expect(code).toBe('internal');
    expect(detail).not.toContain('hunter2');
    expect(told).toContainEqual({ name: 'request_failed', method: 'GET', path: '/fail', error });
  },
);

test.each([
  [{ code: 'ECONNREFUSED' }, 'connect ECONNREFUSED'],
  [{ code: 'ENOENT', syscall: 'connect' }, 'connect ENOENT'],
  [{ code: '57P01' }, 'terminating connection due to administrator command'],
  [{}, 'Connection terminated unexpectedly'],
])('a store that is away is told as such, to be tried again: %j', async (fields, message) => {
  const { code, status, headers } = await fail(Object.assign(new Error(message), fields));
  expect([code, status]).toEqual(['engine_unavailable', 503]);
  expect(headers['retry-after']).toBeDefined();
});

test.each([{ code: 'ENOENT', syscall: 'open' }, { code: '23505' }])(
  'what failed in a store that is there is an error of ours: %j',
  async (fields) => {
    expect((await fail(Object.assign(new Error('x'), fields))).code).toBe('internal');
  },
);

describe('the framework’s own refusals', () => {
  test('have our codes', async () => {
    expect((await post('{"name"')).code).toBe('body_invalid');
    expect((await post('')).code).toBe('body_invalid');
    expect((await post('{}', { 'content-type': 'application/xml' })).code).toBe('media_type_unsupported');
    expect((await post(JSON.stringify({ name: 'x'.repeat(100) }))).code).toBe('body_too_large');
    expect((await post('{"__proto__":{"a":1},"name":"x"}')).code).toMatch(/invalid/);
  });

  test('name the field', async () => {
    expect((await post('{}')).detail).toContain("'name'");
    expect((await post('{"name":"long"}')).detail).toContain('body/name');
  });

  test('of unknown paths and methods are 404', async () => {
    expect((await problem(app.inject('/nowhere?secret=1'))).detail).toBe('There is no GET /nowhere.');
    expect((await problem(app.inject({ method: 'DELETE', url: '/body' }))).code).toBe('not_found');
  });

  test('of addresses that cannot be decoded, or are too long, are 400', async () => {
    expect((await problem(app.inject('/things/%zz'))).code).toBe('request_invalid');
    expect((await problem(app.inject(`/things/${'x'.repeat(2_001)}`))).code).toBe('request_invalid');
  });
});

test('names of 512 characters fit into an address, in any script', async () => {
  const id = '🎉'.repeat(256);
  expect((await app.inject(`/things/${encodeURIComponent(id)}`)).json()).toEqual({ id });
});
