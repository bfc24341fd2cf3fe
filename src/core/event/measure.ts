import type { Rejection } from '../errors.js';
import type { JsonValue } from '../json.js';
import { LIMITS } from '../limits.js';

/**
 * Walks a value once and says what makes it unfit to be kept: too deep, too many keys, or a number that JSON cannot
 * give back (`1e999` parses to Infinity and would be printed as null). Undefined when it is fit.
 */
export function measure(value: JsonValue): Rejection | undefined {
  const budget = { left: LIMITS.valuesPerEventMax };
  return walk(value, 0, budget);
}

function walk(value: JsonValue, depth: number, budget: { left: number }): Rejection | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : numberRejection();
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= LIMITS.nestingDepthMax) {
    const message = `Objects and arrays may be nested ${LIMITS.nestingDepthMax} levels deep. Flatten the event.`;
    return { code: 'nesting_too_deep', message };
  }
  const children = Array.isArray(value) ? value : Object.values(value);
  budget.left -= children.length;
  if (budget.left < 0) {
    const message = `An event may hold ${LIMITS.valuesPerEventMax} keys and array items. Send fewer, or split it.`;
    return { code: 'too_many_keys', message };
  }
  for (const child of children) {
    if (typeof child === 'string') continue;
    const found = walk(child, depth + 1, budget);
    if (found) return found;
  }
  return undefined;
}

/** True when objects and arrays are nested no deeper than this many levels: only then is it safe to print a value. */
export function isShallow(value: JsonValue, levelsMax: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levelsMax > 0 && Object.values(value).every((child) => isShallow(child, levelsMax - 1));
}

function numberRejection(): Rejection {
  return { code: 'number_invalid', message: 'A number is beyond 1.8e308. Send it as a string.' };
}

/**
 * A copy in which NUL characters and lone surrogates, which no store can keep, are U+FFFD. Only texts with `\u` escapes
 * can hold them, so callers ask for this on that slow path alone.
 */
export function wellFormed(value: JsonValue): JsonValue {
  if (typeof value === 'string') return wellFormedText(value);
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [wellFormedText(key), wellFormed(item)]),
  );
}

function wellFormedText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}

/** Bytes of a well-formed text in UTF-8. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    // Each half of a surrogate pair stands for two of its four bytes.
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff)) bytes += 2;
    else bytes += 3;
  }
  return bytes;
}
