/** `@segment/analytics-node`, unmodified, pointed here as its documentation says. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Analytics } from '@segment/analytics-node';
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
  const analytics = new Analytics({ writeKey: client.source.writeKey, host: server.url, ...options });
  const errors: unknown[] = [];
  analytics.on('error', (error) => errors.push(error));
  return { client, analytics, errors };
}

it('brings every call to its person, properties intact', async () => {
  const { client, analytics, errors } = await newClient('calls');
  const userId = client.somebody();
  const anonymousId = `${userId}-device`;
  const timestamp = new Date('2026-03-01T10:00:00.123Z');
  analytics.page({
    anonymousId,
    category: 'Shop',
    name: 'Home',
    properties: { url: 'https://shop.example/' },
  });
  analytics.identify({
    ...{ userId, anonymousId },
    traits: {
      email: `${userId}@Example.com`,
      name: 'Ann',
      age: 41,
      address: { city: 'Ulm' },
      tags: ['a', 'b'],
    },
    context: { consent: { categoryPreferences: { Advertising: false, Analytics: true } } },
  });
  analytics.track({ userId, event: 'Order Completed', properties: AN_ORDER, timestamp });
  analytics.screen({ userId, name: 'Basket', properties: { items: 2 } });
  analytics.group({ userId, groupId: 'acme', traits: { plan: 'pro' } });
  analytics.alias({ userId, previousId: `${userId}-former` });
  await analytics.closeAndFlush();
  expect(errors).toEqual([]);

  const events = await client.eventsOf(userId);
  const types = events.map(({ type, name }) => `${type} ${name}`.trim()).sort();
  expect(types).toEqual([
    'alias',
    'group',
    'identify',
    'page Home',
    'screen Basket',
    'track Order Completed',
  ]);
  const order = events.find(({ name }) => name === 'Order Completed');
  expect(order?.properties).toEqual(AN_ORDER);
  expect(order?.timestamp.slice(0, 16)).toBe('2026-03-01T10:00');
  expect(order?.context).toMatchObject({ library: { name: '@segment/analytics-node' } });
  expect(events.find(({ type }) => type === 'group')).toMatchObject({
    groupId: 'acme',
    traits: { plan: 'pro' },
  });
  expect(events.find(({ type }) => type === 'alias')?.previousId).toBe(`${userId}-former`);

  const profile = await server.admin<Record<string, unknown>>(`/profiles/user_id:${userId}`);
  expect(profile).toMatchObject({
    traits: { name: 'Ann', age: 41, address: { city: 'Ulm' }, tags: ['a', 'b'] },
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
    `email:${userId}@example.com`.toLowerCase(),
    `user_id:${userId}`,
  ]);
  expect(await server.settled()).toMatchObject({ received: 6, processed: 6, duplicate: 0, rejected: {} });
});

it('ends exactly once when the server is killed and comes back while it sends', async () => {
  const { client, analytics, errors } = await newClient('killed', { flushAt: 10, flushInterval: 100 });
  const before = await server.settled();
  const userId = client.somebody();
  const failed: unknown[] = [];
  for (let n = 0; n < 200; n += 1) {
    analytics.track({ userId, event: 'Counted', properties: { n } }, (error) => {
      if (error !== undefined) failed.push(error);
    });
    await sleep(2);
    if (n === 60) {
      await server.kill();
      void server.launch();
    }
  }
  await server.ready();
  await analytics.closeAndFlush({ timeout: 45_000 });
  expect([errors, failed]).toEqual([[], []]);
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
  const analytics = new Analytics({ writeKey: 'wrong', host: server.url });
  const before = await server.settled();
  const told = new Promise<{ reason?: unknown }>((resolve) => {
    analytics.on('error', resolve);
  });
  analytics.track({ userId: 'u', event: 'Never' });
  await analytics.closeAndFlush();
  expect(String((await told).reason)).toContain('401');
  expect((await server.settled()).received).toBe(before.received);
});
