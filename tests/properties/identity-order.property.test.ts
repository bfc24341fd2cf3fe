/**
 * Properties of order and repetition, over people who share nothing with each other: each has a user_id, addresses and devices, and an event
 * gives a device with or without the user_id, and an address with it. (So no device ever moves, where order does matter.)
 *
 * - In whatever order the events come, the same people hold the same identifiers, trait values, consent, counts and times.
 * - The same calls once more, under new messageIds, change nothing of who is who: no identifier, no profile, no merge.
 * - The same log again, from nothing, gives the same state to the last byte.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event/event.js';
import { decodeProfile } from '../../src/core/profile/codec.js';
import { anEvent } from '../support/an-event.js';
import { valuesOf } from '../support/default-rules.js';
import { MemoryWorld } from '../support/memory-world.js';

const RUNS = { numRuns: 200 };

const one = fc.record({
  person: fc.nat(3),
  known: fc.boolean(),
  device: fc.option(fc.nat(2), { nil: undefined }),
  address: fc.option(fc.nat(1), { nil: undefined }),
  traits: fc.dictionary(fc.constantFrom('plan', 'city'), fc.nat(5), { maxKeys: 2 }),
  ads: fc.option(fc.boolean(), { nil: undefined }),
});
type One = typeof one extends fc.Arbitrary<infer Given> ? Given : never;

/** The event that a call becomes at a place in the log; its time goes with the call, so that no two are of one millisecond. */
function eventAt(
  { person, known, device = 0, address, traits, ads }: One,
  at: number,
  offset: number,
): Event {
  return anEvent({
    ...{ type: 'identify', offset, messageId: `m${at}`, timestamp: 1_000 + at },
    userId: known ? `u${person}` : '',
    anonymousId: `d${person}-${device}`,
    traits: {
      ...traits,
      ...(known && address !== undefined ? { email: `p${person}-${address}@example.com` } : {}),
    },
    context: ads === undefined ? {} : { consent: { categoryPreferences: { ads } } },
  });
}

const calls = fc
  .array(one, { minLength: 1, maxLength: 25 })
  .map((list) => list.map((given, at) => ({ given, at })));

async function livedBy(list: ReadonlyArray<{ given: One; at: number }>, times = 1): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  const all = Array.from({ length: times }, () => list).flat();
  await world.live(all.map(({ given, at }, offset) => eventAt(given, at, offset)));
  return world;
}

/** People by what they hold, without ids and places in the log. */
function peopleOf(world: MemoryWorld): unknown[] {
  const people = Array.from(world.profiles, ([id, text]) => decodeProfile(id, text));
  return people
    .map(({ identifiers, traits, consent, counts, firstSeenAt, lastSeenAt }) => ({
      identifiers: [...identifiers.values()].map((held) => JSON.stringify(held)).sort(),
      traits: Object.entries(valuesOf(traits)).sort(),
      origins: Array.from(traits, ([name, state]) => [
        name,
        [state].flat().map(({ messageId }) => messageId),
      ]).sort(),
      consent: Array.from(consent, ([name, { value, messageId }]) => [name, value, messageId]).sort(),
      ...{ counts: [...counts].sort(), firstSeenAt, lastSeenAt },
    }))
    .sort((a, b) => ((a.identifiers[0] ?? '') < (b.identifiers[0] ?? '') ? -1 : 1));
}

test('the order of delivery does not matter', async () => {
  await fc.assert(
    fc.asyncProperty(
      calls.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      ),
      async ([list, shuffled]) => {
        expect(peopleOf(await livedBy(shuffled))).toEqual(peopleOf(await livedBy(list)));
      },
    ),
    RUNS,
  );
});

test('the same calls once more change nothing of who is who', async () => {
  await fc.assert(
    fc.asyncProperty(calls, async (list) => {
      const [once, twice] = [(await livedBy(list)).snapshot(), (await livedBy(list, 2)).snapshot()];
      expect(twice.owners).toEqual(once.owners);
      expect(Object.keys(twice.profiles)).toEqual(Object.keys(once.profiles));
      const home = (offset: number) => twice.events[offset];
      for (const [offset, id] of Object.entries(once.events)) {
        expect([home(Number(offset)), home(Number(offset) + list.length)]).toEqual([id, id]);
      }
    }),
    RUNS,
  );
});

test('the same log gives the same state', async () => {
  await fc.assert(
    fc.asyncProperty(calls, async (list) => {
      expect((await livedBy(list)).snapshot()).toEqual((await livedBy(list)).snapshot());
    }),
    RUNS,
  );
});
