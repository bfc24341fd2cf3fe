import path from 'node:path';
import { expect, test } from 'vitest';
import {
  parseComputedText,
  parseText,
  printComputedText,
  printText,
} from '../src/core/segments/text/segment-text.js';
import {
  COMPUTED_EXAMPLES,
  CONDITION_EXAMPLES,
  MEASURE_EXAMPLES,
  NODE_EXAMPLES,
  SELECTOR_EXAMPLES,
  SEQUENCE_EXAMPLES,
  TEST_EXAMPLES,
  WINDOW_EXAMPLES,
} from './segments-examples.js';
import { segmentsReference } from './segments-reference.js';

const PAGE = path.resolve(import.meta.dirname, '../docs/segments-reference.md');

// `npm run docs` runs this test with `--update`, which writes the page instead of comparing it.
test('docs/segments-reference.md is what `npm run docs` writes', async () => {
  await expect(segmentsReference(), 'run `npm run docs`').toMatchFileSnapshot(PAGE);
});

test('every example is read from its text as it is', () => {
  const { count, ...measures } = MEASURE_EXAMPLES;
  const { ever, ...windows } = WINDOW_EXAMPLES;
  const nodes = [
    NODE_EXAMPLES,
    SELECTOR_EXAMPLES,
    CONDITION_EXAMPLES,
    SEQUENCE_EXAMPLES,
    measures,
    windows,
  ].flatMap((examples) => Object.values(examples).map(({ of }) => of));
  const tests = Object.values(TEST_EXAMPLES).map((one) => ({ kind: 'trait', ...one }) as const);
  for (const node of [...nodes, ...tests, ever.of]) expect(parseText(printText(node))).toStrictEqual(node);
  for (const { of } of Object.values(COMPUTED_EXAMPLES))
    expect(parseComputedText(printComputedText(of))).toStrictEqual(of);
  // A count is what is measured by default: it is left out.
  expect(parseText(printText(count.of))).not.toHaveProperty('measure');
});
