/** Suppression lists and the door to unsubscribe, of the real server. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Unsubscribe } from '../../src/core/consent/unsubscribe-token.js';
import { unsubscribeToken } from '../../src/core/consent/unsubscribe-token.js';
import { returnPath } from '../../src/core/email/return-path.js';
import { returnPathMac } from '../../src/stores/return-path-mac.js';
import { openSecretKey } from '../../src/stores/secret-key.js';
import { unsubscribeMac } from '../../src/stores/unsubscribe-mac.js';
import type { TestSource } from '../harness/running-server.js';
import { ADMIN_TOKEN, RunningServer } from '../harness/running-server.js';

let server: RunningServer;
let web: TestSource;
beforeAll(async () => {
  server = await RunningServer.start();
  web = await server.source('website', 'web');
});
afterAll(() => server?.remove());

interface Entry {
  readonly kind: string;
  readonly value: string;
  readonly channel: string;
  readonly reason: string;
}
const listed = async (query: string) =>
  (await server.admin<{ data: Entry[] }>(`/suppressions?${query}`)).data;
const suppressed = async (channel: string, ...emails: string[]) => {
  const identifiers = emails.map((value) => ({ kind: 'email', value }));
  const found = await server.admin<{ suppressed: Entry[] }>('/suppressions/check', { channel, identifiers });
  return found.suppressed.map(({ value }) => value);
};
const remove = (query: string) =>
  server.admin<{ removed: number }>(`/suppressions?${query}`, undefined, 'DELETE');
async function known(email: string, purposes: object = { mail: true }): Promise<void> {
  const consent = { categoryPreferences: purposes };
  await server.send(web.writeKey, 'identify', { userId: email, traits: { email }, context: { consent } });
  await server.settled();
}
const timeline = async (email: string) => {
  await server.settled();
  const { data } = await server.admin<{ data: Array<{ name: string }> }>(
    `/profiles/email:${email}/events?type=track`,
  );
  return data.map(({ name }) => name);
};
const consentOf = async (email: string) =>
  (await server.admin<{ consent: object }>(`/profiles/email:${email}`)).consent;

describe('lists', () => {
  test('hold by channel from that moment on, and for all channels', async () => {
    const entry = {
      kind: 'email',
      value: ' Ann@Example.com ',
      channel: 'email',
      source: 'support',
      proof: { ticket: 7 },
    };
    expect(await server.admin('/suppressions', entry)).toEqual({ given: 1, added: 1 });
    expect(await server.admin('/suppressions', entry)).toEqual({ given: 1, added: 0 });
    await server.admin('/suppressions', { kind: 'email', value: 'bob@example.com' });
    expect(await suppressed('email', 'ann@example.com', 'BOB@example.com', 'cid@example.com')).toEqual([
      ...['ann@example.com', 'bob@example.com'],
    ]);
    expect(await suppressed('sms', 'ann@example.com', 'bob@example.com')).toEqual(['bob@example.com']);
    expect(await listed('kind=email&value=ANN@example.com')).toMatchObject([
      {
        value: 'ann@example.com',
        channel: 'email',
        reason: 'manual',
        source: 'support',
        proof: { ticket: 7 },
      },
    ]);
    expect(await remove('kind=email&value=Ann@example.com&channel=sms')).toEqual({ removed: 0 });
    expect(await remove('kind=email&value=Ann@example.com')).toEqual({ removed: 1 });
    expect(await suppressed('email', 'ann@example.com')).toEqual([]);
  });

  test('take many at once, as JSON and as CSV, all or none', async () => {
    const csv = (text: string) =>
      fetch(`${server.url}/api/v1/suppressions/bulk`, {
        ...{ method: 'POST', body: text },
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'text/csv' },
      });
    const good =
      'email,channel\n'.replace('email', 'value,kind') +
      'x1@example.com,email,ads\nx2@example.com,email,ads\nx1@example.com,email,ads\n';
    expect(await (await csv(good)).json()).toEqual({ given: 3, added: 2 });
    const wrong = await csv('kind,value,channel\nemail,x3@example.com,ads\nemail,x4@example.com,pigeon\n');
    expect(await wrong.json()).toMatchObject({
      status: 400,
      detail: expect.stringContaining('suppressions[1].channel'),
    });
    const many = Array.from({ length: 3_000 }, (_, n) => ({
      kind: 'email',
      value: `m${n}@example.com`,
      channel: 'ads',
    }));
    expect(await server.admin('/suppressions/bulk', { suppressions: many })).toEqual({
      given: 3_000,
      added: 3_000,
    });
    const half = [
      { kind: 'email', value: 'x5@example.com' },
      { kind: 'shoe', value: '42' },
    ];
    expect((await server.adminAnswer('/suppressions/bulk', { suppressions: half })).status).toBe(400);
    expect(
      await suppressed('ads', 'x1@example.com', 'x3@example.com', 'x5@example.com', 'm2999@example.com'),
    ).toEqual([...['x1@example.com', 'm2999@example.com']]);
    const first = await server.admin<{ data: Entry[]; nextCursor: string }>(
      '/suppressions?limit=3&channel=ads',
    );
    const next = await server.admin<{ data: Entry[] }>(
      `/suppressions?limit=2&channel=ads&cursor=${first.nextCursor}`,
    );
    expect([...first.data, ...next.data].map(({ value }) => value)).toHaveLength(5);
    expect(new Set([...first.data, ...next.data].map(({ value }) => value)).size).toBe(5);
  });

  test.each([
    [{ kind: 'shoe', value: '42' }, 'body.kind'],
    [{ kind: 'email', value: 'no address' }, 'body.value'],
    [{ kind: 'email', value: 'a@x.example', channel: 'pigeon' }, 'channel'],
    [{ kind: 'email', value: 'a@x.example', purposes: ['mail'] }, 'body.purposes'],
  ])('refuse %j', async (body, where) => {
    const answer = await server.adminAnswer('/suppressions', body);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { detail: string }).detail).toContain(where);
  });
});

test('what mail systems say of an address is told on the timeline, and mailed to no more', async () => {
  await known('dan@example.com');
  const bounce = { kind: 'hard_bounce', email: 'Dan@example.com', detail: '550 5.1.1 no such user' };
  expect(await server.admin('/suppressions/feedback', bounce)).toEqual({ given: 1, added: 1 });
  expect(await server.admin('/suppressions/feedback', bounce)).toEqual({ given: 1, added: 0 });
  await server.admin('/suppressions/feedback', { kind: 'complaint', email: 'dan@example.com' });
  expect(await suppressed('email', 'dan@example.com')).toEqual(['dan@example.com']);
  expect(await suppressed('sms', 'dan@example.com')).toEqual([]);
  expect(await timeline('dan@example.com')).toEqual(['Email Marked as Spam', 'Email Bounced']);
  expect(await listed('value=dan@example.com&kind=email&reason=hard_bounce')).toMatchObject([
    { proof: { detail: '550 5.1.1 no such user' } },
  ]);
  expect(await consentOf('dan@example.com')).toEqual({ mail: true });
});

describe('a report of a mail system', () => {
  const mac = () => returnPathMac(openSecretKey(undefined, server.dataDir));
  const bounceAddress = async (email: string) => {
    const { id } = await server.admin<{ id: string }>(`/profiles/email:${email}`);
    return returnPath('bounces@mail.example', { profileId: id, address: email }, mac());
  };
  const bounce = (to: string, about: string, status = '5.1.1') => `To: ${to}
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ${about}
Action: failed
Status: ${status}
Diagnostic-Code: smtp; 550 ${status} no such user
--b--
`;
  const complaint = (to: string) => `To: fbl@mail.example
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
Original-Mail-From: <${to}>
--b
Content-Type: text/rfc822-headers

To: redacted
--b--
`;
  const report = async (text: string) => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'message/rfc822' };
    const answer = await fetch(`${server.url}/api/v1/suppressions/feedback`, {
      method: 'POST',
      body: text,
      headers,
    });
    return { status: answer.status, ...((await answer.json()) as object) };
  };

  test('counts with the signed address that it came back to', async () => {
    await known('bea@example.com');
    const to = await bounceAddress('bea@example.com');
    expect(await report(bounce(to, 'Bea@example.com'))).toEqual({ status: 201, given: 1, added: 1 });
    expect(await report(bounce(to, 'bea@example.com'))).toEqual({ status: 200, given: 1, added: 0 });
    expect(await listed('kind=email&value=bea@example.com')).toMatchObject([
      { reason: 'hard_bounce', channel: 'email', proof: { detail: 'smtp; 550 5.1.1 no such user' } },
    ]);
    expect(await timeline('bea@example.com')).toEqual(['Email Bounced']);
  });

  test('may keep back the address: it is one of the person’s', async () => {
    await known('cora@example.com');
    expect(await report(complaint(await bounceAddress('cora@example.com')))).toMatchObject({ added: 1 });
    expect(await listed('kind=email&value=cora@example.com')).toMatchObject([{ reason: 'complaint' }]);
  });

  test('that somebody made up, or that says less, suppresses nobody', async () => {
    await known('dora@example.com');
    const to = await bounceAddress('dora@example.com');
    const ignored = { status: 200, given: 0, added: 0 };
    const forged = to.replace(/.{12}@/, '000000000000@');
    expect(await report(bounce(forged, 'dora@example.com'))).toMatchObject({
      ...ignored,
      ignored: 'not_theirs',
    });
    expect(await report(bounce(to, 'ann@example.com'))).toMatchObject({ added: 1 });
    expect(await suppressed('email', 'ann@example.com')).toEqual([]);
    await remove('kind=email&value=dora@example.com');
    expect(await report(bounce('b@mail.example', 'dora@example.com'))).toMatchObject({
      ...ignored,
      ignored: 'not_signed',
    });
    expect(await report(bounce(to, 'dora@example.com', '5.2.2'))).toMatchObject({
      ...ignored,
      ignored: 'soft_bounce',
    });
    expect(await report(`To: ${to}\n\nThanks!`)).toMatchObject({ ...ignored, ignored: 'no_report' });
    expect(await suppressed('email', 'dora@example.com')).toEqual([]);
  });
});

describe('a link', () => {
  const linkTo = async (email: string, more: Partial<Unsubscribe> = {}) => {
    const said: Unsubscribe = {
      ...{ channel: 'email', kind: 'email', value: email, purposes: ['mail'], delivery: 'delivery-1' },
      ...more,
    };
    const mac = unsubscribeMac(openSecretKey(undefined, server.dataDir));
    return `${server.url}/u/${unsubscribeToken(said, mac)}`;
  };
  const oneClick = (link: string) =>
    fetch(link, {
      ...{ method: 'POST', body: 'List-Unsubscribe=One-Click', redirect: 'error' },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });

  test('asks and ends nothing when it is looked at', async () => {
    await known('eve@example.com');
    const link = await linkTo('eve@example.com');
    for (const method of ['GET', 'HEAD']) expect((await fetch(link, { method })).status).toBe(200);
    const page = await fetch(link);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-store');
    const html = await page.text();
    expect(html).toContain('<strong>eve@example.com</strong>');
    expect(html).toContain('<form method="post">');
    expect(html).not.toMatch(/<script|src=|href=/);
    expect(await suppressed('email', 'eve@example.com')).toEqual([]);
    expect(await timeline('eve@example.com')).toEqual([]);
  });

  test('ends it with one click, and once more changes nothing', async () => {
    await known('fay@example.com', { mail: true, ads: true });
    const link = await linkTo('fay@example.com');
    const answers = await Promise.all([oneClick(link), oneClick(link), oneClick(link)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await answers[0]?.text()).toContain(
      'There will be no more e-mails to <strong>fay@example.com</strong>',
    );
    expect(await suppressed('email', 'fay@example.com')).toEqual(['fay@example.com']);
    expect(await timeline('fay@example.com')).toEqual(['Unsubscribed']);
    expect(await consentOf('fay@example.com')).toEqual({ mail: false, ads: true });
    await oneClick(link);
    expect(await timeline('fay@example.com')).toEqual(['Unsubscribed']);
    const { data } = await server.admin<{ data: object[] }>(
      '/profiles/email:fay@example.com/consent/history',
    );
    expect(data[0]).toMatchObject({
      ...{ event: 'Unsubscribed', purposes: { mail: false }, source: 'unsubscribe link' },
      proof: { delivery: 'delivery-1' },
    });
  });

  test('refuses again what was given again since', async () => {
    const email = 'fay@example.com';
    const answer = await server.adminAnswer(`/profiles/email:${email}/consent`, { purposes: { mail: true } });
    expect(answer.status).toBe(202);
    await server.settled();
    expect(await consentOf(email)).toMatchObject({ mail: true });
    const link = await linkTo(email);
    await Promise.all([oneClick(link), oneClick(link)]);
    expect(await timeline(email)).toEqual(['Unsubscribed', 'Consent Updated', 'Unsubscribed']);
    expect(await consentOf(email)).toMatchObject({ mail: false });
  });

  test('ends it again after an operator took the address off the list', async () => {
    const email = 'fay@example.com';
    expect(await remove(`kind=email&value=${email}`)).toEqual({ removed: 1 });
    await oneClick(await linkTo(email));
    expect(await suppressed('email', email)).toEqual([email]);
    expect((await timeline(email)).filter((name) => name === 'Unsubscribed')).toHaveLength(3);
  });

  test('is taken as a form of any kind, and without one', async () => {
    await known('gus@example.com');
    const form = new FormData();
    form.set('List-Unsubscribe', 'One-Click');
    expect((await fetch(await linkTo('gus@example.com'), { method: 'POST', body: form })).status).toBe(200);
    await known('hal@example.com');
    expect((await fetch(await linkTo('hal@example.com'), { method: 'POST' })).status).toBe(200);
    expect(await suppressed('email', 'gus@example.com', 'hal@example.com')).toHaveLength(2);
  });

  test('that is forged or cut off is none', async () => {
    const link = await linkTo('ida@example.com');
    for (const wrong of [link.slice(0, -1), `${link}x`, `${server.url}/u/x`, link.replace('/u/', '/u/A')]) {
      expect((await fetch(wrong)).status).toBe(404);
      expect((await oneClick(wrong)).status).toBe(404);
    }
    expect(await suppressed('email', 'ida@example.com')).toEqual([]);
  });

  test('shows what it names as text', async () => {
    const html = await (await fetch(await linkTo('"<script>"@x.example'))).text();
    expect(html).toContain('&quot;&lt;script&gt;&quot;@x.example');
    expect(html).not.toContain('<script');
  });

  test('is signed by a key that stays in the data folder, unreadable for others', async () => {
    expect(await readFile(join(server.dataDir, 'secret.key'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });
});
