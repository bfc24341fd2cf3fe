import { type GivenPerson, givenPerson } from '../../core/delivery/given.js';
import type { JsonObject } from '../../core/json.js';
import type { Profile } from '../../core/profile/profile.js';
import type { TraitRules } from '../../core/profile/traits/trait-rules.js';
import type { Person } from '../../core/segments/person.js';
import { traitColumns } from '../../core/segments/person-row.js';
import { type PersonState, unknownPerson } from '../../core/segments/person-state.js';
import { type KnownAccounts, PersonView } from '../../core/segments/person-view.js';
import type { Accounts } from '../accounts.js';
import type { People } from '../people.js';
import type { SegmentsInForce } from '../segments/in-force.js';

/** Where the people of a batch, or of a slice of everybody, are found. */
export interface Hands {
  readonly people: People;
  readonly accounts: Accounts;
  readonly stateOf: (id: string) => PersonState | undefined;
  readonly membersOf: KnownAccounts['members'];
  readonly rules: TraitRules;
  readonly inForce: SegmentsInForce;
  readonly now: number;
}

/** Somebody of whom something may be sent. */
export interface PersonAtHand {
  readonly profile: Profile;
  readonly state: PersonState;
  /** As conditions see the person. */
  readonly person: Person;
  /** As mappings do. */
  given(): GivenPerson;
}

/** People, each made ready once. */
export class PeopleAtHand {
  readonly #hands: Hands;
  readonly #ready = new Map<string, PersonAtHand | undefined>();

  constructor(hands: Hands) {
    this.#hands = hands;
  }

  /** Somebody by the profile that holds them now; undefined when there is nobody (any more). */
  get(id: string): PersonAtHand | undefined {
    if (this.#ready.has(id)) return this.#ready.get(id);
    const profile = this.#hands.people.profileOf(id);
    const ready = profile === undefined ? undefined : this.#make(profile);
    this.#ready.set(id, ready);
    return ready;
  }

  #make(profile: Profile): PersonAtHand {
    const { accounts, stateOf, membersOf, rules, inForce, now } = this.#hands;
    const state = stateOf(profile.id) ?? unknownPerson();
    const person = new PersonView(profile, state, rules, {
      account: (groupId) => accounts.get(groupId),
      members: membersOf,
    });
    let made: GivenPerson | undefined;
    const given = () => {
      const segments = [...state.members].flatMap((number) => inForce.byNumber.get(number)?.segmentId ?? []);
      made ??= givenPerson(profile, traitsOf(profile, person, rules, inForce, now), segments);
      return made;
    };
    return { profile, state, person, given };
  }
}

/** Traits as they count, and the computed ones. */
function traitsOf(
  profile: Profile,
  person: Person,
  rules: TraitRules,
  { computed }: SegmentsInForce,
  now: number,
): JsonObject {
  const { traits } = traitColumns(profile.traits, rules);
  for (const [name, trait] of computed) {
    const value = trait.value(person, now);
    if (value !== undefined) traits[name] = value;
  }
  return traits;
}
