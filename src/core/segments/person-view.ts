import type { Account } from '../account/account.js';
import type { MemberCount } from '../account/member-count.js';
import type { JsonValue } from '../json.js';
import type { Profile } from '../profile/profile.js';
import type { TraitState } from '../profile/traits/candidate.js';
import type { TraitRules } from '../profile/traits/trait-rules.js';
import type { Leaf, LeafState } from './leaves/leaf.js';
import type { Person } from './person.js';
import type { PersonState } from './person-state.js';

/** What is at hand of the accounts that people belong to. */
export interface KnownAccounts {
  account(groupId: string): Account | undefined;
  /** Of a segment whose members are counted. */
  members(groupId: string, segment: string): MemberCount;
}

/** A profile and what is remembered of it, as definitions look at a person. */
export class PersonView implements Person {
  readonly id: string;
  readonly #profile: Profile;
  readonly #state: PersonState;
  readonly #rules: TraitRules;
  readonly #known: KnownAccounts;

  constructor(profile: Profile, state: PersonState, rules: TraitRules, known: KnownAccounts) {
    this.id = profile.id;
    this.#profile = profile;
    this.#state = state;
    this.#rules = rules;
    this.#known = known;
  }

  trait(name: string): JsonValue | undefined {
    return this.#read(this.#profile.traits, name);
  }

  consent(purpose: string): boolean | undefined {
    return this.#profile.consent.get(purpose)?.value;
  }

  accounts(): ReadonlyArray<(trait: string) => JsonValue | undefined> {
    return Array.from(this.#profile.accounts.keys(), (groupId) => {
      const traits = this.#known.account(groupId)?.fold.traits;
      return (name: string) => (traits === undefined ? undefined : this.#read(traits, name));
    });
  }

  members(segment: string): readonly MemberCount[] {
    return Array.from(this.#profile.accounts.keys(), (groupId) => this.#known.members(groupId, segment));
  }

  state(leaf: Leaf): LeafState | undefined {
    return this.#state.leaves.get(leaf);
  }

  #read(traits: ReadonlyMap<string, TraitState>, name: string): JsonValue | undefined {
    const held = traits.get(name);
    return held === undefined ? undefined : this.#rules.of(name).strategy.winner(held).value;
  }
}
