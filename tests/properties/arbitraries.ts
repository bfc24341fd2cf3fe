import fc from 'fast-check';
import type { Event } from '../../src/core/event/event.js';
import type { JsonObject, JsonValue } from '../../src/core/json.js';
import { anEvent } from '../support/an-event.js';

/** Keys that break naive code: those of the prototype, empty, dotted, with control characters or half characters. */
const ODD_KEYS = [
  '__proto__',
  'constructor',
  'toString',
  '',
  'a.b',
  'a\n',
  '\u0000',
  '\ud800',
  '🎉',
  'length',
];
const key = fc.oneof(fc.constantFrom(...ODD_KEYS), fc.string({ maxLength: 8, unit: 'binary' }));
const ODD_NUMBERS = [0, -0, 1e308, Number.POSITIVE_INFINITY, 2 ** 53, 2 ** 63, 1.5, -1];

/** Any JSON value as `JSON.parse` may give it: odd keys and infinite numbers included, prototypes untouched. */
export const jsonValue: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<JsonValue>(null, true, false),
    fc.oneof(fc.constantFrom(...ODD_NUMBERS), fc.double({ noNaN: true })),
    fc.string({ maxLength: 12, unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs)),
  ),
})).value;

/** Any JSON object. */
export const jsonObject: fc.Arbitrary<JsonObject> = fc
  .array(fc.tuple(key, jsonValue), { maxLength: 5 })
  .map((pairs) => Object.fromEntries(pairs));

const few = (prefix: string, count: number) =>
  fc.constantFrom(...Array.from({ length: count }, (_, n) => `${prefix}${n}`));
const maybe = (ids: fc.Arbitrary<string>) => fc.option(ids, { nil: '', freq: 2 });
const traits = fc.dictionary(fc.constantFrom('plan', 'city', '__proto__', 'n'), jsonValue, { maxKeys: 3 });
const preferences = fc.dictionary(fc.constantFrom('ads', 'mail'), fc.boolean());

/**
 * Events of few people with few names, so that they meet. Offsets are the places in the list; times are few, so that
 * several fall into one millisecond.
 */
export function eventsOf(users: number, devices: number, length: number): fc.Arbitrary<Event[]> {
  const one = fc.record({
    type: fc.constantFrom('identify' as const, 'track' as const, 'page' as const),
    name: few('name', 3),
    userId: maybe(few('u', users)),
    anonymousId: maybe(few('d', devices)),
    email: maybe(few('e', users).map((local) => `${local}@example.com`)),
    traits,
    preferences: fc.option(preferences, { nil: undefined }),
    timestamp: fc.integer({ min: 1_000, max: 1_010 }),
  });
  const alias = fc.record({
    type: fc.constant('alias' as const),
    userId: few('u', users),
    anonymousId: maybe(few('d', devices)),
    previousId: fc.oneof(few('u', users), few('d', devices)),
    timestamp: fc.integer({ min: 1_000, max: 1_010 }),
  });
  return fc
    .array(fc.oneof({ weight: 8, arbitrary: one }, { weight: 1, arbitrary: alias }), { maxLength: length })
    .map((list) =>
      list.map((given, offset) => {
        const messageId = `m${offset}`;
        if (given.type === 'alias') return anEvent({ ...given, name: '', offset, messageId });
        const { email, preferences: chosen, ...rest } = given;
        const consent = chosen === undefined ? {} : { consent: { categoryPreferences: chosen } };
        const own = email === '' ? {} : { traits: { email } };
        const known = rest.userId !== '' || rest.anonymousId !== '' || email !== '';
        const anonymousId = known ? rest.anonymousId : 'd0';
        const name = rest.type === 'track' ? rest.name : '';
        return anEvent({ ...rest, name, anonymousId, context: { ...consent, ...own }, offset, messageId });
      }),
    );
}
