/**
 * The incremental evaluation of segments against the naive one, on generated definitions and histories, without a database. Properties:
 *
 * - after each event, in whatever order they arrive, and after each passing of time, both say the same of every definition and every
 *   computed trait, also where what cannot count any more was forgotten on the way;
 * - two people's memory joined is that of one who did it all, whatever the order;
 * - between now and the time at which an answer may change next, the answer does not change;
 * - a definition comes back from its JSON as it was.
 *
 * `SEGMENT_SEED=17` begins with another seed, `SEGMENT_RUNS=5000` tries so many histories, with 12 definitions each.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../../src/core/demo/random.js';
import type { Event } from '../../src/core/event/event.js';
import type { CompiledSegment, CompiledTrait } from '../../src/core/segments/compile.js';
import { SegmentCompiler } from '../../src/core/segments/compile.js';
import { readNode } from '../../src/core/segments/node.js';
import { readComputedValue } from '../../src/core/segments/nodes/computed.js';
import { arrived } from './arbitraries/arrived.js';
import type { Definitions } from './arbitraries/definitions.js';
import { definitionsFrom } from './arbitraries/definitions.js';
import type { History } from './arbitraries/history.js';
import { historyFrom } from './arbitraries/history.js';
import { BEGINNINGS } from './arbitraries/vocabulary.js';
import { difference } from './difference.js';
import { computedValue } from './naive/computed-value.js';
import { isMember } from './naive/is-member.js';
import { naiveAccounts, naivePerson } from './naive/naive-people.js';
import type { NaivePerson, NaiveWorld } from './naive/naive-person.js';
import { RememberedPerson } from './remembered-person.js';
import { timesBetween } from './times-between.js';

const RUNS = {
  numRuns: Number(process.env.SEGMENT_RUNS ?? 60),
  ...(process.env.SEGMENT_SEED ? { seed: Number(process.env.SEGMENT_SEED) } : {}),
};
const PEOPLE = 2;
const SEGMENTS = 12;
/** How far ahead answers are looked at, and a bound on how often a person may be looked at again on the way. */
const AHEAD_MS = 12 * 86_400_000;
const LOOKS_MAX = 400;
/** One in so many moments is followed into the future, since that takes long. */
const LOOKED_AT = 6;

const cases = fc.constantFrom(...BEGINNINGS).chain((beginning) =>
  fc.record({
    history: historyFrom(beginning, { people: PEOPLE, calls: 14, steps: [3, 9] }),
    definitions: definitionsFrom(beginning, SEGMENTS),
    order: fc.nat({ max: 1_000 }),
  }),
);

/** Everything of a case, compiled. */
interface Compiled {
  readonly segments: ReadonlyArray<readonly [id: string, compiled: CompiledSegment]>;
  readonly traits: ReadonlyArray<readonly [name: string, compiled: CompiledTrait]>;
  readonly leaves: ReadonlySet<CompiledSegment['leaves'] extends ReadonlySet<infer One> ? One : never>;
}

function compiled(definitions: Definitions): Compiled {
  const compiler = new SegmentCompiler(definitions);
  const segments = Array.from(definitions.segments, ([id, node]) => [id, compiler.segment(node)] as const);
  const traits = Array.from(definitions.computed, ([name, value]) => [name, compiler.trait(value)] as const);
  const leaves = [...segments, ...traits].flatMap(([, one]) => [...one.leaves]);
  return { segments, traits, leaves: new Set(leaves) };
}

/** What comes in a case: the events in an order that the number decides, and time that passes between them. */
function coming(history: History, order: number): Array<Event | number> {
  const passing = history.steps.flatMap((step) => (step.kind === 'time_passes' ? [step.ms] : []));
  const random = createRandom('order', order);
  const all = [...arrived(history), ...passing].map((one) => ({ one, place: random.next() }));
  // The number 0 leaves all as it was.
  return (order === 0 ? all : all.sort((a, b) => a.place - b.place)).map(({ one }) => one);
}

const ownerOf = ({ userId, anonymousId }: Event) => Number((userId || anonymousId).slice(1));

/** Lets everything come; calls back after each step with whom it touched. */
function live(
  { history, definitions, order }: { history: History; definitions: Definitions; order: number },
  look: (at: { now: number; world: NaiveWorld; naive: NaivePerson; memory: RememberedPerson }) => void,
  { leaves }: Compiled,
): void {
  const memories = Array.from({ length: PEOPLE }, () => new RememberedPerson(leaves));
  const past: Event[] = [];
  let now = history.beginning;
  for (const next of coming(history, order)) {
    if (typeof next === 'number') {
      now += next;
      if (order % 2 === 1) for (const memory of memories) memory.prune(now);
    } else {
      past.push(next);
      memories[ownerOf(next)]?.add(next);
    }
    const people = memories.map((_, n) =>
      naivePerson(
        `p${n}`,
        past.filter((event) => ownerOf(event) === n),
      ),
    );
    const world: NaiveWorld = { ...definitions, people, accounts: naiveAccounts(past) };
    for (const [n, naive] of people.entries()) {
      const touched = typeof next === 'number' || ownerOf(next) === n;
      // Invariant: people were made of memories.
      if (touched) look({ now, world, naive, memory: memories[n] as RememberedPerson });
    }
  }
}

test('event by event, in any order, members are whom the naive evaluation finds', () => {
  fc.assert(
    fc.property(cases, (one) => {
      const all = compiled(one.definitions);
      live(
        one,
        ({ now, world, naive, memory }) => {
          const person = memory.seen(naive, world, now);
          for (const [id, segment] of all.segments) {
            const node = world.segments.get(id);
            if (node && segment.holds(person, now) !== isMember(node, naive, now, world))
              expect.fail(difference(node, naive, now, world));
          }
          for (const [name, trait] of all.traits) {
            const value = world.computed.get(name);
            if (value)
              expect(trait.value(person, now), JSON.stringify(value)).toEqual(
                computedValue(value, naive, now),
              );
          }
        },
        all,
      );
    }),
    RUNS,
  );
});

test('joined memories are the memory of one person, whatever came first', () => {
  fc.assert(
    fc.property(cases, ({ history, definitions, order }) => {
      const { leaves, segments } = compiled(definitions);
      const [events, shuffled] = [arrived(history), coming(history, order).filter(isEvent)];
      const [whole, one, other] = [0, 1, 2].map(() => new RememberedPerson(leaves)) as [
        ...[RememberedPerson, RememberedPerson, RememberedPerson],
      ];
      for (const event of events) whole.add(event);
      for (const event of shuffled) (ownerOf(event) === 0 ? one : other).add(event);
      one.join(other);
      for (const leaf of leaves)
        expect(asSets(one.states.get(leaf)), leaf.key).toEqual(asSets(whole.states.get(leaf)));
      const [naive, now] = [naivePerson('p', events), history.beginning];
      const world: NaiveWorld = { ...definitions, people: [naive], accounts: naiveAccounts(events) };
      for (const [id, segment] of segments) {
        const node = definitions.segments.get(id);
        if (node && segment.holds(one.seen(naive, world, now), now) !== isMember(node, naive, now, world))
          expect.fail(difference(node, naive, now, world));
      }
    }),
    RUNS,
  );
});

const isEvent = (one: Event | number): one is Event => typeof one !== 'number';

/** A state whose lists are in one order: what order they have tells nothing, or follows from what is in them. */
function asSets(state: unknown): unknown {
  if (!Array.isArray(state)) return state;
  return state.map((part) => JSON.stringify(asSets(part))).sort();
}

test('until the time that was given for the next change nothing changes', () => {
  fc.assert(
    fc.property(cases, (one) => {
      const all = compiled(one.definitions);
      let looks = 0;
      live(
        one,
        ({ now, world, naive, memory }) => {
          looks += 1;
          if (looks % LOOKED_AT !== one.order % LOOKED_AT) return;
          const person = memory.seen(naive, world, now);
          for (const [id, segment] of all.segments) {
            const node = world.segments.get(id);
            const next = segment.changesAt(person, now);
            expect(next).toBeGreaterThan(now);
            // Of others' time the person is told when it comes.
            if (node === undefined || segment.counts.size > 0) continue;
            const before = isMember(node, naive, now, world);
            for (const at of timesBetween(now, Math.min(next, now + AHEAD_MS))) {
              if (isMember(node, naive, at, world) !== before)
                expect.fail(
                  `${next - now} ms were given, but after ${at - now}: ${difference(node, naive, at, world)}`,
                );
            }
          }
        },
        all,
      );
    }),
    RUNS,
  );
});

test('people are looked at again only so often', () => {
  fc.assert(
    fc.property(cases, (one) => {
      const all = compiled(one.definitions);
      live(
        one,
        ({ now, world, naive, memory }) => {
          const person = memory.seen(naive, world, now);
          for (const [, segment] of all.segments) {
            let at = now;
            let looks = 0;
            for (; at < now + AHEAD_MS && looks < LOOKS_MAX; looks += 1) at = segment.changesAt(person, at);
            expect(looks).toBeLessThan(LOOKS_MAX);
          }
        },
        all,
      );
    }),
    { ...RUNS, numRuns: Math.ceil(RUNS.numRuns / 5) },
  );
});

test('definitions come back from their JSON', () => {
  fc.assert(
    fc.property(cases, ({ definitions: { segments, computed } }) => {
      for (const node of segments.values()) expect(readNode(JSON.parse(JSON.stringify(node)))).toEqual(node);
      for (const value of computed.values())
        expect(readComputedValue(JSON.parse(JSON.stringify(value)), 'value')).toEqual(value);
    }),
    RUNS,
  );
});
