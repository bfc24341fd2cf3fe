import { expect, test } from 'vitest';
import { aRecord } from '../../tests/support/a-record.js';
import { decodeRecords, encodeRecords } from './record-codec.js';

const records = [
  aRecord({ receipt: 'one', userAgent: 'ü "quoted"\n', body: Buffer.from('{"a":"🎉"}') }),
  aRecord({ receipt: 'two', call: 'import', direct: true, count: 20_000, body: Buffer.alloc(70_000, 'x') }),
  aRecord({ receipt: 'three', body: Buffer.alloc(0) }),
];

test('records come back as they were, in their order', () => {
  const decoded = decodeRecords(encodeRecords(records));
  expect(decoded.map(({ body, ...rest }) => ({ ...rest, body: Buffer.from(body) }))).toEqual(records);
  expect(decodeRecords(encodeRecords([]))).toEqual([]);
});

test('a payload that is cut short is noticed, wherever the cut is', () => {
  const payload = encodeRecords([records[0] as (typeof records)[number]]);
  for (let end = 1; end < payload.length; end += 1) {
    expect(() => decodeRecords(payload.subarray(0, end)), `cut at ${end}`).toThrow();
  }
});
