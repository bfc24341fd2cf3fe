/**
 * Values that are known only when something is sent: coupons, recommendations. In what a mapping makes they stand as
 * `{ "@late": … }`. Whatever the event itself has under such a key gets one more `@`, and loses it again when they are filled:
 * so no data is ever taken for a late value.
 */
import type { JsonObject, JsonValue } from '../json.js';
import { emptyObject, isObject } from '../json.js';
import type { Made } from './part.js';
import { textOf } from './text-of.js';

/** What is to be found out. */
export type Wanted =
  | { readonly kind: 'coupon'; readonly pool: string; readonly campaign?: string }
  | { readonly kind: 'recommendations'; readonly limit: number; readonly category?: string };

/** A text of several parts, late values among them. */
export interface LateText<Value = JsonValue> {
  readonly kind: 'join';
  readonly separator: string;
  readonly values: readonly Value[];
}

/** A late value on the way; stored, it is JSON. No value of an event is ever an instance. */
export class Late {
  constructor(readonly value: Wanted | LateText<Made>) {}
}

const MARK = '@late';
const MARKS = /^@+late$/;

/** The key under which data is stored beside late values. */
export function escapedKey(key: string): string {
  return key.startsWith('@') && MARKS.test(key) ? `@${key}` : key;
}

/** A late value as it is stored. */
export function storedLate(value: Wanted | LateText): JsonObject {
  return { [MARK]: value as unknown as JsonObject };
}

/** Whether something is a late value, in what a mapping with late values made. */
export function isStoredLate(value: JsonValue): boolean {
  return isObject(value) && Object.hasOwn(value, MARK);
}

/** What is wanted in what a mapping with late values made, in the order in which `fillLate` asks for it. */
export function lateValues(payload: JsonValue): Wanted[] {
  const found: Wanted[] = [];
  fillLate(payload, (wanted) => {
    found.push(wanted);
    return null;
  });
  return found;
}

/**
 * Fills the late values. Only for what a mapping that `holdsLate` made; what others made holds none, and is not to be passed.
 * @param resolve gives the value, undefined when there is none; `at` is its place in `lateValues`.
 */
export function fillLate(
  payload: JsonValue,
  resolve: (wanted: Wanted, at: number) => JsonValue | undefined,
): JsonValue | undefined {
  let at = 0;
  const fill = (value: JsonValue): JsonValue | undefined => {
    if (Array.isArray(value)) return value.map((one) => fill(one) ?? null);
    if (!isObject(value)) return value;
    if (Object.hasOwn(value, MARK)) return filled(value[MARK] as unknown as Wanted | LateText);
    return filledObject(value, fill);
  };
  const filled = (late: Wanted | LateText): JsonValue | undefined => {
    if (late.kind !== 'join') {
      at += 1;
      return resolve(late, at - 1);
    }
    const texts = late.values.map((one) => textOf(fill(one)));
    return texts.filter((text) => text !== '').join(late.separator);
  };
  return fill(payload);
}

function filledObject(value: JsonObject, fill: (value: JsonValue) => JsonValue | undefined): JsonObject {
  const keys = Object.keys(value);
  const result = emptyObject(keys);
  for (const key of keys) {
    const one = fill(value[key] as JsonValue);
    if (one !== undefined) result[key.startsWith('@@') && MARKS.test(key) ? key.slice(1) : key] = one;
  }
  return result;
}
