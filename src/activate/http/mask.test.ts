import { expect, test } from 'vitest';
import { makeMask } from './mask.js';

const SECRET = 'p4ss/w+rd "ü"';
const mask = makeMask([SECRET, 'abc', '']);

test('a secret is masked in every form that it takes on the way', () => {
  const forms = [
    SECRET,
    encodeURIComponent(SECRET),
    new URLSearchParams({ k: SECRET }).toString(),
    JSON.stringify({ nested: [SECRET] }),
    Buffer.from(SECRET).toString('base64'),
    Buffer.from(`${SECRET}:`).toString('base64'),
  ];
  for (const form of forms) {
    const masked = mask.text(`before ${form} after`);
    expect(masked).toMatch(/^before .*\*\*\*.* after$/);
    expect(masked).not.toContain('p4ss');
    expect(masked).not.toContain(Buffer.from('p4ss/').toString('base64').slice(0, 6));
  }
});

test('very short secrets do not turn every text into stars', () => {
  expect(mask.text('abc abc')).toBe('abc abc');
});

test('a longer secret wins over one that it contains', () => {
  expect(makeMask(['12345', '1234567']).text('1234567')).toBe('***');
});

test('credentials that are no settings are masked by their names', () => {
  expect(mask.text('{"access_token": "a\\"b", "expires_in": 3600, "API_KEY":"k"}')).toBe(
    '{"access_token": "***", "expires_in": 3600, "API_KEY":"***"}',
  );
  expect(mask.url('https://me:you@example.com/a?access_token=t&limit=2&api_key=k#x')).toBe(
    'https://***@example.com/a?access_token=***&limit=2&api_key=***#x',
  );
  expect(
    mask.headers([
      ['authorization', 'Bearer x'],
      ['X-Api-Key', 'x'],
      ['set-cookie', 'x'],
      ['x-auth-token', 'x'],
      ['content-type', 'text/plain'],
      ['x-note', `is ${SECRET}`],
    ]),
  ).toEqual({
    authorization: '***',
    'X-Api-Key': '***',
    'set-cookie': '***',
    'x-auth-token': '***',
    'content-type': 'text/plain',
    'x-note': 'is ***',
  });
});
