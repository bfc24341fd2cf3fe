/** `@rudderstack/rudder-sdk-node`, unmodified, pointed here as its documentation says. */
import { setTimeout as sleep } from 'node:timers/promises';
import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { balances, RunningServer } from '../harness/running-server.js';
import { WireClient } from '../harness/wire-client.js';
import { AN_ORDER } from './an-order.js';

let server: RunningServer;
beforeAll(async () => {
  server = await RunningServer.start();
});
afterAll(() => server?.remove());

async function newClient(name: string, options: object = {}) {
  const client = new WireClient(server, await server.source(name));
  const errors: unknown[] = [];
  const analytics = new RudderAnalytics(client.source.writeKey, {
    ...{ dataPlaneUrl: server.url, logLevel: 'silent' },
    errorHandler: (error: unknown) => errors.push(error),
    ...options,
  });
  return { client, analytics, errors };
}

/** The client sends at most `flushAt` events at once, and never two requests at a time. */
async function flushAll(analytics: RudderAnalytics): Promise<void> {
  const queue = () => (analytics as unknown as { queue: unknown[] }).queue.length;
  while (queue() > 0) await analytics.flush();
  await analytics.flush();
}

it.each([
  ['gzip', {}],
  ['plain', { gzip: false }],
])('brings every call to its person, properties intact (%s)', async (name, options) => {
  const { client, analytics, errors } = await newClient(name, options);
  const before = await server.settled();
  const userId = client.somebody();
  const anonymousId = `${userId}-device`;
  const timestamp = new Date('2026-03-01T10:00:00.123Z');
  analytics.page({ anonymousId, name: 'Home', properties: { url: 'https://shop.example/' } });
  analytics.identify({
    ...{ userId, anonymousId },
    traits: { email: `${userId}@example.com`, age: 41, address: { city: 'Ulm' }, tags: ['a', 'b'] },
    context: { consent: { categoryPreferences: { Advertising: false, Analytics: true } } },
  });
  analytics.track({ userId, event: 'Order Completed', properties: AN_ORDER, timestamp });
  analytics.screen({ userId, name: 'Basket', properties: { items: 2 } });
  analytics.group({ userId, groupId: 'acme', traits: { plan: 'pro' } });
  analytics.alias({ userId, previousId: `${userId}-former` });
  await flushAll(analytics);
  expect(errors).toEqual([]);

  const events = await client.eventsOf(userId);
  const types = events.map(({ type, name: called }) => `${type} ${called}`.trim()).sort();
  expect(types).toEqual([
    'alias',
    'group',
    'identify',
    'page Home',
    'screen Basket',
    'track Order Completed',
  ]);
  const order = events.find(({ name: called }) => called === 'Order Completed');
  expect(order?.properties).toEqual(AN_ORDER);
  expect(order?.timestamp.slice(0, 16)).toBe('2026-03-01T10:00');
  expect(events.find(({ type }) => type === 'group')).toMatchObject({
    groupId: 'acme',
    traits: { plan: 'pro' },
  });

  const profile = await server.admin<Record<string, unknown>>(`/profiles/user_id:${userId}`);
  expect(profile).toMatchObject({
    traits: { email: `${userId}@example.com`, age: 41, address: { city: 'Ulm' }, tags: ['a', 'b'] },
    consent: { Advertising: false, Analytics: true },
    eventCounts: {
      total: 6,
      byName: { 'Order Completed': 1, page: 1, screen: 1, group: 1, identify: 1, alias: 1 },
    },
  });
  const identifiers = profile.identifiers as Array<{ kind: string; value: string }>;
  expect(identifiers.map(({ kind, value }) => `${kind}:${value}`).sort()).toEqual([
    `anonymous_id:${anonymousId}`,
    `anonymous_id:${userId}-former`,
    `email:${userId}@example.com`,
    `user_id:${userId}`,
  ]);
  const after = await server.settled();
  expect([after.received - before.received, after.processed - before.processed]).toEqual([6, 6]);
});

it('ends exactly once when the server is killed and comes back while it sends', async () => {
  const { client, analytics, errors } = await newClient('killed', {
    flushAt: 20,
    flushInterval: 50,
    retryCount: 9,
  });
  const before = await server.settled();
  const userId = client.somebody();
  for (let n = 0; n < 200; n += 1) {
    analytics.track({ userId, event: 'Counted', properties: { n } });
    await sleep(2);
    if (n === 60) {
      await server.kill();
      void server.launch();
    }
  }
  await server.ready();
  await flushAll(analytics);
  expect(errors).toEqual([]);
  const numbers = (await client.eventsOf(userId)).map(({ properties }) => Number(properties.n));
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n));
  const after = await server.settled();
  // What was on disk but not acknowledged came again, and counts as a duplicate.
  expect(after.processed - before.processed).toBe(200);
  expect(balances(after)).toBe(true);
  const { eventCounts } = await server.admin<{ eventCounts: { total: number } }>(
    `/profiles/user_id:${userId}`,
  );
  expect(eventCounts.total).toBe(200);
});

it('is told when its write key is wrong', async () => {
  const before = await server.settled();
  const errors: Array<{ response?: { status: number } }> = [];
  const analytics = new RudderAnalytics('wrong', {
    ...{ dataPlaneUrl: server.url, logLevel: 'silent' },
    errorHandler: (error?: { response?: { status: number } }) => errors.push(error ?? {}),
  });
  analytics.track({ userId: 'u', event: 'Never' });
  await flushAll(analytics);
  expect(errors.map(({ response }) => response?.status)).toEqual([401]);
  expect((await server.settled()).received).toBe(before.received);
});
