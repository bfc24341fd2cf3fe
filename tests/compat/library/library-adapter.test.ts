/** What the adapter adds to the library: results item by item, tokens, state, audiences, choices, and doors that cannot be gone around. */

import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type {
  DestinationAction,
  DestinationKind,
  SendContext,
} from '../../../src/activate/destinations/destination.js';
import { readAddressRules } from '../../../src/activate/http/address-rules.js';
import { DestinationHttp } from '../../../src/activate/http/destination-http.js';
import { asLibraryCall } from '../../../src/activate/library/library-call.js';
import { OAUTH_SETTINGS } from '../../../src/activate/library/library-fields.js';
import { libraryKind } from '../../../src/activate/library/library-kind.js';
import { defaultMapping } from '../../../src/activate/library/library-presets.js';
import { libraryDefinition } from '../../../src/activate/library/load-library.js';
import { testContext } from '../../../src/activate/test-kit.js';
import type { JsonObject } from '../../../src/core/json.js';
import { IDENTIFY, membership, ORDER } from './library-cases.js';
import { contextAt, delivery, evaluated, startTool, type Tool, type ToolRequest } from './library-world.js';

let tool: Tool;
beforeAll(async () => {
  tool = await startTool();
});
afterAll(() => tool.close());
beforeEach(() => {
  tool.answer = () => undefined;
  tool.take();
});

const closing: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function at(settings: JsonObject, options: { options?: JsonObject; dryRun?: boolean } = {}) {
  const made = contextAt(tool, { settings, ...options });
  closing.push(made.close);
  return made;
}

function kindOf(slug: string): DestinationKind {
  const kind = libraryKind(slug);
  if (kind === undefined) throw new Error(`There is no ${slug}`);
  return kind;
}

function actionOf(slug: string, action: string): DestinationAction {
  const found = kindOf(slug).actions[action];
  if (found === undefined) throw new Error(`${slug} has no ${action}`);
  return found;
}

/** A delivery of what the defaults make of an event, and of what is said beside them. */
function of(slug: string, action: string, event: JsonObject, mapping: JsonObject = {}, index = 0) {
  const definition = libraryDefinition(slug).actions[action];
  if (definition === undefined) throw new Error(`${slug} has no ${action}`);
  const payload = evaluated({ ...defaultMapping(definition), ...mapping }, event);
  return delivery(payload, event, actionOf(slug, action), index);
}

function paths(requests: readonly ToolRequest[]): string[] {
  return requests.map(({ method, url }) => `${method} ${new URL(url).pathname}`);
}

describe('results', () => {
  const settings = { api_key: 'key', app_id: 'app', endpoint: 'https://rest.iad-01.braze.com' };
  const order = (index: number, mapping: JsonObject = {}) =>
    of(
      'braze',
      'trackEvent2',
      { ...ORDER, userId: `user-${index}` },
      { __segment_internal_sync_mode: 'add', ...mapping },
      index,
    );

  test('of a batch are those of its items: what is invalid holds up no others', async () => {
    const results = await actionOf('braze', 'trackEvent2').send(
      [order(0), order(1, { time: 'no time' }), order(2)],
      at(settings).context,
    );
    expect(results.map(({ status }) => status)).toEqual(['delivered', 'failed', 'delivered']);
    expect(results[1]).toMatchObject({ code: 'payload_invalid', retry: false });
    const [request, ...others] = tool.take();
    expect(others).toEqual([]);
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      events: [{ external_id: 'user-0' }, { external_id: 'user-2' }],
    });
  });

  test('of a tool that has enough say when to come again', async () => {
    tool.answer = () => ({ status: 429, headers: { 'retry-after': '30' } });
    const single = actionOf('twilio', 'sendSMS');
    const sms = of('twilio', 'sendSMS', ORDER, { To: '+4915112345678', Body: 'Hi' });
    const twilio = { accountId: 'AC1', token: 'token', phoneNumber: '+15005550006' };
    expect(await single.send([sms], at(twilio).context)).toEqual([
      { status: 'failed', code: 'http_429', message: 'Too Many Requests', retry: true, retryAfterMs: 30_000 },
    ]);
    const batch = await actionOf('braze', 'trackEvent2').send([order(0), order(1)], at(settings).context);
    expect(batch).toEqual([
      expect.objectContaining({ status: 'failed', code: 'http_429', retry: true }),
      expect.objectContaining({ status: 'failed', code: 'http_429', retry: true }),
    ]);
  });

  test('of items that must not share a batch come in the order of the items', async () => {
    const to = (url: string, index: number) =>
      of('klaviyo', 'addProfileToList', IDENTIFY, { list_id: url, enable_batching: true }, index);
    const items = [to('A', 0), to('B', 1), to('A', 2)];
    tool.answer = ({ body }) => (body.includes('"id":"B"') ? { status: 400 } : undefined);
    const results = await actionOf('klaviyo', 'addProfileToList').send(items, at({ api_key: 'key' }).context);
    expect(results.map(({ status }) => status)).toEqual(['delivered', 'failed', 'delivered']);
    expect(tool.take()).toHaveLength(2);
  });

  test('of what has nothing to send are no deliveries', async () => {
    const item = of('mixpanel', 'incrementProperties', ORDER, { increment: {} });
    const mixpanel = { projectToken: 'token', apiSecret: 'secret' };
    expect(await actionOf('mixpanel', 'incrementProperties').send([item], at(mixpanel).context)).toEqual([
      { status: 'skipped', message: expect.any(String) },
    ]);
  });

  test('show no secret, and name settings that are wrong', async () => {
    tool.answer = () => ({ status: 400, body: { message: 'The key s3cr3t-key is wrong' } });
    const item = order(0, { enable_batching: false });
    const [failed] = await actionOf('braze', 'trackEvent2').send(
      [item],
      at({ ...settings, api_key: 's3cr3t-key' }).context,
    );
    expect(failed).toMatchObject({ status: 'failed', code: 'http_400' });
    expect(JSON.stringify(failed)).not.toContain('s3cr3t');
    expect(await actionOf('braze', 'trackEvent2').send([item], at({}).context)).toEqual([
      expect.objectContaining({
        code: 'settings_invalid',
        message: expect.stringContaining('api_key'),
        retry: true,
      }),
    ]);
  });
});

describe('OAuth', () => {
  const settings = {
    [OAUTH_SETTINGS.accessToken]: 'old-access',
    [OAUTH_SETTINGS.refreshToken]: 'refresh',
    [OAUTH_SETTINGS.clientId]: 'client',
    [OAUTH_SETTINGS.clientSecret]: 'client-secret',
  };
  const contact = () => of('hubspot', 'upsertContact', IDENTIFY, { enable_batching: false });
  const send = (context: SendContext, items = [contact()]) =>
    actionOf('hubspot', 'upsertContact').send(items, context);

  beforeEach(() => {
    tool.answer = ({ url, headers }) => {
      if (url.endsWith('/token')) return { body: { access_token: 'new-access' } };
      return headers.authorization === 'Bearer new-access' ? { body: { id: '1' } } : { status: 401 };
    };
  });

  test('tokens are fetched anew when the tool refuses them, kept, and used from then on', async () => {
    const { context } = at(settings);
    expect(await send(context)).toEqual([{ status: 'delivered' }]);
    const requests = tool.take();
    expect(paths(requests)).toEqual(
      ['PATCH', 'POST', 'PATCH'].map((method) => expect.stringContaining(method)),
    );
    expect(requests[1]?.url).toBe(
      'https://api.hubapi.com/oauth/2026-03/token'.replace(
        '2026-03',
        new URL(requests[1]?.url ?? '').pathname.split('/')[2] ?? '',
      ),
    );
    expect(requests[1]?.body).toBe(
      'refresh_token=refresh&client_id=client&client_secret=client-secret&grant_type=refresh_token',
    );
    expect(await send(context)).toEqual([{ status: 'delivered' }]);
    expect(tool.take()).toHaveLength(1);
  });

  test('calls that are refused together fetch them once', async () => {
    const { context } = at(settings);
    const results = await Promise.all([send(context), send(context), send(context)]);
    expect(results.flat().every(({ status }) => status === 'delivered')).toBe(true);
    expect(tool.take().filter(({ url }) => url.endsWith('/token'))).toHaveLength(1);
  });

  test('where there are none to be had, it is told and tried again', async () => {
    tool.answer = () => ({ status: 401 });
    expect(await send(at(settings).context)).toEqual([
      expect.objectContaining({ status: 'failed', code: 'authentication_failed', retry: true }),
    ]);
    tool.take();
    tool.answer = ({ url }) => (url.endsWith('/token') ? { body: {} } : { status: 401 });
    expect(await send(at(settings).context)).toEqual([
      expect.objectContaining({ status: 'failed', code: 'authentication_failed', retry: true }),
    ]);
  });

  test('a dry run fetches and keeps none', async () => {
    const { context, exchanges } = at({ [OAUTH_SETTINGS.refreshToken]: 'refresh' }, { dryRun: true });
    await send(context);
    expect(exchanges().map(({ request }) => new URL(request.url).pathname)).not.toContain(
      expect.stringContaining('token'),
    );
    expect(await context.state.get('oauth_tokens')).toBeUndefined();
    expect(tool.take()).toEqual([]);
  });
});

describe('state', () => {
  test('is remembered for the next call: a cohort is made once', async () => {
    const settings = {
      client_secret: 'secret',
      endpoint: 'https://rest.iad-01.braze.com',
      env_braze_cohorts_partner_api_key_us: 'partner',
    };
    const item = () =>
      of('braze-cohorts', 'syncAudiences', membership(true), {
        personas_audience_key: 'good_customers',
        cohort_name: 'good_customers',
        cohort_id: 'c1',
      });
    const { context } = at(settings);
    const action = actionOf('braze-cohorts', 'syncAudiences');
    await action.send([item()], { ...context, dryRun: true });
    tool.take();
    expect(await action.send([item()], context)).toEqual([{ status: 'delivered' }]);
    expect(await action.send([item()], context)).toEqual([{ status: 'delivered' }]);
    const requests = tool.take();
    expect(requests.filter(({ url }) => url.endsWith('/cohorts'))).toHaveLength(1);
    expect(requests.filter(({ url }) => url.endsWith('/cohorts/users'))).toHaveLength(2);
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({ partner_api_key: 'partner' });
  });

  test('of a person is there for the next event about them: a company finds its contact', async () => {
    const { context } = at({ [OAUTH_SETTINGS.accessToken]: 'access' });
    tool.answer = ({ method, url }) =>
      method === 'PATCH' && url.includes('/contacts/')
        ? { body: { id: 'contact-7' } }
        : url.includes('/search')
          ? { body: { total: 0, results: [] } }
          : { body: { id: 'company-9' } };
    const contact = of('hubspot', 'upsertContact', IDENTIFY, { enable_batching: false });
    const company = of('hubspot', 'upsertCompany', {
      ...IDENTIFY,
      type: 'group',
      groupId: 'g1',
      traits: { name: 'ACME' },
    });
    const alone = await actionOf('hubspot', 'upsertCompany').send([company], context);
    expect(alone).toEqual([expect.objectContaining({ code: 'connector_refused' })]);
    expect(await actionOf('hubspot', 'upsertContact').send([contact], context)).toEqual([
      { status: 'delivered' },
    ]);
    tool.take();
    expect(await actionOf('hubspot', 'upsertCompany').send([company], context)).toEqual([
      { status: 'delivered' },
    ]);
    expect(tool.take().some(({ url }) => url.includes('contact-7'))).toBe(true);
  });
});

test('what a destination remembers of a dry run is not used when it is earnest', async () => {
  const settings = { authKey: 'key', authSecret: 'secret' };
  const action = actionOf('friendbuy', 'trackCustomer');
  const item = () => of('friendbuy', 'trackCustomer', IDENTIFY);
  await action.send([item()], at(settings, { dryRun: true }).context);
  tool.answer = ({ url }) =>
    url.endsWith('/authorization')
      ? { body: { tokenType: 'Bearer', token: 'real', expires: '2099-01-01T00:00:00Z' } }
      : undefined;
  expect(await action.send([item()], at(settings).context)).toEqual([{ status: 'delivered' }]);
  expect(tool.take().map(({ headers }) => headers.authorization)).toEqual([undefined, 'real']);
});

test('what it remembers of one account is not used for another', async () => {
  tool.answer = ({ url, body }) =>
    url.endsWith('/authorization')
      ? {
          body: {
            token: `token-of-${(JSON.parse(body) as { key: string }).key}`,
            expires: '2099-01-01T00:00:00Z',
          },
        }
      : undefined;
  const action = actionOf('friendbuy', 'trackCustomer');
  for (const authKey of ['a', 'b'])
    await action.send([of('friendbuy', 'trackCustomer', IDENTIFY)], at({ authKey, authSecret: 's' }).context);
  expect(tool.take().flatMap(({ headers }) => headers.authorization ?? [])).toEqual([
    'token-of-a',
    'token-of-b',
  ]);
});

test('what is read from the environment while code is loaded comes from the settings as well', async () => {
  const settings = { apiToken: 'token', env_actions_apolloio_header_secret: 'header-secret' };
  await actionOf('apolloio', 'track').send([of('apolloio', 'track', ORDER)], at(settings).context);
  expect(tool.take().map(({ headers }) => headers.secret)).toEqual(['header-secret']);
});

describe('audiences, choices and tests', () => {
  test('a list is made in the tool', async () => {
    const settings = {
      createAudienceUrl: 'https://hooks.example.com/audiences',
      getAudienceUrl: 'https://hooks.example.com/get',
    };
    tool.answer = () => ({ body: { externalId: 'list-7' } });
    const { context } = at(settings, { options: { audience_settings: { extras: '{"team":"shop"}' } } });
    const made = await kindOf('webhook-audiences').audience?.create?.(
      { key: 'good_customers', name: 'Good customers' },
      context,
    );
    expect(made).toEqual({ externalId: 'list-7' });
    expect(tool.take().map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { team: 'shop', audienceName: 'Good customers' },
    ]);
  });

  test('people enter and leave it', async () => {
    const settings = { retlAdAccountId: 'act_1', [OAUTH_SETTINGS.accessToken]: 'access' };
    const items = [true, false].map((entered, index) =>
      of(
        'facebook-custom-audiences',
        'sync',
        membership(entered),
        { __segment_internal_sync_mode: 'upsert' },
        index,
      ),
    );
    const results = await actionOf('facebook-custom-audiences', 'sync').send(items, at(settings).context);
    expect(results).toEqual([{ status: 'delivered' }, { status: 'delivered' }]);
    expect(paths(tool.take()).sort()).toEqual([
      expect.stringMatching(/^DELETE \/v[\d.]+\/1234567890\/users$/),
      expect.stringMatching(/^POST \/v[\d.]+\/1234567890\/users$/),
    ]);
  });

  test('the tool is asked for what a field may hold', async () => {
    tool.answer = () => ({ body: { data: [{ id: 'L1', attributes: { name: 'News' } }] } });
    const { choices } = actionOf('klaviyo', 'removeProfile');
    expect(await choices?.('list_id', {}, at({ api_key: 'key' }).context)).toEqual([
      { value: 'L1', label: 'News' },
    ]);
    expect(await choices?.('email', {}, at({ api_key: 'key' }).context)).toEqual([]);
    tool.answer = () => ({ status: 403 });
    await expect(choices?.('list_id', {}, at({ api_key: 'key' }).context)).rejects.toMatchObject({
      failure: { code: 'choices_unknown' },
    });
  });

  test('settings are tried by the library', async () => {
    const { test: tried } = kindOf('sendgrid');
    await tried?.(at({ sendGridApiKey: 'good' }).context);
    expect(paths(tool.take())).toEqual(['GET /v3/user/account']);
    tool.answer = () => ({ status: 401 });
    await expect(tried?.(at({ sendGridApiKey: 'bad' }).context)).rejects.toMatchObject({
      failure: { code: 'authentication_failed', message: expect.stringContaining('401') },
    });
  });
});

describe('doors', () => {
  const sftp = (port: number) => ({
    sftp_host: '127.0.0.1',
    sftp_port: port,
    sftp_username: 'me',
    sftp_password: 'p4ssword',
    auth_type: 'password',
  });
  const file = () =>
    of('sftp', 'syncEvents', ORDER, {
      sftp_folder_path: '/in',
      filename_prefix: 'x',
      columns: { a: 'b' },
      enable_batching: false,
    });

  /** Something on loopback that must not be reached, or may be. */
  async function listener() {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {}).end('nobody you know\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    return { port: (server.address() as AddressInfo).port, connections: () => sockets.length };
  }

  function ruled(settings: JsonObject, allowed: readonly string[]): SendContext {
    const http = new DestinationHttp({ rules: readAddressRules(allowed), secrets: [] });
    closing.push(() => http.close());
    const base = testContext({ settings });
    return { ...base, ...http.call({ signal: base.signal, dryRun: false }) };
  }

  test('sockets of SFTP obey the address rules', async () => {
    const { port, connections } = await listener();
    const action = actionOf('sftp', 'syncEvents');
    const [refused] = await action.send([file()], ruled(sftp(port), []));
    expect(refused).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('not on the public internet'),
    });
    expect(connections()).toBe(0);
    const [failed] = await action.send([file()], ruled(sftp(port), ['127.0.0.0/8']));
    expect(failed).toMatchObject({ status: 'failed' });
    expect(connections()).toBeGreaterThan(0);
  });

  test('sockets of Kafka and AWS ask for every host', async () => {
    const asked: string[] = [];
    const base = testContext();
    const context: SendContext = {
      ...base,
      resolve: async (host) => {
        asked.push(host);
        throw Object.assign(new Error('refused'), { code: 'ENOTFOUND' });
      },
    };
    const s3 = {
      s3_aws_bucket_name: 'b',
      s3_aws_region: 'eu-central-1',
      iam_role_arn: 'arn:aws:iam::1:role/x',
      iam_external_id: 'external-id',
      env_aws_access_key_id: 'key',
      env_aws_secret_access_key: 'secret',
    };
    const item = of('s3', 'syncToS3', ORDER, { columns: { a: 'b' }, enable_batching: false });
    const [result] = await actionOf('s3', 'syncToS3').send([item], { ...context, settings: s3 });
    expect(result?.status).toBe('failed');
    expect(new Set(asked)).toEqual(new Set(['sts.eu-central-1.amazonaws.com']));
  });

  test('a dry run of a tool without HTTP shows what would be sent, and opens nothing', async () => {
    const { port, connections } = await listener();
    const base = testContext({ settings: sftp(port), dryRun: true });
    expect(await actionOf('sftp', 'syncEvents').send([file()], base)).toEqual([{ status: 'delivered' }]);
    expect(base.exchanges).toMatchObject([{ request: { method: 'SEND', url: 'SFTP' } }]);
    expect(connections()).toBe(0);
  });

  test('the library sees no environment but that of its call', () => {
    const { PATH } = process.env;
    const call = { context: testContext(), environment: { TOKEN: 'of the call' } };
    expect(PATH).toBeDefined();
    expect(asLibraryCall(call, () => [process.env.PATH, process.env.TOKEN])).toEqual([
      undefined,
      'of the call',
    ]);
    expect([process.env.PATH, process.env.TOKEN]).toEqual([PATH, undefined]);
    process.env.OF_THIS_PROCESS = 'set';
    expect(process.env.OF_THIS_PROCESS).toBe('set');
    delete process.env.OF_THIS_PROCESS;
  });

  test('two destinations of one kind at one time each use their own accounts', async () => {
    const settings = (name: string) => ({
      pixelId: name,
      env_actions_fb_capi_system_user_token: `token-of-${name}`,
    });
    const item = () =>
      of('facebook-conversions-api', 'purchase2', ORDER, {
        action_source: 'website',
        __segment_internal_sync_mode: 'add',
      });
    await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        actionOf('facebook-conversions-api', 'purchase2').send([item()], at(settings(name)).context),
      ),
    );
    const seen = tool.take().map(({ url, headers }) => [url.split('/')[4], headers.authorization]);
    expect(seen.sort()).toEqual(['a', 'b', 'c'].map((name) => [name, `Bearer token-of-${name}`]));
  });
});
