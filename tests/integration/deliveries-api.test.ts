/** What the API tells of deliveries, on real stores and deliveries that a real deliverer made. */
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AdminApp, AdminParts } from '../../src/admin/admin-parts.js';
import { deliveryRoutes } from '../../src/admin/deliveries.js';
import { deliveryStatsRoutes } from '../../src/admin/delivery-stats.js';
import { openPool } from '../../src/engines/postgres.js';
import { createApp } from '../../src/http/app.js';
import { DeliveryQueries } from '../../src/stores/events/delivery-queries.js';
import { migrate } from '../../src/stores/migrate.js';
import { RunningDeliverer, settled, soon, Tool } from '../harness/running-deliverer.js';
import { type FreshStores, startFreshStores } from '../support/fresh-stores.js';
import { connect, decide, person, type TestConnection, uuidOf } from '../support/waiting-deliveries.js';

let stores: FreshStores;
let pool: Pool;
let app: FastifyInstance;
let running: RunningDeliverer;
let tool: Tool;
let good: TestConnection;
let bad: TestConnection;
let isMended = false;

interface Shown {
  readonly key: string;
  readonly status: string;
  readonly destinationId: string;
  readonly reason: string | null;
  readonly messageId: string;
}

beforeAll(async () => {
  stores = await startFreshStores();
  pool = openPool(stores.postgres, { name: 'a test', max: 3 });
  await migrate(pool, stores.clickhouse);
  tool = await Tool.open();
  app = createApp(() => {}, []);
  const parts = {
    pool,
    activation: {
      deliveries: new DeliveryQueries(stores.clickhouse),
      queues: async () => running.deliverer.queues,
      changed: () => running.deliverer.changed(),
    },
  } as unknown as AdminParts;
  await deliveryRoutes(app as unknown as AdminApp, parts);
  await deliveryStatsRoutes(app as unknown as AdminApp, parts);
  await person(pool, 1, { ads: true });
  good = await connect(pool, {
    name: 'good',
    action: 'send',
    settings: tool.settings,
    purposes: ['ads'],
    consentNotRequired: null,
  });
  bad = await connect(pool, { name: 'bad', action: 'send', settings: tool.settings });
  tool.answer = (key, response) => {
    const isBad = Array.from({ length: 20 }, (_, n) => uuidOf(`bad ${n}`)).includes(key);
    response.statusCode = isBad && !isMended ? 422 : 200;
    response.end('{"said":"no"}');
  };
  running = new RunningDeliverer(stores);
  await decide(
    pool,
    good,
    Array.from({ length: 30 }, (_, n) => ({ name: `good ${n}`, person: n % 3, at: Date.now() })),
  );
  await decide(
    pool,
    bad,
    Array.from({ length: 20 }, (_, n) => ({ name: `bad ${n}`, person: n, at: Date.now() })),
  );
  await Promise.all([settled(pool, good.destination), settled(pool, bad.destination)]);
});
afterAll(async () => {
  await running?.stop();
  await app?.close();
  await tool?.close();
  await pool?.end();
  await stores?.remove();
});

async function get<T>(url: string, status = 200): Promise<T> {
  const answer = await app.inject({ url: `/api/v1${url}` });
  expect(answer.statusCode, answer.body).toBe(status);
  return answer.json() as T;
}

async function pages(query: string, limit: number): Promise<Shown[]> {
  const found: Shown[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { data: Shown[]; nextCursor: string | null } = await get(
      `/deliveries?limit=${limit}${query}${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    expect(page.data.length).toBeLessThanOrEqual(limit);
    found.push(...page.data);
    cursor = page.nextCursor;
  }
  return found;
}

describe('the list', () => {
  test('has every delivery once, page by page, whatever became of it', async () => {
    const found = await pages('', 7);
    expect(new Set(found.map(({ key }) => key)).size).toBe(50);
    expect(found).toHaveLength(50);
    const statuses = found.map(({ status }) => status);
    expect(statuses.filter((one) => one === 'dead')).toHaveLength(20);
    expect(statuses.filter((one) => one === 'delivered')).toHaveLength(10);
    expect(statuses.filter((one) => one === 'filtered')).toHaveLength(20);
  });

  test.each([
    ['&status=dead', 20],
    ['&status=delivered', 10],
    ['&status=filtered&reason=consent_missing', 20],
    ['&status=filtered&reason=suppressed', 0],
    ['&status=pending', 0],
    ['&reason=http_422', 20],
    ['&reason=http_500', 0],
    [`&messageId=${encodeURIComponent('bad 3')}`, 1],
    [`&messageId=${encodeURIComponent('good 3')}`, 1],
    ['&from=2150-01-01T00:00:00Z', 0],
    ['&to=2150-01-01T00:00:00Z', 50],
    ['&segment=none', 0],
  ])('takes the filter %s', async (query, count) => {
    expect(await pages(query, 9)).toHaveLength(count);
  });

  test('takes a destination and a connection', async () => {
    expect(await pages(`&destination=${bad.destinationId}`, 6)).toHaveLength(20);
    expect(await pages(`&connection=${good.connectionId}`, 6)).toHaveLength(30);
    expect(await pages(`&destination=${bad.destinationId}&connection=${good.connectionId}`, 6)).toEqual([]);
  });
});

describe('one delivery', () => {
  test('comes with its attempts, its request and its response', async () => {
    const found = await get<Record<string, unknown>>(`/deliveries/${uuidOf('bad 1')}`);
    expect(found).toMatchObject({
      ...{
        status: 'dead',
        attempts: 1,
        reason: 'http_422',
        messageId: 'bad 1',
        payload: { body: { name: 'bad 1' } },
      },
      attemptsMade: [
        {
          ...{ attempt: 1, outcome: 'dead', reason: 'http_422' },
          requests: [{ method: 'POST', body: '{"name":"bad 1"}' }],
          responses: [{ status: 422, body: '{"said":"no"}' }],
        },
      ],
    });
  });

  test('that was not sent has the decision alone', async () => {
    expect(await get(`/deliveries/${uuidOf('good 0')}`)).toMatchObject({
      ...{ status: 'filtered', attempts: 0, reason: 'consent_missing', payload: null },
      attemptsMade: [{ attempt: 0, outcome: 'filtered', requests: [], responses: [] }],
    });
  });

  test('that does not exist is 404', async () => {
    await get(`/deliveries/${uuidOf('none')}`, 404);
  });
});

describe('books and figures', () => {
  test('balance, for each connection and in total', async () => {
    const { total, destinations } = await get<{ total: object; destinations: object[] }>(
      '/deliveries/balance',
    );
    const dead = { matched: 20, delivered: 0, filtered: {}, pending: 0, dead: 20, dropped: 0 };
    const rest = {
      matched: 30,
      delivered: 10,
      filtered: { consent_missing: 20 },
      pending: 0,
      dead: 0,
      dropped: 0,
    };
    expect(total).toEqual({ ...rest, matched: 50, dead: 20 });
    expect(destinations).toEqual([
      {
        destinationId: good.destinationId,
        ...rest,
        connections: [{ connectionId: good.connectionId, ...rest }],
      },
      {
        destinationId: bad.destinationId,
        ...dead,
        connections: [{ connectionId: bad.connectionId, ...dead }],
      },
    ]);
    expect(await get(`/destinations/${bad.destinationId}/balance`)).toEqual(destinations[1]);
    await get('/destinations/none/balance', 404);
  });

  test('tell of rates, latencies and failures', async () => {
    expect(await get(`/destinations/${bad.destinationId}/figures?by=hour`)).toMatchObject({
      ...{ delivered: 0, dead: 20, retried: 0, successRate: 0 },
      failures: [{ reason: 'http_422', attempts: 20, error: 'The tool answered 422: {"said":"no"}' }],
      queue: { pending: 0, oldestReceivedAt: null, breaker: 'closed', fault: null },
    });
    const { buckets, successRate } = await get<{
      buckets: Array<Record<string, number>>;
      successRate: number;
    }>(`/destinations/${good.destinationId}/figures`);
    expect(successRate).toBe(1);
    expect(buckets.every(({ p50Ms = -1, p95Ms = -1 }) => p50Ms >= 0 && p95Ms >= p50Ms)).toBe(true);
    await get(`/destinations/${good.destinationId}/figures?from=2020-01-01&to=2026-01-01`, 400);
  });
});

describe('dead letters', () => {
  test('can be downloaded as JSON lines', async () => {
    const answer = await app.inject({ url: `/api/v1/destinations/${bad.destinationId}/dead-letters` });
    expect(answer.headers['content-type']).toContain('application/x-ndjson');
    const lines = answer.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Shown & { payload: unknown });
    expect(lines.map(({ messageId }) => messageId)).toEqual(Array.from({ length: 20 }, (_, n) => `bad ${n}`));
    expect(lines[0]).toMatchObject({
      status: 'dead',
      reason: 'http_422',
      payload: { body: { name: 'bad 0' } },
    });
  });

  test('are asked for again one by one, or all that match', async () => {
    const retry = async (payload: object, status = 200) => {
      const answer = await app.inject({ method: 'POST', url: '/api/v1/deliveries/retry', payload });
      expect(answer.statusCode, answer.body).toBe(status);
      return answer.json() as { retried: number };
    };
    await retry({ key: uuidOf('good 1') }, 404);
    expect(await retry({ destination: bad.destinationId, reason: 'http_500' })).toEqual({ retried: 0 });
    isMended = true;
    expect(await retry({ key: uuidOf('bad 0') })).toEqual({ retried: 1 });
    expect(await settled(pool, bad.destination)).toEqual({ matched: 20, delivered: 1, dead: 19 });
    expect(await retry({ destination: bad.destinationId, reason: 'http_422' })).toEqual({ retried: 19 });
    expect(await settled(pool, bad.destination)).toEqual({ matched: 20, delivered: 20 });
    await soon();
    expect(await get(`/deliveries/${uuidOf('bad 5')}`)).toMatchObject({
      ...{ status: 'delivered', attempts: 2 },
      attemptsMade: [{ outcome: 'dead' }, { outcome: 'delivered' }],
    });
  });
});
