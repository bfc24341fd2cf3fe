/** Arbitrary tests of values: mostly such that fit the kind of value, with bounds from the same few words. */
import fc from 'fast-check';
import type { Test } from '../../../src/core/segments/definition.js';
import { sometimes } from './maybe.js';
import type { TopicKind } from './vocabulary.js';
import { anyScalar, DURATIONS, momentText, scalarOf, ZONES } from './vocabulary.js';

const ignoreCase = sometimes<{ ignoreCase: boolean }>({ ignoreCase: [3, fc.boolean()] });

/** Tests for values of a kind. */
export function testsOf(kind: TopicKind, beginning: number): fc.Arbitrary<Test> {
  return fc.oneof(
    { weight: 8, arbitrary: fittingTest(kind, beginning) },
    {
      weight: 2,
      arbitrary: fc.constantFrom<Test>({ op: 'exists' }, { op: 'is_null' }, { op: 'is_missing' }),
    },
    { weight: 1, arbitrary: anyTest(beginning) },
  );
}

/** Tests of a number that is mostly small, such as a count. */
export const testsOfCounts: fc.Arbitrary<Test> = numberTests(fc.constantFrom(0, 1, 1, 2, 2, 3, 4));

function anyTest(beginning: number): fc.Arbitrary<Test> {
  const kinds = ['number', 'text', 'boolean', 'moment', 'array', 'place'] as const;
  return fc.constantFrom(...kinds).chain((kind) => fittingTest(kind, beginning));
}

function fittingTest(kind: TopicKind, beginning: number): fc.Arbitrary<Test> {
  switch (kind) {
    case 'number':
      return fc.oneof(
        numberTests(scalarOf('number', beginning) as fc.Arbitrary<number>),
        equalTests(kind, beginning),
      );
    case 'text':
      return fc.oneof(textTests, equalTests(kind, beginning));
    case 'boolean':
      return equalTests(kind, beginning);
    case 'moment':
      return momentTests(beginning);
    case 'array':
      return fc
        .tuple(
          fc.constantFrom('has_any' as const, 'has_all' as const, 'has_none' as const),
          fc.array(anyScalar, { minLength: 1, maxLength: 2 }),
          ignoreCase,
        )
        .map(([op, values, rest]) => ({ op, values, ...rest }));
    case 'place':
      return fc
        .tuple(
          fc.constantFrom(0, 1, 52.5),
          fc.constantFrom(0, 1, 13.4),
          fc.constantFrom(1, 112, 158, 1_600, 7_000),
        )
        .map(([latitude, longitude, km]) => ({ op: 'near', latitude, longitude, km }));
    default:
      return kind satisfies never;
  }
}

function numberTests(numbers: fc.Arbitrary<number>): fc.Arbitrary<Test> {
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom('gt' as const, 'gte' as const, 'lt' as const, 'lte' as const), numbers)
        .map(([op, value]): Test => ({ op, value })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(numbers, numbers)
        .map(([a, b]): Test => ({ op: 'between', from: Math.min(a, b), to: Math.max(a, b) })),
    },
    { weight: 1, arbitrary: numbers.map((value): Test => ({ op: 'equals', value })) },
  );
}

function equalTests(kind: TopicKind, beginning: number): fc.Arbitrary<Test> {
  const values = fc.oneof(
    { weight: 6, arbitrary: scalarOf(kind, beginning) },
    { weight: 1, arbitrary: anyScalar },
  );
  return fc.oneof(
    fc
      .tuple(fc.constantFrom('equals' as const, 'not_equals' as const), values, ignoreCase)
      .map(([op, value, rest]): Test => ({ op, value, ...rest })),
    fc
      .tuple(
        fc.constantFrom('in' as const, 'not_in' as const),
        fc.array(values, { minLength: 1, maxLength: 4 }),
        ignoreCase,
      )
      .map(([op, of, rest]): Test => ({ op, values: of, ...rest })),
  );
}

const textTests: fc.Arbitrary<Test> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('contains' as const, 'starts_with' as const, 'ends_with' as const),
      fc.constantFrom('a', 'b', 'A', 'ä', 'l', ''),
      ignoreCase,
    )
    .map(([op, value, rest]): Test => ({ op, value, ...rest })),
  fc
    .tuple(fc.constantFrom('^a', 'b$', '[ab]', 'Ä.*l', '^$', '\\d'), ignoreCase)
    .map(([pattern, rest]): Test => ({ op: 'matches', pattern, ...rest })),
);

function momentTests(beginning: number): fc.Arbitrary<Test> {
  return fc.oneof(
    fc
      .tuple(fc.constantFrom('before' as const, 'after' as const), momentText(beginning))
      .map(([op, date]): Test => ({ op, date })),
    fc
      .tuple(
        fc.constantFrom('within_last' as const, 'within_next' as const, 'older_than' as const),
        fc.constantFrom(...DURATIONS),
      )
      .map(([op, duration]): Test => ({ op, duration })),
    sometimes<{ inNextDays: number; zone: string }>({
      inNextDays: [7, fc.constantFrom(0, 1, 2, 7, 100)],
      zone: [4, fc.constantFrom(...ZONES)],
    }).map((rest): Test => ({ op: 'anniversary', ...rest })),
  );
}
