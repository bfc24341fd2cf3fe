/**
 * Properties of the check, for any JSON:
 *
 * - `checkEvent` never throws, says the same every time, and leaves what it was given as it was.
 * - What it lets pass can be printed: JSON gives it back, without NUL or lone surrogates, within the limits.
 * - Every refusal has a code of the registry and a sentence.
 * - `readTime` never throws, and gives a whole number of milliseconds or nothing.
 * - `readWire` and `readPixel` never pollute a prototype; `readPixel` throws nothing but what it says.
 */
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { readPixel } from '../../src/collect/pixel.js';
import { REJECTIONS, TributaryError } from '../../src/core/errors.js';
import { checkEvent, isRejection } from '../../src/core/event/check.js';
import { readTime } from '../../src/core/event/time.js';
import type { Call } from '../../src/core/event/wire.js';
import { readWire } from '../../src/core/event/wire.js';
import type { JsonObject, JsonValue } from '../../src/core/json.js';
import { LIMITS } from '../../src/core/limits.js';
import { anEnvelope } from '../support/an-event.js';
import { jsonObject, jsonValue } from './arbitraries.js';

const RUNS = { numRuns: 500 };
const call = fc.constantFrom<Call>(
  'track',
  'identify',
  'page',
  'screen',
  'group',
  'alias',
  'batch',
  'import',
);
const type = fc.constantFrom('track', 'identify', 'page', 'screen', 'group', 'alias', 'row_error', 'other');
const id = fc.oneof(fc.string({ maxLength: 5 }), fc.integer(), jsonValue);
const time = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.string({ maxLength: 30, unit: fc.constantFrom(...'0123456789-:T.Z+ ') }),
  fc.double(),
  jsonValue as fc.Arbitrary<unknown>,
);
/** What looks like an event, with any of its fields odd. */
const nearlyEvent = fc.record(
  {
    ...{ type, userId: id, anonymousId: id, groupId: id, previousId: id, messageId: id },
    ...{ event: id, name: id, properties: jsonValue, traits: jsonValue, integrations: jsonValue },
    ...{ context: fc.oneof(jsonObject, jsonValue), timestamp: time, sentAt: time, originalTimestamp: time },
  },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>;

/** A good event in which a field or two are odd: most of them pass. */
const mostlyGood = fc
  .tuple(
    nearlyEvent,
    fc.subarray(['userId', 'messageId', 'event', 'properties', 'traits', 'context', 'timestamp']),
  )
  .map(([odd, fields]): JsonObject => {
    const some = fields
      .slice(0, 2)
      .flatMap((field) => (Object.hasOwn(odd, field) ? [[field, odd[field]]] : []));
    return { type: 'track', event: 'E', anonymousId: 'a', ...(Object.fromEntries(some) as JsonObject) };
  });

const untouched = Object.getOwnPropertyNames(Object.prototype).sort();
afterEach(() => expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(untouched));

function check(item: JsonValue, asCall: Call, shared: JsonObject | undefined) {
  const envelope = anEnvelope({
    ...{ call: asCall, context: shared, integrations: shared, escapes: true },
    ...{ bodyBytes: 10_000, eventBytesMax: 2_000, ip: '192.0.2.1', userAgent: 'x', direct: true },
  });
  return checkEvent(item, 2, envelope, 9);
}

test('checkEvent never throws, is deterministic, and changes nothing', () => {
  const item = fc.oneof(nearlyEvent, nearlyEvent, jsonValue);
  fc.assert(
    fc.property(item, call, fc.option(jsonObject, { nil: undefined }), (given, asCall, shared) => {
      const before = structuredClone(given);
      const answer = check(given, asCall, shared);
      expect(check(given, asCall, shared)).toEqual(answer);
      expect(given).toEqual(before);
      if (!isRejection(answer)) return;
      expect(Object.keys(REJECTIONS)).toContain(answer.code);
      expect(answer.message).toMatch(/\S/);
    }),
    RUNS,
  );
});

test('what passes can be stored', () => {
  fc.assert(
    fc.property(mostlyGood, fc.constantFrom<Call>('batch', 'track', 'identify'), (given, asCall) => {
      const answer = check(given, asCall, undefined);
      fc.pre(!isRejection(answer));
      const { properties, traits, context, integrations, ...plain } = answer;
      const texts = JSON.stringify([properties, traits, context, integrations]);
      expect(texts).not.toMatch(/\\u0000|\\ud[89a-f]/);
      for (const value of [answer.timestamp, answer.receivedAt]) expect(Number.isInteger(value)).toBe(true);
      for (const name of ['userId', 'anonymousId', 'groupId', 'previousId'] as const) {
        expect(plain[name]).toBe(plain[name].trim());
        expect(plain[name].length).toBeLessThanOrEqual(LIMITS.identifierCharsMax);
        expect(plain[name]).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      }
      expect(answer.messageId).toMatch(/^[^\p{Cc}\p{Cs}]+$/u);
      expect(answer.timestamp).toBeGreaterThanOrEqual(LIMITS.timestampMin);
      expect(answer.timestamp).toBeLessThan(LIMITS.timestampMax);
    }),
    RUNS,
  );
});

test('readTime never throws', () => {
  fc.assert(
    fc.property(time, (given) => {
      const answer = readTime(given as JsonValue);
      if (answer !== undefined) expect(Number.isInteger(answer)).toBe(true);
    }),
    RUNS,
  );
});

test('readTime reads what toISOString prints', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }), (date) => {
      expect(readTime(date.toISOString())).toBe(date.getTime());
    }),
    RUNS,
  );
});

test('readWire never throws', () => {
  fc.assert(
    fc.property(
      call,
      fc.oneof(jsonValue, jsonObject, fc.record({ batch: jsonValue, context: jsonValue })),
      (c, body) => {
        const wire = readWire(c, body);
        if (wire) expect(typeof wire.writeKey).toBe('string');
      },
    ),
    RUNS,
  );
});

test('readPixel throws nothing but what it says', () => {
  const path = fc
    .array(fc.constantFrom('__proto__', 'constructor', 'prototype', 'properties', 'a', ''), {
      minLength: 1,
      maxLength: 5,
    })
    .map((parts) => parts.join('.'));
  const value = fc.oneof(fc.string({ maxLength: 8 }), fc.array(fc.string({ maxLength: 3 })));
  const data = jsonValue.map((json) => Buffer.from(JSON.stringify(json)).toString('base64'));
  const query = fc.oneof(
    fc.array(fc.tuple(path, value), { maxLength: 6 }).map((pairs) => Object.fromEntries(pairs)),
    fc.record({ data: fc.oneof(data, fc.string()), writeKey: fc.string() }, { requiredKeys: ['data'] }),
  );
  fc.assert(
    fc.property(query, (given: Record<string, unknown>) => {
      try {
        JSON.stringify(readPixel(given));
      } catch (error) {
        expect(error).toBeInstanceOf(TributaryError);
      }
      expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(untouched);
    }),
    RUNS,
  );
});
