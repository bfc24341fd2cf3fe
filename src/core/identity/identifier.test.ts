import { expect, test } from 'vitest';
import { anEvent } from '../../../tests/support/an-event.js';
import { identifiersOf, RULES } from '../../../tests/support/default-rules.js';
import { identifierKey } from './identifier.js';

const { normalise } = RULES;

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

const emails = (event: Parameters<typeof anEvent>[0]) =>
  identifiersOf(anEvent(event))
    .filter(({ kind }) => kind === 'email')
    .map(({ value }) => value);

test('the person’s addresses are in the traits and in the context’s', () => {
  const context = { traits: { email: 'Context@example.com' } };
  expect(emails({ type: 'identify', traits: { email: 'own@example.org' }, context })).toEqual([
    'own@example.org',
    'context@example.com',
  ]);
  expect(emails({ type: 'identify', traits: { email: 'broken' }, context })).toEqual(['context@example.com']);
  expect(emails({ context })).toEqual(['context@example.com']);
  expect(emails({ traits: { email: 7 }, context: { traits: ['x'] } })).toEqual([]);
});

test('a group’s address is not the person’s', () => {
  expect(emails({ type: 'group', traits: { email: 'info@company.example' } })).toEqual([]);
});

test('identifiers come strongest first', () => {
  const event = anEvent({ anonymousId: 'a', userId: 'u', traits: { email: 'A@b.example' } });
  expect(identifiersOf(event)).toEqual([
    { kind: 'user_id', value: 'u', key: 'user_id\nu' },
    { kind: 'email', value: 'a@b.example', key: 'email\na@b.example' },
    { kind: 'anonymous_id', value: 'a', key: 'anonymous_id\na' },
  ]);
  expect(identifiersOf(anEvent())).toEqual([]);
});
