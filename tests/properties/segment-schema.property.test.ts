/**
 * Properties of the published JSON schemas of definitions:
 *
 * - Whatever the readers take, the schemas hold valid.
 */
import fc from 'fast-check';
import { Compile } from 'typebox/schema';
import { expect, test } from 'vitest';
import { readNode } from '../../src/core/segments/node.js';
import { readComputedValue } from '../../src/core/segments/nodes/computed.js';
import { SEGMENT_SCHEMAS } from '../../src/core/segments/schema.js';
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
  const schema = Compile({ ...SEGMENT_SCHEMAS[name], components: { schemas: SEGMENT_SCHEMAS } } as object);
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
