/** Arbitrary selectors of events, and figures of those. */
import fc from 'fast-check';
import type {
  Condition,
  During,
  EventsValue,
  Measure,
  Selector,
  Test,
  Window,
} from '../../../src/core/segments/definition.js';
import { momentOf } from '../naive/moment-of.js';
import { maybe, sometimes } from './maybe.js';
import { testsOf, testsOfCounts } from './tests-of.js';
import type { Topic, TopicKind } from './vocabulary.js';
import {
  below,
  CONTEXT,
  DURATIONS,
  EVENT_NAMES,
  GROUPS,
  ITEM_FIELDS,
  momentText,
  PROPERTIES,
  SOURCES,
  TRAITS,
  ZONES,
} from './vocabulary.js';

const OF_PROPERTIES = below('properties', PROPERTIES);
/** What conditions look at: properties above all. */
const OF_EVENTS: readonly Topic[] = [
  ...OF_PROPERTIES,
  ...OF_PROPERTIES,
  ...below('context', CONTEXT),
  ...below('traits', TRAITS),
  { path: 'properties.products', kind: 'array' },
  { path: 'properties.deep', kind: 'text' },
  { path: 'properties.nothing', kind: 'text' },
  { path: 'properties.place', kind: 'place' },
];
/** Texts that belong to the event itself, and words that they may be. */
const OWN_FIELDS: ReadonlyArray<readonly [field: string, words: readonly string[]]> = [
  ['sourceId', SOURCES],
  ['name', EVENT_NAMES],
  ['userId', ['u0', 'u1']],
  ['groupId', GROUPS],
  ['campaignSource', ['mail', 'ads']],
  ['country', ['DE']],
];

/** A figure, and of what kind it is. */
export interface Figure {
  readonly value: EventsValue;
  readonly kind: TopicKind | 'count';
}

/** Selectors. @param plain without conditions and times of day in most cases, as in steps of a sequence. */
export function selectors(beginning: number, plain = false): fc.Arbitrary<Selector> {
  const which = fc.oneof(
    { weight: 10, arbitrary: fc.constantFrom(...EVENT_NAMES).map((event) => ({ event })) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('identify' as const, 'page' as const, 'screen' as const, 'group' as const)
        .map((type) => ({ type })),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('Home', 'Cart').map((name) => ({ type: 'page' as const, name })),
    },
    { weight: 1, arbitrary: fc.constant({}) },
  );
  return fc
    .tuple(
      which,
      sometimes<{ where: Condition; during: During }>({
        where: [plain ? 1 : 3, conditions(beginning)],
        during: [plain ? 0 : 2, durings],
      }),
    )
    .map(([one, rest]) => ({ ...one, ...rest }));
}

const durings: fc.Arbitrary<During> = fc
  .tuple(
    fc
      .record({
        hours: maybe(
          7,
          fc
            .tuple(fc.constantFrom(0, 3, 6, 12, 18, 22), fc.constantFrom(1, 6, 12, 18, 20, 24))
            .filter(([from, to]) => from !== to)
            .map(([from, to]) => ({ from, to })),
        ),
        days: maybe(5, fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 })),
      })
      .map(({ hours, days }) => ({
        ...(hours === undefined ? {} : { hours }),
        ...(days === undefined && hours !== undefined ? {} : { days: days ?? [1, 2, 3, 6, 7] }),
      })),
    sometimes<{ zone: string }>({ zone: [5, fc.constantFrom('person', ...ZONES)] }),
  )
  .map(([times, zone]) => ({ ...times, ...zone }));

function conditions(beginning: number): fc.Arbitrary<Condition> {
  return fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      { weight: 6, arbitrary: fieldTest(OF_EVENTS, beginning) },
      { weight: 1, arbitrary: ownFieldTest },
      { weight: 3, arbitrary: itemTest(beginning) },
      {
        weight: 1,
        arbitrary: fc.array(tie('condition'), { minLength: 1, maxLength: 2 }).map((all) => ({ all })),
      },
      {
        weight: 1,
        arbitrary: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
      },
      { weight: 1, arbitrary: tie('condition').map((not) => ({ not })) },
    ),
  })).condition;
}

function fieldTest(topics: readonly Topic[], beginning: number): fc.Arbitrary<Condition> {
  return fc.constantFrom(...topics).chain(({ path, kind }) =>
    testsOf(kind, beginning)
      .filter(({ op }) => !ASK_ABOUT_NOW.has(op))
      .map((is) => ({ field: path, is })),
  );
}

/** Tests that a condition on an event may not make. */
const ASK_ABOUT_NOW: ReadonlySet<Test['op']> = new Set([
  ...(['within_last', 'within_next', 'older_than', 'anniversary'] as const),
]);

const ownFieldTest: fc.Arbitrary<Condition> = fc.constantFrom(...OWN_FIELDS).chain(([field, words]) =>
  fc
    .oneof(
      fc.constantFrom(...words).map((value): Test => ({ op: 'equals', value })),
      fc.constantFrom<Test>(
        { op: 'exists' },
        { op: 'is_missing' },
        { op: 'gt', value: 0 },
        { op: 'has_none', values: ['a'] },
      ),
    )
    .map((is) => ({ field, is })),
);

function itemTest(beginning: number): fc.Arbitrary<Condition> {
  const field = fieldTest(ITEM_FIELDS, beginning);
  const where: fc.Arbitrary<Condition> = fc.oneof(
    { weight: 3, arbitrary: field },
    { weight: 1, arbitrary: field.map((not) => ({ not })) },
    { weight: 2, arbitrary: fc.tuple(field, field).map((all) => ({ all })) },
    { weight: 1, arbitrary: fc.tuple(field, field).map((any) => ({ any })) },
  );
  return fc
    .tuple(
      fc.constantFrom('properties.products', 'properties.products', 'properties.products', 'properties.tags'),
      where,
    )
    .map(([items, one]) => ({ items, where: one }));
}

/** Windows of fixed lengths, or between two moments. */
export function plainWindows(beginning: number): fc.Arbitrary<Exclude<Window, { kind: 'since' }>> {
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant({ kind: 'ever' as const }) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(...DURATIONS).map((duration) => ({ kind: 'last' as const, duration })),
    },
    {
      weight: 2,
      arbitrary: sometimes<{ from: string; to: string }>({
        from: [8, momentText(beginning)],
        to: [5, momentText(beginning)],
      })
        .filter(({ from, to }) => from !== undefined || to !== undefined)
        .map((bounds) => ({ kind: 'between' as const, ...inTurn(bounds) })),
    },
  );
}

/** A window ends after it begins. */
function inTurn({ from, to }: { from?: string; to?: string }): { from?: string; to?: string } {
  if (from === undefined || to === undefined) return { ...(from ? { from } : {}), ...(to ? { to } : {}) };
  const [a, b] = [momentOf(from) ?? 0, momentOf(to) ?? 0];
  if (a === b) return { from };
  return a < b ? { from, to } : { from: to, to: from };
}

function windows(beginning: number): fc.Arbitrary<Window> {
  return fc.oneof(
    { weight: 3, arbitrary: plainWindows(beginning) },
    {
      weight: 1,
      arbitrary: selectors(beginning, true).map((event) => ({ kind: 'since' as const, event })),
    },
  );
}

/** Figures of all measures. */
export function figures(beginning: number): fc.Arbitrary<Figure> {
  const parts = fc.tuple(
    selectors(beginning),
    sometimes<{ window: Window }>({ window: [5, windows(beginning)] }),
  );
  return fc.tuple(parts, measures).map(([[selector, window], [measure, kind]]) => ({
    value: { ...selector, ...window, ...(measure === undefined ? {} : { measure }) },
    kind,
  }));
}

const measures: fc.Arbitrary<readonly [Measure | undefined, Figure['kind']]> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom<readonly [Measure | undefined, 'count']>(
      [undefined, 'count'],
      [{ kind: 'count' }, 'count'],
    ),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom('sum' as const, 'avg' as const, 'min' as const, 'max' as const),
        fc.constantFrom(
          'properties.total',
          'properties.total',
          'properties.total',
          'properties.a\\.b',
          'properties.sku',
        ),
      )
      .map(([kind, of]) => [{ kind, of }, 'number'] as const),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom('first' as const, 'last' as const, 'most_frequent' as const),
        fc.constantFrom(...OF_PROPERTIES),
      )
      .map(([kind, { path, kind: topic }]) => [{ kind, of: path }, topic] as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('list' as const, 'distinct' as const), fc.constantFrom(...OF_PROPERTIES))
      .map(([kind, { path }]) => [{ kind, of: path }, kind === 'list' ? 'array' : 'count'] as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('first_at' as const, 'last_at' as const)
      .map((kind) => [{ kind }, 'moment'] as const),
  },
);

/** Tests of a figure of a kind. */
export function testsOfFigure(kind: Figure['kind'], beginning: number): fc.Arbitrary<Test> {
  return kind === 'count' ? testsOfCounts : testsOf(kind, beginning);
}
