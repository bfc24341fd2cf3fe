import { compileConsent } from '../../src/core/consent/compile-consent.js';
import type { Event } from '../../src/core/event/event.js';
import { compileRules } from '../../src/core/identity/compile-rules.js';
import type { Identifier } from '../../src/core/identity/identifier.js';
import { keyOf } from '../../src/core/identity/identifier.js';
import type { PopulationRules } from '../../src/core/identity/population.js';
import type { IdentityRules } from '../../src/core/identity/rules.js';
import { DEFAULT_RULES } from '../../src/core/identity/rules.js';
import { fold } from '../../src/core/profile/fold.js';
import type { Profile } from '../../src/core/profile/profile.js';
import { holdIdentifier } from '../../src/core/profile/profile.js';
import type { TraitState } from '../../src/core/profile/traits/candidate.js';
import { compileTraitRules, traitOf } from '../../src/core/profile/traits/trait-rules.js';
import { inForce } from '../../src/process/force.js';

/** The built-in rules, compiled. */
export const RULES = compileRules(DEFAULT_RULES);
/** The built-in way to choose the value of a trait. */
export const TRAITS = compileTraitRules(DEFAULT_RULES);

/** Without rules of consent: a category is the purpose of its name. */
const CONSENT = compileConsent([]);

/** What a population decides by, under the built-in rules or others. */
export function populationRules(rules: IdentityRules = DEFAULT_RULES): PopulationRules {
  return inForce({ version: 0, rules, blocked: [], separations: [], joins: [], releases: [], consent: [] });
}

/** The identifiers of an event under the built-in rules, strongest first. */
export function identifiersOf(event: Event): readonly Identifier[] {
  return RULES.identify(event).identifiers;
}

/** Folds an event into a profile that holds all of its identifiers. */
export function foldAll(profile: Profile, event: Event, traits = TRAITS): void {
  const identifiers = identifiersOf(event);
  for (const one of identifiers)
    if (!profile.identifiers.has(keyOf(one))) holdIdentifier(profile, one, event.timestamp);
  fold(profile, event, identifiers, traits, CONSENT);
}

/** The value of each trait that counts. */
export function valuesOf(traits: ReadonlyMap<string, TraitState>, rules = TRAITS): Record<string, unknown> {
  return Object.fromEntries(
    Array.from(traits, ([name, state]) => [name, traitOf(name, state, rules).winner.value]),
  );
}

/** The user_ids of a profile. */
export function userIdsOf({ identifiers }: Profile): string[] {
  return [...identifiers.values()].filter(({ kind }) => kind === 'user_id').map(({ value }) => value);
}
