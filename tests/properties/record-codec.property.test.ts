/**
 * Properties of the log's records:
 *
 * - Any records come back from their payload as they were, the text of the body included.
 * - A payload that was cut short never gives records as if it were whole.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogRecord } from '../../src/log/log.js';
import { decodeRecords, encodeRecords } from '../../src/log/record-codec.js';

const record: fc.Arbitrary<LogRecord> = fc.record({
  sourceId: fc.string(),
  receivedAt: fc.maxSafeNat(),
  receipt: fc.string({ unit: 'grapheme' }),
  call: fc.constantFrom('batch' as const, 'track' as const, 'import' as const),
  ip: fc.ipV6(),
  userAgent: fc.string({ unit: 'binary', maxLength: 20 }),
  direct: fc.boolean(),
  count: fc.integer({ min: 1, max: 20_000 }),
  body: fc.json({ maxDepth: 3 }),
});

test('records come back as they were', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 8 }), (records) => {
      expect(decodeRecords(encodeRecords(records).toString())).toEqual(records);
    }),
    { numRuns: 300 },
  );
});

test('a payload that is cut inside of a record is noticed', () => {
  const cut = fc.tuple(fc.array(record, { minLength: 1, maxLength: 3 }), fc.nat());
  fc.assert(
    fc.property(cut, ([records, at]) => {
      const payload = encodeRecords(records).toString();
      const ends = records.map((_, n) => encodeRecords(records.slice(0, n + 1)).toString().length);
      const length = at % payload.length;
      fc.pre(length > 0 && !ends.includes(length));
      expect(() => decodeRecords(payload.slice(0, length))).toThrow();
    }),
    { numRuns: 300 },
  );
});
