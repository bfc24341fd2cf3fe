import { expect, test } from 'vitest';
import { compilePattern } from './compile-pattern.js';

test.each([
  ['[A-Z]{2}\\d{2,6}', 'DE123', true],
  ['[A-Z]{2}\\d{2,6}', 'xDE123', false],
  ['(a|b)+', 'abba', true],
  ['(a|b)+', 'abbac', false],
  ['.', '🎉', true],
])('%s is for the whole value: %j', (pattern, value, expected) => {
  expect(compilePattern(pattern)(value)).toBe(expected);
});

test('case counts unless it is told not to', () => {
  expect([compilePattern('abc')('ABC'), compilePattern('abc', true)('ABC')]).toEqual([false, true]);
});

test('no expression takes longer than its value', () => {
  const matches = compilePattern('(a+)+b');
  const began = performance.now();
  expect(matches('a'.repeat(500))).toBe(false);
  expect(performance.now() - began).toBeLessThan(1_000);
});

test.each(['(', '(?=a)', '\\1'])('%s is refused', (pattern) => {
  expect(() => compilePattern(pattern)).toThrow();
});
