import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Received } from '../../../../tests/support/mail-server.js';
import { ann, send, world } from '../../../../tests/support/mailing.js';
import type { JsonObject } from '../../../core/json.js';
import { signMail } from './dkim.js';
import { email } from './email.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const dkimPrivateKey = pem(privateKey);
const SETTINGS = { dkimDomain: 'shop.example', dkimSelector: 'news', dkimPrivateKey };

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/**
 * Verifies the first signature of a message as a receiver does (RFC 6376, section 6; rsa-sha256 and relaxed/relaxed alone).
 * @returns whose signature it is, and the covered headers' names. Throws for what it does not verify.
 */
function verified(raw: string, key: KeyObject) {
  const end = raw.indexOf('\r\n\r\n');
  const headers = raw.slice(0, end).split(/\r\n(?![ \t])/);
  const nameOf = (header: string) => header.slice(0, header.indexOf(':')).trim().toLowerCase();
  const signature = headers.find((header) => nameOf(header) === 'dkim-signature') ?? '';
  const tags = Object.fromEntries(
    signature
      .slice(signature.indexOf(':') + 1)
      .split(';')
      .map((tag) => /^\s*(\w+)\s*=(.*)$/s.exec(tag) ?? [])
      .map(([, name = '', value = '']) => [name, value.replace(/\s+/g, '')]),
  );
  expect(tags).toMatchObject({ v: '1', a: 'rsa-sha256', c: 'relaxed/relaxed' });
  const body = raw
    .slice(end + 4)
    .split('\r\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
    .join('\r\n')
    .replace(/(?:\r\n)*$/, '\r\n');
  if (tags.bh !== createHash('sha256').update(body).digest('base64')) throw new Error('The body was changed');
  const relaxed = (header: string) =>
    `${nameOf(header)}:${header
      .slice(header.indexOf(':') + 1)
      .replace(/\r\n/g, '')
      .replace(/[ \t]+/g, ' ')
      .trim()}`;
  const left = headers.filter((header) => header !== signature);
  const covered = (tags.h ?? '').toLowerCase().split(':');
  // From the bottom up, each once; one that is not there counts as nothing.
  const signed = covered.flatMap((name) => {
    const at = left.findLastIndex((header) => nameOf(header) === name);
    return at < 0 ? [] : left.splice(at, 1).map((header) => `${relaxed(header)}\r\n`);
  });
  const data = signed.join('') + relaxed(signature.replace(/(;\s*b=)[^;]*/, '$1'));
  if (!verify('sha256', Buffer.from(data), key, Buffer.from(tags.b ?? '', 'base64')))
    throw new Error('The headers were changed');
  return { domain: tags.d, selector: tags.s, covered };
}

test('the verifier of these tests agrees with the example of RFC 8463, appendix A', () => {
  const raw = [
    'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;',
    ' d=football.example.com; i=@football.example.com;',
    ' q=dns/txt; s=test; t=1528637909; h=from : to : subject :',
    ' date : message-id : from : subject : date;',
    ' bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;',
    ' b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3',
    ' DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz',
    ' dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=',
    'From: Joe SixPack <joe@football.example.com>',
    'To: Suzie Q <suzie@shopping.example.net>',
    'Subject: Is dinner ready?',
    'Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)',
    'Message-ID: <20030712040037.46341.5F8J@football.example.com>',
    ...['', 'Hi.', '', 'We lost the game.  Are you hungry yet?', '', 'Joe.', ''],
  ].join('\r\n');
  const published =
    'MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB';
  const key = createPublicKey({ key: Buffer.from(published, 'base64'), type: 'spki', format: 'der' });
  expect(verified(raw, key).domain).toBe('football.example.com');
  expect(() => verified(raw.replace('dinner', 'supper'), key)).toThrow('headers');
});

describe('a message that is signed', () => {
  test('verifies as it arrives, with both headers of one-click unsubscribe', async () => {
    const here = await world({}, { settings: { ...SETTINGS, replyTo: 'Care <care@shop.example>' } });
    const html = `<p>Änn 🍵</p>\n.dots  and   spaces \n${'long '.repeat(300)}`;
    expect(await send(here, ann({ html, subject: 'Größe '.repeat(20) }))).toEqual([{ status: 'delivered' }]);
    const { raw } = here.server.received[0] as Received;
    const { covered, ...by } = verified(raw, publicKey);
    expect(by).toEqual({ domain: 'shop.example', selector: 'news' });
    // RFC 8058, section 4, and RFC 6376, section 5.4.1.
    expect(covered).toEqual(expect.arrayContaining(['list-unsubscribe', 'list-unsubscribe-post']));
    expect(covered).toEqual(
      expect.arrayContaining(['from', 'reply-to', 'to', 'subject', 'date', 'message-id', 'mime-version']),
    );
    expect(raw.match(/^dkim-signature:/gim)).toHaveLength(1);
    expect(raw.replace(/\s/g, '')).not.toContain(dkimPrivateKey.replace(/\s/g, '').slice(40, 100));
  });

  test('does not verify when somebody changed its text, its sender or its link, nor by another key', async () => {
    const here = await world({}, { settings: SETTINGS });
    await send(here, ann());
    const { raw } = here.server.received[0] as Received;
    expect(verified(raw, publicKey).domain).toBe('shop.example');
    expect(() => verified(raw.replace('a kettle', 'a cattle'), publicKey)).toThrow('body');
    expect(() => verified(raw.replace('<shop@', '<evil@'), publicKey)).toThrow('headers');
    expect(() => verified(raw.replace(/^(List-Unsubscribe: <https:\/\/)/m, '$1evil.'), publicKey)).toThrow(
      'headers',
    );
    expect(() => verified(raw.replace('=One-Click', '=Click'), publicKey)).toThrow('headers');
    const other = generateKeyPairSync('rsa', { modulusLength: 1024 });
    expect(() => verified(raw, other.publicKey)).toThrow('headers');
  });

  test('is the same at every attempt, and is kept with it as it went', async () => {
    const here = await world({}, { settings: SETTINGS });
    const item = ann();
    await send(here, item);
    await send(here, { ...item, attempt: 2 });
    const [first, second] = here.server.received;
    expect(first?.raw).toBe(second?.raw);
    expect(here.context.exchanges[0]?.request.body).toBe(first?.raw);
  });

  test('does not leave when its key cannot sign', async () => {
    const here = await world({}, { settings: { ...SETTINGS, dkimPrivateKey: 'none' } });
    expect(await send(here, ann())).toMatchObject([{ code: 'settings_invalid', retry: true }]);
    expect(here.server.received).toEqual([]);
  });
});

test('without a key a message stays as it is', async () => {
  const raw = Buffer.from('Subject: a\r\n\r\nb');
  expect(await signMail(raw, {})).toBe(raw);
});

describe('settings of DKIM', () => {
  const faults = (settings: JsonObject) => email.faultsOf?.(settings).map(({ message }) => message);

  test('may be left out, and be of RSA in both forms of PEM', () => {
    expect(faults({})).toEqual([]);
    expect(faults(SETTINGS)).toEqual([]);
    const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' });
    expect(faults({ ...SETTINGS, dkimSelector: '2026.news-1', dkimPrivateKey: pkcs1.toString() })).toEqual(
      [],
    );
  });

  test.each(Object.keys(SETTINGS))('go together: %s', (name) => {
    const { [name]: _, ...others } = SETTINGS as JsonObject;
    expect(faults(others)).toEqual([
      `${name}: is missing: DKIM needs dkimDomain, dkimSelector, dkimPrivateKey together. Give it, or take the others away.`,
    ]);
  });

  const short = generateKeyPairSync('rsa', { modulusLength: 1016 });
  test.each<[string, JsonObject, string]>([
    ['what is no key', { dkimPrivateKey: 'MIIB' }, 'dkimPrivateKey: is no private key in PEM'],
    [
      'a public key',
      { dkimPrivateKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
      'dkimPrivateKey: is no private key in PEM',
    ],
    [
      'a key with a passphrase',
      {
        dkimPrivateKey: privateKey
          .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' })
          .toString(),
      },
      'without a passphrase',
    ],
    [
      'a key that nodemailer signs nothing by',
      { dkimPrivateKey: pem(generateKeyPairSync('ed25519').privateKey) },
      'dkimPrivateKey: is a key of the type ed25519; it must be one of RSA. Make one by: openssl genrsa',
    ],
    ['a short key', { dkimPrivateKey: pem(short.privateKey) }, 'dkimPrivateKey: has 1016 bits'],
    ['a selector with the whole name', { dkimSelector: 'news._domainkey' }, 'dkimSelector: must be'],
  ])('refuse %s', (_, change, message) => {
    expect(faults({ ...SETTINGS, ...change })).toEqual([expect.stringContaining(message)]);
  });
});
