import { LIMITS } from '../../limits.js';
import type { Candidate, Strategy, TraitState } from './candidate.js';
import { best, candidate, candidatesOf, isLater, put } from './candidate.js';

/**
 * The value that was given most often; of equally frequent ones the latest. Exact up to `LIMITS.valuesPerTraitMax` different
 * values; of more, the one given least lately is forgotten, with its count.
 */
export const mostFrequent: Strategy = {
  add: (state, value, origin) => join(state, { ...candidate(value, origin), n: 1 }),
  join,
  winner: (state) =>
    best(
      state,
      (one, other) => times(one) > times(other) || (times(one) === times(other) && isLater(one, other)),
    ),
};

function join(state: TraitState | undefined, next: Candidate): TraitState {
  if (state === undefined) return next;
  const text = JSON.stringify(next.value);
  const list = candidatesOf(state);
  const index = list.findIndex(({ value }) => JSON.stringify(value) === text);
  const held = list[index];
  if (held === undefined) return put(state, next, index, LIMITS.valuesPerTraitMax);
  const later = isLater(next, held) ? next : held;
  return put(state, { ...later, n: times(held) + times(next) }, index, LIMITS.valuesPerTraitMax);
}

function times({ n = 1 }: Candidate): number {
  return n;
}
