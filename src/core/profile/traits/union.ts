import { LIMITS } from '../../limits.js';
import type { Candidate, Strategy, TraitState } from './candidate.js';
import { best, candidate, candidatesOf, isLater, put } from './candidate.js';

/**
 * All different items of the arrays that were given, each with the latest event that gave it, in the order of those; a value that is
 * no array counts as one item, and null as none. Up to `LIMITS.itemsPerTraitMax` items, the newest.
 */
export const union: Strategy = {
  add(state, value, origin) {
    const items = Array.isArray(value) ? value : value === null ? [] : [value];
    if (items.length === 0) return join(state, { ...candidate([], origin), path: EMPTY });
    const [one, ...others] = items.map((item) => candidate(item, origin));
    return others.reduce<TraitState>((sum, item) => join(sum, item), join(state, one as Candidate));
  },
  join,
  winner(state) {
    const items = candidatesOf(state).filter(({ path }) => path !== EMPTY);
    const inTime = [...items].sort((a, b) => a.at - b.at || a.offset - b.offset || order(a, b));
    const latest = best(state, isLater);
    return { ...candidate([], latest), value: inTime.map(({ value }) => value) };
  },
};

/** Marks the candidate that stands for arrays without items: what was given, if nothing else was, and when. */
const EMPTY = 'empty';

function join(state: TraitState | undefined, next: Candidate): TraitState {
  if (state === undefined) return next;
  const list = candidatesOf(state);
  const text = JSON.stringify(next.value);
  const index = list.findIndex((one) => one.path === next.path && JSON.stringify(one.value) === text);
  const held = list[index];
  if (held !== undefined && !isLater(next, held)) return state;
  return put(state, next, index, LIMITS.itemsPerTraitMax);
}

/** Items of one event, which came at once: by their text, so that the order is always the same. */
function order(a: Candidate, b: Candidate): number {
  return JSON.stringify(a.value) < JSON.stringify(b.value) ? -1 : 1;
}
