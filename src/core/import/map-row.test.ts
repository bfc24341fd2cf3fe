import { expect, test } from 'vitest';
import { checkEvent } from '../event/check.js';
import type { JsonObject, JsonValue } from '../json.js';
import { compileMapping, type Row } from './map-row.js';
import { parseMapping } from './mapping.js';

/** Stands in for a digest: the text itself. */
const names = { sourceId: 's', hash: (text: string) => `<${text}>` };

function map(mapping: JsonObject, row: Row, line = 7): JsonObject {
  return compileMapping(parseMapping(mapping), names)(row, line);
}

const TRACK: JsonObject = { format: 'csv', call: 'track', event: 'Bought', userId: 'who' };

test('a purchase of a till', () => {
  const call = map(
    {
      ...TRACK,
      userId: { column: 'who', prefix: 'till-' },
      timestamp: { column: 'day', format: 'yyyymmdd' },
      properties: {
        revenue: { column: 'amount', type: 'number' },
        'shop.city': 'city',
        currency: { value: 'EUR' },
      },
    },
    { who: ' 00042 ', day: '19970101', amount: '11.77', city: 'Gent' },
  );
  expect(call).toEqual({
    type: 'track',
    messageId: 'import-<s\n7\n[" 00042 ","19970101","11.77","Gent"]>',
    line: 7,
    event: 'Bought',
    userId: 'till-00042',
    timestamp: '1997-01-01T00:00:00.000Z',
    properties: { revenue: 11.77, shop: { city: 'Gent' }, currency: 'EUR' },
  });
});

test('empty values are missing', () => {
  const mapping = { ...TRACK, properties: { a: { column: 'a', type: 'number' }, b: 'b', c: 'c' } };
  expect(map(mapping, { who: 'u', a: '', b: '  ', c: null })).not.toHaveProperty('properties');
  expect(map(mapping, { who: '', a: '1' })).not.toHaveProperty('userId');
});

test.each<[type: string, given: JsonValue, made: JsonValue]>([
  ['string', '01', '01'],
  ['string', 5, '5'],
  ['number', ' -1.5e3 ', -1500],
  ['number', '.5', 0.5],
  ['number', '+7', 7],
  ['integer', '42', 42],
  ['integer', '42.0', 42],
  ['boolean', 'Yes', true],
  ['boolean', '0', false],
  ['boolean', 1, true],
  ['json', '[{"sku":1}]', [{ sku: 1 }]],
  ['date', '2017-01-28', '2017-01-28T00:00:00.000Z'],
])('%s makes of %j', (type, given, made) => {
  const call = map({ ...TRACK, properties: { x: { column: 'x', type } } }, { who: 'u', x: given });
  expect(call.properties).toEqual({ x: made });
});

test.each([
  ['1.234,50', 1234.5],
  ['12,5', 12.5],
  ['-7', -7],
])('with a comma as decimal sign %s is %d', (given, made) => {
  const field = { column: 'x', type: 'number', decimal: ',' };
  expect(map({ ...TRACK, properties: { x: field } }, { who: 'u', x: given }).properties).toEqual({ x: made });
});

test.each<[type: string, given: JsonValue, wanted: string]>([
  ['number', '12,5', 'a number'],
  ['number', '0x10', 'a number'],
  ['number', '1e999', 'a number'],
  ['number', 'NaN', 'a number'],
  ['integer', '1.5', 'a whole number'],
  ['integer', '9007199254740993', 'a whole number'],
  ['boolean', 'maybe', 'true or false'],
  ['json', '{', 'JSON'],
  ['string', [1], 'a text'],
  ['date', 'yesterday', 'a time of the format iso'],
])('%s cannot be made of %j', (type, given, wanted) => {
  const row = { who: 'u', x: given };
  expect(map({ ...TRACK, properties: { x: { column: 'x', type } } }, row)).toMatchObject({
    type: 'row_error',
    error: `Column "x" holds ${JSON.stringify(given)}, which is not ${wanted}.`,
    line: 7,
    row,
  });
});

test('what a bad row becomes is refused by the check as row_invalid, with its sentence', () => {
  const item = map(
    { ...TRACK, properties: { x: { column: 'x', type: 'number' } } },
    { who: 'u', x: 'many\u0000' },
  );
  const envelope = {
    ...({
      call: 'import',
      sourceId: 's',
      receipt: 'r',
      receivedAt: 1,
      ip: '',
      userAgent: '',
      direct: false,
    } as const),
    ...{ bodyBytes: 100, eventBytesMax: 1000, escapes: true },
  };
  expect(checkEvent(item, 0, envelope, 0)).toEqual({
    code: 'row_invalid',
    message: 'Column "x" holds "many\\u0000", which is not a number.',
  });
});

test('a row without a time is an error, unless it may be', () => {
  const row = { who: 'u', at: '' };
  expect(map({ ...TRACK, timestamp: 'at' }, row)).toMatchObject({
    type: 'row_error',
    error: 'Column "at" is empty, so that it is not known when it happened.',
  });
  const call = map({ ...TRACK, timestamp: { column: 'at', optional: true } }, row);
  expect(call.type).toBe('track');
  expect(call).not.toHaveProperty('timestamp');
});

test('ids that JSON cannot carry exactly are never taken', () => {
  const call = map({ ...TRACK, format: 'jsonl' }, { who: 2 ** 53 });
  expect(call).toMatchObject({
    type: 'row_error',
    error:
      'Column "who" holds 9007199254740992, which is not a text or a whole number below 2^53, as userId must be.',
  });
});

test('columns of JSON may be paths, and keep their kind', () => {
  const mapping = {
    ...TRACK,
    format: 'jsonl',
    userId: 'user.id',
    properties: { tags: 'tags', 'n.m': 'user.n' },
  };
  expect(map(mapping, { user: { id: 5, n: true }, tags: ['a'] })).toMatchObject({
    userId: '5',
    properties: { tags: ['a'], n: { m: true } },
  });
  expect(map(mapping, { 'user.id': 'flat', user: { id: 5 } })).toMatchObject({ userId: 'flat' });
  expect(map({ ...mapping, userId: 'constructor.name' }, {})).not.toHaveProperty('userId');
});

test('messageId of columns names the row, wherever it stands', () => {
  const one = { ...TRACK, messageId: { columns: ['no'], prefix: 'o-' } };
  expect(map(one, { who: 'u', no: 'a:b' }, 1).messageId).toBe('o-a:b');
  expect(map(one, { who: 'other', no: 'a:b' }, 2).messageId).toBe('o-a:b');
  const two = { ...TRACK, messageId: { columns: ['no', 'pos'] } };
  expect(map(two, { who: 'u', no: 'a:b', pos: 'c' }).messageId).not.toBe(
    map(two, { who: 'u', no: 'a', pos: 'b:c' }).messageId,
  );
  expect(map(two, { who: 'u', no: 'a', pos: '' }).error).toBe(
    'Column "pos" is empty, but it is part of the messageId.',
  );
});

test('own messageIds differ by line, source and values, and by nothing else', () => {
  const row = { who: 'u', x: '1' };
  const id = (mapping: JsonObject, given: Row, line: number) => map(mapping, given, line).messageId;
  expect(id(TRACK, row, 1)).toBe(id({ ...TRACK, event: 'Other' }, row, 1));
  expect(id(TRACK, row, 1)).not.toBe(id(TRACK, row, 2));
  expect(id(TRACK, row, 1)).not.toBe(id(TRACK, { who: 'u', x: '2' }, 1));
});
