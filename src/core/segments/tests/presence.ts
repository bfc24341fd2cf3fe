/** Tests whether there is anything, null, or nothing. */
import type { Test } from '../definition.js';
import { type CompiledTest, never } from './compiled-test.js';

type Presence = Extract<Test, { op: 'exists' | 'is_null' | 'is_missing' }>;

/** Compiles `exists`, `is_null` or `is_missing`. */
export function compilePresence({ op }: Presence): CompiledTest {
  switch (op) {
    case 'exists':
      return {
        holds: (value) => value !== undefined && value !== null,
        flipsAt: never,
        sql: ({ exists }) => exists,
      };
    case 'is_null':
      return { holds: (value) => value === null, flipsAt: never, sql: ({ isNull }) => isNull };
    case 'is_missing':
      return {
        holds: (value) => value === undefined,
        flipsAt: never,
        sql: ({ exists, isNull }) => `(NOT ${exists} AND NOT ${isNull})`,
      };
    default:
      return op satisfies never;
  }
}
