/**
 * Properties of the consent gate:
 *
 * - It opens only where each purpose is given by the person: whatever else is said, of whatever other names.
 * - A refusal of one purpose closes it, by the person or by the event itself, also where the other says yes.
 * - A yes of the event's own opens nothing.
 * - Purposes that nobody said anything of, such as names that are unknown or mapped from nothing, close it.
 * - The order in which the person's words arrive does not matter.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { consentsOf, eventConsents, gate } from '../../src/core/consent/gate.js';
import { createProfile } from '../../src/core/profile/profile.js';
import { anEvent } from '../support/an-event.js';
import { foldAll } from '../support/default-rules.js';

const NAMES = ['advertising', 'email_marketing', 'analytics', '__proto__', 'constructor', ''];
const RUNS = { numRuns: 500 };
const word = fc.constantFrom(true, false, undefined);
const words = fc
  .tuple(...NAMES.map(() => word))
  .map((said) =>
    NAMES.flatMap((name, n): Array<[string, boolean]> => (said[n] === undefined ? [] : [[name, said[n]]])),
  );
const purposes = fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 });
const person = (said: ReadonlyArray<[string, boolean]>) =>
  consentsOf(new Map(said.map(([name, value]) => [name, { value }])));
const event = (said: ReadonlyArray<[string, boolean]>) => eventConsents(new Map(said));

describe('the gate', () => {
  test('opens exactly where each purpose is given by the person and refused by nobody', () => {
    fc.assert(
      fc.property(purposes, words, words, (asked, ofPerson, ofEvent) => {
        const [own, carried] = [new Map(ofPerson), new Map(ofEvent)];
        const opens = asked.every((name) => own.get(name) === true && carried.get(name) !== false);
        const answer = gate(asked, person(ofPerson), event(ofEvent));
        expect(answer.allowed).toBe(opens);
        if (answer.allowed) return;
        const refused = asked.filter((name) => own.get(name) === false || carried.get(name) === false);
        expect(answer.reason).toBe(refused.length > 0 ? 'consent_refused' : 'consent_missing');
        expect(answer.purposes).toEqual(
          refused.length > 0 ? refused : asked.filter((name) => own.get(name) === undefined),
        );
      }),
      RUNS,
    );
  });

  test('does not open for who never said anything, nor by what the event alone says', () => {
    fc.assert(
      fc.property(purposes, words, (asked, ofEvent) => {
        expect(gate(asked, person([])).allowed).toBe(false);
        expect(gate(asked, person([]), event(ofEvent)).allowed).toBe(false);
      }),
      RUNS,
    );
  });

  test('answers the same in whatever order the words arrived', () => {
    const said = fc.array(fc.record({ purpose: fc.constantFrom('a', 'b'), value: fc.boolean() }), {
      minLength: 1,
      maxLength: 8,
    });
    const shuffled = said.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray([...list.keys()], { minLength: list.length, maxLength: list.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([list, order]) => {
        const answerIn = (arrivals: readonly number[]) => {
          const profile = createProfile('p');
          for (const n of arrivals) {
            const { purpose, value } = list[n] ?? { purpose: '', value: false };
            const context = { consent: { categoryPreferences: { [purpose]: value } } };
            foldAll(profile, anEvent({ context, timestamp: 1_000 + n, offset: n, userId: 'u' }));
          }
          return gate(['a', 'b'], consentsOf(profile.consent));
        };
        expect(answerIn(order)).toEqual(answerIn([...list.keys()]));
      }),
      RUNS,
    );
  });
});
