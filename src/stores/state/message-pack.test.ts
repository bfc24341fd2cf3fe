import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonValue } from '../../core/json.js';
import { packed, unpacked } from './message-pack.js';

function readBack(values: readonly JsonValue[]): JsonValue[] {
  const { bytes, ends } = packed(values);
  return ends.map((end, index) => unpacked(bytes.subarray(ends[index - 1] ?? 0, end)));
}

test('what is packed is read back as its JSON would be', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue({ stringUnit: 'binary' })), (drawn) => {
      const values = JSON.parse(JSON.stringify(drawn));
      expect(readBack(values)).toEqual(values);
    }),
  );
});

test.each([
  [[0, 1, 127, 128, 0xffff, 0x1_0000, 0xffff_ffff, 2 ** 32, 2 ** 53, -1, 0.1, 1e300]],
  [['', 'x'.repeat(31), 'x'.repeat(32), 'é', 'é'.repeat(31), '€'.repeat(40_000), '😀']],
  [[[], [[]], Array(16).fill(null), Array(70_000).fill(true)]],
  [[{}, { a: { b: false } }, Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`k${n}`, n]))]],
])('at the borders of the forms that values take, case %#', (values) => {
  expect(readBack(values)).toEqual(values);
});

test('other tools read the bytes', () => {
  const { bytes } = packed([[1, 300, 70_000, 1.5, 'on', null, true, { a: [] }]]);
  expect(bytes.toString('hex')).toBe('9801cd012cce00011170cb3ff8000000000000a26f6ec0c381a16190');
});
