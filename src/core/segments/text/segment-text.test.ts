import { describe, expect, test } from 'vitest';
import type { ComputedValue, Node } from '../definition.js';
import { TextError } from './refuse-text.js';
import { parseComputedText, parseText, printComputedText, printText } from './segment-text.js';

const equal = (trait: string, value: string | number): Node => ({
  kind: 'trait',
  trait,
  is: { op: 'equals', value },
});
const a = equal('a', 1);
const b = equal('b', 2);
const c = equal('c', 3);

describe('a text and its definition', () => {
  test.each<[text: string, node: Node]>([
    [
      'plan = "pro" and not country in ("DE", "AT")',
      {
        kind: 'all',
        of: [
          equal('plan', 'pro'),
          { kind: 'not', of: { kind: 'trait', trait: 'country', is: { op: 'in', values: ['DE', 'AT'] } } },
        ],
      },
    ],
    [
      'did "Order Completed" where properties.total > 100 at least 2 times in the last 30 days',
      {
        kind: 'events',
        event: 'Order Completed',
        where: { field: 'properties.total', is: { op: 'gt', value: 100 } },
        is: { op: 'gte', value: 2 },
        window: { kind: 'last', duration: '30 days' },
      },
    ],
    [
      'sum of properties.total of "Order Completed" in the last 90 days >= 500',
      {
        kind: 'events',
        event: 'Order Completed',
        measure: { kind: 'sum', of: 'properties.total' },
        window: { kind: 'last', duration: '90 days' },
        is: { op: 'gte', value: 500 },
      },
    ],
    [
      'did page "Pricing" between 2 and 5 times between 2026-01-01 and 2026-02-01 10:00Z',
      {
        kind: 'events',
        type: 'page',
        name: 'Pricing',
        is: { op: 'between', from: 2, to: 5 },
        window: { kind: 'between', from: '2026-01-01', to: '2026-02-01 10:00Z' },
      },
    ],
    ['count of anything in (1, 2)', { kind: 'events', is: { op: 'in', values: [1, 2] } }],
    [
      'first time of "Login" since the last "Sign Up" where properties.a\\.b = "x" ignoring case',
      {
        kind: 'events',
        event: 'Login',
        measure: { kind: 'first_at' },
        window: {
          kind: 'since',
          event: {
            event: 'Sign Up',
            where: { field: 'properties.a\\.b', is: { op: 'equals', value: 'x', ignoreCase: true } },
          },
        },
      },
    ],
    [
      'did "Visit" on (monday to wednesday, sunday) from 22 to 6 o\'clock in zone "Europe/Berlin"',
      {
        kind: 'events',
        event: 'Visit',
        during: { days: [1, 2, 3, 7], hours: { from: 22, to: 6 }, zone: 'Europe/Berlin' },
      },
    ],
    [
      'no account has `my plan` exists',
      { kind: 'account', match: 'none', trait: 'my plan', is: { op: 'exists' } },
    ],
    [
      'all account members in segment vip or no account member in segment "big spenders"',
      {
        kind: 'any',
        of: [
          { kind: 'account_members', match: 'all', segment: 'vip' },
          { kind: 'account_members', match: 'none', segment: 'big spenders' },
        ],
      },
    ],
    [
      'in segment vip and on list "Summer Sale" and refused consent to ads and random 12.5% with salt "x"',
      {
        kind: 'all',
        of: [
          { kind: 'segment', segment: 'vip' },
          { kind: 'list', list: 'Summer Sale' },
          { kind: 'consent', purpose: 'ads', given: false },
          { kind: 'random', percent: 12.5, salt: 'x' },
        ],
      },
    ],
    ['a = 1 or (b = 2 and c = 3)', { kind: 'any', of: [a, { kind: 'all', of: [b, c] }] }],
    ['(a = 1 and b = 2) and c = 3', { kind: 'all', of: [{ kind: 'all', of: [a, b] }, c] }],
    ['not not (a = 1 or b = 2)', { kind: 'not', of: { kind: 'not', of: { kind: 'any', of: [a, b] } } }],
    [
      'all of (any of (a = 1)) and b = 2',
      {
        kind: 'all',
        of: [{ kind: 'all', of: [{ kind: 'any', of: [a] }] }, b],
      },
    ],
  ])('%s', (text, node) => {
    expect(parseText(text)).toStrictEqual(node);
    expect(printText(node)).toBe(text);
  });

  test.each<[text: string, value: ComputedValue]>([
    ['count of "Login"', { kind: 'events', event: 'Login' }],
    ['days since the last "Login" on sunday', { kind: 'days_since', event: 'Login', during: { days: [7] } }],
    [
      'sum of properties.total of "Order" in the last 1 day divided by count of "Visit"',
      {
        kind: 'ratio',
        of: {
          event: 'Order',
          measure: { kind: 'sum', of: 'properties.total' },
          window: { kind: 'last', duration: '1 day' },
        },
        to: { event: 'Visit' },
      },
    ],
  ])('%s', (text, value) => {
    expect(parseComputedText(text)).toStrictEqual(value);
    expect(printComputedText(value)).toBe(text);
  });
});

test('a long definition is broken into lines', () => {
  const text = `plan = "pro"
and (
  sequence (
    "Product Viewed"
    then "Product Added"
      where any item of properties.products has (price > 10 and not sku starts with "gift-")
      within 2 hours
      without ("Product Removed", screen "Cart")
    then not "Order Completed" within 1 hour with same id of any item of properties.products
  ) with same properties.product_id in the last 30 days
  or country in (
    "Austria",
    "Bosnia and Herzegovina",
    "Croatia",
    "Germany",
    "Hungary",
    "Liechtenstein",
    "Switzerland"
  )
)`;
  expect(printText(parseText(text))).toBe(text);
});

describe('what people write differently means the same', () => {
  test.each([
    ['plan="pro"', 'plan = "pro"'],
    ['PLAN = "pro" AND Not x Is Missing', 'PLAN = "pro" and not x is missing'],
    ['a = 1 or b = 2 and c = 3', 'a = 1 or (b = 2 and c = 3)'],
    ['((a = 1))', 'a = 1'],
    ['did "X" in the last 07 day at least 2 times', 'did "X" at least 2 times in the last 7 days'],
    ['did "X" at least 1 times in the last 1 weeks', 'did "X" at least 1 time in the last 1 week'],
    ['count of "X" >= 2', 'did "X" at least 2 times'],
    ['did "X" from 9 to 17 o\'clock where a = 1', 'did "X" where a = 1 from 9 to 17 o\'clock'],
    ['did "X" on friday to monday', 'did "X" on (monday, friday to sunday)'],
    ['did "X" on (sunday, saturday, sunday) in zone "person"', 'did "X" on (saturday, sunday)'],
    ['birthday has anniversary in the next 0 days in zone "UTC"', 'birthday has anniversary today'],
    ['random 1e1% with salt ""', 'random 10%'],
    ['x = -0', 'x = 0'],
    ['in segment "vip"', 'in segment vip'],
    ['`plan` = "p\\u0072o"', 'plan = "pro"'],
    ['# who pays\nplan = "pro" # and not "free"\n\n  and b = 2', 'plan = "pro" and b = 2'],
  ])('%s', (written, printed) => {
    expect(printText(parseText(written))).toBe(printed);
  });

  test('defaults are left out', () => {
    const node: Node = {
      kind: 'all',
      of: [
        {
          kind: 'events',
          event: 'X',
          measure: { kind: 'count' },
          window: { kind: 'ever' },
          is: { op: 'equals', value: 2, ignoreCase: false },
        },
        {
          kind: 'sequence',
          steps: [{ event: 'X', without: [], absent: false }],
          window: { kind: 'between' },
        },
        { kind: 'consent', purpose: 'ads', given: true },
        { kind: 'random', percent: 5, salt: '' },
      ],
    };
    const printed = 'did "X" exactly 2 times and sequence ("X") and consent to ads and random 5%';
    expect(printText(node)).toBe(printed);
  });
});

test('names that are words of the language, or no words, stand in quotes', () => {
  for (const name of ['and', 'List', 'a b', 'a`b', '1st', 'a.', 'properties.total', '"'])
    expect(printText({ kind: 'trait', trait: name, is: { op: 'exists' } })).toBe(
      `\`${name.replace('`', '``')}\` exists`,
    );
  expect(printText({ kind: 'segment', segment: '7c' })).toBe('in segment "7c"');
});

describe('a text that is no definition is refused with place, finding, expectation and fix', () => {
  const TEST =
    'a test, such as = "pro", > 10, in ("DE", "AT"), contains "x", exists or within the last 7 days';
  const CONDITION = 'a condition, such as plan = "pro" or did "Order Completed"';
  test.each([
    ['', `Line 1, column 1: found the end, expected ${CONDITION}.`],
    ['plan', `Line 1, column 5: found the end, expected ${TEST}.`],
    [
      'plan = "pro" adn b = 2',
      'Line 1, column 14: found `adn`, expected `ignoring case`, `and`, `or` or the end. Did you mean `and`?',
    ],
    [
      'plan = "pro"\n  and country = de',
      'Line 2, column 17: found `de`, expected a value: a text such as "pro", a number, true or false. ' +
        'Texts stand in double quotes: write "de".',
    ],
    [
      'plan in "pro"',
      `Line 1, column 6: found \`in\`, expected ${TEST}. Values stand in parentheses: in ("DE", "AT").`,
    ],
    [
      'list = 3',
      `Line 1, column 1: found \`list\`, expected ${CONDITION}. Did you mean \`list of\`? If it is a name, write it in backquotes: \`list\`.`,
    ],
    [
      'sum properties.total of "X" > 3',
      `Line 1, column 1: found \`sum\`, expected ${CONDITION}. Did you mean \`sum of\`?`,
    ],
    [
      'did Order',
      'Line 1, column 5: found `Order`, expected the name of an event in quotes, such as "Order Completed", or identify, ' +
        'page, screen, group, alias or anything. Names of events stand in double quotes: write "Order".',
    ],
    [
      'did not "X"',
      'Line 1, column 5: found `not`, expected the name of an event in quotes, such as "Order Completed", or identify, ' +
        'page, screen, group, alias or anything. Write `not did …`.',
    ],
    [
      'did "X" 3 times',
      'Line 1, column 9: found `3`, expected how often it happened. Write `at least 3 times` or `exactly 3 times`.',
    ],
    [
      'born > 2000-01-01',
      'Line 1, column 8: found `2000-01-01`, expected a number. For dates write `before` or `after`.',
    ],
    [
      'did "X" where properties.a = 1 and properties.b = 2',
      'Line 1, column 36: found `properties.b`, expected a condition on the person. Several conditions on an event stand in ' +
        'parentheses: where (… and …). A trait of that name stands in backquotes.',
    ],
    [
      'did "X" where a = 1 where b = 2',
      'Line 1, column 21: found `where`, expected each clause once. Join conditions in parentheses: where (… and …).',
    ],
    [
      'did "X" in the last 3 months',
      'Line 1, column 23: found `months`, expected seconds, minutes, hours, days or weeks. ' +
        'Months and years are not all equally long: write days, such as 30 days.',
    ],
    [
      'did "X" in the last 1.5 days',
      'Line 1, column 21: found `1.5`, expected a whole number and a unit, such as 7 days.',
    ],
    ['x = 1e999', 'Line 1, column 5: found `1e999`, expected a number that is not beyond 1.8e308.'],
    [
      'sequence ("A" within 1 day within 2 days)',
      'Line 1, column 28: found `within`, expected `without`, `with same`, `then` or `)`.',
    ],
    ["x = 'a'", 'Line 1, column 5: found `\'`. Texts stand in double quotes: write "…".'],
    ['x = 1 && y = 2', 'Line 1, column 7: found `&`. Write `and`.'],
    [
      'x = "a\nb"',
      'Line 1, column 5: found `"`. This text has no closing quote on its line. Write " at its end, and \\" for a quote in it.',
    ],
    [
      'x matches "\\d"',
      'Line 1, column 11: found `"\\d"`, whose escapes cannot be read. Write \\\\ for a backslash, \\n for a new line, \\t for a tab.',
    ],
    [
      'born before 1.2.2026',
      'Line 1, column 16: found `.`. A dot stands only between the keys of a path; dates are written year first: 2026-03-01.',
    ],
    [`${'x'.repeat(50)}`, `Line 1, column 51: found the end, expected ${TEST}.`],
  ])('%s', (text, message) => {
    const refused = expect(() => parseText(text));
    refused.toThrow(TextError);
    refused.toThrow(message);
  });

  test('a clause that is misspelt is recognised', () => {
    for (const [text, meant] of [
      ['did "X" at leest 2 times', 'at least'],
      ['did "X" in last 30 days', 'in the last'],
      ['did "X" whre a = 1', 'where'],
      ['plan contians "x"', 'contains'],
      ['sequnce ("A")', undefined],
    ] as const)
      expect(() => parseText(text)).toThrow(
        meant === undefined ? 'expected a test' : `Did you mean \`${meant}\`?`,
      );
  });
});

test('a definition as deep as definitions may be has a text', () => {
  let node: Node = a;
  for (let depth = 1; depth <= 100; depth += 1)
    node = depth % 2 === 0 ? { kind: 'not', of: node } : { kind: 'any', of: [node, b] };
  expect(parseText(printText(node))).toStrictEqual(node);
});

test('neither depth nor length breaks reading', () => {
  const many = 200_000;
  const where = 'did "X" where ';
  for (const [start, deep] of [
    ['', '('],
    ['', 'not '],
    ['', 'all of ('],
    [where, '('],
    [where, 'any item of a has '],
  ] as const)
    expect(() => parseText(start + deep.repeat(many))).toThrow('more than 200 deep');
  expect(parseText(`x = "${'\\n'.repeat(many)}"`)).toStrictEqual(equal('x', '\n'.repeat(many)));
  const long = `${'a = 1 and '.repeat(many)}b = 2`;
  expect(printText(parseText(long)).length).toBe(long.length);
});
