import type { IdentityRules, TraitRule } from '../../identity/rules.js';
import type { JsonValue } from '../../json.js';
import type { Sourced } from '../profile.js';
import type { Strategy, TraitState } from './candidate.js';
import { candidatesOf } from './candidate.js';
import { deep } from './deep.js';
import { mostFrequent } from './most-frequent.js';
import { bySource, first, last, longest } from './per-source.js';
import { union } from './union.js';

/** How one trait is kept, and whose values are not believed. */
export interface CompiledTraitRule {
  readonly strategy: Strategy;
  readonly never: ReadonlySet<string> | undefined;
}

/** The rule of every trait. */
export interface TraitRules {
  of(trait: string): CompiledTraitRule;
}

const LAST: CompiledTraitRule = { strategy: last, never: undefined };

/** Compiles the trait rules of a document; `*` stands for all traits without a rule of their own. */
export function compileTraitRules({ traits = [] }: Pick<IdentityRules, 'traits'>): TraitRules {
  if (traits.length === 0) return { of: () => LAST };
  const rules = new Map(traits.map((rule) => [rule.trait, compile(rule)]));
  const others = rules.get('*') ?? LAST;
  return { of: (trait) => rules.get(trait) ?? others };
}

function compile({ keep = 'last', sources = [], never = [] }: TraitRule): CompiledTraitRule {
  return {
    strategy: strategyOf(keep, sources),
    never: never.length === 0 ? undefined : new Set(never),
  };
}

function strategyOf(keep: NonNullable<TraitRule['keep']>, sources: readonly string[]): Strategy {
  switch (keep) {
    case 'last':
      return last;
    case 'first':
      return first;
    case 'longest':
      return longest;
    case 'most_frequent':
      return mostFrequent;
    case 'by_source':
      return bySource(sources);
    case 'union':
      return union;
    case 'deep':
      return deep;
    default:
      return keep satisfies never;
  }
}

/** The value of a trait that counts, and those of other sources or times that say something else. */
export function traitOf(
  trait: string,
  state: TraitState,
  rules: TraitRules,
): { winner: Sourced<JsonValue>; alternatives: ReadonlyArray<Sourced<JsonValue>> } {
  const { strategy } = rules.of(trait);
  const winner = strategy.winner(state);
  if (!Array.isArray(state) || strategy === union || strategy === deep) return { winner, alternatives: [] };
  const text = JSON.stringify(winner.value);
  return { winner, alternatives: candidatesOf(state).filter(({ value }) => JSON.stringify(value) !== text) };
}
