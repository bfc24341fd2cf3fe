/**
 * A profile is a fold of its events: everything here follows from them, in any order of arrival.
 *
 * Profiles are changed in place, by `fold.ts` and `merge.ts` alone: the pipeline owns them, and a copy per event would
 * cost more than the event. Maps, not objects, since trait and event names are the customer's own, `__proto__` included.
 */
import type { Identifier, IdentifierKind } from '../identity/identifier.js';
import type { JsonValue } from '../json.js';

/** Where a value comes from: the event that gave it, and when that happened. */
export interface Provenance {
  readonly sourceId: string;
  readonly messageId: string;
  /** The event's timestamp, milliseconds since 1970 UTC. */
  readonly at: number;
  /** The event's place in the log, which decides between two of the same millisecond. */
  readonly offset: number;
}

/** A value with its origin. A null is a value: somebody said that there is none. */
export interface Sourced<T> extends Provenance {
  readonly value: T;
}

/** An identifier of a profile, with the timestamps of the first and last event that gave it. */
export interface HeldIdentifier {
  readonly kind: IdentifierKind;
  readonly value: string;
  firstSeenAt: number;
  lastSeenAt: number;
}

/** One person, as all events so far tell. See the head of this file for who may change it. */
export interface Profile {
  readonly id: string;
  /** By `identifierKey`. */
  readonly identifiers: Map<string, HeldIdentifier>;
  readonly traits: Map<string, Sourced<JsonValue>>;
  /** Consent by category, as given: true is given, false is refused, and a missing category was never asked. */
  readonly consent: Map<string, Sourced<boolean>>;
  /** Ids of the profiles that were merged into this one, directly or through others. */
  readonly merged: Set<string>;
  /** Events by `countedName`. */
  readonly counts: Map<string, number>;
  total: number;
  /** Timestamps of the earliest and latest event; Infinity and -Infinity before the first. */
  firstSeenAt: number;
  lastSeenAt: number;
}

/** The counter for event names beyond the limit of names that are counted one by one. */
export const OTHER_EVENTS = '(other)';

/** A profile before its first event. */
export function createProfile(id: string): Profile {
  return {
    id,
    identifiers: new Map(),
    traits: new Map(),
    consent: new Map(),
    merged: new Set(),
    counts: new Map(),
    total: 0,
    firstSeenAt: Number.POSITIVE_INFINITY,
    lastSeenAt: Number.NEGATIVE_INFINITY,
  };
}

/** The user_ids of a profile; almost always none or one. */
export function userIdsOf(profile: Profile): string[] {
  return [...profile.identifiers.values()]
    .filter((held) => held.kind === 'user_id')
    .map((held) => held.value);
}

/**
 * True when `next` replaces `last`: the event that happened later wins, whatever the order of arrival. Of two at the same
 * millisecond the one that arrived later wins.
 */
export function supersedes(next: Provenance, last: Provenance | undefined): boolean {
  if (last === undefined || next.at > last.at) return true;
  return next.at === last.at && next.offset >= last.offset;
}

/** Takes note of an identifier's being seen between two times. */
export function seeIdentifier(
  profile: Profile,
  key: string,
  seen: Identifier & { first: number; last: number },
): void {
  const held = profile.identifiers.get(key);
  if (held === undefined) {
    const { kind, value, first, last } = seen;
    profile.identifiers.set(key, { kind, value, firstSeenAt: first, lastSeenAt: last });
    return;
  }
  if (seen.first < held.firstSeenAt) held.firstSeenAt = seen.first;
  if (seen.last > held.lastSeenAt) held.lastSeenAt = seen.last;
}

/** Adds to the counter of a name, or to OTHER_EVENTS when the profile counts too many names already. */
export function addCount(profile: Profile, name: string, n: number, namesMax: number): void {
  const known = profile.counts.get(name);
  const key = known === undefined && profile.counts.size >= namesMax ? OTHER_EVENTS : name;
  profile.counts.set(key, (profile.counts.get(key) ?? 0) + n);
  profile.total += n;
}
