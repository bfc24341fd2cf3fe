/**
 * Properties of the published JSON schemas of definitions:
 *
 * - Whatever the readers take, the schemas hold valid; the examples of the reference first of all.
 */
import fc from 'fast-check';
import { Compile } from 'typebox/schema';
import { expect, test } from 'vitest';
import { readNode } from '../../src/core/segments/node.js';
import { readComputedValue } from '../../src/core/segments/nodes/computed.js';
import { SEGMENT_SCHEMAS } from '../../src/core/segments/schema.js';
import {
  COMPUTED_EXAMPLES,
  CONDITION_EXAMPLES,
  MEASURE_EXAMPLES,
  NODE_EXAMPLES,
  SELECTOR_EXAMPLES,
  SEQUENCE_EXAMPLES,
  TEST_EXAMPLES,
  WINDOW_EXAMPLES,
} from '../segments-examples.js';
import { computedValue, node } from './definition-arbitraries.js';

const RUNS = { numRuns: 2_000 };

function accepted<Value>(value: Value, read: (value: unknown, at: string) => unknown): boolean {
  try {
    read(value, 'definition');
    return true;
  } catch {
    return false;
  }
}

function schemaNamed(name: keyof typeof SEGMENT_SCHEMAS) {
  return Compile({ ...SEGMENT_SCHEMAS[name], components: { schemas: SEGMENT_SCHEMAS } } as object);
}

test('the examples of the reference are valid', () => {
  const [ofNode, ofComputed] = [schemaNamed('SegmentNode'), schemaNamed('ComputedTraitValue')];
  const nodes = [
    ...Object.values({ ...NODE_EXAMPLES, ...SEQUENCE_EXAMPLES, ...SELECTOR_EXAMPLES }),
    ...[MEASURE_EXAMPLES, WINDOW_EXAMPLES, CONDITION_EXAMPLES].flatMap((examples) => Object.values(examples)),
  ].map(({ of }) => of);
  const tested = Object.values(TEST_EXAMPLES).map((example) => ({ kind: 'trait', ...example }));
  for (const one of [...nodes, ...tested]) expect(ofNode.Check(one), JSON.stringify(one)).toBe(true);
  for (const { of } of Object.values(COMPUTED_EXAMPLES)) expect(ofComputed.Check(of)).toBe(true);
});

/** Paths where an event has something: random ones mostly name no part of it. */
function withEventPaths(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withEventPaths);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      typeof part === 'string' && ['field', 'of', 'items', 'same'].includes(key)
        ? `properties.${part}`
        : withEventPaths(part),
    ]),
  );
}

test.each([
  ['SegmentNode', node, readNode],
  ['ComputedTraitValue', computedValue, readComputedValue],
] as const)('%s holds whatever its reader takes', (name, arbitrary, read) => {
  const schema = schemaNamed(name);
  let taken = 0;
  fc.assert(
    fc.property((arbitrary as fc.Arbitrary<unknown>).map(withEventPaths), (one) => {
      if (!accepted(one, read)) return;
      taken += 1;
      expect(schema.Check(one), JSON.stringify(one)).toBe(true);
    }),
    RUNS,
  );
  expect(taken).toBeGreaterThan(RUNS.numRuns / 10);
});
