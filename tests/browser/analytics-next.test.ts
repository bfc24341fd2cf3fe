/** `@segment/analytics-next`, unmodified, in a real browser page of another origin. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../harness/browser.js';
import type { TestSource } from '../harness/running-server.js';
import { balances, RunningServer } from '../harness/running-server.js';
import type { StoredEvent } from '../harness/wire-client.js';
import { WireClient } from '../harness/wire-client.js';
import type { LoadOptions, PageServer } from './page-server.js';
import { startPageServer } from './page-server.js';

/** The client's own object, as far as the tests call it. */
interface Analytics {
  track(event: string, properties?: object): Promise<unknown>;
  page(category: string, name: string, properties?: object): Promise<unknown>;
  identify(userId: string, traits?: object): Promise<unknown>;
  group(groupId: string, traits?: object): Promise<unknown>;
  alias(to: string): Promise<unknown>;
  reset(): void;
  ready(): Promise<unknown>;
  user(): { anonymousId(): string; id(): string | null };
}
declare const analytics: Analytics;
declare const window: { addEventListener(type: string, listener: () => void): void };

const ORDER = {
  order_id: '50314b8e',
  total: 30,
  currency: 'EUR',
  products: [
    { product_id: 'p1', price: 19.5, quantity: 1, sizes: ['S', 'M'], gift: false },
    { product_id: 'p2', price: 3.5, quantity: 3, note: 'für Änne' },
  ],
};

let server: RunningServer;
let browser: Browser;
let site: PageServer;
const troubles: string[] = [];

beforeAll(async () => {
  [server, browser, site] = await Promise.all([RunningServer.start(), launchBrowser(), startPageServer()]);
}, 120_000);
afterAll(async () => {
  await Promise.allSettled([browser?.close(), site?.close()]);
  await server?.remove();
});
afterEach(async () => {
  expect(troubles.splice(0)).toEqual([]);
  expect(balances(await server.settled())).toBe(true);
});

async function newClient(name: string): Promise<WireClient> {
  return new WireClient(server, await server.source(name, 'web'));
}

/** Opens the shop in a visitor's browser; whatever goes wrong there is noted. */
async function visit(
  source: TestSource,
  options: Readonly<Record<string, unknown>>,
  more: Partial<LoadOptions> & { path?: string; page?: Page } = {},
): Promise<Page> {
  const page = more.page ?? (await (await browser.newContext()).newPage());
  if (more.page === undefined) {
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text());
    });
    page.on('pageerror', (error) => troubles.push(String(error)));
    page.on('requestfailed', (request) => troubles.push(`${request.url()} ${request.failure()?.errorText}`));
    page.on('response', (answer) => {
      if (answer.status() >= 400) troubles.push(`${answer.status()} ${answer.url()}`);
    });
  }
  const load = { writeKey: source.writeKey, cdnURL: server.url, options, ...more };
  await page.goto(`${site.origin}${more.path ?? '/?'}&load=${encodeURIComponent(JSON.stringify(load))}`);
  await page.waitForFunction('analytics.initialized');
  return page;
}

/** The requests that the page makes of the server from now on, as method and path. */
function requestsOf(page: Page): string[] {
  const seen: string[] = [];
  page.on('request', (request) => {
    if (request.url().startsWith(server.url))
      seen.push(`${request.method()} ${new URL(request.url()).pathname}`);
  });
  return seen;
}

async function arrived(client: WireClient, count: number): Promise<StoredEvent[]> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    await server.settled();
    const { data } = await server.admin<{ data: StoredEvent[] }>(
      `/events?limit=100&sourceId=${client.source.id}`,
    );
    if (data.length >= count || Date.now() > deadline) return data.reverse();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const DELIVERIES = {
  single: {},
  batching: { deliveryStrategy: { strategy: 'batching', config: { size: 4, timeout: 300 } } },
};

describe.each(Object.entries(DELIVERIES))('%s delivery', (delivery, settings) => {
  it('brings every call, with its person, its page and its browser', async () => {
    const client = await newClient(delivery);
    const userId = client.somebody();
    const email = `${userId}@example.com`;
    const page = await visit(
      client.source,
      { integrations: { 'Segment.io': settings } },
      { path: '/checkout?utm_source=letter&utm_medium=email&utm_campaign=spring' },
    );
    const requests = requestsOf(page);
    const anonymousId = await page.evaluate(() => analytics.user().anonymousId());
    await page.evaluate(
      async ([id, order, mail]) => {
        await analytics.page('Shop', 'Checkout', { step: 1 });
        await analytics.track('Product Viewed', { product_id: 'p1', price: 19.5 });
        await analytics.identify(id, { email: mail, firstName: 'Änne', address: { city: 'Ulm' } });
        await analytics.track('Order Completed', order);
        await analytics.group('acme', { plan: 'pro', seats: 5 });
      },
      [userId, ORDER, email] as const,
    );
    const events = await arrived(client, 5);
    expect(events.map(({ type, name }) => `${type} ${name}`.trim()).sort()).toEqual(
      ['group', 'identify', 'page Checkout', 'track Order Completed', 'track Product Viewed'].sort(),
    );
    const paths = new Set(requests.filter((request) => request.startsWith('POST')));
    const single = ['POST /v1/g', 'POST /v1/i', 'POST /v1/p', 'POST /v1/t'];
    expect([...paths].sort()).toEqual(delivery === 'single' ? single : ['POST /v1/b']);

    const order = events.find(({ name }) => name === 'Order Completed');
    expect(order).toMatchObject({ userId, anonymousId, properties: ORDER });
    expect(order?.context).toMatchObject({
      ip: '127.0.0.1',
      library: { name: 'analytics.js' },
      page: { path: '/checkout', title: 'Shop' },
      campaign: { source: 'letter', medium: 'email', name: 'spring' },
    });
    expect(order?.enrichment).toMatchObject({
      // A headless browser says in its user agent that it is one.
      bot: true,
      os: 'Linux',
      deviceType: 'desktop',
      campaign: { source: 'letter', medium: 'email', name: 'spring' },
    });
    expect(order?.enrichment.browser).toMatch(/Chrom/);
    expect(order?.enrichment.browserVersion).toMatch(/^147\./);
    expect(events.find(({ type }) => type === 'page')?.properties).toMatchObject({
      category: 'Shop',
      step: 1,
    });
    expect(events.find(({ type }) => type === 'group')).toMatchObject({
      groupId: 'acme',
      traits: { plan: 'pro', seats: 5 },
    });

    const profile = await server.admin<Record<string, unknown>>(`/profiles/email:${email}`);
    expect(profile).toMatchObject({
      traits: { email, firstName: 'Änne', address: { city: 'Ulm' } },
      eventCounts: {
        total: 5,
        byName: { 'Order Completed': 1, 'Product Viewed': 1, page: 1, group: 1, identify: 1 },
      },
    });
    const identifiers = profile.identifiers as Array<{ kind: string; value: string }>;
    expect(identifiers.map(({ kind, value }) => `${kind}:${value}`).sort()).toEqual(
      [`anonymous_id:${anonymousId}`, `email:${email}`, `user_id:${userId}`].sort(),
    );
    await page.context().close();
  });

  it('starts a new person after a reset, and joins two by an alias', async () => {
    const client = await newClient(`${delivery} alias`);
    const [first, second] = [client.somebody(), client.somebody()];
    const page = await visit(client.source, { integrations: { 'Segment.io': settings } });
    const ids = await page.evaluate(
      async ([one, two]) => {
        await analytics.identify(one);
        await analytics.track('Before');
        const before = analytics.user().anonymousId();
        analytics.reset();
        await analytics.track('After');
        const after = analytics.user().anonymousId();
        await analytics.alias(two);
        return { before, after };
      },
      [first, second] as const,
    );
    expect(ids.before).not.toBe(ids.after);
    const events = await arrived(client, 4);
    expect(events).toHaveLength(4);
    expect(events.find(({ type }) => type === 'alias')).toMatchObject({
      userId: second,
      previousId: ids.after,
    });
    expect((await client.eventsOf(first)).map(({ name }) => name).sort()).toEqual(['', 'Before']);
    expect((await client.eventsOf(second)).map(({ name }) => name).sort()).toEqual(['', 'After']);
    await page.context().close();
  });

  it('keeps what is not sent yet when the page is left', async () => {
    const client = await newClient(`${delivery} leaving`);
    const strategy = { strategy: 'batching', config: { size: 100, timeout: 60_000 } };
    const deliveryStrategy = delivery === 'batching' ? strategy : { config: { keepalive: true } };
    const options = { integrations: { 'Segment.io': { deliveryStrategy } } };
    const page = await visit(client.source, options);
    await page.evaluate(async () => {
      await analytics.track('Stays');
      // One at a time, this is on its way when the page goes; in batches, it is one more of those that wait.
      window.addEventListener('beforeunload', () => void analytics.track('Leaves'));
    });
    await visit(client.source, options, { page, path: '/checkout?' });
    const events = await arrived(client, 2);
    expect(events.map(({ name }) => name).sort()).toEqual(['Leaves', 'Stays']);
    await page.context().close();
    // A request that outlives its page has nobody to tell of its end.
    const others = troubles.splice(0).filter((trouble) => !trouble.includes('ERR_ABORTED'));
    expect(others).toEqual([]);
  });
});

it('takes the metrics of the client, sent without a preflight', async () => {
  const client = await newClient('metrics');
  const apiHost = { apiHost: `127.0.0.1:${server.port}/v1`, protocol: 'http' };
  const page = await visit(
    client.source,
    { integrations: { 'Segment.io': apiHost } },
    { metricsSampleRate: 1 },
  );
  const answered = page.waitForResponse((answer) => answer.url().endsWith('/v1/m'));
  await page.evaluate(() => analytics.track('Seen'));
  const answer = await answered;
  expect(answer.status()).toBe(200);
  expect(answer.request().headers()['content-type']).toBe('text/plain');
  await arrived(client, 1);
  const metrics = await fetch(`${server.url}/metrics`).then((found) => found.text());
  expect(Number(/^\S*client_metrics_total(?:\{[^}]*\})? (\d+)/m.exec(metrics)?.[1])).toBeGreaterThan(0);
  await page.context().close();
});

it('delivers after the server was away, exactly once', async () => {
  const client = await newClient('away');
  const page = await visit(client.source, {});
  expect(await server.stop()).toBe(0);
  await page.evaluate(async () => {
    for (let n = 0; n < 5; n += 1) await analytics.track('Offline', { n });
  });
  expect(troubles.splice(0).length).toBeGreaterThan(0);
  await server.launch();
  await server.ready();
  const events = await arrived(client, 5);
  expect(events.map(({ properties }) => properties.n).sort()).toEqual([0, 1, 2, 3, 4]);
  await page.waitForTimeout(500);
  expect((await arrived(client, 5)).length).toBe(5);
  troubles.splice(0);
  await page.context().close();
});
