/** Signing in, users, tokens and the log of changes, by the API of the real server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RunningServer } from '../harness/running-server.js';

const OWNER = { email: 'Ann@shop.example', name: 'Ann', password: 'a quiet river bends' };

let server: RunningServer;
beforeAll(async () => {
  server = await RunningServer.start();
});
afterAll(() => server?.remove());

/** A browser that keeps its cookie and the token against forgery. */
class Browser {
  cookie = '';
  csrf = '';

  async send(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const answer = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: {
        ...(this.cookie === '' ? {} : { cookie: this.cookie }),
        ...(this.csrf === '' ? {} : { 'x-csrf-token': this.csrf }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const [cookie] = answer.headers.getSetCookie();
    if (cookie !== undefined) this.cookie = cookie.split(';')[0] ?? '';
    return answer;
  }

  async json<T>(method: string, path: string, body?: object): Promise<T> {
    return (await this.send(method, path, body)).json() as Promise<T>;
  }

  async signIn(email: string, password: string): Promise<Response> {
    const answer = await this.send('POST', '/session', { email, password });
    if (answer.ok) this.csrf = ((await answer.clone().json()) as { csrf: string }).csrf;
    return answer;
  }
}

const owner = new Browser();

describe('the first owner', () => {
  test('is asked for while there is nobody', async () => {
    expect(await owner.json('GET', '/session')).toEqual({ setup: true, user: null, csrf: null });
  });

  test('needs a good password, and to come from our own page', async () => {
    const refused = async (body: object, headers?: Record<string, string>) => {
      const answer = await owner.send('POST', '/setup', body, headers);
      return [answer.status, ((await answer.json()) as { detail: string }).detail];
    };
    expect(await refused({ ...OWNER, password: 'short' })).toEqual([
      400,
      expect.stringContaining('at least 12'),
    ]);
    expect(await refused({ ...OWNER, password: 'ann@shop.example' })).toEqual([
      400,
      expect.stringContaining('e-mail'),
    ]);
    expect(await refused(OWNER, { origin: 'https://elsewhere.example' })).toEqual([403, expect.any(String)]);
    expect(await refused(OWNER, { origin: 'null' })).toEqual([403, expect.any(String)]);
  });

  test('is created once, also when two come at the same time', async () => {
    const [one, other] = await Promise.all([
      owner.send('POST', '/setup', OWNER),
      new Browser().send('POST', '/setup', { ...OWNER, email: 'eve@shop.example' }),
    ]);
    expect([one.status, other.status].sort()).toEqual([201, 409]);
    const created = one.status === 201 ? OWNER : { ...OWNER, email: 'eve@shop.example' };
    Object.assign(OWNER, created);
    const cookie = (one.status === 201 ? one : other).headers.getSetCookie()[0] ?? '';
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Strict/i);
    expect((await owner.signIn(OWNER.email.toUpperCase(), OWNER.password)).status).toBe(200);
    expect(await owner.json('GET', '/session')).toMatchObject({
      setup: false,
      user: { role: 'owner', personalData: true },
    });
  });
});

describe('somebody who is signed in', () => {
  test('changes nothing without the token against forgery', async () => {
    const forged = new Browser();
    forged.cookie = owner.cookie;
    expect((await forged.send('GET', '/sources')).status).toBe(200);
    const answer = await forged.send('POST', '/sources', { name: 'Forged', kind: 'web' });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'csrf_invalid' });
    expect((await owner.send('POST', '/sources', { name: 'Shop', kind: 'web' })).status).toBe(201);
  });

  test('is out after signing out, and after losing a right', async () => {
    const user = await owner.json<{ id: string }>('POST', '/users', {
      ...{
        email: 'bo@shop.example',
        name: 'Bo',
        password: 'seven tall ships at noon',
        role: 'editor',
        personalData: false,
      },
    });
    const bo = new Browser();
    await bo.signIn('bo@shop.example', 'seven tall ships at noon');
    expect((await bo.send('GET', '/sources')).status).toBe(200);
    expect((await bo.send('GET', '/users')).status).toBe(403);
    await owner.send('PATCH', `/users/${user.id}`, { role: 'viewer' });
    expect((await bo.send('GET', '/sources')).status).toBe(401);
    await bo.signIn('bo@shop.example', 'seven tall ships at noon');
    expect((await bo.send('POST', '/sources', { name: 'X', kind: 'web' })).status).toBe(403);
    const changed = await bo.send('PUT', '/session/password', {
      ...{ password: 'seven tall ships at noon', newPassword: 'eight tall ships at noon' },
    });
    expect(changed.status).toBe(204);
    expect((await bo.signIn('bo@shop.example', 'seven tall ships at noon')).status).toBe(401);
    expect((await bo.signIn('bo@shop.example', 'eight tall ships at noon')).status).toBe(200);
    await bo.send('DELETE', '/session');
    expect((await bo.send('GET', '/sources')).status).toBe(401);
    await owner.send('PATCH', `/users/${user.id}`, { enabled: false });
    expect((await bo.signIn('bo@shop.example', 'eight tall ships at noon')).status).toBe(401);
  });

  test('cannot take away the last owner', async () => {
    const { user } = await owner.json<{ user: { id: string } }>('GET', '/session');
    const answer = await owner.send('PATCH', `/users/${user.id}`, { role: 'viewer' });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([409, 'conflict']);
    expect((await owner.send('GET', '/users')).status).toBe(200);
  });
});

test('a token has its role, is told once, ends, and can be revoked', async () => {
  const made = await owner.json<{ id: string; token: string }>('POST', '/tokens', {
    name: 'CI',
    role: 'editor',
  });
  const asToken = (token: string) =>
    fetch(`${server.url}/api/v1/sources`, { headers: { authorization: `Bearer ${token}` } });
  expect((await asToken(made.token)).status).toBe(200);
  expect(JSON.stringify(await owner.json('GET', '/tokens'))).not.toContain(made.token);
  await owner.send('DELETE', `/tokens/${made.id}`);
  expect((await asToken(made.token)).status).toBe(401);
  const past = await owner.send('POST', '/tokens', {
    name: 'Old',
    role: 'viewer',
    expiresAt: '2020-01-01T00:00:00.000Z',
  });
  expect(past.status).toBe(400);
  const soon = new Date(Date.now() + 300).toISOString();
  const brief = await owner.json<{ token: string }>('POST', '/tokens', {
    name: 'Brief',
    role: 'viewer',
    expiresAt: soon,
  });
  await expect.poll(async () => (await asToken(brief.token)).status, { timeout: 5_000 }).toBe(401);
});

test('every change is noted with what was before and after, and without secrets', async () => {
  const { data } = await owner.json<{ data: Array<{ id: string; name: string }> }>('GET', '/sources');
  const [source] = data;
  await owner.send('PATCH', `/sources/${source?.id}`, { name: 'Shop front' });
  const log = await owner.json<{ data: Array<Record<string, unknown>> }>(
    'GET',
    '/audit?action=PATCH&text=shop%20front',
  );
  expect(log.data).toMatchObject([
    {
      actor: expect.stringMatching(/^user /),
      action: 'PATCH /api/v1/sources/:id',
      path: `/api/v1/sources/${source?.id}`,
      status: 200,
      before: { name: 'Shop' },
      after: { name: 'Shop front' },
    },
  ]);
  const all = JSON.stringify(await owner.json('GET', '/audit?limit=500'));
  for (const secret of ['ships at noon', OWNER.password, 'trb_']) expect(all).not.toContain(secret);
  expect(all).toContain('nobody');
});

test('who guesses passwords is slowed down', async () => {
  const guesser = new Browser();
  const tried: number[] = [];
  for (let attempt = 0; attempt < 12; attempt += 1)
    tried.push((await guesser.signIn('carl@shop.example', `guess number ${attempt}`)).status);
  expect(tried.slice(0, 8)).toEqual(Array(8).fill(401));
  expect(tried.slice(-2)).toEqual([429, 429]);
});
