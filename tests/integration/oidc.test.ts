/** Signing in by OpenID Connect: a real provider, a real server, and all that may go wrong between them. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser } from '../harness/browser.js';
import { openConsole, seriousFaultsInBoth } from '../harness/console-page.js';
import { RunningServer } from '../harness/running-server.js';
import { CLIENT, SignInProvider, Wanderer } from '../harness/sign-in-provider.js';

const OWNER = { email: 'ann@shop.example', name: 'Ann', password: 'a quiet river bends' };
const CALLBACK = '/api/v1/session/oidc/callback';

let server: RunningServer;
let provider: SignInProvider;
/** Whatever must never be in a log: codes and states that came by. */
const codes: string[] = [];
beforeAll(async () => {
  server = await RunningServer.start(async (url) => {
    provider = await SignInProvider.start(`${url}${CALLBACK}`);
    return {
      TRIBUTARY_PUBLIC_URL: url,
      TRIBUTARY_OIDC_ISSUER: provider.issuer,
      TRIBUTARY_OIDC_CLIENT_ID: CLIENT.id,
      TRIBUTARY_OIDC_CLIENT_SECRET: CLIENT.secret,
      TRIBUTARY_OIDC_LABEL: 'Sign in with Shop',
      TRIBUTARY_OIDC_SCOPES: 'openid,email,profile,groups',
      TRIBUTARY_LOG_LEVEL: 'trace',
    };
  });
  await server.admin('/setup', OWNER);
});
afterAll(async () => {
  await server?.remove();
  await provider?.stop();
});
beforeEach(() => {
  provider.people.set('ann-1', { email: 'Ann@shop.example', email_verified: true, name: 'Ann of the Shop' });
});

const isOurs = (url: URL) => url.origin === server.url;
const isPage = (url: URL) => isOurs(url) && !url.pathname.startsWith('/api/');
const isCallback = (url: URL) => isOurs(url) && url.pathname === CALLBACK;

/** Begins; resolves with the provider's address that the browser is led to. */
async function begin(browser: Wanderer, page = '/'): Promise<URL> {
  const query = new URLSearchParams({ returnTo: page });
  return browser.follow(
    `${server.url}/api/v1/session/oidc?${query}`,
    (url) => !isOurs(url) || url.searchParams.has('sign-in-failed'),
  );
}

/** Goes from there through the provider; resolves with the address of ours that it leads back to. */
async function cross(browser: Wanderer, url: URL, who: string | undefined): Promise<URL> {
  provider.who = who;
  const back = await browser.follow(url, isCallback);
  codes.push(back.searchParams.get('code') ?? '');
  return back;
}

/** The whole way; resolves with the page that it ends at. */
async function signIn(browser: Wanderer, who: string | undefined, page = '/'): Promise<string> {
  const back = await cross(browser, await begin(browser, page), who);
  const { pathname, search } = await browser.follow(back, isPage);
  return `${pathname}${search}`;
}

async function userOf(browser: Wanderer): Promise<Record<string, unknown> | null> {
  const answer = await browser.ask(`${server.url}/api/v1/session`);
  return ((await answer.json()) as { user: Record<string, unknown> | null }).user;
}

async function passwordStatus(): Promise<number> {
  const answer = await fetch(`${server.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: OWNER.email, password: OWNER.password }),
  });
  return answer.status;
}

interface ListedUser {
  readonly id: string;
  readonly email: string;
  readonly signsInBy: string[];
}
const users = async () => (await server.admin<{ data: ListedUser[] }>('/users')).data;
const userBy = async (email: string) => (await users()).find((user) => user.email === email);

describe('somebody whom an owner has added', () => {
  test('comes in by a verified address, and back to the page where that began', async () => {
    const browser = new Wanderer();
    const ways = await browser.ask(`${server.url}/api/v1/session/ways`);
    expect(await ways.json()).toEqual({ password: true, oidc: { label: 'Sign in with Shop' } });
    expect(await signIn(browser, 'ann-1', '/people?q=a%20b')).toBe('/people?q=a%20b');
    const session = browser.setCookies.find((line) => line.startsWith('tributary_session='));
    expect(session).toMatch(/; Max-Age=86400; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(await userOf(browser)).toMatchObject({ email: OWNER.email, name: 'Ann', role: 'owner' });
    expect([...browser.cookies.keys()].filter((name) => name.startsWith('tributary_oidc'))).toEqual([]);
    expect(await userBy(OWNER.email)).toMatchObject({ signsInBy: ['password', 'oidc'] });
    const audit = await server.admin<{ data: object[] }>('/audit?actor=oidc%20Ann@shop.example');
    expect(audit.data).toMatchObject([
      { action: `GET ${CALLBACK}`, status: 200, after: { did: 'linked', user: { email: OWNER.email } } },
    ]);
  });

  test('is known by the account from then on, whatever its address is', async () => {
    provider.people.set('ann-1', { email: 'married@elsewhere.example', email_verified: false });
    const browser = new Wanderer();
    expect(await signIn(browser, 'ann-1')).toBe('/');
    expect(await userOf(browser)).toMatchObject({ email: OWNER.email });
  });

  test('signs in by several tabs at once', async () => {
    const browser = new Wanderer();
    const [one, other] = [await begin(browser, '/live'), await begin(browser, '/sources')];
    const pages = [];
    for (const url of [one, other]) {
      const back = await cross(browser, url, 'ann-1');
      pages.push((await browser.follow(back, isPage)).pathname);
    }
    expect(pages).toEqual(['/live', '/sources']);
  });

  test('is not tied to another account with the same address, unless an owner unlinks the first', async () => {
    provider.people.set('ann-2', { email: OWNER.email, email_verified: true });
    expect(await signIn(new Wanderer(), 'ann-2')).toBe('/?sign-in-failed=other_account');
    const first = new Wanderer();
    await signIn(first, 'ann-1');
    const { id } = (await userBy(OWNER.email)) as ListedUser;
    expect((await server.adminAnswer(`/users/${id}/oidc`, undefined, 'DELETE')).status).toBe(204);
    expect(await userOf(first)).toBeNull();
    expect((await server.adminAnswer(`/users/${id}/oidc`, undefined, 'DELETE')).status).toBe(404);
    expect(await signIn(new Wanderer(), 'ann-2')).toBe('/');
    await server.adminAnswer(`/users/${id}/oidc`, undefined, 'DELETE');
  });

  test('needs no password, and stays outside when switched off', async () => {
    provider.people.set('bo-1', { email: 'bo@shop.example', email_verified: true });
    expect(await signIn(new Wanderer(), 'bo-1')).toBe('/?sign-in-failed=not_admitted');
    const bo = { email: 'bo@shop.example', name: 'Bo', role: 'viewer', personalData: false };
    const { id, signsInBy } = await server.admin<ListedUser>('/users', bo);
    expect(signsInBy).toEqual([]);
    const browser = new Wanderer();
    expect(await signIn(browser, 'bo-1')).toBe('/');
    expect(await userOf(browser)).toMatchObject({ name: 'Bo', role: 'viewer', personalData: false });
    expect(await userBy(bo.email)).toMatchObject({ signsInBy: ['oidc'] });
    await server.admin(`/users/${id}`, { enabled: false }, 'PATCH');
    expect(await signIn(new Wanderer(), 'bo-1')).toBe('/?sign-in-failed=not_admitted');
  });

  test('without a verified address is told so', async () => {
    provider.people.set('cy-1', { email: OWNER.email, email_verified: false });
    expect(await signIn(new Wanderer(), 'cy-1')).toBe('/?sign-in-failed=email_unverified');
    expect((await userBy(OWNER.email))?.signsInBy).toEqual(['password']);
  });

  test('may turn back', async () => {
    expect(await signIn(new Wanderer(), undefined, '/people?q=a')).toBe(
      '/people?q=a&sign-in-failed=cancelled',
    );
  });
});

describe('what comes back is not believed', () => {
  const failureAt = async (browser: Wanderer, back: URL) => {
    const page = await browser.follow(back, isPage);
    expect(await userOf(browser)).toBeNull();
    return page.searchParams.get('sign-in-failed');
  };

  test('with another state, or an issuer that is not the provider', async () => {
    const browser = new Wanderer();
    const back = await cross(browser, await begin(browser), 'ann-1');
    const state = back.searchParams.get('state') ?? '';
    const forged = new URL(back);
    forged.searchParams.set('state', `${state.slice(0, -4)}AAAA`);
    expect(await failureAt(browser, forged)).toBe('refused');
    const stranger = new Wanderer();
    const again = await cross(stranger, await begin(stranger), 'ann-1');
    again.searchParams.set('state', 'of-somebody-else-altogether');
    expect(await failureAt(stranger, again)).toBe('expired');
    const mixed = new Wanderer();
    const other = await cross(mixed, await begin(mixed), 'ann-1');
    other.searchParams.set('iss', 'https://elsewhere.example');
    expect(await failureAt(mixed, other)).toBe('refused');
  });

  test('in another browser than the one that began', async () => {
    const browser = new Wanderer();
    const back = await cross(browser, await begin(browser), 'ann-1');
    expect(await failureAt(new Wanderer(), back)).toBe('expired');
  });

  test('with a cookie that is not ours', async () => {
    const browser = new Wanderer();
    const back = await cross(browser, await begin(browser), 'ann-1');
    for (const name of browser.cookies.keys())
      if (name.startsWith('tributary_oidc')) browser.cookies.set(name, btoa('{"until":9e15}'));
    expect(await failureAt(browser, back)).toBe('expired');
  });

  test('a second time, not even by who kept the cookie', async () => {
    const browser = new Wanderer();
    const back = await cross(browser, await begin(browser), 'ann-1');
    const kept = new Map(browser.cookies);
    await browser.follow(back, isPage);
    browser.cookies.delete('tributary_session');
    expect(await failureAt(browser, back)).toBe('expired');
    const keeper = new Wanderer();
    for (const [name, value] of kept) keeper.cookies.set(name, value);
    expect(await failureAt(keeper, back)).toBe('refused');
  });

  test('with an ID token for another nonce', async () => {
    const browser = new Wanderer();
    const url = await begin(browser);
    url.searchParams.set('nonce', 'of-another-sign-in');
    expect(await failureAt(browser, await cross(browser, url, 'ann-1'))).toBe('refused');
  });

  test('with a code that was asked for with another verifier', async () => {
    const browser = new Wanderer();
    const url = await begin(browser);
    url.searchParams.set('code_challenge', 'A'.repeat(43));
    expect(await failureAt(browser, await cross(browser, url, 'ann-1'))).toBe('refused');
  });
});

test.each([
  '//elsewhere.example',
  'https://elsewhere.example/',
  '/\\elsewhere.example',
  '/.//elsewhere.example',
  '/api/v1/session/oidc',
])('nobody is led on to %s', async (page) => {
  expect(await signIn(new Wanderer(), 'ann-1', page)).toBe('/');
});

test('a browser holds a few unfinished sign-ins, never too many', async () => {
  const browser = new Wanderer();
  for (let tab = 0; tab < 20; tab += 1) await begin(browser);
  expect(browser.cookies.size).toBeLessThan(8);
});

describe('in a real browser', () => {
  test('the page has a button more, leads to the provider and back, and says what went wrong', async () => {
    const browser = await launchBrowser();
    try {
      const { page, watched } = await openConsole(browser, server);
      provider.who = undefined;
      await page.goto('/sources');
      await page.getByRole('link', { name: 'Sign in with Shop' }).click();
      await page.getByRole('alert').getByText('You did not finish signing in.').waitFor();
      expect(await seriousFaultsInBoth(page)).toEqual([]);
      provider.who = 'ann-1';
      await page.getByRole('link', { name: 'Sign in with Shop' }).click();
      await page.getByRole('heading', { name: 'Sources', exact: true }).waitFor();
      expect(new URL(page.url()).search).toBe('');
      await page.goto('/settings?tab=users');
      await page.getByText('password, single sign-on').waitFor();
      expect(watched.errors).toEqual([]);
      expect(watched.elsewhere.filter((url) => !url.startsWith(provider.issuer))).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});

describe('with the provider down at the start, and groups', () => {
  test('the server starts, and says that it cannot be reached until it can', async () => {
    provider.isDown = true;
    await server.stop();
    await server.launch({ TRIBUTARY_OIDC_GROUPS: 'admins=owner+personal,marketing=editor' });
    await server.ready();
    const page = await begin(new Wanderer(), '/live');
    expect(`${page.pathname}${page.search}`).toBe('/live?sign-in-failed=unreachable');
    await expect.poll(() => server.output).toMatch(/"failure":"unreachable","message":"fetch failed; /);
    expect(await passwordStatus()).toBe(200);
    provider.isDown = false;
  });

  test('groups decide at each sign-in, and whoever is in none stays outside', async () => {
    const di = { email: 'di@shop.example', email_verified: true, name: 'Di\u0000\u202e' };
    provider.people.set('di-1', { ...di, groups: ['staff', 'marketing'] });
    const browser = new Wanderer();
    expect(await signIn(browser, 'di-1')).toBe('/');
    expect(await userOf(browser)).toMatchObject({ name: 'Di', role: 'editor', personalData: false });
    provider.people.set('di-1', { ...di, groups: ['admins'] });
    const later = new Wanderer();
    expect(await signIn(later, 'di-1')).toBe('/');
    expect(await userOf(later)).toMatchObject({ role: 'owner', personalData: true });
    expect(await userOf(browser)).toBeNull();
    provider.people.set('di-1', { ...di, groups: ['staff'] });
    expect(await signIn(new Wanderer(), 'di-1')).toBe('/?sign-in-failed=not_admitted');
  });

  test('two who come at once with one account are one user', async () => {
    provider.people.set('ed-1', { email: 'ed@shop.example', email_verified: true, groups: ['marketing'] });
    const browsers = [new Wanderer(), new Wanderer()];
    const backs: URL[] = [];
    for (const browser of browsers) backs.push(await cross(browser, await begin(browser), 'ed-1'));
    const pages = await Promise.all(browsers.map((browser, at) => browser.follow(backs[at] as URL, isPage)));
    expect(pages.map(({ search }) => search)).toEqual(['', '']);
    expect((await users()).filter(({ email }) => email === 'ed@shop.example')).toHaveLength(1);
  });

  test('who fails again and again is slowed down, and passwords go on', async () => {
    const seen = [];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const page = await new Wanderer().follow(`${server.url}${CALLBACK}?state=none&code=guess`, isPage);
      seen.push(page.searchParams.get('sign-in-failed'));
    }
    expect(seen.slice(0, 5)).toEqual(Array(5).fill('expired'));
    expect(seen.at(-1)).toBe('limited');
    expect(await passwordStatus()).toBe(200);
  });

  test('nothing that was secret is in the log', () => {
    expect(server.output).toContain('sign_in_failed');
    const secrets = [
      CLIENT.secret,
      encodeURIComponent(CLIENT.secret),
      ...codes.filter((code) => code !== ''),
    ];
    expect(codes.length).toBeGreaterThan(10);
    expect(secrets.filter((secret) => server.output.includes(secret))).toEqual([]);
  });
});

test('passwords can be switched off; the admin token goes on', async () => {
  await server.stop();
  await server.launch({ TRIBUTARY_PASSWORD_SIGN_IN: 'off', TRIBUTARY_OIDC_DOMAINS: 'shop.example' });
  await server.ready();
  expect(await passwordStatus()).toBe(403);
  expect(await signIn(new Wanderer(), 'ann-1')).toBe('/');
  provider.people.set('ann-1', { email: 'ann@elsewhere.example', email_verified: true });
  expect(await signIn(new Wanderer(), 'ann-1')).toBe('/?sign-in-failed=not_admitted');
  expect((await server.adminAnswer('/users')).status).toBe(200);
});
