import { expect, test } from 'vitest';
import { writeKeyOf } from './write-keys.js';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

test.each([
  [basic('key:'), 'body', 'key'],
  [basic('key'), '', 'key'],
  [basic('key:ignored'), '', 'key'],
  [basic('key:').replace(/=+$/, ''), '', 'key'],
  [basic('key:').replace('Basic ', 'basic   '), '', 'key'],
  [basic(':password'), 'body', 'body'],
  ['Basic', 'body', 'body'],
  ['Basic ', 'body', 'body'],
  ['Bearer something', 'body', 'body'],
  [undefined, 'body', 'body'],
  [undefined, '', ''],
])('%j with %j in the body gives %j', (authorization, inBody, key) => {
  expect(writeKeyOf(authorization, inBody)).toBe(key);
});
