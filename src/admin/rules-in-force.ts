import type { Pool } from 'pg';
import type { CompiledRules } from '../core/identity/compile-rules.js';
import { compileRules } from '../core/identity/compile-rules.js';
import type { Matching } from '../core/matching/compile-matching.js';
import { compileMatching } from '../core/matching/compile-matching.js';
import type { TraitRules } from '../core/profile/traits/trait-rules.js';
import { compileTraitRules } from '../core/profile/traits/trait-rules.js';
import { readRules } from '../stores/state/identity-rules.js';

/** The rules in force, as the API reads identifiers and shows traits by them. */
export interface RulesInForce {
  readonly version: number;
  readonly rules: CompiledRules;
  readonly traits: TraitRules;
  readonly matching: Matching;
}

/** How old the rules may be that are at hand without reading: another server may have changed them. */
const REFRESH_MS = 2_000;

/** The rules in force, compiled anew only when their version has changed. */
export interface RulesWatch {
  read(): Promise<RulesInForce>;
  /** Those that were read last, at most a moment ago. */
  known(): RulesInForce;
  stop(): void;
}

/** Reads the rules in force, and keeps an eye on them. */
export async function watchRules(pool: Pool): Promise<RulesWatch> {
  let known: RulesInForce | undefined;
  const read = async () => {
    const { version, rules } = await readRules(pool);
    if (known?.version !== version) {
      const traits = compileTraitRules(rules);
      known = { version, rules: compileRules(rules), traits, matching: compileMatching(rules, [], traits) };
    }
    return known;
  };
  const first = await read();
  const timer = setInterval(() => void read().catch(() => {}), REFRESH_MS);
  timer.unref();
  return { read, known: () => known ?? first, stop: () => clearInterval(timer) };
}
