/**
 * A profile is a fold of its events: everything here follows from them, in any order of arrival.
 *
 * Profiles are changed in place, by `fold.ts` and `merge.ts` alone: the pipeline owns them, and a copy per event would
 * cost more than the event. Maps, not objects, since trait and event names are the customer's own, `__proto__` included.
 */
import type { Identifier } from '../identity/identifier.js';
import { keyOf } from '../identity/identifier.js';
import { LIMITS } from '../limits.js';
import type { MatchRule } from '../matching/compile-matching.js';
import type { TraitState } from './traits/candidate.js';

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
  readonly kind: string;
  readonly value: string;
  firstSeenAt: number;
  lastSeenAt: number;
}

/** When something was first and last seen: timestamps of events. */
export interface Seen {
  firstSeenAt: number;
  lastSeenAt: number;
}

/** One person, as all events so far tell. See the head of this file for who may change it. */
export interface Profile {
  readonly id: string;
  /** By `identifierKey`; of very many, the newest. */
  readonly identifiers: Map<string, HeldIdentifier>;
  /** How many it holds beside those. */
  moreIdentifiers: number;
  readonly traits: Map<string, TraitState>;
  /** Consent by purpose: true is given, false is refused, and a missing purpose was never asked. */
  readonly consent: Map<string, Sourced<boolean>>;
  /** Accounts that the person belongs to, by groupId. */
  readonly accounts: Map<string, Seen>;
  /** Ids of the profiles that were merged into this one, directly or through others; of very many, the newest. */
  readonly merged: Set<string>;
  /** How many there are beside those. */
  moreMerged: number;
  /** Events by `countedName`. */
  readonly counts: Map<string, number>;
  total: number;
  /** Timestamps of the earliest and latest event; Infinity and -Infinity before the first. */
  firstSeenAt: number;
  lastSeenAt: number;
  /** What it can be matched by with others, kept by `population.ts` from event to event: since when depends on their order. */
  readonly matches: Map<MatchRule, HeldMatch>;
}

/** Something that a profile can be matched by (see `compile-matching.ts`). */
export interface HeldMatch {
  /** A UUID that stands for the values: who has the same matches. */
  readonly hash: string;
  /** Which source gave it, and what brought it: an event by its place in the log, and its day of receipt (days since 1970 UTC). */
  readonly sourceId: string;
  readonly offset: number;
  readonly day: number;
}

/** The counter for event names beyond the limit of names that are counted one by one. */
export const OTHER_EVENTS = '(other)';

/** A profile before its first event. */
export function createProfile(id: string): Profile {
  return {
    id,
    identifiers: new Map(),
    moreIdentifiers: 0,
    traits: new Map(),
    consent: new Map(),
    accounts: new Map(),
    merged: new Set(),
    moreMerged: 0,
    counts: new Map(),
    total: 0,
    firstSeenAt: Number.POSITIVE_INFINITY,
    lastSeenAt: Number.NEGATIVE_INFINITY,
    matches: new Map(),
  };
}

/**
 * True when `next` replaces `last`: the event that happened later wins, whatever the order of arrival. Of two at the same
 * millisecond the one that arrived later wins.
 */
export function supersedes(next: Provenance, last: Provenance | undefined): boolean {
  if (last === undefined || next.at > last.at) return true;
  return next.at === last.at && next.offset >= last.offset;
}

/** Gives an identifier to a profile. Where its row is full, those seen least lately of the commonest kind leave the row. */
export function holdIdentifier(profile: Profile, identifier: Identifier, at: number): void {
  seeIdentifier(profile, keyOf(identifier), identifier, at, at);
  if (profile.identifiers.size > LIMITS.identifiersPerProfileMax) thinOut(profile);
}

/** Takes an identifier away. */
export function dropIdentifier(profile: Profile, key: string): void {
  if (!profile.identifiers.delete(key) && profile.moreIdentifiers > 0) profile.moreIdentifiers -= 1;
}

/** Takes note of an identifier's being seen between two times. */
export function seeIdentifier(
  { identifiers }: Profile,
  key: string,
  { kind, value }: Identifier,
  first: number,
  last: number,
): void {
  const held = identifiers.get(key);
  if (held === undefined) identifiers.set(key, { kind, value, firstSeenAt: first, lastSeenAt: last });
  else widen(held, first, last);
}

/** Takes note of a person's belonging to an account between two times; of very many, the newest stay. */
export function seeAccount({ accounts }: Profile, groupId: string, first: number, last: number): void {
  const held = accounts.get(groupId);
  if (held !== undefined) {
    widen(held, first, last);
    return;
  }
  accounts.set(groupId, { firstSeenAt: first, lastSeenAt: last });
  if (accounts.size <= LIMITS.accountsPerProfileMax) return;
  const [oldest] = [...accounts].sort(([, a], [, b]) => a.lastSeenAt - b.lastSeenAt)[0] ?? [];
  if (oldest !== undefined) accounts.delete(oldest);
}

function widen(seen: Seen, first: number, last: number): void {
  if (first < seen.firstSeenAt) seen.firstSeenAt = first;
  if (last > seen.lastSeenAt) seen.lastSeenAt = last;
}

/** A quarter at once, so that it is rare. */
function thinOut(profile: Profile): void {
  const byKind = new Map<string, Array<[key: string, at: number]>>();
  for (const [key, { kind, lastSeenAt }] of profile.identifiers) {
    const list = byKind.get(kind);
    if (list) list.push([key, lastSeenAt]);
    else byKind.set(kind, [[key, lastSeenAt]]);
  }
  const commonest = [...byKind.values()].reduce((most, list) => (list.length > most.length ? list : most));
  commonest.sort(([, a], [, b]) => a - b);
  for (const [key] of commonest.slice(0, Math.ceil(commonest.length / 4))) {
    profile.identifiers.delete(key);
    profile.moreIdentifiers += 1;
  }
}

/** Adds to the counter of a name, or to OTHER_EVENTS when the profile counts too many names already. */
export function addCount(profile: Profile, name: string, n: number, namesMax: number): void {
  const known = profile.counts.get(name);
  const key = known === undefined && profile.counts.size >= namesMax ? OTHER_EVENTS : name;
  profile.counts.set(key, (profile.counts.get(key) ?? 0) + n);
  profile.total += n;
}
