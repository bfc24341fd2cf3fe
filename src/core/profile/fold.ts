import type { Event } from '../event/event.js';
import { countedName } from '../event/event.js';
import type { Identifier } from '../identity/identifier.js';
import { keyOf } from '../identity/identifier.js';
import type { JsonObject } from '../json.js';
import { isObject } from '../json.js';
import { LIMITS } from '../limits.js';
import type { Profile, Provenance } from './profile.js';
import { addCount, seeIdentifier, supersedes } from './profile.js';

/**
 * Folds one event into its profile, in place. Except for events of the same millisecond, the
 * result is the same for any order.
 * @param identifiers those of the event that belong to this profile (see `Resolution.identifiers`).
 */
export function fold(profile: Profile, event: Event, identifiers: readonly Identifier[]): void {
  const at = event.timestamp;
  if (at < profile.firstSeenAt) profile.firstSeenAt = at;
  if (at > profile.lastSeenAt) profile.lastSeenAt = at;
  addCount(profile, countedName(event), 1, LIMITS.countedNamesPerProfileMax);
  for (const identifier of identifiers) {
    const { kind, value } = identifier;
    seeIdentifier(profile, keyOf(identifier), { kind, value, first: at, last: at });
  }
  const origin: Provenance = {
    sourceId: event.sourceId,
    messageId: event.messageId,
    at,
    offset: event.offset,
  };
  foldTraits(profile, event, origin);
  foldConsent(profile, event.context, origin);
}

/** The person's traits: those of an identify call, and those that any call carries along in its context. */
function foldTraits(profile: Profile, event: Event, origin: Provenance): void {
  if (isObject(event.context.traits)) setTraits(profile, event.context.traits, origin);
  if (event.type === 'identify') setTraits(profile, event.traits, origin);
}

function setTraits(profile: Profile, traits: JsonObject, origin: Provenance): void {
  for (const name of Object.keys(traits)) {
    const value = traits[name];
    if (value === undefined || !mayHold(profile.traits, name, origin)) continue;
    const { sourceId, messageId, at, offset } = origin;
    profile.traits.set(name, { value, sourceId, messageId, at, offset });
  }
}

function foldConsent(profile: Profile, context: JsonObject, origin: Provenance): void {
  if (!isObject(context.consent) || !isObject(context.consent.categoryPreferences)) return;
  const preferences = context.consent.categoryPreferences;
  for (const category of Object.keys(preferences)) {
    const granted = preferences[category];
    if (typeof granted !== 'boolean' || !mayHold(profile.consent, category, origin)) continue;
    profile.consent.set(category, { value: granted, ...origin });
  }
}

/** A newer value, of a name that is known or for which there is room: nobody may grow a profile without end. */
function mayHold(held: ReadonlyMap<string, Provenance>, name: string, origin: Provenance): boolean {
  const last = held.get(name);
  return last === undefined ? held.size < LIMITS.traitsPerProfileMax : supersedes(origin, last);
}
