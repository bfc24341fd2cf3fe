import { NOBODY } from '../identity/resolve.js';
import type { SqlContext } from '../segments/sql/sql-context.js';

/** A SELECT, and what is bound in it. It answers no integers of 64 bits: connections for analysis give those as texts. */
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
