import { expect, test } from 'vitest';
import { TributaryError } from '../errors.js';
import type { JsonValue } from '../json.js';
import { parseMapping } from './mapping.js';

const BASE = { format: 'csv', call: 'track', event: 'Order Completed', userId: 'customer' } as const;

function complaint(given: JsonValue): string {
  try {
    parseMapping(given);
  } catch (error) {
    expect(error).toBeInstanceOf(TributaryError);
    expect((error as TributaryError).code).toBe('request_invalid');
    return (error as Error).message;
  }
  return 'no complaint';
}

test('short forms are written out', () => {
  expect(
    parseMapping({ ...BASE, properties: { price: 'dollars' }, timestamp: 'at', messageId: 'no' }),
  ).toEqual({
    format: { type: 'csv' },
    call: 'track',
    event: { value: 'Order Completed' },
    userId: { column: 'customer' },
    properties: { price: { column: 'dollars' } },
    timestamp: { column: 'at' },
    messageId: { columns: ['no'] },
  });
});

test('a written-out mapping reads as itself', () => {
  const mapping = parseMapping({ ...BASE, properties: { price: 'dollars' }, timestamp: 'at' });
  expect(parseMapping(mapping as unknown as JsonValue)).toEqual(mapping);
});

test.each<[string, JsonValue, string]>([
  ['no object', [], 'mapping must be a JSON object. See docs/import.md.'],
  [
    'an unknown key',
    { ...BASE, user_id: 'x' },
    'mapping.user_id does not exist. Known in mapping are: format, call, event, name, userId, anonymousId, groupId, previousId, traits, properties, context, timestamp, messageId.',
  ],
  [
    'an unknown key of a property',
    { ...BASE, properties: { price: { column: 'dollars', typ: 'number' } } },
    'mapping.properties.price.typ does not exist. Known in mapping.properties.price are: column, value, type, format, timezone, decimal.',
  ],
  ['a missing key', { format: 'csv', event: 'A', userId: 'x' }, 'mapping needs call.'],
  [
    'another call',
    { ...BASE, call: 'tracks' },
    'mapping.call must be one of track, identify, page, screen, group, alias.',
  ],
  [
    'another format',
    { ...BASE, format: 'xlsx' },
    'mapping.format.type must be one of csv, tsv, jsonl, parquet, regexp.',
  ],
  [
    'another type',
    { ...BASE, properties: { a: { column: 'a', type: 'float' } } },
    'mapping.properties.a.type must be one of string, number, integer, boolean, json, date.',
  ],
  ['a wrong kind of value', { ...BASE, userId: 5 }, 'mapping.userId must be of type object.'],
  ['an empty column', { ...BASE, userId: '' }, 'mapping.userId.column must not be empty.'],
  [
    'an option of another format',
    { ...BASE, format: { type: 'jsonl', delimiter: ';' } },
    'mapping.format.delimiter has no meaning for jsonl. Remove it.',
  ],
  [
    'regexp without a pattern',
    { ...BASE, format: 'regexp' },
    'mapping.format needs pattern and, for its groups, columns when type is regexp.',
  ],
  [
    'no names of columns',
    { ...BASE, format: { type: 'csv', header: false } },
    'mapping.format.columns must name the columns when header is false.',
  ],
  [
    'columns besides a header',
    { ...BASE, format: { type: 'csv', columns: ['customer'] } },
    'mapping.format.columns is for files without a header: set mapping.format.header to false, or remove it.',
  ],
  [
    'a column twice',
    { ...BASE, format: { type: 'csv', header: false, columns: ['a', 'a'] } },
    'mapping.format.columns names a twice.',
  ],
  [
    'a quote as delimiter',
    { ...BASE, format: { type: 'csv', delimiter: '"' } },
    'mapping.format.delimiter must be a comma, a semicolon, a tab, or another character that is no quote, point or space.',
  ],
  [
    'a column that is not named',
    { ...BASE, format: { type: 'csv', header: false, columns: ['a', 'b'] } },
    'mapping.userId reads the column "customer", which there is not. There are: a, b.',
  ],
  [
    'track without event',
    { format: 'csv', call: 'track', userId: 'x' },
    'mapping.event must name the event of a track call.',
  ],
  ['identify with event', { ...BASE, call: 'identify' }, 'mapping.event is for track calls. Remove it.'],
  [
    'traits of a track call',
    { ...BASE, traits: { email: 'mail' } },
    'mapping.traits is for identify and group calls. For a track call put them into mapping.context, such as "traits.email".',
  ],
  [
    'properties of identify',
    { format: 'csv', call: 'identify', userId: 'x', properties: { a: 'a' } },
    'mapping.properties is for track, page and screen calls. Use mapping.traits.',
  ],
  [
    'nobody',
    { format: 'csv', call: 'track', event: 'A' },
    'mapping must say whose a row is: userId, anonymousId, or an e-mail address (traits.email; in context for other calls than identify).',
  ],
  [
    'group without groupId',
    { format: 'csv', call: 'group', userId: 'x' },
    'mapping.groupId must be given for a group call.',
  ],
  [
    'column and value',
    { ...BASE, properties: { a: { column: 'a', value: 1 } } },
    'mapping.properties.a must have either column or value.',
  ],
  [
    'a format of no date',
    { ...BASE, properties: { a: { column: 'a', type: 'number', format: 'iso' } } },
    'mapping.properties.a.format and timezone are for type date.',
  ],
  [
    'a value and an object',
    { ...BASE, properties: { a: 'x', 'a.b': 'y' } },
    'mapping.properties.a cannot be both a value and, by a.b, an object.',
  ],
  [
    'a dangling dot',
    { ...BASE, properties: { 'a.': 'x' } },
    'mapping.properties.a.: a name must not be empty, nor start or end with a dot.',
  ],
  [
    'a time format',
    { ...BASE, timestamp: { column: 'at', format: 'dd/mm/yyyy' } },
    'mapping.timestamp: format dd/mm/yyyy is not known. Use iso, unix, unix_ms, yyyymmdd, or a pattern such as %Y-%m-%d %H:%M:%S.',
  ],
  [
    'a zone',
    { ...BASE, timestamp: { column: 'at', timezone: 'Mars/Olympus' } },
    'mapping.timestamp: timezone Mars/Olympus is not known. Use an IANA name such as Europe/Paris, or an offset such as +02:00.',
  ],
])('%s is refused with a sentence', (_what, given, sentence) => {
  expect(complaint(given)).toBe(sentence);
});

test('a name of the language itself is a name like any other', () => {
  const given = JSON.parse(
    '{"format":"csv","call":"identify","userId":"u","traits":{"constructor":"c","toString":"t"}}',
  ) as JsonValue;
  expect(parseMapping(given).traits).toEqual({ constructor: { column: 'c' }, toString: { column: 't' } });
  const hostile = JSON.parse(
    '{"format":"csv","call":"identify","userId":"u","traits":{"__proto__":"c"}}',
  ) as JsonValue;
  expect(complaint(hostile)).toBe('mapping.traits.__proto__: __proto__ cannot be a name.');
});
