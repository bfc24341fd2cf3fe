import type { JsonObject, JsonValue } from '../../json.js';
import { isObject } from '../../json.js';
import { LIMITS } from '../../limits.js';
import type { Candidate, Strategy, TraitState } from './candidate.js';
import { best, candidate, candidatesOf, isLater, put } from './candidate.js';

/**
 * Each leaf of an object by itself: the latest value at its path. A value that is no object stands for the whole, and what came
 * later stands over it. Up to `LIMITS.itemsPerTraitMax` leaves, the newest.
 */
export const deep: Strategy = {
  add(state, value, origin) {
    let sum = state;
    for (const [keys, leaf] of leavesOf(value, [])) {
      sum = join(sum, { ...candidate(leaf, origin), path: JSON.stringify(keys) });
    }
    return sum ?? { ...candidate(value, origin), path: '[]' };
  },
  join,
  winner(state) {
    const inTime = [...candidatesOf(state)].sort(
      (a, b) => a.at - b.at || a.offset - b.offset || (String(a.path) < String(b.path) ? -1 : 1),
    );
    let value: JsonValue = {};
    for (const one of inTime) value = set(value, JSON.parse(one.path ?? '[]') as string[], one.value);
    return { ...candidate(null, best(state, isLater)), value };
  },
};

function join(state: TraitState | undefined, next: Candidate): TraitState {
  if (state === undefined) return next;
  const index = candidatesOf(state).findIndex(({ path }) => path === next.path);
  const held = candidatesOf(state)[index];
  if (held !== undefined && !isLater(next, held)) return state;
  return put(state, next, index, LIMITS.itemsPerTraitMax);
}

function leavesOf(value: JsonValue, keys: readonly string[]): Array<[readonly string[], JsonValue]> {
  if (!isObject(value) || Object.keys(value).length === 0) return [[keys, value]];
  return Object.keys(value).flatMap((key) => leavesOf(value[key] as JsonValue, [...keys, key]));
}

/** Sets a leaf; whatever is in its way that is no object gives way. */
function set(whole: JsonValue, [key, ...rest]: readonly string[], value: JsonValue): JsonValue {
  if (key === undefined) return value;
  const copy = Object.create(null) as JsonObject;
  if (isObject(whole)) Object.assign(copy, whole);
  copy[key] = set(copy[key] ?? null, rest, value);
  return copy;
}
