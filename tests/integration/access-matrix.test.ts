/**
 * Who may do what. Every route with every role and with none, against the matrix of docs/access.md; and no word that is personal in any answer to somebody
 * without the right to see it.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AdminParts } from '../../src/admin/admin-parts.js';
import { adminRoutes } from '../../src/admin/routes.js';
import { type Role, reaches, routeAccess } from '../../src/core/access/role.js';
import { createApp } from '../../src/http/app.js';
import { ADMIN_TOKEN, RunningServer } from '../harness/running-server.js';

interface MatrixRow {
  readonly method: string;
  readonly path: string;
  readonly role: Role | 'public';
  readonly personal: string;
}

const matrix: MatrixRow[] = readFileSync(new URL('../../docs/access.md', import.meta.url), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, method, path, role, personal] = /^\| `(\w+) (\S+)` \| (\w+) \| (\w+) \|$/.exec(line) ?? [];
    return method && path && role && personal ? [{ method, path, role: role as Role, personal }] : [];
  });
/** What nobody without the right may read, wherever it stands. */
const PERSONAL = ['zora', 'quill', '+4930901820', 'visitor-77', 'lavender'];
const ACTORS = ['viewer', 'viewer-personal', 'editor', 'owner'] as const;

let server: RunningServer;
const tokens = new Map<string, string>();
beforeAll(async () => {
  server = await RunningServer.start();
  for (const name of ACTORS) {
    const [role, personal] = name.split('-');
    const made = await server.admin<{ token: string }>('/tokens', {
      name,
      role,
      personalData: personal !== undefined,
    });
    tokens.set(name, made.token);
  }
  const { writeKey } = await server.admin<{ writeKey: string }>('/sources', { name: 'Web', kind: 'web' });
  const identity = { userId: 'zora-1', anonymousId: 'visitor-77' };
  const traits = {
    email: 'zora@quill.example',
    phone: '+4930901820',
    colour: 'lavender',
    createdAt: '2026-01-01',
  };
  const batch = [
    { type: 'identify', ...identity, traits, context: { ip: '10.0.0.1' } },
    {
      type: 'track',
      event: 'Order Completed',
      ...identity,
      properties: { colour: 'lavender', coupon: 'quill' },
    },
    { type: 'group', ...identity, groupId: 'acme', traits: { name: 'Acme' } },
    { type: 'identify', userId: 'zora-2', traits: { phone: '+4930901820' } },
    { type: 'track', event: '', ...identity, properties: { colour: 'lavender' } },
  ];
  const sent = await fetch(`${server.url}/v1/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`${writeKey}:`)}` },
    body: JSON.stringify({ batch }),
  });
  expect(sent.status).toBe(200);
  await server.settled();
  await server.admin('/segments', { id: 'orderers', name: 'Orderers', text: 'did "Order Completed"' });
  await server.admin('/identity/block', { identifier: 'phone:+4930901820' });
});
afterAll(() => server?.remove());

test('the matrix says what every route asks, and of no others', async () => {
  const declared: string[] = [];
  const app = createApp(() => {}, []);
  app.addHook('onRoute', ({ method, url, config, schema }) => {
    if (method === 'HEAD' || (schema as { hide?: boolean } | undefined)?.hide) return;
    const { role, personal } = routeAccess(String(method), config?.access);
    declared.push(`${String(method)} ${url} ${role} ${personal}`);
  });
  // Routes are only declared: nothing is asked of their parts.
  await app.register(adminRoutes, { version: '1.2.3' } as AdminParts);
  await app.close();
  expect(matrix.map((row) => `${row.method} ${row.path} ${row.role} ${row.personal}`).sort()).toEqual(
    declared.sort(),
  );
});

/** Calls a route with names of nothing for its parameters: what matters is who is let in. */
async function ask(row: MatrixRow, token: string | undefined): Promise<number> {
  const path = row.path.replace(/:ref/, 'id:00000000-0000-0000-0000-000000000000').replace(/:\w+/g, 'none');
  const abort = new AbortController();
  const answer = await fetch(`${server.url}${path}`, {
    method: row.method,
    signal: abort.signal,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(row.method === 'GET' || row.method === 'DELETE' ? {} : { 'content-type': 'application/json' }),
    },
    ...(row.method === 'GET' || row.method === 'DELETE' ? {} : { body: '{}' }),
  });
  abort.abort();
  return answer.status;
}

describe('every route lets in whom the matrix says', () => {
  test.each(matrix.filter(({ role }) => role !== 'public'))('$method $path', async (row) => {
    expect(await ask(row, undefined)).toBe(401);
    expect(await ask(row, 'trb_wrong')).toBe(401);
    for (const name of ACTORS) {
      const [role, personal] = name.split('-');
      const isLetIn =
        reaches(role as Role, row.role as Role) && (row.personal !== 'required' || personal !== undefined);
      const status = await ask(row, tokens.get(name));
      expect({ name, forbidden: status === 403 }).toEqual({ name, forbidden: !isLetIn });
      expect(status).not.toBe(401);
    }
  });
});

describe('nothing personal reaches who may not see it', () => {
  const readers: ReadonlyArray<readonly [method: string, path: string, body?: object]> = [
    ...[
      ...['/profiles/user_id:zora-1', '/profiles/user_id:zora-1/events', '/profiles/user_id:zora-1/identity'],
      ...['/profiles/user_id:zora-1/segments', '/profiles/user_id:zora-1/explain?segment=orderers'],
      ...['/profiles/user_id:zora-1/identity/path?from=user_id:zora-1&to=anonymous_id:visitor-77'],
      ...[
        '/events',
        '/rejected',
        '/accounts',
        '/accounts/acme',
        '/accounts/acme/members',
        '/accounts/acme/events',
      ],
      ...['/identity/operations', '/identity/quarantined', '/identity/crowded', '/identity/duplicates'],
      ...[
        '/segments/orderers/members',
        '/segments/orderers/changes',
        '/segments',
        '/quality',
        '/imports',
        '/lists',
      ],
    ].map((path) => ['GET', path] as const),
    ['POST', '/segments/preview', { text: 'did "Order Completed"', breakdowns: ['colour'] }],
    ['POST', '/identity/simulate', { rules: undefined }],
    [
      ...(['POST', '/insights/trends'] as const),
      { events: [{ event: 'Order Completed' }], per: 'day', by: { field: 'properties.colour' } },
    ],
  ];

  test.each(readers.map(([method, path, body]) => ({ method, path, body })))(
    '$method $path',
    async ({ method, path, body }) => {
      const given =
        path === '/identity/simulate'
          ? { rules: (await server.admin<{ rules: object }>('/identity/rules')).rules }
          : body;
      const send = async (token: string) => {
        const answer = await fetch(`${server.url}/api/v1${path}`, {
          method,
          headers: {
            authorization: `Bearer ${token}`,
            ...(given === undefined ? {} : { 'content-type': 'application/json' }),
          },
          body: given === undefined ? null : JSON.stringify(given),
        });
        return { status: answer.status, text: await answer.text() };
      };
      const [masked, open] = [
        await send(tokens.get('viewer') ?? ''),
        await send(tokens.get('viewer-personal') ?? ''),
      ];
      expect(masked.status).toBe(open.status);
      // What is masked may still name what was asked for: the address is the asker's own.
      const shown = masked.text.toLowerCase();
      expect(PERSONAL.filter((word) => shown.includes(word))).toEqual([]);
    },
  );

  test('the masked answers are not empty: the same with the right does tell', async () => {
    const answer = await fetch(`${server.url}/api/v1/profiles/user_id:zora-1`, {
      headers: { authorization: `Bearer ${tokens.get('viewer-personal')}` },
    });
    expect(await answer.text()).toContain('zora@quill.example');
  });

  test('nor the live stream', async () => {
    const abort = new AbortController();
    const stream = await fetch(`${server.url}/api/v1/events/stream`, {
      headers: { authorization: `Bearer ${tokens.get('viewer')}` },
      signal: abort.signal,
    });
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    const { data } = await server.admin<{ data: Array<{ id: string; writeKey: string }> }>('/sources');
    await fetch(`${server.url}/v1/track`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${btoa(`${data[0]?.writeKey}:`)}`,
      },
      body: JSON.stringify({
        userId: 'zora-1',
        event: 'Seen',
        properties: { colour: 'lavender' },
        context: { ip: 'quill' },
      }),
    });
    let text = '';
    while (!text.includes('event: event')) text += new TextDecoder().decode((await reader.read()).value);
    while (!text.includes('Seen')) text += new TextDecoder().decode((await reader.read()).value);
    abort.abort();
    expect(PERSONAL.filter((word) => text.toLowerCase().includes(word))).toEqual([]);
  });

  test('nor the audit log, not even for its reader', async () => {
    const answer = await server.admin<{ data: object[] }>('/audit?limit=500');
    const text = JSON.stringify(answer).toLowerCase();
    expect(text).toContain('/api/v1/identity/block');
    expect(PERSONAL.filter((word) => text.includes(word))).toEqual([]);
    expect(text).not.toContain(ADMIN_TOKEN);
  });
});
