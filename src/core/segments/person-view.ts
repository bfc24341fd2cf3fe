import type { Account } from '../account/account.js';
import type { Profile } from '../profile/profile.js';
import type { TraitState } from '../profile/traits/candidate.js';
import type { TraitRules } from '../profile/traits/trait-rules.js';
import type { Person } from './person.js';
import type { PersonState } from './person-state.js';

/** A profile and what is remembered of it, as definitions look at a person. */
export function personView(
  profile: Profile,
  state: PersonState,
  rules: TraitRules,
  accountOf: (groupId: string) => Account | undefined,
): Person {
  const read = (traits: ReadonlyMap<string, TraitState>, name: string) => {
    const held = traits.get(name);
    return held === undefined ? undefined : rules.of(name).strategy.winner(held).value;
  };
  return {
    id: profile.id,
    trait: (name) => read(profile.traits, name),
    consent: (purpose) => profile.consent.get(purpose)?.value,
    accounts: () =>
      Array.from(profile.accounts.keys(), (groupId) => {
        const traits = accountOf(groupId)?.fold.traits;
        return (name: string) => (traits === undefined ? undefined : read(traits, name));
      }),
    state: (leaf) => state.leaves.get(leaf),
  };
}
