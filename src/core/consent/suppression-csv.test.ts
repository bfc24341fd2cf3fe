import { expect, test } from 'vitest';
import { readSuppressionCsv } from './suppression-csv.js';

test('reads rows under a header in any order, quoted or not', () => {
  const text =
    '\uFEFFvalue,Kind,reason\r\nann@example.com,email,hard_bounce\r\n"o""brien, b@x.example",email,\n\n42,user_id,manual';
  expect(readSuppressionCsv(text)).toEqual([
    { value: 'ann@example.com', kind: 'email', reason: 'hard_bounce' },
    { value: 'o"brien, b@x.example', kind: 'email' },
    { value: '42', kind: 'user_id', reason: 'manual' },
  ]);
  expect(readSuppressionCsv('kind,value\nemail,a@x.example\nemail,')).toEqual([
    { kind: 'email', value: 'a@x.example' },
    { kind: 'email' },
  ]);
});

test.each([
  ['', 'the column kind is missing'],
  ['kind,value,shoe\n', 'there is no column "shoe"'],
  ['kind,value\nemail\n', 'Record 2 of the CSV: it has 1 values, and the header 2 columns'],
  ['kind,value\nemail,"a@x.example\n', 'Record 2 of the CSV: a quote is not closed'],
  ['kind,value\nemail,a"b"\n', 'Record 2'],
])('refuses %j', (text, message) => {
  expect(() => readSuppressionCsv(text)).toThrow(message);
});
