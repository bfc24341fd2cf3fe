import type { JsonValue } from '../../json.js';
import type { SqlContext } from '../sql/sql-context.js';
import type { SqlValue } from '../sql/sql-value.js';

/** A test in the two forms that it is evaluated in; both mean the same (see the specification, 3). */
export interface CompiledTest {
  holds(value: JsonValue | undefined, now: number): boolean;
  /** The first time after `now` at which it may answer otherwise of the same value; Infinity when never. */
  flipsAt(value: JsonValue | undefined, now: number): number;
  /** A condition that is never NULL. */
  sql(value: SqlValue, sql: SqlContext): string;
  /** `flipsAt` in milliseconds, NULL when never; left out by tests that time does not touch. */
  flipsSql?(value: SqlValue, sql: SqlContext): string;
}

/** `flipsAt` of tests that time does not touch. */
export function never(): number {
  return Number.POSITIVE_INFINITY;
}
