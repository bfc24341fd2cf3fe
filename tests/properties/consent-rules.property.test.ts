/**
 * Properties of consent under rules that change at random places of the log:
 *
 * - A profile says of each purpose what its newest event said, by the rules of that event's place.
 * - A rebuild from the events changes nothing, and neither does a merge by hand that is undone: what was said before a change goes on
 *   meaning what it meant.
 * - Events in one batch come to the same as one by one.
 * - Whatever a context holds, reading it does not throw, and gives nothing that nobody mapped or named.
 * - No string that is not written by a consent tool gives anything.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileConsent } from '../../src/core/consent/compile-consent.js';
import type { ConsentRules } from '../../src/core/consent/consent-rules.js';
import { decodeGpp } from '../../src/core/consent/decode/decode-gpp.js';
import { decodeTcf } from '../../src/core/consent/decode/decode-tcf.js';
import type { Event } from '../../src/core/event/event.js';
import { decodeProfile } from '../../src/core/profile/codec.js';
import { gppString, tcString } from '../support/consent-strings.js';
import { MemoryWorld } from '../support/memory-world.js';
import { eventsOf, jsonObject } from './arbitraries.js';

const RUNS = { numRuns: 150 };
const LENGTH = 24;
const events = eventsOf(3, 3, LENGTH);
const categories = fc.uniqueArray(fc.constantFrom('ads', 'mail'), { minLength: 1 });
const rules: fc.Arbitrary<ConsentRules> = fc
  .dictionary(fc.constantFrom('ads', 'mail', 'offers'), fc.record({ categories }))
  .map((purposes) => ({ purposes }));
/** Changes of rules, each before the event of an index, in order. */
const changes = fc
  .array(fc.tuple(fc.nat(LENGTH - 1), rules), { maxLength: 4 })
  .map((list) => list.sort(([a], [b]) => a - b));

async function lived(
  list: readonly Event[],
  changed: ReadonlyArray<[number, ConsentRules]>,
  batch: number,
): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  let from = 0;
  for (const [at, rules] of changed) {
    if (at > list.length) break;
    await world.live(list.slice(from, at), batch);
    from = at;
    expect(await world.operate('apply_consent_rules', { rules })).toBeUndefined();
  }
  await world.live(list.slice(from), batch);
  return world;
}

/** What an event says by the plainest reading of the rules. */
function wordsOf({ context }: Event, { purposes }: ConsentRules): Record<string, boolean> {
  const { categoryPreferences = {} } = (context.consent ?? {}) as {
    categoryPreferences?: Record<string, boolean>;
  };
  const words = { ...categoryPreferences };
  for (const [purpose, { categories = [] }] of Object.entries(purposes)) {
    delete words[purpose];
    const said = categories.map((category) => categoryPreferences[category]);
    if (said.includes(false)) words[purpose] = false;
    else if (!said.includes(undefined)) words[purpose] = true;
  }
  return words;
}

test('a profile says what its newest events said, by the rules of their places', async () => {
  await fc.assert(
    fc.asyncProperty(events, changes, async (list, changed) => {
      const world = await lived(list, changed, 1);
      const { events: owners } = world.snapshot();
      const newest = new Map<string, boolean>();
      for (const event of [...list].sort((a, b) => a.timestamp - b.timestamp || a.offset - b.offset)) {
        const before = changed.filter(([at]) => at <= event.offset && at <= list.length);
        const said = wordsOf(event, before.at(-1)?.[1] ?? { purposes: {} });
        for (const [purpose, word] of Object.entries(said))
          newest.set(`${owners[event.offset]} ${purpose}`, word);
      }
      const held = [...world.profiles].flatMap(([id, text]) =>
        Array.from(decodeProfile(id, text).consent, ([purpose, { value }]) => [`${id} ${purpose}`, value]),
      );
      expect(new Map(held as Array<[string, boolean]>)).toEqual(newest);
    }),
    RUNS,
  );
});

test('a rebuild changes nothing, nor does a merge that is undone', async () => {
  await fc.assert(
    fc.asyncProperty(events, changes, fc.nat(2), fc.nat(2), async (list, changed, one, other) => {
      const world = await lived(list, changed, 1);
      const before = world.snapshot();
      expect(await world.operate('rebuild', {})).toBeUndefined();
      expect(world.snapshot()).toEqual(before);
      const [a, b] = [one, other].map((n) => ({ kind: 'user_id', value: `u${n}` }));
      if (a === undefined || b === undefined) return;
      if ((await world.operate('merge', { a, b })) !== undefined) return;
      await world.operate('unmerge', { pairs: [[a, b]], joins: world.joinsOf(a, b) });
      expect(world.snapshot()).toEqual(before);
    }),
    RUNS,
  );
});

test('one batch or many come to the same', async () => {
  await fc.assert(
    fc.asyncProperty(events, changes, fc.integer({ min: 2, max: 30 }), async (list, changed, batch) => {
      const [one, many] = [await lived(list, changed, 1), await lived(list, changed, batch)];
      expect(many.snapshot()).toEqual(one.snapshot());
    }),
    RUNS,
  );
});

test('reading any context throws nothing, and says nothing that nobody named', () => {
  const compiled = compileConsent([
    {
      ...{ version: 1, since: 0 },
      rules: {
        purposes: {
          ads: { tcf: { purposes: [1], vendors: [1] }, gpp: { optOuts: ['sale'], notOptedOut: 'given' } },
        },
      },
    },
  ]);
  const context = fc.record({ consent: jsonObject, consentManagement: jsonObject }, { requiredKeys: [] });
  fc.assert(
    fc.property(context, (given) => {
      for (const purpose of compiled.said({ offset: 0, context: given }).purposes.keys())
        expect(JSON.stringify(given)).toContain(JSON.stringify(purpose));
    }),
    { numRuns: 1_000 },
  );
});

test('strings of any characters, and real ones with any of them changed, are decoded or are none', () => {
  const real = [
    tcString({ purposes: [1, 3], vendors: [12, 755] }),
    gppString({ usnat: { SaleOptOutNotice: 1, SaleOptOut: 1 }, usca: { Gpc: true } }),
  ];
  const changed = fc
    .tuple(
      fc.constantFrom(...real),
      fc.array(fc.tuple(fc.nat(200), fc.string({ maxLength: 2 })), { maxLength: 4 }),
    )
    .map(([text, edits]) =>
      edits.reduce(
        (was, [at, put]) => was.slice(0, at % was.length) + put + was.slice((at % was.length) + 1),
        text,
      ),
    );
  fc.assert(
    fc.property(fc.oneof(changed, fc.string({ maxLength: 300, unit: 'binary' })), (text) => {
      const [tcf, gpp] = [decodeTcf(text), decodeGpp(text)];
      expect(tcf === undefined || gpp === undefined).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
