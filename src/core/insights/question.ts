import { NOBODY } from '../identity/resolve.js';
import { placeInOrder } from '../segments/sql/place-in-order.js';
import type { SqlContext } from '../segments/sql/sql-context.js';

/** A SELECT, and what is bound in it. */
export interface Question {
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** The question that was written in a context. */
export function asQuestion(sql: SqlContext, text: string): Question {
  return { sql: text, params: sql.params };
}

/** A condition on rows with a `person`: there is one. */
export const IS_SOMEBODY = `person != toUUID('${NOBODY}')`;

/** The place of an event in the order of all, of rows with `at` in milliseconds and `log_offset`. */
export const ORDER = placeInOrder('at');
