import { describe, expect, test } from 'vitest';
import { anEnvelope } from '../../../tests/support/an-event.js';
import type { RejectionCode } from '../errors.js';
import type { JsonObject, JsonValue } from '../json.js';
import { LIMITS } from '../limits.js';
import { checkEvent, isRejection } from './check.js';
import type { Event } from './event.js';
import type { Envelope } from './wire.js';

const RECEIVED = anEnvelope().receivedAt;
const TRACK = { type: 'track', event: 'Seen', userId: 'u1' };
const PAIR = { type: 'email', value: 'a@example.com' };

function checked(item: JsonValue, envelope: Partial<Envelope> = {}, index = 0): Event {
  const answer = checkEvent(item, index, anEnvelope(envelope), 7);
  if (isRejection(answer)) throw new Error(`refused: ${answer.code}: ${answer.message}`);
  return answer;
}

function refusal(item: JsonValue, envelope: Partial<Envelope> = {}) {
  const answer = checkEvent(item, 3, anEnvelope(envelope), 7);
  if (!isRejection(answer)) throw new Error(`taken: ${JSON.stringify(answer)}`);
  return answer;
}

function nested(depth: number): JsonValue {
  return depth === 0 ? 1 : { a: nested(depth - 1) };
}

test('a whole event comes through as it was given', () => {
  const item = {
    ...{ type: 'track', event: ' Order Completed ', userId: ' u1 ', anonymousId: 'a1', messageId: 'm1' },
    properties: { total: 9.5, products: [{ sku: 'a' }, { sku: 'b' }] },
    context: { locale: 'de-DE' },
    integrations: { All: true },
    timestamp: '2025-06-15T10:00:00.250Z',
  };
  expect(checked(item)).toEqual({
    ...{ offset: 7, sourceId: 'src_test', messageId: 'm1', type: 'track', name: 'Order Completed' },
    ...{ userId: 'u1', anonymousId: 'a1', groupId: '', previousId: '' },
    ...{ properties: item.properties, traits: {}, context: { locale: 'de-DE' }, integrations: { All: true } },
    timestamp: Date.parse('2025-06-15T10:00:00.250Z'),
    receivedAt: RECEIVED,
  });
});

test.each<[RejectionCode, JsonValue, string]>([
  ['not_an_object', 'text', 'Item 3'],
  ['not_an_object', [TRACK], 'Item 3'],
  ['not_an_object', null, 'Item 3'],
  ['type_unknown', { userId: 'u1' }, 'type'],
  ['type_unknown', { ...TRACK, type: 'constructor' }, 'type'],
  ['type_unknown', { ...TRACK, type: 7 }, 'type'],
  ['event_name_missing', { type: 'track', userId: 'u1' }, 'event'],
  ['event_name_missing', { ...TRACK, event: '  ' }, 'event'],
  ['field_invalid', { ...TRACK, event: { a: 1 } }, 'event'],
  ['field_invalid', { ...TRACK, event: 'x'.repeat(LIMITS.eventNameCharsMax + 1) }, 'event'],
  ['field_invalid', { type: 'page', userId: 'u1', name: 3 }, 'name'],
  ['field_invalid', { ...TRACK, properties: [] }, 'properties'],
  ['field_invalid', { ...TRACK, traits: 'x' }, 'traits'],
  ['field_invalid', { ...TRACK, context: 1 }, 'context'],
  ['field_invalid', { ...TRACK, integrations: true }, 'integrations'],
  ['identifier_missing', { type: 'track', event: 'Seen' }, 'userId'],
  ['identifier_missing', { type: 'track', event: 'Seen', userId: ' ', anonymousId: null }, 'userId'],
  ['identifier_missing', { type: 'identify', traits: { email: 'not an address' } }, 'traits.email'],
  ['identifier_missing', { type: 'group', groupId: 'g', traits: { email: 'a@b.example' } }, 'userId'],
  ['identifier_invalid', { ...TRACK, userId: { id: 1 } }, 'userId'],
  ['identifier_invalid', { ...TRACK, userId: 2 ** 53 }, 'userId'],
  ['identifier_invalid', { ...TRACK, userId: 1.5 }, 'userId'],
  ['identifier_invalid', { ...TRACK, anonymousId: 'a\u0000b' }, 'anonymousId'],
  ['identifier_invalid', { ...TRACK, anonymousId: 'a\ud800' }, 'anonymousId'],
  ['identifier_invalid', { ...TRACK, userId: '\ufffd' }, 'userId'],
  ['identifier_invalid', { ...TRACK, userId: 'x'.repeat(LIMITS.identifierCharsMax + 1) }, 'userId'],
  ['group_id_missing', { type: 'group', userId: 'u1' }, 'groupId'],
  ['previous_id_missing', { type: 'alias', userId: 'u1' }, 'previousId'],
  [
    'identifier_missing',
    { type: 'identify', traits: { phone: ' ' }, context: { externalIds: [] } },
    'userId',
  ],
  ['identifier_missing', { type: 'group', groupId: 'g', traits: { phone: '1' } }, 'traits.phone'],
  ['merge_properties_invalid', { type: 'merge' }, 'mergeProperties'],
  ['merge_properties_invalid', { type: 'merge', mergeProperties: { type: 'email' } }, 'mergeProperties'],
  ['merge_properties_invalid', { type: 'merge', mergeProperties: [PAIR] }, '2 to 20'],
  [
    'merge_properties_invalid',
    { type: 'merge', mergeProperties: Array<JsonValue>(21).fill(PAIR) },
    '2 to 20',
  ],
  ['merge_properties_invalid', { type: 'merge', mergeProperties: [PAIR, null] }, 'mergeProperties.1'],
  [
    'merge_properties_invalid',
    { type: 'merge', mergeProperties: [PAIR, { type: 'x' }] },
    'mergeProperties.1',
  ],
  ['merge_properties_invalid', { type: 'merge', mergeProperties: [{ ...PAIR, value: ' ' }, PAIR] }, '.0'],
  ['merge_properties_invalid', { type: 'merge', mergeProperties: [{ ...PAIR, value: 1.5 }, PAIR] }, '.0'],
  [
    'merge_properties_invalid',
    { type: 'merge', mergeProperties: [{ ...PAIR, value: 'a\ud800' }, PAIR] },
    '.0',
  ],
  ['merge_properties_invalid', { type: 'merge', mergeProperties: [{ ...PAIR, type: '' }, PAIR] }, '.0'],
  ['message_id_invalid', { ...TRACK, messageId: true }, 'messageId'],
  ['message_id_invalid', { ...TRACK, messageId: 'x'.repeat(LIMITS.messageIdCharsMax + 1) }, 'messageId'],
  ['message_id_invalid', { ...TRACK, messageId: 'a\nb' }, 'messageId'],
  ['timestamp_invalid', { ...TRACK, timestamp: 'yesterday' }, 'timestamp'],
  ['timestamp_invalid', { ...TRACK, timestamp: '1899-12-31T23:59:59Z' }, 'timestamp'],
  ['timestamp_invalid', { ...TRACK, originalTimestamp: '9999-01-01' }, 'originalTimestamp'],
  ['timestamp_invalid', { ...TRACK, sentAt: {} }, 'sentAt'],
  ['number_invalid', { ...TRACK, properties: { n: Number.POSITIVE_INFINITY } }, 'number'],
  ['nesting_too_deep', { ...TRACK, properties: nested(LIMITS.nestingDepthMax) }, 'nested'],
  ['too_many_keys', { ...TRACK, properties: { list: Array(LIMITS.valuesPerEventMax).fill(0) } }, 'keys'],
])('refuses with %s and names the field: %#', (code, item, word) => {
  const { code: given, message } = refusal(item);
  expect(given).toBe(code);
  expect(message).toContain(word);
});

test('an event may be too large only in a body that is', () => {
  const item = { ...TRACK, properties: { text: 'ü'.repeat(500) } };
  const bytes = Buffer.byteLength(JSON.stringify(item));
  expect(refusal(item, { bodyBytes: 2_000, eventBytesMax: bytes - 1 })).toEqual({
    code: 'event_too_large',
    message: `The event has ${bytes} bytes; ${bytes - 1} are allowed.`,
  });
  expect(checked(item, { bodyBytes: 2_000, eventBytesMax: bytes }).name).toBe('Seen');
});

describe('identifiers', () => {
  test('of whole numbers are their digits', () => {
    expect(checked({ ...TRACK, userId: 42, anonymousId: -7 })).toMatchObject({
      userId: '42',
      anonymousId: '-7',
    });
  });

  test('an e-mail address in the traits, or in the traits of the context, is enough', () => {
    const email = 'Ann@Example.com';
    expect(checked({ type: 'identify', traits: { email } }).userId).toBe('');
    expect(checked({ type: 'group', groupId: 'g', context: { traits: { email } } }).groupId).toBe('g');
    expect(checked(TRACK, { context: { traits: { email } } }).context).toEqual({ traits: { email } });
  });

  test.each<[string, JsonObject]>([
    ['a telephone number', { traits: { phone: '030 1' } }],
    ['one that is a number', { context: { traits: { phone: 49301 } } }],
    ['an external id', { context: { externalIds: [{ id: 'x', type: 'card' }] } }],
    ['a device', { context: { device: { id: 'd' } } }],
    ['an advertising id', { context: { device: { advertisingId: 'd' } } }],
  ])('%s is enough', (_, item) => {
    expect(checked({ type: 'identify', ...item })).toMatchObject({ userId: '', anonymousId: '' });
  });

  test('at other places are for the caller to find', () => {
    const item = {
      type: 'track',
      event: 'Seen',
      properties: { card: 'c1' },
      traits: { a: 1 },
      context: { b: 2 },
    };
    const asked: Event[] = [];
    const ask = (answer: boolean) =>
      checkEvent(item, 0, anEnvelope(), 7, (event) => {
        asked.push(event);
        return answer;
      });
    expect(ask(true)).toMatchObject({ name: 'Seen', properties: { card: 'c1' } });
    expect(ask(false)).toMatchObject({ code: 'identifier_missing' });
    const given = { sourceId: 'src_test', type: 'track', properties: { card: 'c1' }, traits: { a: 1 } };
    expect(asked).toMatchObject([{ ...given, context: { b: 2 } }, given]);
    // Nobody is asked where a name stands at its usual place.
    const named = checkEvent(TRACK, 0, anEnvelope(), 7, () => expect.fail('asked'));
    expect(isRejection(named)).toBe(false);
  });

  test('a missing messageId follows from the receipt and the place, the same at every replay', () => {
    expect(checked({ ...TRACK, messageId: '' }, {}, 5).messageId).toBe('receipt-5');
    expect(checked({ ...TRACK, messageId: 99 }).messageId).toBe('99');
  });
});

describe('the call', () => {
  test('of a single event decides its type, whatever the item says', () => {
    expect(checked({ ...TRACK, type: 'identify' }, { call: 'page' }).type).toBe('page');
  });

  test('names pages and screens, and nothing else but tracks', () => {
    expect(checked({ type: 'screen', userId: 'u', name: ' Home ' }).name).toBe('Home');
    expect(checked({ type: 'page', userId: 'u' }).name).toBe('');
    expect(checked({ type: 'identify', userId: 'u', name: 'x', event: 'y' }).name).toBe('');
    expect(checked({ action: 'track', event: 'Seen', userId: 'u' }).type).toBe('track');
  });

  test('merge carries the names of one person, and needs no other', () => {
    const mergeProperties = [PAIR, { type: 'mobile', value: 4930 }];
    const merged = { name: '', userId: '', properties: { mergeProperties }, traits: {} };
    expect(checked({ type: 'merge', mergeProperties, properties: { more: 1 } })).toMatchObject(merged);
    expect(checked({ mergeProperties }, { call: 'merge' }).properties).toEqual({ mergeProperties });
    expect(checked({ ...TRACK, mergeProperties }).properties).toEqual({});
  });

  test('of an import may carry rows that could not be mapped', () => {
    const row = { type: 'row_error', error: 'Column id is empty.' };
    expect(refusal(row, { call: 'import' })).toEqual({ code: 'row_invalid', message: 'Column id is empty.' });
    expect(refusal(row, { call: 'batch' }).code).toBe('type_unknown');
    expect(refusal({ type: 'row_error', error: 7 }, { call: 'import' }).message).toBe(
      'The row cannot be mapped.',
    );
  });
});

describe('time', () => {
  const at = (time: number) => new Date(time).toISOString();

  test('is shifted by how far off the client’s clock was', () => {
    // The client is two hours ahead: its event of ten minutes before it was sent is ten minutes old.
    const item = {
      ...TRACK,
      timestamp: at(RECEIVED + 7_200_000 - 600_000),
      sentAt: at(RECEIVED + 7_200_000),
    };
    expect(checked(item).timestamp).toBe(RECEIVED - 600_000);
  });

  test('of the item goes before that of the batch', () => {
    const timestamp = at(RECEIVED - 5_000);
    expect(checked({ ...TRACK, timestamp }, { sentAt: at(RECEIVED - 1_000) }).timestamp).toBe(
      RECEIVED - 4_000,
    );
    const own = { ...TRACK, timestamp, sentAt: at(RECEIVED) };
    expect(checked(own, { sentAt: at(RECEIVED - 1_000) }).timestamp).toBe(RECEIVED - 5_000);
  });

  test('that is given beside the client’s own is believed', () => {
    const item = { ...TRACK, originalTimestamp: at(RECEIVED - 9_000), sentAt: at(RECEIVED - 4_000) };
    expect(checked(item).timestamp).toBe(RECEIVED - 5_000);
    const timestamp = at(RECEIVED - 1e9);
    expect(checked({ ...item, timestamp }).timestamp).toBe(RECEIVED - 1e9);
  });

  test('is that of receipt when the client gives none', () => {
    expect(checked({ ...TRACK, sentAt: at(RECEIVED - 1_000) }).timestamp).toBe(RECEIVED);
    expect(checked({ ...TRACK, timestamp: null }).timestamp).toBe(RECEIVED);
  });

  test('of an import is believed', () => {
    const item = { ...TRACK, timestamp: '1997-01-01', sentAt: at(RECEIVED + 86_400_000) };
    expect(checked(item, { call: 'import' }).timestamp).toBe(Date.UTC(1997, 0, 1));
  });

  test('that the correction moves out of range is refused', () => {
    expect(refusal({ ...TRACK, timestamp: '2199-12-01', sentAt: '1901-01-01' }).code).toBe(
      'timestamp_invalid',
    );
  });
});

describe('context', () => {
  test('of the batch is merged in, and the item’s own keys win', () => {
    const shared = { locale: 'en', ip: '192.0.2.1', app: { name: 'shop' } };
    const event = checked(
      { ...TRACK, context: { locale: 'de' }, integrations: { A: false } },
      { context: shared, integrations: { A: true, B: true } },
    );
    expect(event.context).toEqual({ locale: 'de', ip: '192.0.2.1', app: { name: 'shop' } });
    expect(event.integrations).toEqual({ A: false, B: true });
    expect(shared.locale).toBe('en');
  });

  test('gets the address and user agent of the request only where that is the person’s device', () => {
    const request = { ip: '198.51.100.7', userAgent: 'Browser/1' };
    expect(checked(TRACK, { ...request, direct: true }).context).toEqual(request);
    expect(checked(TRACK, request).context).toEqual({});
    const direct = checked({ ...TRACK, context: { direct: true } }, request);
    expect(direct.context).toEqual({ direct: true, ip: '198.51.100.7' });
    const own = { ip: '203.0.113.9', userAgent: 'App/2' };
    expect(checked({ ...TRACK, context: own }, { ...request, direct: true }).context).toEqual(own);
  });
});

test('NUL and lone surrogates become U+FFFD, in what the batch gives as well', () => {
  const item: JsonObject = { ...TRACK, properties: { 'k\u0000': ['a\ud800b', { x: '\u0000' }] } };
  const shared = { note: '\udfff' };
  const event = checked(item, { escapes: true, context: shared, integrations: shared });
  expect(event.properties).toEqual({ 'k\uFFFD': ['a\uFFFDb', { x: '\uFFFD' }] });
  expect(event.context).toEqual({ note: '\uFFFD' });
  expect(event.integrations).toEqual({ note: '\uFFFD' });
});

test('keys of the prototype are names like any other', () => {
  const item = JSON.parse(
    '{"type":"identify","userId":"u","traits":{"__proto__":{"polluted":1},"constructor":2}}',
  ) as JsonValue;
  const { traits } = checked(item, { escapes: true });
  expect(Object.keys(traits)).toEqual(['__proto__', 'constructor']);
  expect(Object.getPrototypeOf(traits)).toBe(Object.prototype);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});
