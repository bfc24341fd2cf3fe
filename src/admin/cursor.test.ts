import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.js';

test('a cursor comes back as it was, and fits into an address', () => {
  const cursor = encodeCursor(['src_ü/?&', -12, 7]);
  expect(cursor).toMatch(/^[\w-]+$/);
  expect(decodeCursor(cursor, ['string', 'number', 'offset'])).toEqual(['src_ü/?&', -12, 7]);
  expect(decodeCursor(undefined, ['string'])).toBeUndefined();
});

test.each([
  ['', ['offset']],
  ['not base64 at all', ['offset']],
  [encodeCursor([]), ['offset']],
  [encodeCursor([1, 2]), ['offset']],
  [encodeCursor(['1']), ['offset']],
  [encodeCursor([1]), ['string']],
  [encodeCursor([-1]), ['offset']],
  [encodeCursor([1.5]), ['number']],
  [Buffer.from('[1e999]').toString('base64url'), ['offset']],
  [Buffer.from('{"0":1,"length":1}').toString('base64url'), ['offset']],
] as const)('%j is none of ours', (cursor, kinds) => {
  expect(() => decodeCursor(cursor, kinds)).toThrow(expect.objectContaining({ code: 'request_invalid' }));
});
