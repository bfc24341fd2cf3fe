/** All tests: which file reads and compiles which. */
import type { Test } from '../definition.js';
import { Fields } from '../read.js';
import { compileAnniversary, readAnniversary } from './anniversary.js';
import { compileArrays, readArrays } from './arrays.js';
import type { CompiledTest } from './compiled-test.js';
import { compileEquality, readEquality } from './equality.js';
import { compileMoments, readMoments } from './moments.js';
import { compileNear, readNear } from './near.js';
import { compileNumbers, readNumbers } from './numbers.js';
import { compilePresence } from './presence.js';
import { compileTexts, readTexts } from './texts.js';

/** The names of all tests. */
export const TEST_OPS = [
  ...(['equals', 'not_equals', 'in', 'not_in', 'contains', 'starts_with', 'ends_with', 'matches'] as const),
  ...(['exists', 'is_null', 'is_missing', 'gt', 'gte', 'lt', 'lte', 'between'] as const),
  ...(['before', 'after', 'within_last', 'within_next', 'older_than', 'anniversary', 'near'] as const),
  ...(['has_any', 'has_all', 'has_none'] as const),
] as const satisfies ReadonlyArray<Test['op']>;

/** Reads a test. @throws TributaryError `definition_invalid` that names the field and the fix. */
export function readTest(value: unknown, at: string): Test {
  const fields = new Fields(value, at);
  const test = readOp(fields, fields.oneOf('op', TEST_OPS));
  fields.end();
  return test;
}

function readOp(fields: Fields, op: Test['op']): Test {
  switch (op) {
    case 'equals':
    case 'not_equals':
    case 'in':
    case 'not_in':
      return readEquality(fields, op);
    case 'contains':
    case 'starts_with':
    case 'ends_with':
    case 'matches':
      return readTexts(fields, op);
    case 'exists':
    case 'is_null':
    case 'is_missing':
      return { op };
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
    case 'between':
      return readNumbers(fields, op);
    case 'before':
    case 'after':
    case 'within_last':
    case 'within_next':
    case 'older_than':
      return readMoments(fields, op);
    case 'anniversary':
      return readAnniversary(fields);
    case 'near':
      return readNear(fields);
    case 'has_any':
    case 'has_all':
    case 'has_none':
      return readArrays(fields, op);
    default:
      return op satisfies never;
  }
}

/** Compiles a test. */
export function compileTest(test: Test): CompiledTest {
  switch (test.op) {
    case 'equals':
    case 'not_equals':
    case 'in':
    case 'not_in':
      return compileEquality(test);
    case 'contains':
    case 'starts_with':
    case 'ends_with':
    case 'matches':
      return compileTexts(test);
    case 'exists':
    case 'is_null':
    case 'is_missing':
      return compilePresence(test);
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
    case 'between':
      return compileNumbers(test);
    case 'before':
    case 'after':
    case 'within_last':
    case 'within_next':
    case 'older_than':
      return compileMoments(test);
    case 'anniversary':
      return compileAnniversary(test);
    case 'near':
      return compileNear(test);
    case 'has_any':
    case 'has_all':
    case 'has_none':
      return compileArrays(test);
    default:
      return test satisfies never;
  }
}
