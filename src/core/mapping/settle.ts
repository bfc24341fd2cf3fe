import type { JsonValue } from '../json.js';
import { emptyObject, isObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { escapedKey, Late, type LateText, storedLate, type Wanted } from './late.js';
import { type Made, type MadeObject, MappingFault } from './part.js';

const VALUE_CHARS = 8;

/**
 * Makes JSON of what was made: keys without a value go, late values get their stored form. What needs no change is not copied.
 * @param beside true when late values may stand in it, so that data must not look like one.
 * @param gaps what becomes of nothing in a list: null, as JSON has it, or that it stays where directives go on with it.
 * @throws MappingFault beyond the limits of what a mapping may make. A few directives inside each other can make any size.
 */
export function settle(made: Made, beside: boolean, gaps: 'null' | 'kept' = 'null'): JsonValue | undefined {
  let chars = 0;
  const spend = (count: number) => {
    chars += count;
    if (chars > LIMITS.mappedCharsMax) {
      throw new MappingFault(
        `the mapping makes more than ${LIMITS.mappedCharsMax} characters of this event.`,
      );
    }
  };
  const settled = (value: Made, depth: number): JsonValue | undefined => {
    spend(typeof value === 'string' ? value.length + VALUE_CHARS : VALUE_CHARS);
    if (typeof value !== 'object' || value === null) return value;
    if (depth > LIMITS.mappedDepthMax) {
      throw new MappingFault(`the mapping makes more than ${LIMITS.mappedDepthMax} levels of this event.`);
    }
    if (value instanceof Late) return storedLate(settledLate(value.value, depth));
    return Array.isArray(value) ? settledArray(value, depth) : settledObject(value as MadeObject, depth);
  };
  const settledLate = (late: Late['value'], depth: number): Wanted | LateText =>
    late.kind === 'join'
      ? { ...late, values: late.values.map((one) => settled(one, depth + 1) ?? null) }
      : late;
  const settledArray = (value: Made[], depth: number): JsonValue => {
    let copy: JsonValue[] | undefined;
    for (let at = 0; at < value.length; at += 1) {
      const one = settled(value[at], depth + 1);
      const item = one === undefined && gaps === 'null' ? null : one;
      if (item === value[at] && copy === undefined) continue;
      copy ??= value.slice(0, at) as JsonValue[];
      // A gap that stays undefined is among what directives may be given.
      copy.push(item as JsonValue);
    }
    return copy ?? (value as JsonValue);
  };
  const settledObject = (value: MadeObject, depth: number): JsonValue => {
    const keys = Object.keys(value);
    let copy: { [key: string]: JsonValue } | undefined;
    for (let at = 0; at < keys.length; at += 1) {
      // `at` is below the length, and keys are dense.
      const key = keys[at] as string;
      spend(key.length);
      const one = settled(value[key], depth + 1);
      const name = beside ? escapedKey(key) : key;
      if (copy === undefined) {
        if (one === value[key] && one !== undefined && name === key) continue;
        copy = emptyObject(keys);
        for (const before of keys.slice(0, at)) copy[before] = value[before] as JsonValue;
      }
      if (one !== undefined) copy[name] = one;
    }
    return copy ?? (value as JsonValue);
  };
  return settled(made, 0);
}

/** An object on the way, or undefined: neither an array nor a late value. */
export function asMadeObject(value: Made): MadeObject | undefined {
  return isObject(value) && !(value instanceof Late) ? (value as MadeObject) : undefined;
}
