import { expect, test } from 'vitest';
import { readWire } from './wire.js';

test('a single call is its one item', () => {
  const body = { userId: 'u', writeKey: 'k', batch: [1, 2] };
  expect(readWire('track', body)).toEqual({ items: [body], writeKey: 'k' });
  expect(readWire('track', 'text')).toEqual({ items: ['text'], writeKey: '' });
});

test('a batch is its items, with what they share', () => {
  const body = {
    batch: [{ type: 'track' }, 7],
    context: { ip: '192.0.2.1' },
    integrations: { All: true },
    sentAt: 'x',
  };
  expect(readWire('batch', body)).toEqual({
    items: [{ type: 'track' }, 7],
    writeKey: '',
    context: { ip: '192.0.2.1' },
    integrations: { All: true },
    sentAt: 'x',
  });
});

test('what a batch shares must be objects, and its key a text', () => {
  expect(readWire('import', { batch: [], context: [], integrations: 'x', writeKey: 5 })).toEqual({
    items: [],
    writeKey: '',
    context: undefined,
    integrations: undefined,
    sentAt: undefined,
  });
});

test.each([[null], [[]], [{}], [{ batch: {} }], ['x']])('%j is no batch', (body) => {
  expect(readWire('batch', body)).toBeUndefined();
});
