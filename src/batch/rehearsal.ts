import { compileConsent } from '../core/consent/compile-consent.js';
import type { Event } from '../core/event/event.js';
import type { CompiledRules } from '../core/identity/compile-rules.js';
import { compileRules } from '../core/identity/compile-rules.js';
import { identifierKey, identifierOf } from '../core/identity/identifier.js';
import type { Owner, Shelf } from '../core/identity/population.js';
import { Population } from '../core/identity/population.js';
import { presetOwners, Timeline } from '../core/identity/replay.js';
import type { IdentityRules } from '../core/identity/rules.js';
import type { Profile } from '../core/profile/profile.js';
import { createProfile } from '../core/profile/profile.js';
import { compileTraitRules } from '../core/profile/traits/trait-rules.js';
import type { IdentityFacts } from '../stores/state/identity-state.js';

/** Who would be who: the history played through some rules in memory, without what profiles hold beside identifiers. */
export class Rehearsal {
  readonly rules: CompiledRules;
  readonly #owners: Map<string, Owner>;
  readonly #profiles = new PackedProfiles();
  readonly #population: Population;
  readonly #timeline: Timeline;
  #profilesMade = 0;

  /** @param marked identifiers whose quarantine is a fact, whatever the rules (see `presetOwners`). */
  constructor(facts: IdentityFacts, rules: IdentityRules, marked: ReadonlyMap<string, Owner>) {
    this.rules = compileRules(rules, facts.blocked);
    this.#owners = presetOwners(marked, facts.releases);
    this.#timeline = new Timeline(facts);
    this.#population = new Population(
      {
        ...{
          rules: this.rules,
          traits: compileTraitRules({}),
          consent: compileConsent([]),
          separations: new Map(),
        },
        matching: () => [],
        // Any names do: profiles are compared by what they hold.
        idFor: () => (this.#profilesMade++).toString(36),
      },
      { owners: this.#owners, profiles: this.#profiles, homes: new Map() },
    );
  }

  /** Identifiers so far. */
  get size(): number {
    return this.#owners.size;
  }

  /** Places the next event. */
  place(event: Event): void {
    this.#timeline.until(event.offset, this.#population);
    const said = { given: this.rules.identify(event).identifiers, named: this.rules.named(event) };
    this.#population.place({ ...event, ...NOTHING_ELSE }, said);
    this.#population.takeChanges();
    this.#profiles.pack();
  }

  /** Whose each identifier is after all. The rehearsal is over then. */
  end(): Map<string, string> {
    this.#timeline.until(Number.POSITIVE_INFINITY, this.#population);
    this.#population.settle(Array.from(this.#owners.keys(), identifierOf));
    for (const [key, owner] of this.#owners) {
      if (typeof owner === 'string') continue;
      if (owner.profileId === undefined) this.#owners.delete(key);
      else this.#owners.set(key, owner.profileId);
    }
    // Invariant: only plain ids are left.
    return this.#owners as Map<string, string>;
  }
}

const NOTHING_ELSE = { name: '', groupId: '', traits: {}, context: {}, properties: {} };

/** What is kept of a profile: its identifiers with the times that limits look at, and how many there are beside. */
type Packed = readonly [moreIdentifiers: number, ...held: ReadonlyArray<string | number>];

/** Profiles as short texts, but for those that are at work: an object with its maps takes ten times as much. */
class PackedProfiles implements Shelf<Profile> {
  readonly #packed = new Map<string, string>();
  readonly #open = new Map<string, Profile>();

  get(id: string): Profile | undefined {
    const open = this.#open.get(id);
    if (open !== undefined) return open;
    const packed = this.#packed.get(id);
    if (packed === undefined) return undefined;
    const profile = unpack(id, packed);
    this.#open.set(id, profile);
    return profile;
  }

  set(id: string, profile: Profile): void {
    this.#open.set(id, profile);
  }

  delete(id: string): void {
    this.#open.delete(id);
    this.#packed.delete(id);
  }

  /** Puts away what was at work. */
  pack(): void {
    for (const [id, profile] of this.#open) this.#packed.set(id, packedOf(profile));
    this.#open.clear();
  }
}

function packedOf({ identifiers, moreIdentifiers }: Profile): string {
  const packed: Array<string | number> = [moreIdentifiers];
  for (const { kind, value, firstSeenAt, lastSeenAt } of identifiers.values())
    packed.push(kind, value, firstSeenAt, lastSeenAt);
  return JSON.stringify(packed);
}

function unpack(id: string, text: string): Profile {
  const [moreIdentifiers, ...held] = JSON.parse(text) as Packed;
  const profile = createProfile(id);
  profile.moreIdentifiers = moreIdentifiers;
  for (let at = 0; at < held.length; at += 4) {
    const [kind, value, firstSeenAt, lastSeenAt] = held.slice(at, at + 4) as [string, string, number, number];
    profile.identifiers.set(identifierKey(kind, value), { kind, value, firstSeenAt, lastSeenAt });
  }
  return profile;
}
