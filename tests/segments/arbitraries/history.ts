/** Arbitrary histories: what a few people's clients send, in the order of its arrival, and what happens beside. */
import fc from 'fast-check';
import type { JsonObject } from '../../../src/core/json.js';
import { maybe, sometimes } from './maybe.js';
import {
  ACCOUNT_TRAITS,
  CONTEXT,
  EVENT_NAMES,
  GRID_MS,
  GROUPS,
  ITEM_FIELDS,
  LISTS,
  objectOf,
  PAGE_NAMES,
  PROPERTIES,
  PURPOSES,
  SOURCES,
  TRAITS,
  timeNear,
  ZONES,
} from './vocabulary.js';

/** A name of somebody, as rules of identity know it. */
export interface SomeName {
  readonly kind: 'user_id' | 'anonymous_id';
  readonly value: string;
}

/** What happens next. */
export type HistoryStep =
  /** A request with calls of the wire, as a source's clients send it. */
  | { readonly kind: 'calls'; readonly sourceId: string; readonly calls: readonly JsonObject[] }
  | { readonly kind: 'time_passes'; readonly ms: number }
  /** An operator joins two people, or takes two names apart. */
  | { readonly kind: 'merge' | 'unmerge'; readonly a: SomeName; readonly b: SomeName };

/** A history. */
export interface History {
  /** The time at which the first step happens. */
  readonly beginning: number;
  readonly steps: readonly HistoryStep[];
}

/** A call before it has a messageId, or the place of an earlier one that is sent again. */
type Draft = JsonObject | { readonly again: number };

/** How large histories are. */
export interface Sizes {
  /** People, with a device and a user id each. */
  readonly people: number;
  /** Calls of a request, at most. */
  readonly calls: number;
  /** Requests and other steps, at least and at most. */
  readonly steps: readonly [min: number, max: number];
}

/** Histories that begin at a time. */
export function historyFrom(beginning: number, { people, calls, steps }: Sizes): fc.Arbitrary<History> {
  const draft: fc.Arbitrary<Draft> = fc.oneof(
    { weight: 9, arbitrary: callOf(beginning, people) },
    { weight: 1, arbitrary: fc.record({ again: fc.nat({ max: 20 }) }) },
  );
  const request = fc.record({
    kind: fc.constant('calls' as const),
    sourceId: fc.constantFrom(...SOURCES),
    drafts: fc.array(draft, { minLength: 1, maxLength: calls, size: 'max' }),
  });
  const time = fc.record({
    kind: fc.constant('time_passes' as const),
    ms: fc
      .tuple(fc.constantFrom(1, 1, 2, 4, 8, 16), fc.constantFrom(0, 0, 0, 1, -1))
      .map(([slots, beside]) => slots * GRID_MS + beside),
  });
  const operation = fc.record({
    kind: fc.constantFrom('merge' as const, 'unmerge' as const),
    a: someName(people),
    b: someName(people),
  });
  const step = fc.oneof(
    { weight: 6, arbitrary: request },
    { weight: 3, arbitrary: time },
    { weight: 2, arbitrary: operation },
  );
  return fc
    .array(step, { minLength: steps[0], maxLength: steps[1], size: 'max' })
    .map((drafts) => ({ beginning, steps: withMessageIds(drafts) }));
}

type DraftStep =
  | Exclude<HistoryStep, { readonly kind: 'calls' }>
  | { readonly kind: 'calls'; readonly sourceId: string; readonly drafts: readonly Draft[] };

function withMessageIds(steps: readonly DraftStep[]): HistoryStep[] {
  const sent = new Map<string, JsonObject[]>();
  let next = 0;
  return steps.map((step) => {
    if (step.kind !== 'calls') return step;
    const { sourceId } = step;
    const own = sent.get(sourceId) ?? [];
    sent.set(sourceId, own);
    const calls: JsonObject[] = [];
    for (const one of step.drafts) {
      const earlier = typeof one.again === 'number' ? own[one.again % Math.max(1, own.length)] : undefined;
      if (earlier === undefined && typeof one.again === 'number') continue;
      const call = earlier ?? { ...(one as JsonObject), messageId: `m${next}` };
      next += 1;
      own.push(call);
      calls.push(call);
    }
    return { kind: 'calls', sourceId, calls };
  });
}

function someName(people: number): fc.Arbitrary<SomeName> {
  return fc
    .tuple(fc.constantFrom('user_id' as const, 'anonymous_id' as const), fc.nat({ max: people - 1 }))
    .map(([kind, n]) => ({ kind, value: kind === 'user_id' ? `u${n}` : `d${n}` }));
}

/** Who it was: the device alone, the user alone, or both, which are mostly one person's. */
function whoOf(people: number): fc.Arbitrary<JsonObject> {
  const one = fc.nat({ max: people - 1 });
  return fc.oneof(
    { weight: 4, arbitrary: one.map((n) => ({ userId: `u${n}` })) },
    { weight: 4, arbitrary: one.map((n) => ({ anonymousId: `d${n}` })) },
    { weight: 3, arbitrary: one.map((n) => ({ userId: `u${n}`, anonymousId: `d${n}` })) },
    { weight: 1, arbitrary: fc.tuple(one, one).map(([n, m]) => ({ userId: `u${n}`, anonymousId: `d${m}` })) },
  );
}

function callOf(beginning: number, people: number): fc.Arbitrary<JsonObject> {
  return fc
    .tuple(sayingOf(beginning), whoOf(people), contextOf(beginning), timeNear(beginning, -3, 1))
    .map(([saying, who, context, at]) => ({
      ...{ ...saying, ...who, timestamp: new Date(at).toISOString() },
      ...(Object.keys(context).length === 0 ? {} : { context }),
    }));
}

function sayingOf(beginning: number): fc.Arbitrary<JsonObject> {
  const properties = fc
    .tuple(objectOf(PROPERTIES, beginning), maybe(7, fc.array(itemOf(beginning), { maxLength: 3 })))
    .map(([object, products]) => (products === undefined ? object : { ...object, products }));
  return fc.oneof(
    {
      weight: 18,
      arbitrary: fc.record({
        type: fc.constant('track'),
        event: fc.constantFrom(...EVENT_NAMES),
        properties,
      }),
    },
    {
      weight: 5,
      arbitrary: fc
        .tuple(
          fc.constantFrom('List Joined', 'List Joined', 'List Joined', 'List Left'),
          fc.constantFrom(...LISTS),
        )
        .map(([event, list_id]) => ({ type: 'track', event, properties: { list_id } })),
    },
    {
      weight: 8,
      arbitrary: fc.record({ type: fc.constant('identify'), traits: objectOf(TRAITS, beginning) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constantFrom('page', 'page', 'screen'),
        name: fc.constantFrom(...PAGE_NAMES),
        properties,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant('group'),
        groupId: fc.constantFrom(...GROUPS),
        traits: objectOf(ACCOUNT_TRAITS, beginning),
      }),
    },
  );
}

/** An item of an order; seldom something that is none. */
function itemOf(beginning: number) {
  return fc.oneof(
    { weight: 9, arbitrary: objectOf(ITEM_FIELDS, beginning) },
    { weight: 1, arbitrary: fc.constantFrom(1, 'a', null) },
  );
}

function contextOf(beginning: number): fc.Arbitrary<JsonObject> {
  const preferences = fc.dictionary(fc.constantFrom(...PURPOSES), fc.boolean(), { minKeys: 1, maxKeys: 2 });
  return fc
    .tuple(
      maybe(2, objectOf(CONTEXT, beginning)),
      sometimes<JsonObject>({
        timezone: [3, fc.constantFrom(...ZONES, 'Nowhere/Atlantis', 7)],
        consent: [3, preferences.map((categoryPreferences) => ({ categoryPreferences }))],
        traits: [3, objectOf(TRAITS, beginning)],
        groupId: [1, fc.constantFrom(...GROUPS, 'g-unheard-of')],
        campaign: [1, fc.constantFrom({ source: 'mail' }, { source: 'ads' })],
      }),
    )
    .map(([words, rest]) => ({ ...words, ...rest }) as JsonObject);
}
