import type { CompiledConsent } from '../consent/compile-consent.js';
import type { Event } from '../event/event.js';
import { countedName } from '../event/event.js';
import type { Identifier } from '../identity/identifier.js';
import { keyOf } from '../identity/identifier.js';
import type { JsonObject } from '../json.js';
import { isObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { MATCH_TRAITS } from '../matching/compile-matching.js';
import type { Profile, Provenance } from './profile.js';
import { addCount, seeAccount, supersedes } from './profile.js';
import type { Strategy, TraitState } from './traits/candidate.js';
import type { TraitRules } from './traits/trait-rules.js';

/**
 * Folds one event into its profile, in place. Except for events of the same millisecond, the
 * result is the same for any order.
 * @param identifiers those of the event that belong to this profile (see `Resolution.identifiers`).
 * @returns true when a trait has another value that people are matched by.
 */
export function fold(
  profile: Profile,
  event: Event,
  identifiers: readonly Identifier[],
  rules: TraitRules,
  consent: CompiledConsent,
): boolean {
  const at = event.timestamp;
  if (at < profile.firstSeenAt) profile.firstSeenAt = at;
  if (at > profile.lastSeenAt) profile.lastSeenAt = at;
  addCount(profile, countedName(event), 1, LIMITS.countedNamesPerProfileMax);
  for (const identifier of identifiers) {
    const held = profile.identifiers.get(keyOf(identifier));
    // One that left the profile's row, of very many, is the store's to know.
    if (held === undefined) continue;
    if (at < held.firstSeenAt) held.firstSeenAt = at;
    if (at > held.lastSeenAt) held.lastSeenAt = at;
  }
  const origin: Provenance = {
    sourceId: event.sourceId,
    messageId: event.messageId,
    at,
    offset: event.offset,
  };
  foldConsent(profile, consent.said(event).purposes, origin);
  foldAccounts(profile, event);
  return foldTraits(profile, event, origin, rules);
}

/** The person's traits: those of an identify call, and those that any call carries along in its context. */
function foldTraits(profile: Profile, event: Event, origin: Provenance, rules: TraitRules): boolean {
  const carried = event.context.traits;
  const byContext = isObject(carried) && setTraits(profile, carried, origin, rules);
  return (event.type === 'identify' && setTraits(profile, event.traits, origin, rules)) || byContext;
}

function setTraits(
  { traits: held }: Profile,
  traits: JsonObject,
  origin: Provenance,
  rules: TraitRules,
): boolean {
  let matchesAnew = false;
  for (const name of Object.keys(traits)) {
    const value = traits[name];
    if (value === undefined) continue;
    const { strategy, never } = rules.of(name);
    if (never?.has(origin.sourceId)) continue;
    const before = held.get(name);
    // Nobody may grow a profile without end.
    if (before === undefined && held.size >= LIMITS.traitsPerProfileMax) continue;
    const state = strategy.add(before, value, origin);
    if (state === before) continue;
    held.set(name, state);
    matchesAnew ||= MATCH_TRAITS.has(name) && !sameWinner(strategy, before, state);
  }
  return matchesAnew;
}

function sameWinner({ winner }: Strategy, before: TraitState | undefined, after: TraitState): boolean {
  if (before === undefined) return false;
  const [was, is] = [winner(before).value, winner(after).value];
  return was === is || (typeof is === 'object' && JSON.stringify(was) === JSON.stringify(is));
}

/** Accounts: those that a call joins the person to, or takes place in. */
function foldAccounts(profile: Profile, { groupId, context, timestamp }: Event): void {
  if (groupId !== '') seeAccount(profile, groupId, timestamp, timestamp);
  if (typeof context.groupId === 'string' && context.groupId !== '' && context.groupId !== groupId) {
    seeAccount(profile, context.groupId, timestamp, timestamp);
  }
}

function foldConsent({ consent }: Profile, purposes: ReadonlyMap<string, boolean>, origin: Provenance): void {
  for (const [purpose, value] of purposes) {
    if (mayHold(consent, purpose, origin)) consent.set(purpose, { value, ...origin });
  }
}

/** A newer value, of a name that is known or for which there is room: nobody may grow a profile without end. */
function mayHold(held: ReadonlyMap<string, Provenance>, name: string, origin: Provenance): boolean {
  const last = held.get(name);
  return last === undefined ? held.size < LIMITS.traitsPerProfileMax : supersedes(origin, last);
}
