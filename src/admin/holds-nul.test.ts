import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { holdsNul } from './holds-nul.js';

test.each(['a\u0000', ['x', ['\u0000']], { a: { 'k\u0000': 1 } }, { a: [{ b: '\u0000' }] }])(
  '%j does',
  (value) => {
    expect(holdsNul(value)).toBe(true);
  },
);

test.each(['', 'a\\u0000', 0, null, undefined, ['x'], { a: { b: ['\n'] } }])('%j does not', (value) => {
  expect(holdsNul(value)).toBe(false);
});

test('what is no JSON is not looked into: streams, buffers', () => {
  expect(holdsNul([Readable.from(['\u0000']), Buffer.from([0])])).toBe(false);
});
