import { NOBODY } from '../identity/resolve.js';
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

/** 2^64: more than any offset. */
const OFFSETS = "toInt128('18446744073709551616')";
/** 2^42 milliseconds: with so many more no time is negative, and division rounds down. */
const LATER = 4_398_046_511_104;

/** The place of an event in the order of all, of rows with `at` in milliseconds and `log_offset`: as one number, which takes far less memory than two. */
export const ORDER = `(toInt128(at + ${LATER}) * ${OFFSETS} + log_offset)`;

/** The milliseconds of a place. */
export function timeOf(order: string): string {
  return `(toInt64(intDiv(${order}, ${OFFSETS})) - ${LATER})`;
}
