/**
 * An account: a company, a household, a team; whatever `group` calls speak of. It is a fold of the group calls that name it, as a
 * profile is one of a person's events: order-independent, its traits with provenance and chosen by the same rules.
 */
import type { Event } from '../event/event.js';
import { LIMITS } from '../limits.js';
import { decodeProfile, encodeProfile } from '../profile/codec.js';
import type { Profile } from '../profile/profile.js';
import { addCount, createProfile } from '../profile/profile.js';
import type { TraitRules } from '../profile/traits/trait-rules.js';

/** What is known of an account. It has the parts of a profile that make sense for it: traits, counts, first and last seen. */
export interface Account {
  readonly groupId: string;
  readonly fold: Profile;
}

/** An account before its first call. */
export function createAccount(groupId: string): Account {
  return { groupId, fold: createProfile(groupId) };
}

/** Folds a group call into its account, in place. */
export function foldAccount({ fold }: Account, event: Event, rules: TraitRules): void {
  const { timestamp: at, sourceId, messageId, offset } = event;
  if (at < fold.firstSeenAt) fold.firstSeenAt = at;
  if (at > fold.lastSeenAt) fold.lastSeenAt = at;
  addCount(fold, event.type, 1, LIMITS.countedNamesPerProfileMax);
  for (const name of Object.keys(event.traits)) {
    const value = event.traits[name];
    const { strategy, never } = rules.of(name);
    if (value === undefined || never?.has(sourceId)) continue;
    const before = fold.traits.get(name);
    if (before === undefined && fold.traits.size >= LIMITS.traitsPerProfileMax) continue;
    const state = strategy.add(before, value, { sourceId, messageId, at, offset });
    if (state !== before) fold.traits.set(name, state);
  }
}

/** Prints an account, all but its groupId. */
export function encodeAccount({ fold }: Account): string {
  return encodeProfile(fold);
}

/** Reads what `encodeAccount` printed. */
export function decodeAccount(groupId: string, text: string): Account {
  return { groupId, fold: decodeProfile(groupId, text) };
}
