import { compileRules } from '../core/identity/compile-rules.js';
import type { PopulationRules } from '../core/identity/population.js';
import { separationsOf } from '../core/identity/separations.js';
import { compileTraitRules } from '../core/profile/traits/trait-rules.js';
import type { IdentityFacts } from '../stores/state/identity-state.js';
import { profileIdFor } from './people.js';

/** What operators said, in the form that events are placed by. */
export function inForce(facts: IdentityFacts): PopulationRules {
  return {
    rules: compileRules(facts.rules, facts.blocked),
    traits: compileTraitRules(facts.rules),
    separations: separationsOf(facts.separations),
    idFor: profileIdFor,
  };
}
