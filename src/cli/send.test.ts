import { describe, expect, test } from 'vitest';
import { UsageError } from './action.js';
import { callFrom, parseCalls } from './send.js';

describe('callFrom', () => {
  test('a track call: properties by their JSON type, traits into the context', () => {
    const call = callFrom('track', 'Order Completed', {
      user: '42',
      property: [
        'total=12.5',
        'zip=01234',
        'gift=true',
        'note=a=b',
        'products=[{"sku":"x"}]',
        'id=12345678901234567890',
      ],
      trait: ['email=a@b.c'],
    });
    expect(call).toEqual({
      type: 'track',
      event: 'Order Completed',
      userId: '42',
      properties: {
        total: 12.5,
        zip: '01234',
        gift: true,
        note: 'a=b',
        products: [{ sku: 'x' }],
        id: '12345678901234567890',
      },
      context: { traits: { email: 'a@b.c' } },
    });
  });

  test('identify and group carry traits of their own; pages have a name', () => {
    expect(callFrom('identify', undefined, { anonymous: 'a', trait: ['age=7'] })).toEqual({
      type: 'identify',
      anonymousId: 'a',
      traits: { age: 7 },
    });
    expect(callFrom('page', 'Home', { anonymous: 'a' })).toEqual({
      type: 'page',
      name: 'Home',
      anonymousId: 'a',
    });
  });

  test('a pair without a value is refused, a prototype key is a key', () => {
    expect(() => callFrom('track', 'x', { property: ['total'] })).toThrow(UsageError);
    const { properties } = callFrom('track', 'x', { property: ['__proto__=1'] });
    expect(Object.keys(properties as object)).toEqual(['__proto__']);
  });
});

test('JSON is one call or several; anything else is a sentence', () => {
  expect(parseCalls('{"type":"page"}')).toEqual([{ type: 'page' }]);
  expect(parseCalls('[1,2]')).toEqual([1, 2]);
  expect(() => parseCalls('{')).toThrow(/That is not JSON/);
});
