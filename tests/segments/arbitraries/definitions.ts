/** Arbitrary definitions of segments and computed traits, of all kinds of nodes, nested. */
import fc from 'fast-check';
import type {
  ComputedValue,
  Correlation,
  Node,
  Selector,
  Step,
} from '../../../src/core/segments/definition.js';
import { figures, plainWindows, selectors, testsOfFigure } from './events-values.js';
import { sometimes } from './maybe.js';
import { testsOf, testsOfCounts } from './tests-of.js';
import type { Topic } from './vocabulary.js';
import { ACCOUNT_TRAITS, DURATIONS, EVENT_NAMES, LISTS, PURPOSES, TRAITS } from './vocabulary.js';

/** Moments once more, since there are many ways to ask about them; and an object. */
const MORE_TRAITS: readonly Topic[] = [
  { path: 'born', kind: 'moment' },
  { path: 'born', kind: 'moment' },
  { path: 'deep', kind: 'text' },
];

/** What is defined in a world. */
export interface Definitions {
  /** By id; a segment refers only to those before it, and counts members of accounts only in those of the first half, which count none. */
  readonly segments: ReadonlyMap<string, Node>;
  readonly computed: ReadonlyMap<string, ComputedValue>;
}

/** One leaf of each kind, and how deep it may be nested. */
export type Leaves = Readonly<
  Record<Exclude<Node['kind'], 'all' | 'any' | 'not' | 'segment' | 'account_members'>, fc.Arbitrary<Node>>
>;

/** Worlds of computed traits, and of so many segments. @param depth how deep their nodes are nested, at most. */
export function definitionsFrom(beginning: number, count: number, depth = 3): fc.Arbitrary<Definitions> {
  return computedTraits(beginning).chain(({ computed, topics }) => {
    const ids = Array.from({ length: count }, (_, n) => `s${n}`);
    const leaves = leavesOver(beginning, topics);
    const half = ids.slice(0, count / 2);
    const nodes = ids.map((_, n) =>
      nodesOver(leaves, { before: ids.slice(0, n), counted: n < half.length ? [] : half }, depth),
    );
    return fc.tuple(...nodes).map((list) => ({
      computed,
      segments: new Map(ids.map((id, n) => [id, list[n] as Node])),
    }));
  });
}

/** Segments that may be referred to, and of those the ones in which members of accounts may be counted. */
interface Referred {
  readonly before: readonly string[];
  readonly counted: readonly string[];
}

/** Nodes of all kinds. */
function nodesOver(leaves: Leaves, { before, counted }: Referred, maxDepth: number): fc.Arbitrary<Node> {
  const leaf = fc.oneof(
    { weight: 4, arbitrary: leaves.events },
    { weight: 3, arbitrary: leaves.sequence },
    { weight: 3, arbitrary: leaves.trait },
    { weight: 1, arbitrary: leaves.account },
    { weight: 1, arbitrary: leaves.list },
    { weight: 1, arbitrary: leaves.consent },
    { weight: 1, arbitrary: leaves.random },
    ...(before.length === 0
      ? []
      : [
          {
            weight: 1,
            arbitrary: fc.constantFrom(...before).map((segment): Node => ({ kind: 'segment', segment })),
          },
        ]),
    ...(counted.length === 0 ? [] : [{ weight: 3, arbitrary: membersIn(counted) }]),
  );
  return fc.letrec<{ node: Node }>((tie) => ({
    node: fc.oneof(
      { maxDepth, withCrossShrink: true },
      { weight: 6, arbitrary: leaf },
      {
        weight: 2,
        arbitrary: fc
          .tuple(
            fc.constantFrom('all' as const, 'any' as const),
            fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
          )
          .map(([kind, of]): Node => ({ kind, of })),
      },
      { weight: 1, arbitrary: tie('node').map((of): Node => ({ kind: 'not', of })) },
    ),
  })).node;
}

function membersIn(segments: readonly string[]): fc.Arbitrary<Node> {
  return fc
    .tuple(fc.constantFrom('any' as const, 'all' as const, 'none' as const), fc.constantFrom(...segments))
    .map(([match, segment]) => ({ kind: 'account_members', match, segment }));
}

/** Leaves of each kind. @param computed the topics of computed traits. */
export function leavesOver(beginning: number, computed: readonly Topic[]): Leaves {
  const ofTraits = (topics: readonly Topic[]) =>
    fc
      .constantFrom(...topics)
      .chain(({ path, kind }) => testsOf(kind, beginning).map((is) => ({ trait: path, is })));
  return {
    trait: fc
      .oneof(ofTraits([...TRAITS, ...MORE_TRAITS]), ofTraits(computed))
      .map((test) => ({ kind: 'trait', ...test })),
    events: fc.oneof(
      { weight: 3, arbitrary: testedFigures(beginning) },
      { weight: 1, arbitrary: countsInWindows },
    ),
    sequence: sequences(beginning),
    account: fc
      .tuple(fc.constantFrom('any' as const, 'all' as const, 'none' as const), ofTraits(ACCOUNT_TRAITS))
      .map(([match, test]) => ({ kind: 'account', match, ...test })),
    list: fc.constantFrom(...LISTS, ...LISTS, 'unheard-of').map((list) => ({ kind: 'list', list })),
    random: fc
      .tuple(
        fc.constantFrom(0, 0.01, 12.5, 50, 90, 100),
        sometimes<{ salt: string }>({ salt: [5, fc.constantFrom('', 'x', 'ü')] }),
      )
      .map(([percent, salt]) => ({ kind: 'random', percent, ...salt })),
    consent: fc
      .tuple(fc.constantFrom(...PURPOSES), sometimes<{ given: boolean }>({ given: [7, fc.boolean()] }))
      .map(([purpose, given]) => ({ kind: 'consent', purpose, ...given })),
  };
}

function testedFigures(beginning: number): fc.Arbitrary<Node> {
  return figures(beginning).chain(({ value, kind }) =>
    sometimes<{ is: Extract<Node, { kind: 'events' }>['is'] }>({
      is: [8, testsOfFigure(kind, beginning)],
    }).map((rest) => ({ kind: 'events', ...value, ...rest }) as Node),
  );
}

/** What is asked most often: so many of these in so many days. */
const countsInWindows: fc.Arbitrary<Node> = fc
  .tuple(fc.constantFrom(...EVENT_NAMES), fc.constantFrom(...DURATIONS), testsOfCounts)
  .map(([event, duration, is]) => ({ kind: 'events', event, window: { kind: 'last', duration }, is }));

const correlations: fc.Arbitrary<Correlation> = fc.constantFrom<Correlation>(
  'properties.sku',
  'properties.total',
  { items: 'properties.products', field: 'sku' },
);

function sequences(beginning: number): fc.Arbitrary<Node> {
  const durations = fc.constantFrom(...DURATIONS);
  const first = selectors(beginning, true);
  const later = (tenths: { within: number; without: number; absent: number }): fc.Arbitrary<Step> =>
    fc
      .tuple(
        first,
        sometimes<{ within: string; without: readonly Selector[]; absent: boolean }>({
          within: [tenths.within, durations],
          without: [tenths.without, fc.array(first, { minLength: 1, maxLength: 2 })],
          absent: [tenths.absent, fc.constant(true)],
        }),
      )
      .map(([selector, rest]) => ({ ...selector, ...rest }));
  const middle = fc.oneof(
    { weight: 8, arbitrary: fc.constant([]) },
    {
      weight: 2,
      arbitrary: fc.array(later({ within: 3, without: 2, absent: 0 }), { minLength: 1, maxLength: 2 }),
    },
  );
  const last = fc.oneof(
    { weight: 6, arbitrary: later({ within: 4, without: 3, absent: 0 }).map((step) => [step]) },
    { weight: 4, arbitrary: later({ within: 10, without: 0, absent: 10 }).map((step) => [step]) },
  );
  const rest = sometimes<Pick<Extract<Node, { kind: 'sequence' }>, 'within' | 'same' | 'window'>>({
    within: [2, durations],
    same: [2, correlations],
    window: [3, plainWindows(beginning)],
  });
  return fc
    .tuple(first, middle, last, rest, fc.array(correlations, { maxLength: 2 }))
    .map(([one, some, end, more, own]) => {
      const steps = [one, ...some, ...end].map((step, n) => {
        const same = own[n];
        return more.same === undefined || same === undefined ? step : { ...step, same };
      });
      return { kind: 'sequence', steps, ...more } as Node;
    });
}

/** One computed trait of each kind; the last has the name of a trait of the profile. */
function computedTraits(
  beginning: number,
): fc.Arbitrary<{ computed: Map<string, ComputedValue>; topics: readonly Topic[] }> {
  const figure = figures(beginning);
  const numeric = figure.filter(({ kind }) => kind === 'count' || kind === 'number');
  return fc
    .tuple(figure, figure, numeric, numeric, selectors(beginning), figure)
    .map(([a, b, of, to, since, own]) => {
      const computed = new Map<string, ComputedValue>([
        ['figure', { kind: 'events', ...a.value }],
        ['another', { kind: 'events', ...b.value }],
        ['share', { kind: 'ratio', of: of.value, to: to.value }],
        ['idle', { kind: 'days_since', ...since }],
        ['age', { kind: 'events', ...own.value }],
      ]);
      const kinds = [a.kind, b.kind, 'number', 'number', own.kind] as const;
      const topics = [...computed.keys()].map((path, n) => {
        const kind = kinds[n] ?? 'number';
        return { path, kind: kind === 'count' ? ('number' as const) : kind };
      });
      return { computed, topics };
    });
}
