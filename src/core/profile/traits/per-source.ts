import type { JsonValue } from '../../json.js';
import { LIMITS } from '../../limits.js';
import type { Provenance } from '../profile.js';
import type { Candidate, Strategy, TraitState } from './candidate.js';
import { best, candidate, candidatesOf, isLater, put } from './candidate.js';

type Beats = (one: Candidate, other: Candidate) => boolean;

/**
 * Strategies that keep one value of each source, so that where sources disagree it can be seen.
 * @param within which of two values of one source stays.
 * @param among which of the sources' values counts.
 */
function perSource(within: Beats, among: Beats): Strategy {
  const join = (state: TraitState | undefined, next: Candidate): TraitState => {
    if (state === undefined) return next;
    const list = candidatesOf(state);
    const index = list.findIndex(({ sourceId }) => sourceId === next.sourceId);
    const held = list[index];
    if (held !== undefined && !within(next, held)) return state;
    return put(state, next, index, LIMITS.sourcesPerTraitMax);
  };
  return {
    join,
    add: (state, value, origin) => join(state, candidate(value, origin)),
    winner: (state) => best(state, among),
  };
}

const general = perSource(isLater, isLater);

/** The value of the latest event, whatever the order of arrival. */
export const last: Strategy = {
  ...general,
  add(state: TraitState | undefined, value: JsonValue, origin: Provenance): TraitState {
    // Nearly every value that comes: the same source says it again, or says something newer.
    if (state !== undefined && !Array.isArray(state) && (state as Candidate).sourceId === origin.sourceId) {
      return isLater(origin, state as Candidate) ? candidate(value, origin) : state;
    }
    return general.add(state, value, origin);
  },
};

const isEarlier: Beats = (one, other) =>
  one.at < other.at || (one.at === other.at && one.offset < other.offset);

/** The value of the earliest event. */
export const first: Strategy = perSource(isEarlier, isEarlier);

const isLonger: Beats = (one, other) => {
  const difference = lengthOf(one.value) - lengthOf(other.value);
  return difference > 0 || (difference === 0 && isLater(one, other));
};

function lengthOf(value: JsonValue): number {
  return value === null ? 0 : typeof value === 'string' ? value.length : JSON.stringify(value).length;
}

/** The longest text; of equally long ones the latest. */
export const longest: Strategy = perSource(isLonger, isLonger);

/** The latest value of the first source of a list that gave one. @param sources best first; others come after them. */
export function bySource(sources: readonly string[]): Strategy {
  const ranks = new Map(sources.map((source, rank) => [source, rank]));
  const rankOf = ({ sourceId }: Candidate) => ranks.get(sourceId) ?? sources.length;
  return perSource(isLater, (one, other) => {
    const difference = rankOf(one) - rankOf(other);
    return difference < 0 || (difference === 0 && isLater(one, other));
  });
}
