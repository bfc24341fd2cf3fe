import { expect, test } from 'vitest';
import { identityOf } from './oidc-identity.js';

const TOKEN = { iss: 'https://login.example', sub: '1' };

test('an address and its being verified come from one place', () => {
  const told = (token: object, info: object) =>
    identityOf({ ...TOKEN, ...token }, { ...info }, 'groups').verifiedEmail;
  expect(told({ email: 'a@b.example', email_verified: true }, {})).toBe('a@b.example');
  expect(told({ email: 'a@b.example', email_verified: 'true' }, {})).toBe('a@b.example');
  expect(told({}, { email: 'a@b.example', email_verified: true })).toBe('a@b.example');
  expect(told({ email: 'a@b.example' }, { email_verified: true })).toBeUndefined();
  expect(told({ email_verified: true }, { email: 'a@b.example' })).toBeUndefined();
});

test.each([false, 'false', 1, null, undefined, 'yes'])('%j is not verified', (verified) => {
  const claims = { ...TOKEN, email: 'a@b.example', email_verified: verified as never };
  expect(identityOf(claims, {}, 'groups').verifiedEmail).toBeUndefined();
});

test.each([
  'mi\u212ae@b.example',
  'a b@c.example',
  'a@b@c.example',
  '@b.example',
  `${'a'.repeat(250)}@b.example`,
])('nobody is known by the address %j', (email) => {
  expect(identityOf({ ...TOKEN, email, email_verified: true }, {}, 'groups').verifiedEmail).toBeUndefined();
});

test('a name is text for people, whatever is told', () => {
  const named = (name: unknown) => identityOf({ ...TOKEN, name: name as never }, {}, 'groups').name;
  expect(named(' Ann\u0000\u202e ')).toBe('Ann');
  expect([...named('😀'.repeat(300))]).toHaveLength(200);
  expect([named(''), named(7), named(undefined)]).toEqual(['1', '1', '1']);
});

test('groups are one text or a list, of the claim that the operator names', () => {
  const of = (claims: object) => identityOf({ ...TOKEN, ...claims }, {}, 'https://shop/roles').groups;
  expect(of({ 'https://shop/roles': 'a' })).toEqual(['a']);
  expect(of({ 'https://shop/roles': ['a', 1, 'b'] })).toEqual(['a', 'b']);
  expect(of({ groups: ['a'] })).toEqual([]);
});
