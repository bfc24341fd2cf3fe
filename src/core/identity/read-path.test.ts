import { expect, test } from 'vitest';
import { anEvent } from '../../../tests/support/an-event.js';
import type { JsonObject } from '../json.js';
import { isOfPerson, readPath } from './read-path.js';

const read = (path: string, event: Parameters<typeof anEvent>[0]) => readPath(path)?.(anEvent(event));

test.each([
  ['userId', { userId: 'u' }, 'u'],
  ['anonymousId', { anonymousId: 'a' }, 'a'],
  ['groupId', { type: 'group', groupId: 'g' }, 'g'],
  ['traits.email', { traits: { email: 'e' } }, 'e'],
  ['traits.email', { type: 'group', traits: { email: 'e' } }, undefined],
  ['context.traits.email', { type: 'group', context: { traits: { email: 'e' } } }, 'e'],
  ['context.device.id', { context: { device: { id: 'd' } } }, 'd'],
  ['properties.a.b', { properties: { a: { b: ['x', 'y'] } } }, ['x', 'y']],
  ['properties.a.b', { properties: { a: [{ b: 'x' }] } }, undefined],
  ['properties.a.b', { properties: { a: null } }, undefined],
  ['properties.a.length', { properties: { a: 'text' } }, undefined],
  ['traits.first name', { traits: { 'first name': 'x' } }, 'x'],
] as const)('%s of %j', (path, event, value) => {
  expect(read(path, event as unknown as Parameters<typeof anEvent>[0])).toEqual(value);
});

test('inherited properties are not read, own ones of the same name are', () => {
  for (const path of [
    'traits.constructor.name',
    'traits.__proto__.toString',
    'traits.toString',
    'context.__proto__.x',
  ]) {
    expect(read(path, { traits: {}, context: {} })).toBeUndefined();
  }
  const traits = JSON.parse('{"__proto__":{"id":"own"},"constructor":"c"}') as JsonObject;
  expect(read('traits.__proto__.id', { traits })).toBe('own');
  expect(read('traits.constructor', { traits })).toBe('c');
});

test('external ids are those of the type, of users, and as they are', () => {
  const externalIds = [
    { type: 'card', id: 'c1' },
    { type: 'card', id: 'c2', collection: 'users', encoding: 'none' },
    { type: 'card', id: 'c3', collection: null, encoding: null },
    { type: 'card', id: 'account', collection: 'accounts' },
    { type: 'card', id: 'hash', encoding: 'sha256' },
    { type: 'card' },
    { type: 'other', id: 'o' },
    ...[null, 7, 'card', ['card']],
  ];
  expect(read('context.externalIds[card]', { context: { externalIds } })).toEqual(['c1', 'c2', 'c3']);
  expect(
    read('context.externalIds[card]', { context: { externalIds: { type: 'card', id: 'x' } } }),
  ).toBeUndefined();
  expect(read('context.externalIds[constructor]', { context: { externalIds } })).toEqual([]);
});

test.each([
  ...[
    '',
    'email',
    'userId.x',
    'traits',
    'traits.',
    'traits..x',
    '.traits.x',
    'Traits.x',
    'integrations.All',
    'name',
  ],
  ...[
    'traits.list[0]',
    'context.externalIds[]',
    'context.externalIds[a].id',
    'messageId',
    '__proto__.x',
    'constructor',
  ],
])('%j is no path', (path) => {
  expect(readPath(path)).toBeUndefined();
});

test('properties, and what of the context is nobody’s own, are told apart: reading them back is slow', () => {
  const quick = [
    'userId',
    'groupId',
    'traits.a.b',
    'context.traits.x',
    'context.device.id',
    'context.externalIds[crm]',
  ];
  const slow = ['properties.card', 'context.page.url', 'context.devices.id', 'context.ip'];
  expect(quick.map(isOfPerson)).toEqual(quick.map(() => true));
  expect(slow.map(isOfPerson)).toEqual(slow.map(() => false));
});
