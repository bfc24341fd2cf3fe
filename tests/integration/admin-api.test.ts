import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestSource } from '../harness/running-server.js';
import { ADMIN_TOKEN, RunningServer } from '../harness/running-server.js';

interface Source extends TestSource {
  readonly name: string;
  readonly kind: string;
  readonly enabled: boolean;
  readonly createdAt: string;
  readonly lastReceivedAt: string | null;
}
interface Page<Item> {
  readonly data: Item[];
  readonly nextCursor: string | null;
}
interface ApiEvent {
  readonly offset: number;
  readonly profileId: string;
  readonly messageId: string;
  readonly type: string;
  readonly name: string;
  readonly timestamp: string;
}

let server: RunningServer;
/** What became of the token in two lives without TRIBUTARY_ADMIN_TOKEN. */
const lives: Array<{ shown: string | undefined; withFirst: number; withOther: number; saved: boolean }> = [];
let generated = '';

beforeAll(async () => {
  server = await RunningServer.start({ TRIBUTARY_ADMIN_TOKEN: '' }, { isFirst: true });
  for (const life of [1, 2]) {
    if (life === 2) {
      server.output = '';
      await server.launch();
      await server.ready();
    }
    const shown = /admin token +(\S+)/.exec(server.output)?.[1];
    generated ||= shown ?? '';
    const [withFirst, withOther] = [await statusWith(generated), await statusWith(ADMIN_TOKEN)];
    await server.stop();
    lives.push({ shown, withFirst, withOther, saved: await holds(server.dataDir, generated) });
  }
  await server.launch({ TRIBUTARY_ADMIN_TOKEN: ADMIN_TOKEN });
  await server.ready();
});
afterAll(() => server.remove());

async function statusWith(token: string): Promise<number> {
  const answer = await fetch(`${server.url}/api/v1/sources`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** True when any file below the folder holds the text. */
async function holds(folder: string, text: string): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    if ((await readFile(join(entry.parentPath, entry.name))).includes(text)) return true;
  }
  return false;
}

/** Expects problem details of this code, and returns them. */
async function problem(answer: Response | Promise<Response>, status: number, code: string) {
  const got = await answer;
  expect(got.headers.get('content-type')).toContain('application/problem+json');
  const body = (await got.json()) as Record<string, unknown>;
  expect(body).toMatchObject({ status, code, type: `urn:tributary:error:${code}` });
  expect(got.status).toBe(status);
  return body;
}

/** Walks a list page by page. */
async function pages<Item>(path: string, limit: number): Promise<Item[][]> {
  const found: Item[][] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const sign = path.includes('?') ? '&' : '?';
    const page: Page<Item> = await server.admin(
      `${path}${sign}limit=${limit}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    found.push(page.data);
    cursor = page.nextCursor;
  }
  return found;
}

async function sent(source: TestSource, batch: readonly object[]): Promise<void> {
  const answer = await server.send(source.writeKey, 'batch', { batch });
  expect(answer.status).toBe(200);
  await server.settled();
}

const ref = (kind: string, value: string) => `/profiles/${encodeURIComponent(`${kind}:${value}`)}`;

describe('the token', () => {
  test('that is generated is shown at the first start alone, and is good for later ones', () => {
    expect(generated).toMatch(/^trb_[\w-]{32}$/);
    expect(lives.map(({ shown }) => shown)).toEqual([generated, undefined]);
    expect(lives.map(({ withFirst }) => withFirst)).toEqual([200, 200]);
    expect(lives.map(({ withOther }) => withOther)).toEqual([401, 401]);
  });

  test('that is generated is stored as a hash alone', () => {
    expect(lives.map(({ saved }) => saved)).toEqual([false, false]);
  });

  test('that is given by setting is the only one', async () => {
    expect([await statusWith(ADMIN_TOKEN), await statusWith(generated)]).toEqual([200, 401]);
  });

  test.each([
    [''],
    ['Bearer'],
    ['Bearer '],
    ['Bearer wrong'],
    [`Basic ${ADMIN_TOKEN}`],
    [`Bearer ${ADMIN_TOKEN} x`],
  ])('missing or wrong is 401: %j', async (authorization) => {
    for (const path of ['/sources', '/profiles/user_id:x', '/events/stream', '/ledger']) {
      const answer = await fetch(`${server.url}/api/v1${path}`, { headers: { authorization } });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      await problem(answer, 401, 'token_invalid');
    }
  });
});

describe('sources', () => {
  test('are created, read, listed, renamed and found again', async () => {
    const made = await server.adminAnswer('/sources', { name: 'Shop', kind: 'web' });
    expect(made.status).toBe(201);
    const source = (await made.json()) as Source;
    expect(source).toMatchObject({ name: 'Shop', kind: 'web', enabled: true, lastReceivedAt: null });
    expect(source.writeKey).toMatch(/^[\w-]{20,}$/);
    expect(Date.now() - Date.parse(source.createdAt)).toBeLessThan(60_000);
    expect(await server.admin(`/sources/${source.id}`)).toEqual(source);
    const renamed = await server.admin(`/sources/${source.id}`, { name: 'Shop 2', kind: 'pos' }, 'PATCH');
    expect(renamed).toEqual({ ...source, name: 'Shop 2', kind: 'pos' });
    expect((await pages<Source>('/sources', 500)).flat()).toContainEqual(renamed);
  });

  test('are listed page by page, in the order in which they were made', async () => {
    const made: string[] = [];
    for (let n = 0; n < 7; n += 1) made.push((await server.source(`paged ${n}`)).id);
    const listed = (await pages<Source>('/sources', 3)).map((page) => page.map(({ id }) => id));
    expect(listed.slice(0, -1).every((page) => page.length === 3)).toBe(true);
    expect(new Set(listed.flat()).size).toBe(listed.flat().length);
    expect(listed.flat().slice(-7)).toEqual(made);
  });

  test('have names of their own', async () => {
    const [one, two] = [await server.source('unique one'), await server.source('unique two')];
    await problem(server.adminAnswer('/sources', { name: 'unique one', kind: 'web' }), 409, 'conflict');
    const clash = server.adminAnswer(`/sources/${two.id}`, { name: 'unique one' }, 'PATCH');
    expect((await problem(clash, 409, 'conflict')).detail).toContain('unique one');
    expect(await server.admin(`/sources/${one.id}`, { name: 'unique one' }, 'PATCH')).toMatchObject(one);
  });

  test('that are disabled are answered 401, and nothing is stored', async () => {
    const { id, writeKey } = await server.source('disabled');
    await server.admin(`/sources/${id}`, { enabled: false }, 'PATCH');
    const track = () => server.send(writeKey, 'track', { userId: 'nobody-here', event: 'E' });
    await problem(track(), 401, 'write_key_unknown');
    await problem(fetch(`${server.url}/v1/projects/${writeKey}/settings`), 404, 'not_found');
    await server.admin(`/sources/${id}`, { enabled: true }, 'PATCH');
    expect((await track()).status).toBe(200);
    await server.settled();
    const tally = (await server.ledger()).sources.find(({ sourceId }) => sourceId === id);
    expect(tally).toMatchObject({ received: 1, processed: 1 });
    const { createdAt, lastReceivedAt } = await server.admin<Source>(`/sources/${id}`);
    expect(Date.parse(lastReceivedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(createdAt));
    expect(Date.parse(lastReceivedAt ?? '')).toBeLessThanOrEqual(Date.now());
  });

  test('are looked at by alert rules, also where there is no destination', async () => {
    const { id: source } = await server.source('watched');
    const url = 'https://example.com/alerts';
    const rule = { name: 'It is silent', measure: 'silence_minutes', source, above: 60, url };
    await server.admin('/alert-rules', rule);
    const seen = async () => (await server.admin<Page<{ figure: number | null }>>('/alert-rules')).data;
    await expect.poll(seen, { timeout: 20_000, interval: 100 }).toMatchObject([{ ...rule, figure: 0 }]);
  });

  test.each<[string, unknown]>([
    ['name', { kind: 'web' }],
    ['name', { name: ' ', kind: 'web' }],
    ['name', { name: 'x'.repeat(201), kind: 'web' }],
    ['kind', { name: 'bad kind', kind: 'Web!' }],
    ['additional', { name: 'bad', kind: 'web', id: 'mine' }],
    ['object', ['name']],
    ['NUL', { name: 'a\u0000b', kind: 'web' }],
  ])('that are not as they must be are refused, naming %s', async (word, body) => {
    const { detail } = await problem(server.adminAnswer('/sources', body), 400, 'request_invalid');
    expect(detail).toContain(word);
  });

  test('that do not exist are 404', async () => {
    await problem(server.adminAnswer('/sources/none'), 404, 'not_found');
    await problem(server.adminAnswer('/sources/none', { enabled: false }, 'PATCH'), 404, 'not_found');
    const { id } = await server.source('unchanged');
    await problem(server.adminAnswer(`/sources/${id}`, {}, 'PATCH'), 400, 'request_invalid');
  });
});

describe('profiles', () => {
  test('are found by any identifier, whatever characters it has', async () => {
    const userId = 'a/b?c#d%20:e ü+🎉';
    await sent(await server.source('odd ids'), [
      { type: 'identify', userId, anonymousId: '{"x":1}', traits: { email: 'Odd+Id@Example.com' } },
    ]);
    const found = await server.admin<{ id: string }>(ref('user_id', userId));
    for (const path of [
      ref('anonymous_id', '{"x":1}'),
      ref('email', ' ODD+id@example.com '),
      ref('id', found.id),
      ref('id', found.id.toUpperCase()),
    ]) {
      expect(await server.admin(path)).toEqual(found);
    }
  });

  test('that were merged away lead to the survivor, timeline included', async () => {
    const source = await server.source('merging');
    await sent(source, [{ type: 'track', anonymousId: 'merge-d', event: 'Before' }]);
    const before = await server.admin<{ id: string }>(ref('anonymous_id', 'merge-d'));
    await sent(source, [{ type: 'identify', userId: 'merge-u' }]);
    await sent(source, [{ type: 'identify', userId: 'merge-u', anonymousId: 'merge-d' }]);
    const after = await server.admin<{ id: string; mergedIds: string[] }>(ref('user_id', 'merge-u'));
    expect(after.mergedIds).toEqual([before.id]);
    expect(await server.admin(ref('id', before.id))).toEqual(after);
    const timeline = await server.admin<Page<ApiEvent>>(`${ref('id', before.id)}/events`);
    expect(timeline.data.map(({ profileId }) => profileId)).toEqual([after.id, after.id, after.id]);
    const recent = await server.admin<Page<ApiEvent>>(`/events?sourceId=${source.id}&name=Before`);
    expect(recent.data.map(({ profileId }) => profileId)).toEqual([after.id]);
  });

  test.each([
    'phone:1',
    'user_id',
    ':x',
    'USER_ID:x',
    'user_id:',
    'email:nobody',
    'id:42',
    'user_id:a\u0000b',
  ])('asked for as %j are a bad request', async (text) => {
    for (const path of ['', '/events']) {
      await problem(
        server.adminAnswer(`/profiles/${encodeURIComponent(text)}${path}`),
        400,
        'request_invalid',
      );
    }
  });

  test.each(['user_id:unknown', 'email:un@known.example', 'id:0190f7c1-7c5e-8a3b-9d2e-0123456789ab'])(
    'that nobody knows are 404: %s',
    async (text) => {
      const { detail } = await problem(server.adminAnswer(`/profiles/${text}`), 404, 'not_found');
      expect(detail).toContain(text);
      await problem(server.adminAnswer(`/profiles/${text}/events`), 404, 'not_found');
    },
  );
});

describe('events', () => {
  let source: TestSource;
  beforeAll(async () => {
    source = await server.source('events');
    // Three of each moment: pages end between events of the same millisecond.
    const batch = Array.from({ length: 25 }, (_, n) => ({
      ...{ type: n % 5 === 0 ? 'page' : 'track', event: `E${n % 2}`, name: 'P', messageId: `ev-${n}` },
      ...{ userId: 'ev-u', anonymousId: n < 10 ? 'ev-d' : '' },
      timestamp: new Date(Date.UTC(2026, 0, 1 + Math.floor(n / 3))).toISOString(),
    }));
    await sent(source, batch);
  });
  const newestFirst = Array.from({ length: 25 }, (_, n) => `ev-${24 - n}`);
  const ids = (events: readonly ApiEvent[]) => events.map(({ messageId }) => messageId);

  test('of a person come newest first, page by page, without a gap or a repeat', async () => {
    const walked = await pages<ApiEvent>(`${ref('user_id', 'ev-u')}/events`, 4);
    expect(walked.map((page) => page.length)).toEqual([4, 4, 4, 4, 4, 4, 1]);
    expect(ids(walked.flat())).toEqual(newestFirst);
    expect(ids((await pages<ApiEvent>(`${ref('user_id', 'ev-u')}/events`, 25)).flat())).toEqual(newestFirst);
  });

  test('of all come last arrived first; what arrives meanwhile does not disturb the pages', async () => {
    const path = `/events?sourceId=${source.id}&userId=ev-u&limit=10`;
    const first = await server.admin<Page<ApiEvent>>(path);
    const late = { type: 'track', event: 'Late', userId: 'ev-late', timestamp: '2020-01-01' };
    await sent(source, [late]);
    const rest: Page<ApiEvent> = await server.admin(`${path}&cursor=${first.nextCursor}`);
    expect(ids([...first.data, ...rest.data])).toEqual(newestFirst.slice(0, 20));
    const [newest] = (await server.admin<Page<ApiEvent>>('/events?limit=1')).data;
    expect(newest).toMatchObject({ name: 'Late', timestamp: '2020-01-01T00:00:00.000Z' });
  });

  test.each<[string, (n: number) => boolean]>([
    ['type=page', (n) => n % 5 === 0],
    ['type=track&name=E1', (n) => n % 5 !== 0 && n % 2 === 1],
    ['messageId=ev-7', (n) => n === 7],
    ['anonymousId=ev-d', (n) => n < 10],
    ['from=2026-01-05T00:00:00Z', (n) => n >= 12],
    ['to=2026-01-02T01:00:00%2B01:00', (n) => n < 3],
    ['from=2026-01-02T00:00:00Z&to=2026-01-03T00:00:00Z&type=track', (n) => n >= 3 && n < 6 && n % 5 !== 0],
    ['name=nothing', () => false],
  ])('are filtered by %s', async (filter, matches) => {
    const expected = newestFirst.filter((id) => matches(Number(id.slice('ev-'.length))));
    const recent = await server.admin<Page<ApiEvent>>(`/events?sourceId=${source.id}&userId=ev-u&${filter}`);
    expect(ids(recent.data)).toEqual(expected);
    if (/messageId|anonymousId/.test(filter)) return;
    const timeline = await server.admin<Page<ApiEvent>>(`${ref('user_id', 'ev-u')}/events?${filter}`);
    expect(ids(timeline.data)).toEqual(expected);
  });

  test.each([
    'limit=0',
    'limit=501',
    'limit=ten',
    'cursor=none',
    'cursor=WzFlOTk5XQ',
    'from=today',
    'from=2026-06-30T23:59:60Z',
    'to=9999-01-01T00:00:00Z',
    'name=a%00b',
    'type=a&type=b',
  ])('are not asked for with %s', async (query) => {
    for (const path of ['/events', `${ref('user_id', 'ev-u')}/events`, '/rejected']) {
      if (path === '/rejected' && /name|type/.test(query) && !query.includes('%00')) continue;
      await problem(server.adminAnswer(`${path}?${query}`), 400, 'request_invalid');
    }
  });

  test('are counted by when they came in, of one source and of all', async () => {
    type Arrivals = { total: number; buckets: Array<{ at: string; events: number }> };
    const ask = (query: string) => server.admin<Arrivals>(`/arrivals?${query}`);
    const lengths = { hour: 60, day: 24, month: 30 };
    const { sources } = await server.admin<{ sources: Array<{ sourceId: string; processed: number }> }>(
      '/ledger',
    );
    const processed = sources.find(({ sourceId }) => sourceId === source.id)?.processed;
    for (const [span, length] of Object.entries(lengths)) {
      const { total, buckets } = await ask(`span=${span}&sourceId=${source.id}`);
      expect(buckets.length).toBe(length);
      expect(total).toBe(processed);
      expect(buckets.reduce((sum, { events }) => sum + events, 0)).toBe(total);
      expect((await ask(`span=${span}`)).total).toBeGreaterThan(total);
    }
    const { people, latency } = await server.admin<{ people: number; latency: { requests: number } }>(
      '/overview',
    );
    expect(people).toBeGreaterThan(1);
    expect(latency.requests).toBeGreaterThan(1);
  });

  test('are streamed as they are committed, with their verdict', async () => {
    const leave = new AbortController();
    const answer = await fetch(`${server.url}/api/v1/events/stream`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      signal: leave.signal,
    });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const batch = [
      { type: 'track', userId: 'live', event: 'Good', messageId: 'live-1' },
      { type: 'track', userId: 'live', event: 'Good', messageId: 'live-1' },
      { type: 'what', userId: 'live' },
    ];
    const decoder = new TextDecoder();
    let text = '';
    let sentAlready = false;
    for await (const bytes of answer.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(bytes, { stream: true });
      if (!sentAlready) {
        sentAlready = true;
        // The worker hears of the watcher a moment later: what is sent now may already be shown, or the next.
        await new Promise((resolve) => setTimeout(resolve, 200));
        await sent(source, batch);
      }
      if (text.includes('type_unknown')) break;
    }
    leave.abort();
    const shown = [...text.matchAll(/^id: (\d+)\nevent: event\ndata: (.+)$/gm)].map(
      (match) => JSON.parse(match[2] as string) as Record<string, unknown>,
    );
    expect(shown.map(({ verdict }) => verdict)).toEqual(['processed', 'duplicate', 'type_unknown']);
    const { id } = await server.admin<{ id: string }>(ref('user_id', 'live'));
    const about = { sourceId: source.id, messageId: 'live-1', type: 'track', message: null };
    expect(shown[0]).toMatchObject({ ...about, profileId: id, event: batch[0] });
    expect(shown[2]).toMatchObject({ profileId: null, messageId: null, event: batch[2] });
    expect(shown[2]?.message).toContain('type');
  });
});

describe('rejected', () => {
  interface Rejected {
    readonly code: string;
    readonly messageId: string | null;
    readonly receipt: string;
    readonly receivedAt: string;
  }
  let source: TestSource;
  let receipt: string;
  beforeAll(async () => {
    source = await server.source('refusals');
    const good = { type: 'track', userId: 'rej', event: 'Good' };
    const first = await server.send(source.writeKey, 'batch', {
      batch: [
        good,
        { type: 'x', userId: 'rej', messageId: 'rej-1' },
        { type: 'track', userId: 'rej', messageId: 'rej-2' },
      ],
    });
    receipt = ((await first.json()) as { receipt: string }).receipt;
    const others = Array.from({ length: 5 }, (_, n) => ({
      type: 'track',
      event: 'E',
      messageId: `rej-${n + 3}`,
    }));
    await sent(source, [good, ...others]);
  });
  const list = (query: string) => server.admin<Page<Rejected>>(`/rejected?sourceId=${source.id}&${query}`);
  const ids = (page: Page<Rejected>) => page.data.map(({ messageId }) => messageId);

  test('are found by reason, message, receipt and time', async () => {
    expect(ids(await list(''))).toEqual(['rej-7', 'rej-6', 'rej-5', 'rej-4', 'rej-3', 'rej-2', 'rej-1']);
    expect(ids(await list('code=event_name_missing'))).toEqual(['rej-2']);
    expect(ids(await list('messageId=rej-4'))).toEqual(['rej-4']);
    const of = await list(`receipt=${receipt}`);
    expect(of.data).toMatchObject([
      { code: 'event_name_missing', receipt, sourceId: source.id, event: { userId: 'rej' } },
      { code: 'type_unknown', receipt, message: expect.stringContaining('type must be one of'), line: null },
    ]);
    const { receivedAt } = of.data[0] as Rejected;
    expect(ids(await list(`to=${receivedAt}`))).toEqual([]);
    expect(ids(await list(`from=${receivedAt}`)).length).toBe(7);
    expect(ids(await list('from=2199-01-01T00:00:00Z'))).toEqual([]);
  });

  test('come page by page, without a gap or a repeat', async () => {
    const walked = await pages<Rejected>(`/rejected?sourceId=${source.id}`, 3);
    expect(walked.map((page) => page.length)).toEqual([3, 3, 1]);
    expect(walked.flat().map(({ messageId }) => messageId)).toEqual(ids(await list('')));
  });

  test('are sent again, mended, and count once however often that is asked', async () => {
    const [refused] = (await list('code=type_unknown')).data;
    const { offset, receivedAt } = refused as Rejected & { offset: number };
    await problem(server.adminAnswer('/rejected/999999999/resend', {}), 404, 'not_found');
    await problem(
      server.adminAnswer(`/rejected/${offset}/resend`, { event: 'text' }),
      400,
      'request_invalid',
    );
    const again = (body: object) =>
      server.admin<{ receipt: string; messageId: string }>(`/rejected/${offset}/resend`, body);
    const { receipt: asItWas } = await again({});
    await server.settled();
    expect((await list(`receipt=${asItWas}`)).data).toMatchObject([{ code: 'type_unknown' }]);
    const event = { type: 'track', event: 'Mended', userId: 'mended' };
    const { messageId } = await again({ event });
    await again({ event });
    await server.settled();
    const { data } = await server.admin<{ data: unknown[] }>('/events?name=Mended');
    expect(data).toMatchObject([{ messageId, timestamp: receivedAt, sourceId: source.id }]);
    expect(data.length).toBe(1);
  });
});

test('the system tells how its engines are, what they hold, and what is kept how long', async () => {
  const system = await server.admin<{
    checks: Record<string, { ok: boolean }>;
    engines: Record<'postgres' | 'clickhouse', { embedded: boolean; bytes: number }> & {
      clickhouse: { tables: Array<{ table: string; rows: number; bytes: number }> };
    };
    retention: Record<string, number>;
  }>('/system');
  expect(Object.values(system.checks).map(({ ok }) => ok)).toEqual([true, true, true, true]);
  const { postgres, clickhouse } = system.engines;
  expect([postgres.embedded, clickhouse.embedded]).toEqual([true, true]);
  expect(postgres.bytes).toBeGreaterThan(1_000_000);
  const events = clickhouse.tables.find(({ table }) => table === 'events');
  expect(events?.rows).toBeGreaterThan(0);
  expect(clickhouse.bytes).toBe(clickhouse.tables.reduce((sum, { bytes }) => sum + bytes, 0));
  expect(system.retention).toMatchObject({ logHours: 720, dedupeDays: 31, quarantineDays: 90 });
});
