import { expect, test } from 'vitest';
import { anEvent } from '../../../tests/support/an-event.js';
import { emailOf, identifierKey, identifiersOf, normalise } from './identifier.js';

test.each([
  ['Ann@Example.COM', 'ann@example.com'],
  [' ann+shop@mail.example.com\n', 'ann+shop@mail.example.com'],
  ['анна@пример.рф', 'анна@пример.рф'],
  ["o'hara@example.com", "o'hara@example.com"],
])('%j is the address %j', (given, address) => {
  expect(normalise('email', given)).toBe(address);
});

test.each([
  '',
  '@',
  'ann',
  'ann@',
  'ann@example',
  '@example.com',
  'a b@example.com',
  'ann@@example.com',
  'ann@exa mple.com',
  `${'x'.repeat(65)}@example.com`,
  `ann@${'x'.repeat(250)}.com`,
  'ann\u0000@example.com',
  'ann@exam\uFFFDple.com',
  'ann@\ud800.com',
])('%j is no address', (given) => {
  expect(normalise('email', given)).toBe('');
});

test('other identifiers keep their case, and lose the space around them', () => {
  expect(normalise('user_id', ' U1 ')).toBe('U1');
  expect(normalise('anonymous_id', 'a B')).toBe('a B');
});

test('the same value of two kinds is two identifiers', () => {
  expect(identifierKey('user_id', 'x')).not.toBe(identifierKey('anonymous_id', 'x'));
});

test('the person’s address is in the traits, or else in the context’s', () => {
  const context = { traits: { email: 'Context@example.com' } };
  expect(emailOf('identify', { email: 'own@example.com' }, context)).toBe('own@example.com');
  expect(emailOf('identify', { email: 'broken' }, context)).toBe('context@example.com');
  expect(emailOf('track', {}, context)).toBe('context@example.com');
  expect(emailOf('track', { email: 7 }, { traits: ['x'] })).toBe('');
});

test('a group’s address is not the person’s', () => {
  expect(emailOf('group', { email: 'info@company.example' }, {})).toBe('');
});

test('identifiers come strongest first', () => {
  const event = anEvent({ anonymousId: 'a', userId: 'u', traits: { email: 'A@b.example' } });
  expect(identifiersOf(event)).toEqual([
    { kind: 'user_id', value: 'u' },
    { kind: 'email', value: 'a@b.example' },
    { kind: 'anonymous_id', value: 'a' },
  ]);
  expect(identifiersOf(anEvent())).toEqual([]);
});
