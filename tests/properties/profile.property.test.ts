/**
 * Properties of profiles:
 *
 * - Folding is independent of order: the same events in any order give the same profile.
 * - Of events with different times, the order of arrival does not count either: other offsets, the same values.
 * - Merging is folding: merge(fold(A), fold(B)) = fold(A ∪ B), however the events are split, in either direction.
 * - Merging is associative.
 * - A profile comes back from its stored form whole.
 * - Counts add up: the total is the number of events, and the sum over all names.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event/event.js';
import { identifiersOf } from '../../src/core/identity/identifier.js';
import { decodeProfile, encodeProfile } from '../../src/core/profile/codec.js';
import { fold } from '../../src/core/profile/fold.js';
import { mergeInto } from '../../src/core/profile/merge.js';
import type { Profile } from '../../src/core/profile/profile.js';
import { createProfile } from '../../src/core/profile/profile.js';
import { eventsOf } from './arbitraries.js';

const RUNS = { numRuns: 200 };
const events = eventsOf(2, 3, 25);
/** Events, and for each of them one of three profiles. */
const splitEvents = events.chain((list) =>
  fc.tuple(
    fc.constant(list),
    fc.array(fc.integer({ min: 0, max: 2 }), { minLength: list.length, maxLength: list.length }),
  ),
);

function folded(list: readonly Event[], id = 'p'): Profile {
  const profile = createProfile(id);
  for (const event of list) fold(profile, event, identifiersOf(event));
  return profile;
}

/** Without the order of insertion, which is no part of a profile, nor the ids that it took in. */
function content({ merged: _, id: __, ...profile }: Profile): unknown {
  const sorted = Object.entries(profile).map(([field, value]) =>
    value instanceof Map ? [field, [...value].sort(([a], [b]) => (a < b ? -1 : 1))] : [field, value],
  );
  return sorted;
}

test('folding is independent of order', () => {
  const shuffled = events.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  );
  fc.assert(
    fc.property(shuffled, ([list, other]) => {
      expect(content(folded(other))).toEqual(content(folded(list)));
    }),
    RUNS,
  );
});

test('of events with different times the order of arrival does not count', () => {
  const distinct = events.map((list) => list.map((event, n) => ({ ...event, timestamp: n * 10 })));
  const rearranged = distinct.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  );
  const withoutOffsets = (profile: Profile) =>
    JSON.parse(JSON.stringify(content(profile), (name, value) => (name === 'offset' ? undefined : value)));
  fc.assert(
    fc.property(rearranged, ([list, other]) => {
      const arrived = other.map((event, offset) => ({ ...event, offset }));
      expect(withoutOffsets(folded(arrived))).toEqual(withoutOffsets(folded(list)));
    }),
    RUNS,
  );
});

test('merging is folding', () => {
  fc.assert(
    fc.property(splitEvents, ([list, sides]) => {
      const side = (n: number) => folded(list.filter((_, index) => (sides[index] ?? 0) % 2 === n));
      for (const [into, from] of [
        [side(0), side(1)],
        [side(1), side(0)],
      ] as const) {
        mergeInto(into, from);
        expect(content(into)).toEqual(content(folded(list)));
      }
    }),
    RUNS,
  );
});

test('merging is associative', () => {
  fc.assert(
    fc.property(splitEvents, ([list, sides]) => {
      const part = (n: number) =>
        folded(
          list.filter((_, index) => sides[index] === n),
          `p${n}`,
        );
      const [left, middle, right] = [part(0), part(1), part(2)];
      mergeInto(left, middle);
      mergeInto(left, right);
      const [first, second, third] = [part(0), part(1), part(2)];
      mergeInto(second, third);
      mergeInto(first, second);
      expect(content(first)).toEqual(content(left));
      expect([...first.merged].sort()).toEqual([...left.merged].sort());
    }),
    RUNS,
  );
});

test('a profile comes back from its stored form whole', () => {
  fc.assert(
    fc.property(splitEvents, ([list, sides]) => {
      fc.pre(list.length > 0);
      const profile = folded(list);
      for (const side of sides) profile.merged.add(`q${side}`);
      const text = encodeProfile(profile);
      // What JSON cannot hold, an infinite number or -0, never passes the check or prints the same.
      fc.pre(!/Infinity/.test(String(list)) && !holdsUnprintable(list));
      expect(decodeProfile('p', text)).toEqual(profile);
      expect(encodeProfile(decodeProfile('p', text))).toBe(text);
    }),
    RUNS,
  );
});

test('counts add up', () => {
  fc.assert(
    fc.property(events, (list) => {
      const { total, counts } = folded(list);
      expect(total).toBe(list.length);
      expect([...counts.values()].reduce((sum, n) => sum + n, 0)).toBe(list.length);
    }),
    RUNS,
  );
});

function holdsUnprintable(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value) || Object.is(value, -0);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsUnprintable);
}
