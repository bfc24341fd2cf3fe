import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MailServerOptions } from '../../../../tests/support/mail-server.js';
import { ann, type Mailing, send, world } from '../../../../tests/support/mailing.js';
import { checkSettings } from '../../../core/mapping/check-settings.js';
import { readAddressRules } from '../../http/address-rules.js';
import { DestinationHttp } from '../../http/destination-http.js';
import { email } from './email.js';

const DELIVERED = { status: 'delivered' };
const HOUR_MS = 3_600_000;

/** A provider of tokens: each grant gives the next access token and the next refresh token, and ends the refresh token before. */
const provider = {
  grants: [] as string[],
  answer: undefined as { readonly status: number; readonly body: string } | undefined,
};
const endpoint = createServer(async (request, response) => {
  const form = new URLSearchParams(await text(request));
  const asked = form.get('refresh_token') ?? '';
  provider.grants.push(asked);
  const { answer, grants } = provider;
  const isRight =
    request.method === 'POST' &&
    form.get('grant_type') === 'refresh_token' &&
    form.get('client_id') === 'app' &&
    form.get('client_secret') === 'client-secret' &&
    asked === `refresh-${grants.length}`;
  if (answer !== undefined) response.writeHead(answer.status, { location: '/elsewhere' }).end(answer.body);
  else if (!isRight) response.writeHead(400).end('{"error":"invalid_grant","error_description":"Revoked"}');
  else
    response.end(
      JSON.stringify({
        ...{ access_token: `access-${grants.length}`, refresh_token: `refresh-${grants.length + 1}` },
        ...{ token_type: 'Bearer', expires_in: 3600 },
      }),
    );
});
let oauthTokenUrl: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  oauthTokenUrl = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/token`;
});
afterAll(() => void endpoint.close());
beforeEach(() => {
  provider.grants.length = 0;
  provider.answer = undefined;
});

/** Google asks the client to look at what is wrong, by 334, before it refuses. */
const REFUSALS = ['asGoogle', 'asMicrosoft'] as const;

/** A mail server that lets in whoever has a token that it does not know as revoked; and what it was shown. */
async function mailing(how: (typeof REFUSALS)[number] = 'asGoogle') {
  const revoked = new Set<string>();
  const shown: string[] = [];
  const onAuth: MailServerOptions['onAuth'] = ({ method, username, accessToken = '' }, _session, done) => {
    shown.push(accessToken);
    if (method === 'XOAUTH2' && username === 'shop@shop.example' && !revoked.has(accessToken))
      return done(null, { user: username });
    if (how === 'asGoogle') return done(null, { data: { status: '400' } });
    done(Object.assign(new Error('5.7.3 Authentication unsuccessful'), { responseCode: 535 }));
  };
  const here = await world(
    { authMethods: ['XOAUTH2'], allowInsecureAuth: true, onAuth },
    {
      settings: {
        ...{ signIn: 'oauth2', user: 'shop@shop.example', oauthTokenUrl, oauthClientId: 'app' },
        ...{ oauthClientSecret: 'client-secret', oauthRefreshToken: 'refresh-1' },
      },
      answer: globalThis.fetch,
    },
  );
  return { here, revoked, shown };
}

/** As after a restart: what is in memory is gone, what is kept is there. */
const restarted = ({ server, context }: Mailing): Mailing => ({
  server,
  context: { ...context, settings: { ...context.settings } },
});

describe('sign-in by OAuth2', () => {
  test('is by a token that is fetched once for all that is sent together, and kept', async () => {
    const { here, shown } = await mailing();
    const sent = await Promise.all([ann(), ann(), ann()].map((item) => send(here, item)));
    expect(sent.flat()).toEqual([DELIVERED, DELIVERED, DELIVERED]);
    expect(await send(restarted(here), ann())).toEqual([DELIVERED]);
    await email.test?.(restarted(here).context);
    expect(provider.grants).toEqual(['refresh-1']);
    expect(new Set(shown)).toEqual(new Set(['access-1']));
    expect(JSON.stringify(await here.context.state.get('oauth_tokens'))).not.toContain('access');
  });

  test('fetches another by the newest refresh token when a token ends', async () => {
    const { here, shown } = await mailing();
    await send(here, ann());
    here.context.advance(HOUR_MS - 59_000);
    expect(await send(here, ann())).toEqual([DELIVERED]);
    here.context.advance(HOUR_MS);
    expect(await send(restarted(here), ann())).toEqual([DELIVERED]);
    expect(provider.grants).toEqual(['refresh-1', 'refresh-2', 'refresh-3']);
    expect(shown.at(-1)).toBe('access-3');
  });

  test.each(REFUSALS)('fetches another when the server does not take one before its end, %s', async (how) => {
    const { here, shown, revoked } = await mailing(how);
    await send(here, ann());
    revoked.add('access-1');
    const again = restarted(here);
    const sent = await Promise.all([ann(), ann()].map((item) => send(again, item)));
    expect(sent.flat()).toEqual([DELIVERED, DELIVERED]);
    expect(shown.at(-1)).toBe('access-2');
    expect(provider.grants).toEqual(['refresh-1', 'refresh-2']);
  });

  test('is given up for this time when the server takes none', async () => {
    const { here, revoked } = await mailing('asMicrosoft');
    for (const token of ['access-1', 'access-2', 'access-3']) revoked.add(token);
    const [result] = await send(here, ann());
    expect(result).toMatchObject({ status: 'failed', code: 'auth_failed', retry: true });
    expect(result).toHaveProperty('message', expect.stringContaining('535 5.7.3'));
    expect(provider.grants).toHaveLength(2);
    expect(here.server.received).toEqual([]);
  });

  test.each([
    [
      { status: 400, body: '{"error":"invalid_grant","error_description":"Expired"}' },
      'no access token: invalid_grant: Expired. Get a new refresh token, and save it in "oauthRefreshToken".',
    ],
    [{ status: 503, body: '<html>' }, 'no access token: status 503.'],
    [{ status: 200, body: '{}' }, 'no access token: status 200.'],
  ])('tells what the token address answered: %j', async (answer, message) => {
    const { here } = await mailing();
    provider.answer = answer;
    const failed = { status: 'failed', code: 'auth_failed', retry: true };
    expect(await send(here, ann())).toEqual([{ ...failed, message: `The token address gives ${message}` }]);
    await expect(email.test?.(here.context)).rejects.toMatchObject({ failure: { code: 'auth_failed' } });
    expect(here.server.connections.count).toBe(0);
    provider.answer = undefined;
    provider.grants.length = 0;
    expect(await send(here, ann())).toEqual([DELIVERED]);
  });

  test('fetches nothing in a dry run', async () => {
    const { here } = await mailing();
    expect(await send({ context: { ...here.context, dryRun: true } }, ann())).toEqual([DELIVERED]);
    expect(provider.grants).toEqual([]);
  });

  test('obeys the address rules, and shows no secret in what is kept', async () => {
    const { here } = await mailing();
    const secrets = ['client-secret', 'refresh-1'];
    const through = async (allowed: string[]) => {
      const http = new DestinationHttp({ rules: readAddressRules(allowed), secrets });
      const { fetch, exchanges } = http.call({ signal: here.context.signal, dryRun: false });
      const [result] = await send({ context: { ...here.context, fetch } }, ann());
      await http.close();
      return { result, exchanges };
    };
    expect((await through([])).result).toMatchObject({ status: 'failed', code: 'address_refused' });
    expect(provider.grants).toEqual([]);
    provider.answer = { status: 307, body: '' };
    expect((await through(['127.0.0.1'])).result).toMatchObject({ code: 'redirect_refused' });
    expect(provider.grants.splice(0)).toHaveLength(1);
    provider.answer = undefined;
    const { result, exchanges } = await through(['127.0.0.1']);
    expect(result).toEqual(DELIVERED);
    expect(exchanges).toMatchObject([
      { request: { method: 'POST', url: oauthTokenUrl }, response: { status: 200 } },
    ]);
    expect(JSON.stringify(exchanges)).not.toMatch(/client-secret|refresh-\d|access-\d/);
  });
});

describe('its settings', () => {
  const given = { host: 'smtp.example.com', from: 'shop@shop.example', signIn: 'oauth2' };

  test('are asked for where it is wanted', () => {
    const { faults } = checkSettings(given, email.settings);
    expect(faults?.map(({ path }) => path)).toEqual([
      'user',
      'oauthTokenUrl',
      'oauthClientId',
      'oauthRefreshToken',
    ]);
    expect(checkSettings({ ...given, signIn: 'password' }, email.settings).faults).toBeUndefined();
  });

  test.each([
    ['https://oauth2.googleapis.com/token', 0],
    ['http://localhost:8080/token', 0],
    ['http://oauth2.googleapis.com/token', 1],
    ['mailto:someone', 1],
  ])('name a token address to which secrets may go: %s', (address, count) => {
    const faults = email.faultsOf?.({ ...given, oauthTokenUrl: address }) ?? [];
    expect(faults).toHaveLength(count);
    for (const { message } of faults) expect(message).toContain('oauthTokenUrl: must begin with https://');
  });
});
