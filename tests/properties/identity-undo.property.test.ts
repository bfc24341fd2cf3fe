/**
 * Properties of undoing, over any sequence of events of few people. The whole state is compared: profiles with traits, counts, consent, accounts,
 * identifiers, merged ids and keys to match by; marks; whose each event is; refusals.
 *
 * - Merge by hand, then unmerge: as before. With events in between and after: as never merged, and kept apart from then on, where nothing
 *   in between made a quarantine that is a fact.
 * - A link that events made, unmerged: as if the two had been kept apart from the first event on.
 * - Whatever operators did before: a rebuild from the events changes nothing.
 * - Other rules, and back to the first: as before, where they made no quarantine that is a fact.
 * - Events in one batch come to the same as one by one.
 * - At all times each identifier belongs to one profile at most, and both sides agree; a unique kind has one value in a profile, unless
 *   a call or an operator declared more.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event/event.js';
import type { Identifier } from '../../src/core/identity/identifier.js';
import { identifierOf } from '../../src/core/identity/identifier.js';
import type { IdentityRules } from '../../src/core/identity/rules.js';
import { DEFAULT_RULES } from '../../src/core/identity/rules.js';
import { decodeProfile } from '../../src/core/profile/codec.js';
import { MemoryWorld } from '../support/memory-world.js';
import { eventsOf } from './arbitraries.js';

const RUNS = { numRuns: 150 };

/** Under these values are contested and quarantined all the time. */
const STRICT: IdentityRules = {
  ...DEFAULT_RULES,
  identifiers: DEFAULT_RULES.identifiers.map((rule) =>
    rule.unique ? rule : { ...rule, limit: { count: 2 }, peopleMax: 2 },
  ),
};
const rules = fc.constantFrom(DEFAULT_RULES, STRICT);

const extra = fc.record(
  {
    phone: fc.constantFrom('+49 30 901820', '+493012345678'),
    name: fc.constantFrom('Ann Lee', 'Bo Lee', 'Lee, Ann'),
    birthday: fc.constantFrom('1990-01-31', '31.01.1990'),
  },
  { requiredKeys: [] },
);
const events = fc
  .tuple(eventsOf(4, 5, 24), fc.array(extra, { minLength: 24, maxLength: 24 }))
  .map(([list, extras]) =>
    list.map((event, at): Event => {
      const traits = { ...event.traits, ...extras[at] };
      return event.type === 'identify' ? { ...event, traits, receivedAt: at * 20_000_000 } : event;
    }),
  );
const name: fc.Arbitrary<Identifier> = fc.oneof(
  fc.nat(3).map((n) => ({ kind: 'user_id', value: `u${n}` })),
  fc.nat(4).map((n) => ({ kind: 'anonymous_id', value: `d${n}` })),
  fc.nat(3).map((n) => ({ kind: 'email', value: `e${n}@example.com` })),
  fc.constant({ kind: 'phone', value: '+4930901820' }),
);
const deed = fc.record({
  kind: fc.constantFrom(
    'merge' as const,
    'merge' as const,
    'unmerge' as const,
    'block' as const,
    'release' as const,
  ),
  at: fc.nat(24),
  a: name,
  b: name,
});

/** Events, and operators who join, part, block and release meanwhile. */
async function lived(
  list: readonly Event[],
  deeds: ReadonlyArray<typeof deed extends fc.Arbitrary<infer Deed> ? Deed : never>,
  world: MemoryWorld,
  step: () => void = () => {},
): Promise<void> {
  for (const [at, event] of list.entries()) {
    await world.live([event]);
    step();
    for (const { kind, a, b } of deeds.filter((one) => one.at === at)) {
      if (kind === 'merge') await world.operate(kind, { a, b });
      else if (kind === 'unmerge') await world.operate(kind, { pairs: [[a, b]], joins: world.joinsOf(a, b) });
      else await world.operate(kind, a);
      step();
    }
  }
}

/** True when a quarantine stays whatever is undone: not everybody who gave the value is remembered, or an event of it went to nobody. */
function hasFacts({ owners }: MemoryWorld): boolean {
  return [...owners.values()].some((owner) => typeof owner === 'object' && owner.mark.more);
}

test('merged by hand and unmerged is as before', async () => {
  await fc.assert(
    fc.asyncProperty(rules, events, name, name, async (document, list, a, b) => {
      const world = new MemoryWorld(document);
      await world.live(list);
      const before = world.snapshot();
      fc.pre((await world.operate('merge', { a, b })) === undefined);
      expect(world.snapshot()).not.toEqual(before);
      expect(await world.operate('unmerge', { pairs: [[a, b]], joins: world.joinsOf(a, b) })).toBeUndefined();
      expect(world.snapshot()).toEqual(before);
    }),
    RUNS,
  );
});

test('merged by hand and unmerged later is as never merged', async () => {
  await fc.assert(
    fc.asyncProperty(
      rules,
      events,
      fc.nat(24),
      fc.nat(24),
      name,
      name,
      async (document, list, x, y, a, b) => {
        const [one, other] = [Math.min(x, y), Math.max(x, y)];
        const world = new MemoryWorld(document);
        await world.live(list.slice(0, one));
        fc.pre((await world.operate('merge', { a, b })) === undefined);
        await world.live(list.slice(one, other));
        fc.pre(!hasFacts(world));
        const pairs = [[a, b]];
        expect(await world.operate('unmerge', { pairs, joins: world.joinsOf(a, b) })).toBeUndefined();
        await world.live(list.slice(other));
        const never = new MemoryWorld(document);
        await never.live(list.slice(0, one));
        never.keepApart(a, b);
        await never.live(list.slice(one));
        expect(world.snapshot()).toEqual(never.snapshot());
      },
    ),
    RUNS,
  );
});

test('a link of events that is unmerged is as never made', async () => {
  await fc.assert(
    fc.asyncProperty(rules, events, fc.nat(24), name, name, async (document, list, at, a, b) => {
      const world = new MemoryWorld(document);
      await world.live(list.slice(0, at));
      fc.pre(
        a.value !== b.value && (await world.operate('unmerge', { pairs: [[a, b]], joins: [] })) === undefined,
      );
      await world.live(list.slice(at));
      const never = new MemoryWorld(document);
      never.keepApart(a, b);
      await never.live(list);
      expect(world.snapshot()).toEqual(never.snapshot());
    }),
    RUNS,
  );
});

test('a rebuild changes nothing, whatever operators did', async () => {
  await fc.assert(
    fc.asyncProperty(rules, events, fc.array(deed, { maxLength: 6 }), async (document, list, deeds) => {
      const world = new MemoryWorld(document);
      await lived(list, deeds, world);
      const before = world.snapshot();
      expect(await world.operate('rebuild', {})).toBeUndefined();
      expect(world.snapshot()).toEqual(before);
    }),
    RUNS,
  );
});

test('other rules, and back to the first, are as before', async () => {
  await fc.assert(
    fc.asyncProperty(events, async (list) => {
      const world = new MemoryWorld(DEFAULT_RULES);
      await world.live(list);
      const before = world.snapshot();
      await world.operate('apply_rules', { rules: STRICT });
      fc.pre(!hasFacts(world));
      await world.operate('apply_rules', { rules: DEFAULT_RULES });
      expect(world.snapshot()).toEqual(before);
    }),
    RUNS,
  );
});

test('one batch or many come to the same', async () => {
  await fc.assert(
    fc.asyncProperty(rules, events, fc.integer({ min: 2, max: 30 }), async (document, list, batch) => {
      const [one, many] = [new MemoryWorld(document), new MemoryWorld(document)];
      await one.live(list, 1);
      await many.live(list, batch);
      expect(many.snapshot()).toEqual(one.snapshot());
    }),
    RUNS,
  );
});

test('no identifier has two profiles, and no profile two values of a unique kind that nobody declared', async () => {
  await fc.assert(
    fc.asyncProperty(rules, events, fc.array(deed, { maxLength: 6 }), async (document, list, deeds) => {
      const world = new MemoryWorld(document);
      const undeclared = list.filter(({ type }) => type !== 'alias');
      const parted = deeds.filter(({ kind }) => kind !== 'merge');
      await lived(undeclared, parted, world, () => expectSound(world));
    }),
    RUNS,
  );
});

function expectSound({ profiles, owners }: MemoryWorld): void {
  let held = 0;
  for (const [id, text] of profiles) {
    const { identifiers } = decodeProfile(id, text);
    for (const key of identifiers.keys()) {
      const owner = owners.get(key);
      expect(typeof owner === 'string' ? owner : owner?.profileId).toBe(id);
    }
    held += identifiers.size;
    expect([...identifiers.values()].filter(({ kind }) => kind === 'user_id').length).toBeLessThan(2);
  }
  const owned = [...owners].filter(([, owner]) => typeof owner === 'string' || owner.profileId !== undefined);
  expect(owned.map(([key]) => identifierOf(key).value).length).toBe(held);
}
