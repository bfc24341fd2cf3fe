import type { JsonValue } from '../../src/core/json.js';
import { isObject } from '../../src/core/json.js';

/**
 * What must come back from the timeline of a value that was taken in, written down independently of the code under test:
 * - NUL and lone surrogates come back as U+FFFD, in keys too; -0 is 0;
 * - members that are null or an empty object are left out, as the event store's JSON type keeps paths with a value only.
 */
export function survivor(value: JsonValue): JsonValue {
  if (typeof value === 'string') return repaired(value);
  if (typeof value === 'number') return value + 0;
  if (Array.isArray(value)) return value.map(survivor);
  if (!isObject(value)) return value;
  const kept = new Map<string, JsonValue>();
  for (const [name, member] of Object.entries(value)) kept.set(repaired(name), survivor(member));
  for (const [name, member] of kept) if (isEmpty(member)) kept.delete(name);
  return Object.fromEntries(kept);
}

/** A profile keeps all of it, but for the repair of the text. */
export function repairedValue(value: JsonValue): JsonValue {
  if (typeof value === 'string') return repaired(value);
  if (typeof value === 'number') return value + 0;
  if (Array.isArray(value)) return value.map(repairedValue);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [repaired(name), repairedValue(member)]),
  );
}

/** True when what came back is the survivor. In an array that holds arrays, a null may come back as an empty one. */
export function isSame(given: JsonValue, back: JsonValue): boolean {
  if (Array.isArray(given)) {
    if (!Array.isArray(back) || given.length !== back.length) return false;
    return given.every((item, index) => {
      const other = back[index] as JsonValue;
      return isSame(item, other) || (item === null && Array.isArray(other) && other.length === 0);
    });
  }
  if (!isObject(given)) return given === back;
  if (!isObject(back)) return false;
  const names = Object.keys(given);
  return (
    names.length === Object.keys(back).length &&
    names.every((name) => Object.hasOwn(back, name) && isSame(given[name] ?? null, back[name] ?? null))
  );
}

function repaired(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}

function isEmpty(value: JsonValue): boolean {
  return value === null || (isObject(value) && Object.keys(value).length === 0);
}
