import { LIMITS } from '../limits.js';
import type { Profile, Sourced } from './profile.js';
import { addCount, seeAccount, seeIdentifier, supersedes } from './profile.js';
import { candidatesOf } from './traits/candidate.js';
import type { TraitRules } from './traits/trait-rules.js';

/**
 * Folds all of `other` into `profile`, in place: the same as if every event of both had been folded into one.
 * Invariant of the caller: the row of `other` tells all that it holds.
 */
export function mergeInto(profile: Profile, other: Profile, rules: TraitRules): void {
  for (const [key, held] of other.identifiers) {
    seeIdentifier(profile, key, held, held.firstSeenAt, held.lastSeenAt);
  }
  for (const id of [other.id, ...other.merged]) profile.merged.add(id);
  forgetOldest(profile);
  for (const [name, state] of other.traits) {
    const { strategy } = rules.of(name);
    let sum = profile.traits.get(name);
    for (const candidate of candidatesOf(state)) sum = strategy.join(sum, candidate);
    if (sum !== undefined) profile.traits.set(name, sum);
  }
  mergeSourced(profile.consent, other.consent);
  for (const [id, { firstSeenAt, lastSeenAt }] of other.accounts)
    seeAccount(profile, id, firstSeenAt, lastSeenAt);
  for (const [name, n] of other.counts) addCount(profile, name, n, LIMITS.countedNamesPerProfileMax);
  profile.firstSeenAt = Math.min(profile.firstSeenAt, other.firstSeenAt);
  profile.lastSeenAt = Math.max(profile.lastSeenAt, other.lastSeenAt);
}

function forgetOldest(profile: Profile): void {
  for (const id of profile.merged) {
    if (profile.merged.size <= LIMITS.mergedIdsPerProfileMax) return;
    profile.merged.delete(id);
    profile.moreMerged += 1;
  }
}

function mergeSourced<T>(into: Map<string, Sourced<T>>, from: ReadonlyMap<string, Sourced<T>>): void {
  for (const [name, sourced] of from) {
    if (supersedes(sourced, into.get(name))) into.set(name, sourced);
  }
}
