/** A destination of the library in the real server: listed, set up, dry-run, and sending from its own thread. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RunningServer } from '../../harness/running-server.js';
import { ORDER } from './library-cases.js';

interface Listed {
  readonly kind: string;
  readonly hasAudience: boolean;
}
interface DryRun {
  readonly data: ReadonlyArray<{
    readonly exchanges: ReadonlyArray<{
      readonly request: {
        readonly url: string;
        readonly body: string;
        readonly headers: Record<string, string>;
      };
    }>;
  }>;
}

const WAIT_MS_MAX = 30_000;
const seen: Array<{ readonly body: string; readonly headers: IncomingHttpHeaders }> = [];
let tool: Server;
let url: string;
let server: RunningServer;
beforeAll(async () => {
  tool = createServer((request, response) => {
    let body = '';
    request.on('data', (text: Buffer) => {
      body += text.toString();
    });
    request.on('end', () => {
      seen.push({ body, headers: request.headers });
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => tool.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(tool.address() as AddressInfo).port}/in`;
  server = await RunningServer.start({ TRIBUTARY_DESTINATION_NETWORKS: '127.0.0.1' });
});
afterAll(async () => {
  await server?.remove();
  tool?.closeAllConnections();
  tool?.close();
});

const post = <Answer>(path: string, body: object) => server.admin<Answer>(path, body, 'POST');
const open = { purposes: [], consentNotRequired: 'Made up for a test' };

async function track(event: object): Promise<void> {
  const { writeKey } = await server.source('web');
  const response = await fetch(`${server.url}/v1/batch`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ batch: [event] }),
  });
  expect(response.status).toBe(200);
}

test('all are listed, and one is described with what a form needs', async () => {
  const { data } = await server.admin<{ data: readonly Listed[] }>('/destination-kinds');
  const ofLibrary = data.filter(({ kind }) => kind.startsWith('library/'));
  expect(ofLibrary).toHaveLength(214);
  expect(ofLibrary.filter(({ hasAudience }) => hasAudience)).toHaveLength(27);
  const braze = await server.admin<object>('/destination-kinds/library%2Fbraze');
  expect(braze).toMatchObject({
    kind: 'library/braze',
    channel: 'push',
    settings: { api_key: { secret: true, required: true } },
    actions: { trackEvent2: { batch: { itemsMax: 75 } } },
  });
});

test('an event arrives as the library signs it, and its record shows no secret', async () => {
  const settings = { sharedSecret: 'shared-s3cret' };
  const destination = await post<{ id: string }>('/destinations', {
    name: 'Hook',
    kind: 'library/webhook',
    settings,
    ...open,
  });
  await post('/connections', {
    ...{ name: 'Orders', destinationId: destination.id },
    definition: {
      action: 'send',
      events: '"Order Completed"',
      mapping: {
        url,
        method: 'POST',
        headers: { 'x-token': 'shared-s3cret' },
        data: { '@path': '$.properties' },
      },
    },
  });
  await track(ORDER);
  for (const until = Date.now() + WAIT_MS_MAX; seen.length === 0 && Date.now() < until; ) await sleep(50);
  const [request, ...others] = seen;
  expect(others).toEqual([]);
  expect(JSON.parse(request?.body ?? '')).toEqual(ORDER.properties);
  expect(request?.headers['x-signature']).toBe(
    createHmac('sha1', 'shared-s3cret')
      .update(request?.body ?? '')
      .digest('hex'),
  );
  const delivered = () =>
    server.admin<{ data: ReadonlyArray<{ key: string }> }>(
      `/deliveries?destination=${destination.id}&status=delivered`,
    );
  await expect.poll(async () => (await delivered()).data.length, { timeout: WAIT_MS_MAX }).toBe(1);
  const { data } = await delivered();
  const record = JSON.stringify(await server.admin(`/deliveries/${data[0]?.key}`));
  expect(record).toContain('x-signature');
  expect(record).not.toContain('shared-s3cret');
});

test('a dry run shows the request to the tool, which nothing is sent to', async () => {
  const settings = { pixelId: 'pixel-1', env_actions_fb_capi_system_user_token: 'system-t0ken' };
  const { id } = await post<{ id: string }>('/destinations', {
    name: 'Ads',
    kind: 'library/facebook-conversions-api',
    settings,
    ...open,
  });
  const { data } = await post<DryRun>('/connections/dry-run', {
    destinationId: id,
    definition: {
      action: 'purchase2',
      events: '"Order Completed"',
      mapping: { action_source: 'website', __segment_internal_sync_mode: 'add' },
    },
  });
  const [request, ...others] = data.flatMap(({ exchanges }) => exchanges.map((exchange) => exchange.request));
  expect(others).toEqual([]);
  expect(request?.url).toMatch(/^https:\/\/graph\.facebook\.com\/v[\d.]+\/pixel-1\/events$/);
  expect(JSON.parse(request?.body ?? '')).toMatchObject({
    data: [{ event_name: 'Purchase', custom_data: { currency: 'EUR' } }],
  });
  expect(request?.headers.authorization).toBe('***');
  expect(JSON.stringify(data)).not.toContain('system-t0ken');
});
