import { expect, test } from 'vitest';
import { compileBlocked, namesNobody } from './blocked-values.js';

test.each([
  ...[
    'null',
    'NULL',
    'Undefined',
    'nil',
    'none',
    'N/A',
    'na',
    'NaN',
    'Anonymous',
    'anon',
    'guest',
    'unknown',
    'unidentified',
  ],
  ...[
    'not set',
    '(not set)',
    'test',
    'true',
    'False',
    '-1',
    '0',
    '000000',
    '""',
    "''",
    '-',
    '...',
    'xxx',
    'XXXXXX',
  ],
  ...[
    '00000000-0000-0000-0000-000000000000',
    '{00000000-0000-0000-0000-000000000000}',
    '[object Object]',
    'user-[object Object]',
  ],
  ...[
    '{{user_id}}',
    'id-{{ user.id }}',
    `\${userId}`,
    `a-\${id}`,
    '%user_id%',
    '%%email%%',
    '*|EMAIL|*',
    '<user id>',
    '[User ID]',
  ],
  ...[
    'test@test.com',
    'Test@Example.com',
    'a@a.com',
    'no@no.com',
    'none@none.com',
    'noreply@shop.example',
    'do-not-reply@x.example',
  ],
  ...['+1111111111', '+49999999999'],
])('%j names nobody', (value) => {
  expect(namesNobody(value)).toBe(true);
});

test.each([
  ...[
    '1',
    '01',
    '10',
    '1000000',
    '0x0',
    'tester',
    'test1',
    'guest-42',
    'anna',
    'nan.li',
    'none-such',
    'nobody',
    'x',
    'xx',
    'xxa',
  ],
  ...[
    'a-b',
    '-5',
    '3f2a8c1e-77aa-4b6d-9e01-000000000000',
    '{3f2a8c1e-77aa-4b6d-9e01-000000000000}',
    '{"id":1}',
    '100%',
    '%5',
  ],
  ...[
    '$ann',
    '<3',
    'ann [work]',
    'ann@example.com',
    'test@shop.example',
    'noreply',
    'norep@example.com',
    'Dora@example.com',
  ],
  ...['+493012345678', '+49301111111', '__proto__', 'constructor'],
])('%j may be somebody', (value) => {
  expect(namesNobody(value)).toBe(false);
});

test('a kind blocks plain values as written and as normalised, and patterns as a whole', () => {
  const isBlocked = compileBlocked(['Shop@Example.com ', '+49 30 1', '/bot-\\d+/', '/'], (value) =>
    value.replaceAll(' ', ''),
  );
  expect(
    ['shop@example.com', 'SHOP@example.com', '+49301', '+49 30 1', 'BOT-77', '/'].filter(
      (one) => !isBlocked?.(one),
    ),
  ).toEqual([]);
  expect(
    ['shop@example.org', 'a-bot-7', 'bot-', 'bot-7x', ''].filter((one) => one !== '' && isBlocked?.(one)),
  ).toEqual([]);
  expect(compileBlocked([], (value) => value)).toBeUndefined();
});
