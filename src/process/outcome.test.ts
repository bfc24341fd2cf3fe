import { expect, test } from 'vitest';
import { aRecord } from '../../tests/support/a-record.js';
import { anEvent } from '../../tests/support/an-event.js';
import { EMPTY_ENRICHMENT } from '../core/enrich/enrich.js';
import type { RejectionCode } from '../core/errors.js';
import type { JsonValue } from '../core/json.js';
import type { LogRecord } from '../log/log.js';
import { ledgerOf, rejectedOf } from './outcome.js';
import type { Verdict } from './pipeline.js';
import type { Item } from './steps/decode.js';

function refused(
  given: JsonValue,
  {
    code = 'field_invalid' as RejectionCode,
    message = 'No.',
    ...record
  }: Partial<LogRecord> & {
    code?: RejectionCode;
    message?: string;
  } = {},
): Verdict {
  const rejection = { code, message };
  const item: Item = { offset: 5, record: aRecord(record), given, checked: rejection };
  return { kind: 'rejected', item, rejection };
}

function onlyRejected(verdict: Verdict) {
  const [rejected, ...others] = rejectedOf([verdict]);
  expect(others).toEqual([]);
  if (!rejected) throw new Error('nothing was rejected');
  return rejected;
}

const ROW = {
  ...{ event: anEvent(), enrichment: EMPTY_ENRICHMENT, profileId: 'p' },
};

test('the ledger counts each verdict of each source once, in one order', () => {
  const item = (sourceId: string): Item => ({
    ...{ offset: 0, record: aRecord({ sourceId }), given: {} },
    checked: { code: 'field_invalid', message: '' },
  });
  const verdicts: Verdict[] = [
    { kind: 'duplicate', item: item('b') },
    { kind: 'processed', item: item('b'), profileId: 'p', row: ROW },
    { kind: 'processed', item: item('a'), profileId: 'p', row: ROW },
    { kind: 'processed', item: item('b'), profileId: 'p', row: ROW },
    refused({}, { sourceId: 'a', code: 'type_unknown' }),
  ];
  expect(ledgerOf(verdicts)).toEqual([
    { sourceId: 'a', verdict: 'processed', events: 1 },
    { sourceId: 'a', verdict: 'type_unknown', events: 1 },
    { sourceId: 'b', verdict: 'duplicate', events: 1 },
    { sourceId: 'b', verdict: 'processed', events: 2 },
  ]);
});

test('the quarantine keeps the event as it came, with all that helps to find it', () => {
  const given = { messageId: 'm1', userId: 7.5 };
  const record = { sourceId: 's', receipt: 'r', receivedAt: 99 };
  expect(onlyRejected(refused(given, record))).toEqual({
    ...{ offset: 5, sourceId: 's', code: 'field_invalid', message: 'No.', messageId: 'm1' },
    ...{ receipt: 'r', receivedAt: 99, event: JSON.stringify(given), line: null },
  });
});

test.each<[JsonValue, string | null]>([
  [{ messageId: 'a\u0000b' }, 'ab'],
  [{ messageId: 'x'.repeat(300) }, 'x'.repeat(255)],
  [{ messageId: { a: 1 } }, null],
  ['text', null],
  [null, null],
])('the messageId of %j is read as far as there is one', (given, messageId) => {
  expect(onlyRejected(refused(given)).messageId).toBe(messageId);
});

test.each<[JsonValue, number | null]>([
  [{ line: 12 }, 12],
  [{ line: 1.5 }, null],
  [{ line: 1e300 }, null],
  [{ line: '12' }, null],
  [7, null],
])('the line of an import’s row %j is one that can be stored', (given, line) => {
  expect(onlyRejected(refused(given, { call: 'import' })).line).toBe(line);
  expect(onlyRejected(refused(given, { call: 'batch' })).line).toBeNull();
});

test('a reason that clients wrote cannot stop the batch: no NUL, and not without end', () => {
  const { message } = onlyRejected(refused({}, { message: `a\u0000b${'x'.repeat(1_000_000)}` }));
  expect(message.startsWith('a\uFFFDb')).toBe(true);
  expect(message.length).toBe(2_000);
});

test('an event too deep to be printed is kept as the request’s text', () => {
  const body = `{"messageId":"m","x":${'['.repeat(100_000)}1${']'.repeat(100_000)}}`;
  const given = JSON.parse(body) as JsonValue;
  const { event } = onlyRejected(refused(given, { body }));
  expect(body.startsWith(event)).toBe(true);
  expect(event.length).toBeGreaterThan(1_000);
});

test('a very long event is cut', () => {
  expect(onlyRejected(refused({ text: 'x'.repeat(1_000_000) })).event.length).toBe(256 * 1024);
});
