import type { SMTPServerAuthentication } from 'smtp-server';
import { describe, expect, test } from 'vitest';
import type { MailServerOptions, Received } from '../../../../tests/support/mail-server.js';
import { ann, send, world } from '../../../../tests/support/mailing.js';
import { selfSignedCertificate } from '../../../../tests/support/self-signed-certificate.js';
import { readReturnPath } from '../../../core/email/return-path.js';
import { email } from './email.js';

const DELIVERED = { status: 'delivered' };

describe('a message', () => {
  test('arrives with its parts, and its sender, date and id', async () => {
    const here = await world();
    const item = ann({ variables: { traits: { first_name: 'Änn <3' } } });
    expect(await send(here, item)).toEqual([DELIVERED]);
    const [{ from, to, mail }] = here.server.received as [Received];
    expect({ from, to }).toEqual({ from: 'shop@shop.example', to: ['ann@example.com'] });
    expect(mail.from?.value).toEqual([{ name: 'Tee & Kännchen', address: 'shop@shop.example' }]);
    expect(mail.subject).toBe('Hello Änn <3');
    expect(mail.html).toContain('<b>Änn &lt;3</b>');
    expect(mail.text).toBe('Hi Änn <3, a kettle [https://shop.example/k?a=1&b=2]');
    expect(mail.messageId).toBe(`<${item.key}@shop.example>`);
    expect(mail.date?.getTime()).toBe(item.decidedAt);
  });

  test('is made of MJML, whose elements Liquid repeats and leaves out', async () => {
    const mjml = `<mjml><mj-body>{% for item in items %}<mj-section><mj-column>
      <mj-text>{{ item }}</mj-text></mj-column></mj-section>{% endfor %}</mj-body></mjml>`;
    const here = await world({}, { options: { mjml } });
    await send(here, ann({ variables: { items: ['Kettle', '</mj-text><mj-raw>Cup', '"&'] } }));
    const { html, text } = here.server.received[0]?.mail ?? {};
    expect(html).toContain('>Kettle</div>');
    expect(html).toContain('&lt;/mj-text&gt;&lt;mj-raw&gt;Cup');
    expect(text).toMatch(/Kettle\s+<\/mj-text><mj-raw>Cup\s+"&/);
  });

  test('has the text part that was given, and needs no HTML', async () => {
    const here = await world({}, { options: { html: null, text: 'Only "{{ x }}" & text' } });
    await send(here, ann({ variables: { x: '<1>' } }));
    expect(here.server.received[0]?.mail).toMatchObject({ text: 'Only "<1>" & text\n', html: false });
  });

  test('is the same, byte for byte, at every attempt', async () => {
    const options = { html: '{{ "now" | date: "%Y-%m-%d %H:%M" }} {{ unsubscribe_url }}' };
    const here = await world({}, { options });
    const item = ann();
    await send(here, item);
    here.context.advance(86_400_000);
    await send(here, { ...item, attempt: 2 });
    const [first, second] = here.server.received;
    expect(first?.raw).toBe(second?.raw);
    expect(first?.mail.text).toContain('2026-03-01 12:00');
  });

  test('lets its payload say what the options do not', async () => {
    const here = await world();
    await send(
      here,
      ann({ subject: 'Another', from: 'b@shop.example', replyTo: 'Care <care@shop.example>' }),
    );
    const { mail } = here.server.received[0] as Received;
    expect(mail.subject).toBe('Another');
    expect(mail.from?.text).toBe('b@shop.example');
    expect(mail.replyTo?.value).toEqual([{ name: 'Care', address: 'care@shop.example' }]);
  });

  test('goes to addresses and carries subjects in all scripts', async () => {
    const here = await world();
    expect(await send(here, ann({ to: '用户@例え.jp', subject: 'Größe 🍵 日本語 '.repeat(8) }))).toEqual([
      DELIVERED,
    ]);
    const { to, mail } = here.server.received[0] as Received;
    expect(to[0]).toMatch(/^用户@(例え\.jp|xn--r8jz45g\.jp)$/);
    expect(mail.subject).toBe('Größe 🍵 日本語 '.repeat(8).trim());
  });
});

describe('one-click unsubscribe (RFC 8058)', () => {
  test('is in the headers and in the text', async () => {
    const here = await world({}, { options: { html: '<a href="{{ unsubscribe_url }}">Stop</a>' } });
    const item = ann();
    await send(here, item);
    const { mail } = here.server.received[0] as Received;
    const link = here.context.unsubscribeLink?.(item, 'ann@example.com');
    expect(mail.headers.get('list')).toEqual({
      unsubscribe: { url: link },
      'unsubscribe-post': { name: 'List-Unsubscribe=One-Click' },
    });
    expect(mail.html).toContain(`href="${link}"`);
  });

  test('is left out where nobody can opt out, and nothing goes without it otherwise', async () => {
    const receipt = await world({}, { options: { unsubscribe: false } });
    await send(receipt, ann());
    expect(receipt.server.received[0]?.mail.headers.has('list')).toBe(false);
    const here = await world();
    const { unsubscribeLink: _, ...without } = here.context;
    const [result] = await send({ ...here, context: without }, ann());
    expect(result).toMatchObject({ status: 'failed', code: 'unsubscribe_unavailable' });
    expect(here.server.received).toEqual([]);
  });
});

describe('nothing gets into headers', () => {
  test.each([
    ['subject', { subject: 'Hi\r\nBcc: eve@example.com\r\n\r\nbody' }],
    ['a value in the subject', { subject: '{{ x }}', variables: { x: 'Hi\nBcc: eve@example.com' } }],
    ['a header', { headers: { 'X-Campaign': 'a\r\nBcc: eve@example.com' } }],
  ])('by %s', async (_, payload) => {
    const here = await world();
    expect(await send(here, ann(payload))).toEqual([DELIVERED]);
    const { mail, to } = here.server.received[0] as Received;
    expect(mail.headers.has('bcc')).toBe(false);
    expect(mail.text).toContain('Hi there');
    expect(to).toEqual(['ann@example.com']);
  });

  test.each([
    [{ to: 'ann@example.com, eve@example.com' }, 'address_invalid'],
    [{ to: 'ann@example.com\r\nRCPT TO:<eve@example.com>' }, 'address_invalid'],
    [{ from: 'Shop\r\nBcc: eve@example.com <b@shop.example>' }, 'address_invalid'],
    [{ to: '"a b"@example.com' }, 'address_invalid'],
    [{ to: 'ann' }, 'address_invalid'],
    [{ to: '' }, 'field_missing'],
    [{ headers: { Bcc: 'eve@example.com' } }, 'header_invalid'],
    [{ headers: { 'X-A\r\nBcc': 'x' } }, 'header_invalid'],
    [
      { headers: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`X-${n}`, 'x'])) },
      'header_invalid',
    ],
  ])('and %j is refused', async (payload, code) => {
    const here = await world();
    expect(await send(here, ann(payload))).toMatchObject([{ status: 'failed', code, retry: false }]);
    expect(here.server.received).toEqual([]);
  });

  test('but X- headers of one’s own', async () => {
    const here = await world();
    await send(here, ann({ headers: { 'X-Campaign': 'spring' } }));
    expect(here.server.received[0]?.mail.headers.get('x-campaign')).toBe('spring');
  });
});

describe('templates that cannot be used', () => {
  test.each([
    [{ strict: true, html: 'a\n{{ traits.city }}' }, 'variable_missing', /traits\.city, line:2/],
    [{ html: '{% if %}' }, 'template_invalid', /HTML/],
    [{ html: '{{ x | nofilter }}' }, 'template_invalid', /nofilter/],
    [{ html: '{% include "/etc/passwd" %}' }, 'template_failed', /passwd/],
    [{ html: '{% for i in (1..100000000) %}x{% endfor %}' }, 'template_failed', /limit/],
    [{ html: null, mjml: '<mjml><mj-body><mj-section></mj-body></mjml>' }, 'template_invalid', /MJML/],
    [
      { html: null, mjml: '<mjml><mj-body><mj-include path="/etc/passwd"/></mj-body></mjml>' },
      'template_invalid',
      /include/,
    ],
    [{ html: null }, 'template_missing', /"html"/],
    [{ subject: null }, 'template_missing', /subject/],
  ])('%j', async (options, code, message) => {
    const here = await world({}, { options });
    const [result] = await send(here, ann({ variables: { traits: {} } }));
    expect(result).toMatchObject({ status: 'failed', code, retry: false });
    expect(result).toHaveProperty('message', expect.stringMatching(message));
  });

  test('elements that stand so deep within each other that they would break mrml', async () => {
    const mjml = `<mjml><mj-body>${'<mj-wrapper>'.repeat(1000)}${'</mj-wrapper>'.repeat(1000)}</mj-body></mjml>`;
    const here = await world({}, { options: { mjml } });
    expect(await send(here, ann())).toMatchObject([{ code: 'template_invalid' }]);
  });

  test('strictness bears what has a default, and what is asked about', async () => {
    const options = {
      strict: true,
      html: '{% if traits.vip %}VIP{% endif %}{{ traits.city | default: "here" }}',
    };
    const here = await world({}, { options });
    expect(await send(here, ann())).toEqual([DELIVERED]);
    expect(here.server.received[0]?.mail.text).toBe('here');
  });
});

describe('the connection', () => {
  const certificate = selfSignedCertificate('localhost');
  const onAuth: MailServerOptions['onAuth'] = (auth: SMTPServerAuthentication, _session, done) =>
    auth.username === 'shop' && auth.password === 'right'
      ? done(null, { user: 'shop' })
      : done(Object.assign(new Error('Wrong'), { responseCode: 535 }));

  test.each([
    ['tls', { secure: true, ...certificate }],
    ['starttls', { ...certificate }],
  ])(
    'by %s refuses a certificate that nobody vouches for, unless it is told of it',
    async (security, server) => {
      const wary = await world(server, { settings: { security } });
      expect(await send(wary, ann())).toMatchObject([{ status: 'failed', code: 'tls_failed', retry: true }]);
      expect(wary.server.received).toEqual([]);
      const told = await world(server, { settings: { security, certificateAuthority: certificate.cert } });
      expect(await send(told, ann())).toEqual([DELIVERED]);
      expect(told.server.received[0]?.secure).toBe(true);
    },
  );

  test('refuses a certificate of another host', async () => {
    const other = selfSignedCertificate('mail.example');
    const settings = { security: 'tls', certificateAuthority: other.cert };
    const here = await world({ secure: true, ...other }, { settings });
    expect(await send(here, ann())).toMatchObject([{ code: 'tls_failed' }]);
  });

  test('sends nothing when STARTTLS is wanted and not offered', async () => {
    const here = await world({}, { settings: { security: 'starttls' } });
    expect(await send(here, ann())).toMatchObject([{ status: 'failed', code: 'tls_failed', retry: true }]);
    expect(here.server.received).toEqual([]);
  });

  test('authenticates, and tells when it is not let in', async () => {
    const server = { ...certificate, onAuth };
    const safe = { security: 'starttls', certificateAuthority: certificate.cert, user: 'shop' };
    const right = await world(server, { settings: { ...safe, password: 'right' } });
    expect(await send(right, ann())).toEqual([DELIVERED]);
    await email.test?.(right.context);
    const wrong = await world(server, { settings: { ...safe, password: 'wrong' } });
    expect(await send(wrong, ann())).toMatchObject([{ status: 'failed', code: 'auth_failed' }]);
    await expect(email.test?.(wrong.context)).rejects.toMatchObject({ failure: { code: 'auth_failed' } });
    expect(JSON.stringify(wrong.context.exchanges)).not.toContain('"wrong"');
  });

  test('is kept open between messages, and no more are open than may be', async () => {
    const here = await world({}, { settings: { connectionsMax: 2 } });
    const attempt = () => ({ ...here, context: { ...here.context, signal: new AbortController().signal } });
    const sent = Array.from({ length: 30 }, () => send(attempt(), ann()));
    expect((await Promise.all(sent)).flat()).toEqual(Array.from({ length: 30 }, () => DELIVERED));
    expect(here.server.received).toHaveLength(30);
    expect(here.server.connections.most).toBeLessThanOrEqual(2);
    expect(here.server.connections.count).toBeLessThanOrEqual(2);
  });

  test('that breaks off in the midst is tried again as the same message', async () => {
    let cuts = 1;
    const here = await world({ cut: () => cuts-- > 0 });
    const item = ann();
    const [first] = await send(here, item);
    expect(first).toMatchObject({ status: 'failed', code: 'connection_failed', retry: true });
    expect(await send(here, { ...item, attempt: 2 })).toEqual([DELIVERED]);
    expect(here.server.received.map(({ mail }) => mail.messageId)).toEqual([`<${item.key}@shop.example>`]);
  });

  test('that hangs is given up when the time of the attempt is over', async () => {
    const here = await world({ onMailFrom: () => here.context.abort() });
    expect(await send(here, ann())).toMatchObject([{ status: 'failed', retry: true }]);
  });

  test('is not made where it must not go, nor in a dry run', async () => {
    const here = await world();
    const dry = { ...here.context, dryRun: true };
    expect(await send({ ...here, context: dry }, ann())).toEqual([DELIVERED]);
    expect(here.server.connections.count).toBe(0);
    expect(here.context.exchanges[0]?.request.body).toContain('To: ann@example.com');
  });
});

describe('answers of the server', () => {
  test('a greylisted message is put off, and then goes', async () => {
    let greylisted = true;
    const here = await world({
      refuse: () => (greylisted ? '451 4.7.1 Greylisted, try again later' : undefined),
    });
    const item = ann();
    expect(await send(here, item)).toMatchObject([{ status: 'failed', code: 'smtp_451', retry: true }]);
    greylisted = false;
    expect(await send(here, { ...item, attempt: 2 })).toEqual([DELIVERED]);
    expect(here.context.exchanges.map(({ response }) => response?.status)).toEqual([451, 250]);
  });

  const bounce = {
    code: 'hard_bounce',
    retry: false,
    feedback: { kind: 'hard_bounce', address: 'ann@example.com' },
  };
  test.each([
    ['550 5.1.1 No such user', bounce],
    ['550 No such user', bounce],
    ['550 5.2.1 Disabled', bounce],
    ['550 5.7.1 Blocked for policy', { code: 'smtp_550', retry: false }],
    ['552 5.2.2 Mailbox full', { code: 'smtp_552', retry: false }],
    ['554 Transaction failed', { code: 'smtp_554', retry: false }],
  ])('%s to the recipient', async (reply, failure) => {
    const here = await world({ refuse: () => reply });
    const [result] = await send(here, ann());
    expect(result).toMatchObject({ status: 'failed', ...failure });
    expect('feedback' in (result ?? {})).toBe('feedback' in failure);
  });

  test.each([
    ['554 5.7.1 Spam', { code: 'smtp_554', retry: false }],
    ['550 5.1.1 Unknown after all', bounce],
    ['452 4.3.1 Disk full', { code: 'smtp_452', retry: true }],
  ])('%s to the message', async (reply, failure) => {
    const here = await world({ refuseData: () => reply });
    expect(await send(here, ann())).toMatchObject([{ status: 'failed', ...failure }]);
  });

  test('a sender who is refused says nothing of the address', async () => {
    const onMailFrom: MailServerOptions['onMailFrom'] = (_address, _session, done) =>
      done(Object.assign(new Error('5.1.8 Bad sender'), { responseCode: 550 }));
    const here = await world({ onMailFrom });
    const [result] = await send(here, ann());
    expect(result).toMatchObject({ code: 'smtp_550', retry: false });
    expect(result).not.toHaveProperty('feedback');
  });

  test('a failing person holds up no other', async () => {
    const here = await world({ refuse: (to) => (to.startsWith('bad') ? '550 5.1.1 No' : undefined) });
    const results = await send(here, ann(), ann({ to: 'bad@example.com' }), ann());
    expect(results.map(({ status }) => status)).toEqual(['delivered', 'failed', 'delivered']);
  });
});

test('bounces come back to an address that tells whose message it was', async () => {
  const here = await world({}, { settings: { bounceAddress: 'bounces@mail.shop.example' } });
  const item = ann();
  await send(here, item);
  const [{ from, mail }] = here.server.received as [Received];
  expect(mail.from?.value[0]?.address).toBe('shop@shop.example');
  const { mac } = here.context;
  const read = readReturnPath(from, (text) => mac?.('return-path', text) ?? new Uint8Array());
  expect(read?.profileId).toBe(item.profileId);
  expect(read?.isFor('Ann@example.com')).toBe(true);
  expect(read?.isFor('eve@example.com')).toBe(false);
});
