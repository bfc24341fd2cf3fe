import { expect, test } from 'vitest';
import type { JsonValue } from '../json.js';
import { LIMITS } from '../limits.js';
import { measure, utf8Bytes, wellFormed } from './measure.js';

function nested(depth: number, inside: JsonValue = 0): JsonValue {
  let value = inside;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

test('depth is allowed up to the limit, whatever lies at the bottom', () => {
  expect(measure(nested(LIMITS.nestingDepthMax))).toBeUndefined();
  expect(measure(nested(LIMITS.nestingDepthMax, 'text'))).toBeUndefined();
  expect(measure(nested(LIMITS.nestingDepthMax + 1))?.code).toBe('nesting_too_deep');
  expect(measure(nested(200_000))?.code).toBe('nesting_too_deep');
});

test('keys and items are counted over all levels', () => {
  const half = LIMITS.valuesPerEventMax / 2;
  const wide = (items: number) => ({ list: Array<JsonValue>(half).fill('x'), more: Array(items).fill(1) });
  expect(measure(wide(half - 2))).toBeUndefined();
  expect(measure(wide(half - 1))?.code).toBe('too_many_keys');
});

test.each<[JsonValue]>([
  [{ text: 'x'.repeat(100), ключ: 'ü€🎉', n: [-1.234567890123456e-300, null, false, []] }],
  [{ control: '\u0001\u001f\ud800'.repeat(20) }],
  [[{}, [[]], '', { '\u0007': '\u0007' }]],
])('what may be too large is weighed to the byte: %#', (value) => {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  expect(measure(value, bytes)).toBeUndefined();
  expect(measure(value, bytes - 1)).toEqual({
    code: 'event_too_large',
    message: `The event has ${bytes} bytes; ${bytes - 1} are allowed.`,
  });
});

test('numbers that JSON cannot give back are found at any depth', () => {
  expect(measure({ a: [1e308, -0, Number.MIN_VALUE] })).toBeUndefined();
  expect(measure({ a: [{ b: JSON.parse('-1e999') as number }] })?.code).toBe('number_invalid');
});

test('well-formed text is left as it is, and nothing else changes', () => {
  const value = { 'ключ 🎉': ['ü', 1, null, true, { b: '' }] };
  expect(wellFormed(value)).toEqual(value);
  expect(wellFormed('\ud83c\udf89 \ud83c \udf89 \u0000')).toBe('🎉 \uFFFD \uFFFD \uFFFD');
});

test.each(['', 'abc', 'äöü', '€', '🎉👩‍👩‍👧', 'a\uFFFDb'])('utf8Bytes of %j', (text) => {
  expect(utf8Bytes(text)).toBe(Buffer.byteLength(text));
});
