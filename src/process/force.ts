import { compileConsent } from '../core/consent/compile-consent.js';
import { compileRules } from '../core/identity/compile-rules.js';
import type { PopulationRules } from '../core/identity/population.js';
import { separationsOf } from '../core/identity/separations.js';
import { compileMatching } from '../core/matching/compile-matching.js';
import { compileTraitRules } from '../core/profile/traits/trait-rules.js';
import type { IdentityFacts } from '../stores/state/identity-state.js';
import { profileIdFor, uuidOf } from './people.js';

/** What operators said, in the form that events are placed by. */
export function inForce(facts: IdentityFacts): PopulationRules {
  const traits = compileTraitRules(facts.rules);
  const matching = compileMatching(facts.rules, facts.blocked, traits);
  return {
    rules: compileRules(facts.rules, facts.blocked),
    traits,
    consent: compileConsent(facts.consent),
    separations: separationsOf(facts.separations.map(({ pair }) => pair)),
    idFor: profileIdFor,
    matching: (held) => matching(held).map((key) => ({ ...key, hash: uuidOf(`${key.rule}\n${key.said}`) })),
  };
}

/** The same without separations: a replay comes to each at its place. */
export function beforeAllDeeds(facts: IdentityFacts): PopulationRules {
  return inForce({ ...facts, separations: [] });
}
