import { hash } from 'node:crypto';
import type { CompiledConsent, SaidConsent } from '../core/consent/compile-consent.js';
import type { Event } from '../core/event/event.js';
import type { CompiledRules, Given } from '../core/identity/compile-rules.js';
import type { Identifier } from '../core/identity/identifier.js';
import { identifierKey, identifierOf, keyOf } from '../core/identity/identifier.js';
import type { Join, Owner, PopulationRules } from '../core/identity/population.js';
import { Population } from '../core/identity/population.js';
import type { Said } from '../core/identity/resolve.js';
import { decodeProfile, encodeProfile } from '../core/profile/codec.js';
import type { Profile } from '../core/profile/profile.js';
import type { BatchCommit, PipelineState } from '../stores/state/pipeline-state.js';
import { RecentMap } from './recent-map.js';

const OWNERS_CACHED_MAX = 400_000;
const PROFILES_CACHED_MAX = 40_000;
const MERGES_CACHED_MAX = 100_000;

type Changes = Pick<
  BatchCommit,
  'profiles' | 'merged' | 'identifiers' | 'edges' | 'members' | 'refusals' | 'matches'
>;

/**
 * The people as far as the events at hand need them: read in bulk, changed in memory, and given out as what a batch's commit
 * has to write. The one consumer of the log owns all of it, so what is cached here is true; after a failed commit it is
 * not, and a new instance must take over.
 */
export class People {
  readonly #state: PipelineState;
  readonly #rules: CompiledRules;
  readonly #consent: CompiledConsent;
  readonly #owners = new RecentMap<string, Owner>(OWNERS_CACHED_MAX);
  readonly #profiles = new RecentMap<string, Profile>(PROFILES_CACHED_MAX);
  /** Where profiles went that were merged a moment ago: the store may not know it yet. */
  readonly #homes = new RecentMap<string, string>(MERGES_CACHED_MAX);
  readonly #population: Population;
  /** What the loaded events say. */
  #said = new Map<Event, Given & Said>();

  constructor(state: PipelineState, rules: PopulationRules) {
    this.#state = state;
    this.#rules = rules.rules;
    this.#consent = rules.consent;
    this.#population = new Population(rules, {
      ...{ owners: this.#owners, profiles: this.#profiles, homes: this.#homes },
    });
  }

  /** Reads what placing these events, and joining these identifiers, can ask for. */
  async load(events: readonly Event[], others: readonly Identifier[] = []): Promise<void> {
    this.#owners.age();
    this.#profiles.age();
    this.#homes.age();
    this.#said.clear();
    const asked = new Map<string, Identifier>();
    const needed = new Set<string>();
    for (const identifier of others) this.#ask(identifier, asked, needed);
    for (const event of events) {
      const { identifiers: given, faults } = this.#rules.identify(event);
      const said = { given, identifiers: given, faults, named: this.#rules.named(event) };
      this.#said.set(event, said);
      let needs: Owner | undefined;
      for (const identifier of said.given) needs = this.#ask(identifier, asked, needed, needs);
      for (const identifier of said.named) needs = this.#ask(identifier, asked, needed, needs);
    }
    for (const [key, stored] of await this.#state.ownersOf([...asked.values()])) {
      const owner = this.#atHome(stored);
      this.#owners.set(key, owner);
      this.#need(key, owner, needed);
    }
    for (const [id, { home, state }] of await this.#state.profiles([...needed])) {
      if (home !== id) this.#homes.set(id, home);
      if (this.#profiles.get(home) === undefined) this.#profiles.set(home, decodeProfile(home, state));
    }
  }

  /** Reads profiles that no event at hand speaks of; those that are no more are left out. */
  async loadProfiles(ids: readonly string[]): Promise<void> {
    const asked = ids.filter((id) => this.profileOf(id) === undefined && this.homeOf(id) === id);
    for (const [id, { home, state }] of await this.#state.profiles(asked)) {
      if (home === id && this.#profiles.get(id) === undefined)
        this.#profiles.set(id, decodeProfile(id, state));
    }
  }

  /** A profile that was read; undefined when it is not at hand, or no more. */
  profileOf(id: string): Profile | undefined {
    return this.#profiles.get(id);
  }

  /** The profile that holds now what this one held. */
  homeOf(id: string): string {
    return this.#population.homeOf(id);
  }

  /** True when an event names somebody. */
  identifies(event: Event): boolean {
    return this.#rules.identify(event).identifiers.length > 0;
  }

  /** What a loaded event gives as identifiers, and what it could not. */
  givenBy(event: Event): Given {
    return this.#said.get(event) ?? this.#rules.identify(event);
  }

  /** What an event says of consent. */
  consentIn(event: Event): SaidConsent {
    return this.#consent.said(event);
  }

  /** Places a loaded event: the id of its profile. */
  place(event: Event): string {
    return this.#population.place(event, this.#said.get(event));
  }

  /** See `Population.join`; both identifiers must be loaded. */
  join(join: Join): ReturnType<Population['join']> {
    return this.#population.join(join);
  }

  /** What changed since the last call, ready to be written. */
  takeChanges(): Changes {
    const { profiles, ...changes } = this.#population.takeChanges();
    return {
      // Bytes: as texts they would be most of what garbage collections have to carry along until the commit.
      profiles: profiles.map((profile) => ({ id: profile.id, state: Buffer.from(encodeProfile(profile)) })),
      ...changes,
    };
  }

  /** @param last the owner that was needed just before: mostly the same */
  #ask(
    identifier: Identifier,
    asked: Map<string, Identifier>,
    needed: Set<string>,
    last?: Owner,
  ): Owner | undefined {
    const key = keyOf(identifier);
    const owner = this.#owners.get(key);
    if (owner === undefined) asked.set(key, identifier);
    else if (owner !== last) this.#need(key, owner, needed);
    return owner;
  }

  /** The batch before may have merged its profile away, and not be committed yet. */
  #atHome(owner: Owner): Owner {
    if (typeof owner === 'string') return this.#population.homeOf(owner);
    const { profileId, mark } = owner;
    return profileId === undefined ? owner : { profileId: this.#population.homeOf(profileId), mark };
  }

  #need(key: string, owner: Owner, needed: Set<string>): void {
    if (typeof owner === 'string') {
      if (this.#profiles.get(owner) === undefined) needed.add(owner);
      return;
    }
    if (owner.profileId !== undefined && this.#profiles.get(owner.profileId) === undefined)
      needed.add(owner.profileId);
    const { former = [], asked = [] } = owner.mark;
    // Where people are counted, it matters whether some of them are one by now.
    const counted =
      this.#rules.kindOf(identifierOf(key).kind)?.peopleMax === Number.POSITIVE_INFINITY ? [] : asked;
    for (const id of [...former.map(([holder]) => holder), ...counted]) {
      const home = this.#population.homeOf(id);
      if (this.#profiles.get(home) === undefined) needed.add(home);
    }
  }
}

/**
 * A profile's id follows from the identifier that it was created for, so that a replay gives the same ids:
 * a UUID of version 8 (RFC 9562) over SHA-256.
 */
export function profileIdFor({ kind, value }: Identifier, generation = 0): string {
  return uuidOf(identifierKey(kind, value) + (generation === 0 ? '' : `\n${generation}`));
}

/** A UUID that stands for a text. */
export function uuidOf(text: string): string {
  const hex = hash('sha256', text);
  const variant = VARIANTS[Number.parseInt(hex.charAt(16), 16) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** What the digit of the variant can be (RFC 9562, 4.1). */
const VARIANTS = '89ab';
