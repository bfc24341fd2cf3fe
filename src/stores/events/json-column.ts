import type { JsonValue } from '../../core/json.js';

/** Digits from which on an integer may be beyond 64 bits: 2^63 has 19. */
const DIGITS = 19;
const LONG_INTEGER = /\d{19}/;
/** ClickHouse reads whole numbers as 64-bit integers, and refuses a row with a larger one. */
const INTEGER_MAX = 2 ** 63;

/**
 * The text of a JSON column's value, given the value and its JSON: the same, unless it holds an integer that does not fit
 * 64 bits. Such a one is written with an exponent, which ClickHouse reads as the same float that JavaScript holds.
 */
export function jsonColumn(json: string, value: JsonValue): string {
  return hasLongInteger(json) ? print(value) : json;
}

/** True when 19 digits follow each other somewhere. Any such run covers one of the places that are looked at. */
function hasLongInteger(json: string): boolean {
  for (let at = DIGITS - 1; at < json.length; at += DIGITS) {
    const unit = json.charCodeAt(at);
    const digit = unit >= 0x30 && unit <= 0x39;
    if (digit && LONG_INTEGER.test(json.slice(at - DIGITS + 1, at + DIGITS))) return true;
  }
  return false;
}

/** Nesting is bounded by the check of the event. */
function print(value: JsonValue): string {
  if (typeof value === 'number' && Math.abs(value) >= INTEGER_MAX) return value.toExponential();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(print).join(',')}]`;
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${print(member)}`);
  return `{${members.join(',')}}`;
}
