import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Unsubscribe } from './unsubscribe-token.js';
import { readUnsubscribeToken, unsubscribeToken } from './unsubscribe-token.js';

const macUnder = (key: string) => (text: string) => createHmac('sha256', key).update(text).digest();
const mac = macUnder('a key');
const unsubscribe: Unsubscribe = {
  ...{ channel: 'email', kind: 'email', value: 'änn+1@example.com', purposes: ['email_marketing'] },
  delivery: '5b2c6f0e-4f3f-5a57-8f0e-0d9d3c3c7a11',
};

test('a token says what was printed, in the characters of a path', () => {
  const token = unsubscribeToken(unsubscribe, mac);
  expect(token).toMatch(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/);
  expect(readUnsubscribeToken(token, mac)).toEqual(unsubscribe);
});

test('a token of another key is none', () => {
  expect(readUnsubscribeToken(unsubscribeToken(unsubscribe, mac), macUnder('another'))).toBeUndefined();
});

test('a token with any character changed, left out or put in is none', () => {
  const token = unsubscribeToken(unsubscribe, mac);
  const edit = fc.tuple(fc.nat(token.length), fc.nat(1), fc.string({ maxLength: 2 }));
  fc.assert(
    fc.property(edit, ([at, left, put]) => {
      const edited = token.slice(0, at) + put + token.slice(at + left);
      fc.pre(edited !== token);
      expect(readUnsubscribeToken(edited, mac)).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

test.each(['', '.', '..', 'a', `${'a'.repeat(5_000)}.b`, 'bnVsbA.'])('%j is no token', (text) => {
  expect(readUnsubscribeToken(text, mac)).toBeUndefined();
});

test('what another release signed in another form is none', () => {
  const text = Buffer.from(JSON.stringify([2, 'email', 'email', 'a@example.com', [], ''])).toString(
    'base64url',
  );
  expect(readUnsubscribeToken(`${text}.${mac(text).toString('base64url')}`, mac)).toBeUndefined();
});
