import { LIMITS } from '../limits.js';
import type { Profile, Sourced } from './profile.js';
import { addCount, seeIdentifier, supersedes } from './profile.js';

/** Folds all of `other` into `profile`, in place: the same as if every event of both had been folded into one. */
export function mergeInto(profile: Profile, other: Profile): void {
  for (const [key, held] of other.identifiers) {
    seeIdentifier(profile, key, { ...held, first: held.firstSeenAt, last: held.lastSeenAt });
  }
  profile.merged.add(other.id);
  for (const id of other.merged) profile.merged.add(id);
  mergeSourced(profile.traits, other.traits);
  mergeSourced(profile.consent, other.consent);
  for (const [name, n] of other.counts) addCount(profile, name, n, LIMITS.countedNamesPerProfileMax);
  profile.firstSeenAt = Math.min(profile.firstSeenAt, other.firstSeenAt);
  profile.lastSeenAt = Math.max(profile.lastSeenAt, other.lastSeenAt);
}

function mergeSourced<T>(into: Map<string, Sourced<T>>, from: ReadonlyMap<string, Sourced<T>>): void {
  for (const [name, sourced] of from) {
    if (supersedes(sourced, into.get(name))) into.set(name, sourced);
  }
}
