import { expect, test } from 'vitest';
import { findInPage, PAGES_PER_RUN, pageOf } from './seen-entry.js';

test('the page is the hash’s first bits', () => {
  expect(pageOf({ a: 0, b: 1, c: 2, body: 3 })).toBe(0);
  expect(pageOf({ a: 0xffff_ffff, b: 0, c: 0, body: 0 })).toBe(PAGES_PER_RUN - 1);
  expect(pageOf({ a: 1 << 19, b: 0, c: 0, body: 0 })).toBe(1);
});

test('a page is asked by the three words of the id', () => {
  const page = Uint32Array.of(1, 2, 3, 40, 1, 2, 4, 50);
  expect(findInPage(page, { a: 1, b: 2, c: 4, body: 0 })).toBe(50);
  expect(findInPage(page, { a: 1, b: 2, c: 3, body: 9 })).toBe(40);
  expect(findInPage(page, { a: 2, b: 3, c: 40, body: 1 })).toBeUndefined();
  expect(findInPage(new Uint32Array(0), { a: 1, b: 2, c: 3, body: 0 })).toBeUndefined();
});
