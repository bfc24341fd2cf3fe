import { describe, expect, test } from 'vitest';
import type { Test } from '../definition.js';
import { parseComputedText, parseText } from '../text/segment-text.js';
import { explain, explainComputed } from './explain-definition.js';
import { explainTest } from './explain-test.js';

describe('a simple definition is a sentence', () => {
  test.each([
    [
      'plan = "pro" and did "Order Completed" at least 2 times in the last 30 days',
      'People whose plan is “pro” and who did “Order Completed” at least 2 times in the last 30 days',
    ],
    ['not plan = "pro"', 'People whose plan is not “pro” (or has no value)'],
    ['not not plan = "pro"', 'People whose plan is “pro”'],
    ['plan != "pro"', 'People whose plan is something other than “pro”'],
    [
      'not in segment vip or no account has plan = "pro"',
      'People who are not in the segment “vip” or who have no account whose plan is “pro”',
    ],
    ['not no account has plan = "pro"', 'People who have an account whose plan is “pro”'],
    [
      'not all accounts have plan = "pro"',
      'People for whom it is not so that they have an account, and of each of their accounts the plan is “pro”',
    ],
    [
      'any account member in segment vip and not any account member in segment lost',
      'People who have an account with a member in the segment “vip” and who have no account with a member in the segment “lost”',
    ],
    [
      'not all account members in segment vip',
      'People for whom it is not so that they have an account, and all members of their accounts are in the segment “vip”',
    ],
    [
      'not consent to ads and refused consent to mail',
      'People who did not give consent to “ads” and who refused consent to “mail”',
    ],
    [
      'random 10% with salt "x" and on list vip',
      'People who are among a random 10% of all people (salt “x”) and who are on the list “vip”',
    ],
    [
      'not did "Visit" where (properties.a\\.b > 1 and not properties.b < 2) on (monday to friday, sunday) from 9 to 17 o\'clock in zone "Europe/Berlin"',
      'People who did not do “Visit” where (a.b is more than 1 and b is not less than 2 (or has no value)) on Monday to Friday ' +
        'and Sunday from 9 to 17 o’clock (time of Europe/Berlin)',
    ],
    [
      'did page "Pricing" more than 1 time between 2026-01-01 and 2026-02-01',
      'People who viewed the page “Pricing” more than 1 time since 2026-01-01 and before 2026-02-01',
    ],
    [
      'did identify since the last screen',
      'People who did an identify call since they last viewed any screen',
    ],
    [
      'average of properties.total of "Order" in the last 90 days >= 500',
      'People whose average total of “Order” events in the last 90 days is at least 500',
    ],
    [
      'not average of properties.total of "Order" > 5 or not sum of properties.total of "Order" > 5',
      'People whose average total of “Order” events is not more than 5 (or has no value) or whose sum of total of “Order” events is not more than 5',
    ],
    ['last properties.total of page "Cart"', 'People whose last total of “Cart” page views has a value'],
    [
      'not did "X" where not (a = 1 or any item of properties.products has (b = 2 and c = 3))',
      'People who did not do “X” where (a is not 1 (or has no value) and products has no item where (b is 2 and c is 3))',
    ],
    [
      'sequence ("A" then page "B" within 2 hours without ("C", screen) then not "D" within 1 hour) with same id within 1 day in the last 7 days',
      'People who did “A”, then viewed the page “B” within 2 hours (if in between they never did “C” or viewed any screen), ' +
        'then did not do “D” within 1 hour, all with the same id, all within 1 day, in the last 7 days',
    ],
    [
      'not sequence ("A" then "B" with same sku of any item of properties.products)',
      'People for whom it is not so that they did “A”, then did “B” (matched by the sku of an item of products)',
    ],
    ['not all of (not any of (a = 1))', 'People whose a is 1'],
  ])('%s', (text, sentence) => {
    expect(explain(parseText(text))).toBe(sentence);
  });
});

test('a definition that is not simple is a list', () => {
  const text = `plan = "pro" and not (country = "DE" or country = "AT") and
    (did "A" or (in segment vip and not (did "B" and did "C")))`;
  expect(explain(parseText(text))).toBe(`People for whom all of these hold:
- their plan is “pro”
- none of these holds:
  - their country is “DE”
  - their country is “AT”
- any of these holds:
  - they did “A”
  - all of these hold:
    - they are in the segment “vip”
    - not all of these hold:
      - they did “B”
      - they did “C”`);
});

test('many values are cut short', () => {
  const values = Array.from({ length: 25 }, (_, index) => index);
  expect(explainTest({ op: 'in', values })).toBe('is one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 15 more');
});

test.each<[Test, string]>([
  [{ op: 'equals', value: 'a\n b', ignoreCase: true }, 'is “a b” (ignoring case)'],
  [{ op: 'is_missing' }, 'was never set'],
  [{ op: 'older_than', duration: '1 days' }, 'is at least 1 day ago'],
  [
    { op: 'anniversary', inNextDays: 1, zone: 'Europe/Berlin' },
    'has its anniversary today or in the next 1 day (time of Europe/Berlin)',
  ],
])('%j in words', (one, words) => {
  expect(explainTest(one)).toBe(words);
});

test.each([
  ['count of "Login"', 'The number of “Login” events'],
  ['first time of page', 'The time of the first page view'],
  ['days since the last page "Home"', 'The whole days since they last viewed the page “Home”'],
  [
    'count of different properties.sku of "Order" in the last 7 days divided by count of anything',
    'The number of different values of sku of “Order” events in the last 7 days, divided by the number of events',
  ],
])('%s in words', (text, words) => {
  expect(explainComputed(parseComputedText(text))).toBe(words);
});
