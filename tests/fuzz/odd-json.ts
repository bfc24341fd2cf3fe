/** Arbitrary JSON as text, odd on purpose: what `JSON.stringify` would never print is in it too. */
import fc from 'fast-check';

type Text = fc.Arbitrary<string>;

/** Keys that break naive code, or an engine's own way of naming paths. */
const ODD_KEYS = [
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'length', 'null', 'NaN', ''],
  ...['.', '..', 'a.b', '.a', 'a.', '[]', 'a[]', 'a:Int64', '.:`String`', '^a', '%', '%25', 'SKIP', 'a`b'],
  ...[
    '\n',
    '\t',
    '\u0000',
    'a\u0000b',
    '\ud800',
    'x\udfff',
    '\uFFFD',
    '\u2028',
    '😀',
    'é',
    'a b',
    '"',
    '\\',
    "'",
  ],
  ...['k'.repeat(300), 'type', 'email', 'traits', 'products', 'a', 'b', 'c'],
];
const ODD_TEXTS = [
  ...['\u0000', 'a\u0000', '\ud83d', '\ude00x', '\uFFFD', '\u0001\u007f', '\u2028\u2029', '𝒳'.repeat(50)],
  ...[
    'true',
    'null',
    '1',
    '1e999',
    '2026-01-01',
    '2026-01-01T00:00:00Z',
    '99999-01-01T00:00:00Z',
    '-0001-01-01',
  ],
  ...[
    'x'.repeat(5_000),
    '漢'.repeat(600),
    '{"a":1}',
    '<script>',
    "'; DROP TABLE events; --",
    '{x:String}',
    ' ',
    '',
  ],
];
/** Number literals, as JSON allows them. */
const NUMBERS = [
  ...[
    '0',
    '-0',
    '1',
    '-1',
    '0.1',
    '1.5',
    '1e3',
    '1E+2',
    '123456789.123456789',
    '1e21',
    '1e-7',
    '5e-324',
    '1e-400',
  ],
  ...[
    '9007199254740991',
    '9007199254740993',
    '9223372036854775807',
    '9223372036854775808',
    '-9223372036854775809',
  ],
  ...[
    '18446744073709551615',
    '18446744073709551616',
    '1180591620717411303424',
    '1e300',
    '1.7976931348623157e308',
  ],
];
const TOO_LARGE = ['1e999', '-1e999', `1${'0'.repeat(400)}`];

const key: Text = fc.oneof(fc.constantFrom(...ODD_KEYS), fc.string({ maxLength: 8 }).filter(plainKey));
const text: Text = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ maxLength: 20 }),
);
const scalar: Text = fc.oneof(
  { weight: 4, arbitrary: text.map((value) => JSON.stringify(value)) },
  { weight: 4, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 2, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
  { weight: 2, arbitrary: fc.constantFrom('true', 'false', 'null') },
);

/** `%2E` is how the event store writes a dot in a key; a key that holds it comes back as a dot. */
function plainKey(name: string): boolean {
  return !/%2e/i.test(name);
}

/** A JSON value of a few levels. Keys may repeat; numbers are finite. */
export const oddValue: Text = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, tie('object'), tie('array')),
  object: membersOf(tie('value')),
  array: fc.array(tie('value'), { maxLength: 5 }).map((items) => `[${items.join(',')}]`),
})).value;

/** A JSON object of such values. */
export const oddObject: Text = membersOf(oddValue);

/** Anything at all that parses: numbers beyond all bounds and nesting beyond all reason included. */
export const wildValue: Text = fc.oneof(
  { weight: 6, arbitrary: oddValue },
  { weight: 2, arbitrary: fc.constantFrom(...TOO_LARGE) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(40, 2_000, 20_000).map((levels) => '['.repeat(levels) + ']'.repeat(levels)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(40, 5_000).map((levels) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`),
  },
);

function membersOf(value: Text): Text {
  return fc
    .array(fc.tuple(key, value), { maxLength: 6 })
    .map((members) => `{${members.map(([name, item]) => `${JSON.stringify(name)}:${item}`).join(',')}}`);
}
