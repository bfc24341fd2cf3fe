import { hash } from 'node:crypto';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { JsonValue } from '../src/core/json.js';
import { DIRECTIVES } from '../src/core/mapping/directives/directives.js';
import { fillLate, type Wanted } from '../src/core/mapping/late.js';
import { readMapping } from '../src/core/mapping/read-mapping.js';
import {
  type DirectiveExamples,
  EXAMPLE_EVENT,
  LIBRARY_EXAMPLES,
  OWN_EXAMPLES,
  WHOLE_EXAMPLE,
} from './mapping-examples.js';
import { mappingReference } from './mapping-reference.js';

const PAGE = path.resolve(import.meta.dirname, '../docs/mapping.md');
const ALL: Readonly<Record<string, DirectiveExamples>> = { ...LIBRARY_EXAMPLES, ...OWN_EXAMPLES };

test.each(
  Object.entries(ALL).flatMap(([name, { examples }]) => examples.map((example) => ({ name, ...example }))),
)('$name makes of the event what the page says: $mapping', ({ mapping, makes }) => {
  expect(made(mapping)).toEqual(makes);
});

test('the whole mapping makes of the event what the page says', () => {
  expect(made(WHOLE_EXAMPLE.mapping)).toEqual(WHOLE_EXAMPLE.makes);
});

test('every directive has examples, and none that does not exist', () => {
  expect(Object.keys(ALL)).toEqual(Object.keys(DIRECTIVES));
});

// `npm run docs` runs this test with `--update`, which writes the page instead of comparing it.
test('docs/mapping.md is what `npm run docs` writes', async () => {
  await expect(mappingReference(), 'run `npm run docs`').toMatchFileSnapshot(PAGE);
});

function made(given: JsonValue): JsonValue | undefined {
  const mapping = readMapping(given);
  // Through JSON, as deliveries are stored.
  const payload = mapping.evaluate(EXAMPLE_EVENT, {
    sha256: (text, encoding) => hash('sha256', text, encoding),
  });
  if (payload === undefined || !mapping.holdsLate) return payload;
  return fillLate(JSON.parse(JSON.stringify(payload)) as JsonValue, found);
}

function found(wanted: Wanted): JsonValue {
  return wanted.kind === 'coupon' ? `${wanted.pool.toUpperCase()}-1` : ['pot', 'tin'].slice(0, wanted.limit);
}
