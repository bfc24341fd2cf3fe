import type { Pool } from 'pg';
import type { CompiledRules } from '../core/identity/compile-rules.js';
import { compileRules } from '../core/identity/compile-rules.js';
import type { TraitRules } from '../core/profile/traits/trait-rules.js';
import { compileTraitRules } from '../core/profile/traits/trait-rules.js';
import { readRules } from '../stores/state/identity-rules.js';

/** The rules in force, as the API reads identifiers and shows traits by them. */
export interface RulesInForce {
  readonly version: number;
  readonly rules: CompiledRules;
  readonly traits: TraitRules;
}

/** Gives the rules in force, compiled anew only when their version has changed. */
export function rulesInForce(pool: Pool): () => Promise<RulesInForce> {
  let known: RulesInForce | undefined;
  return async () => {
    const { version, rules } = await readRules(pool);
    if (known?.version !== version) {
      known = { version, rules: compileRules(rules), traits: compileTraitRules(rules) };
    }
    return known;
  };
}
