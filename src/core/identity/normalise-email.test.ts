import { expect, test } from 'vitest';
import { emailReducer, normaliseEmail } from './normalise-email.js';

test.each([
  ['Ann@Example.COM', 'ann@example.com'],
  ['\u202aann@example.com\u202c', 'ann@example.com'],
  ['ann@example.com\u200b', 'ann@example.com'],
  ['zoe\u0308@example.com', 'zo\u00eb@example.com'],
  ['a b@example.com', ''],
  ['ann@example', ''],
  [`${'x'.repeat(65)}@example.com`, ''],
  ['x'.repeat(1_000_000), ''],
])('%j is the address %j', (given, address) => {
  expect(normaliseEmail(given)).toBe(address);
});

test('what a provider ignores is taken out of its addresses alone', () => {
  const reduce = emailReducer({ ignoreDots: ['Gmail.com'], ignorePlus: ['gmail.com', 'outlook.com'] });
  expect(reduce('a.n.n+shop+x@gmail.com')).toBe('ann@gmail.com');
  expect(reduce('a.nn+shop@outlook.com')).toBe('a.nn@outlook.com');
  expect(reduce('a.nn+shop@example.com')).toBe('a.nn+shop@example.com');
  expect(reduce('a.nn@mail.gmail.com')).toBe('a.nn@mail.gmail.com');
  expect(reduce('+shop@outlook.com')).toBe('+shop@outlook.com');
  expect(reduce('...@gmail.com')).toBe('...@gmail.com');
  expect(emailReducer(undefined)('a.n+x@gmail.com')).toBe('a.n+x@gmail.com');
});
