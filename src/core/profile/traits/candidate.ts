import type { JsonValue } from '../../json.js';
import type { Provenance, Sourced } from '../profile.js';

/** A value of a trait that may be the one that counts. */
export interface Candidate extends Sourced<JsonValue> {
  /** How often it was given, where that decides. */
  readonly n?: number;
  /** The keys that lead to it, as a JSON array, where an object's leaves count one by one. */
  readonly path?: string;
}

/** The candidates of one trait: nearly always a single one, which then stands without a list. */
export type TraitState = Candidate | readonly Candidate[];

/** How one trait's values are kept and chosen. The state must not depend on the order in which values come. */
export interface Strategy {
  /** Adds a value; the same state when it changes nothing. */
  add(state: TraitState | undefined, value: JsonValue, origin: Provenance): TraitState;
  /** Adds a candidate of another state. */
  join(state: TraitState | undefined, candidate: Candidate): TraitState;
  /** The value that counts, with its origin. */
  winner(state: TraitState): Sourced<JsonValue>;
}

/** All candidates of a state. */
export function candidatesOf(state: TraitState): readonly Candidate[] {
  return Array.isArray(state) ? state : [state as Candidate];
}

/** True when the first happened after the second; of two at the same millisecond, when it arrived later, or is the same event. */
export function isLater(one: Provenance, other: Provenance): boolean {
  return one.at > other.at || (one.at === other.at && one.offset >= other.offset);
}

/** A candidate of its own, with nothing but what it needs. */
export function candidate(value: JsonValue, { sourceId, messageId, at, offset }: Provenance): Candidate {
  return { value, sourceId, messageId, at, offset };
}

/** The candidate that no other beats. @param beats whether the first is better than the second. */
export function best(state: TraitState, beats: (one: Candidate, other: Candidate) => boolean): Candidate {
  const [first, ...rest] = candidatesOf(state);
  // Invariant: a state has a candidate.
  return rest.reduce((found, next) => (beats(next, found) ? next : found), first as Candidate);
}

/** The state with one candidate in place of another, or added; the oldest goes where there are too many. */
export function put(state: TraitState, next: Candidate, index: number, most: number): TraitState {
  const list = [...candidatesOf(state)];
  if (index >= 0) list[index] = next;
  else list.push(next);
  if (list.length > most) {
    const oldest = list.reduce((found, one) => (isLater(found, one) ? one : found));
    list.splice(list.indexOf(oldest), 1);
  }
  return list.length === 1 ? (list[0] as Candidate) : list;
}
