import { expect, test } from 'vitest';
import { aRecord } from '../../tests/support/a-record.js';
import { decodeRecords, encodeRecords } from './record-codec.js';

const records = [
  aRecord({ receipt: 'one', userAgent: 'ü "quoted"\n', body: '{"a":\n"🎉"}' }),
  aRecord({ receipt: 'two', call: 'import', direct: true, count: 20_000, body: 'x'.repeat(70_000) }),
  aRecord({ receipt: 'three', body: '' }),
];

test('records come back as they were, in their order', () => {
  expect(decodeRecords(encodeRecords(records).toString())).toEqual(records);
  expect(decodeRecords(encodeRecords([]).toString())).toEqual([]);
});

test('a body that came as bytes is the same', () => {
  const bytes = records.map((record) => ({ ...record, utf8: Buffer.from(record.body) }));
  expect(encodeRecords(bytes)).toEqual(encodeRecords(records));
});

test('a payload that is cut short is noticed, wherever the cut is', () => {
  const payload = encodeRecords([records[0] as (typeof records)[number]]).toString();
  for (let end = 1; end < payload.length; end += 1) {
    expect(() => decodeRecords(payload.slice(0, end)), `cut at ${end}`).toThrow();
  }
});
