import type { Rejection } from '../errors.js';
import type { JsonObject, JsonValue } from '../json.js';
import { LIMITS } from '../limits.js';

/** No UTF-16 unit takes more bytes than an escape does, and no number, literal or punctuation around a value more than these. */
const BYTES_PER_UNIT_MAX = 6;
const BYTES_PER_VALUE_MAX = 32;

/** What a walk counts. */
interface Count {
  /** Values that may still come. */
  left: number;
  /** UTF-16 units of all texts, keys included. */
  units: number;
}

/**
 * Walks a value once and says what makes it unfit to be kept: too deep, too many keys, a number that JSON cannot
 * give back (`1e999` parses to Infinity and would be printed as null), or too large. Undefined when it is fit.
 * @param bytesMax bytes that its JSON may have.
 */
export function measure(value: JsonValue, bytesMax = Number.POSITIVE_INFINITY): Rejection | undefined {
  const count = { left: LIMITS.valuesPerEventMax, units: 0 };
  return walk(value, 0, count) ?? weigh(value, count, bytesMax);
}

function walk(value: JsonValue, depth: number, count: Count): Rejection | undefined {
  if (typeof value === 'string') {
    count.units += value.length;
    return undefined;
  }
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : numberRejection();
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= LIMITS.nestingDepthMax) {
    const message = `Objects and arrays may be nested ${LIMITS.nestingDepthMax} levels deep. Flatten the event.`;
    return { code: 'nesting_too_deep', message };
  }
  if (!Array.isArray(value)) return walkMembers(value, depth, count);
  count.left -= value.length;
  if (count.left < 0) return keysRejection();
  for (const item of value) {
    const found = walk(item, depth + 1, count);
    if (found) return found;
  }
  return undefined;
}

function walkMembers(value: JsonObject, depth: number, count: Count): Rejection | undefined {
  for (const key in value) {
    count.left -= 1;
    if (count.left < 0) return keysRejection();
    count.units += key.length;
    // Invariant: the key is one of its own.
    const found = walk(value[key] as JsonValue, depth + 1, count);
    if (found) return found;
  }
  return undefined;
}

/** Prints only what might be too large by the bound that counting gives: printing costs as much as parsing. */
function weigh(value: JsonValue, { left, units }: Count, bytesMax: number): Rejection | undefined {
  const values = 1 + LIMITS.valuesPerEventMax - left;
  if (units * BYTES_PER_UNIT_MAX + values * BYTES_PER_VALUE_MAX <= bytesMax) return undefined;
  const bytes = utf8Bytes(JSON.stringify(value));
  if (bytes <= bytesMax) return undefined;
  return { code: 'event_too_large', message: `The event has ${bytes} bytes; ${bytesMax} are allowed.` };
}

/** True when objects and arrays are nested no deeper than this many levels: only then is it safe to print a value. */
export function isShallow(value: JsonValue, levelsMax: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levelsMax > 0 && Object.values(value).every((child) => isShallow(child, levelsMax - 1));
}

function keysRejection(): Rejection {
  const message = `An event may hold ${LIMITS.valuesPerEventMax} keys and array items. Send fewer, or split it.`;
  return { code: 'too_many_keys', message };
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
