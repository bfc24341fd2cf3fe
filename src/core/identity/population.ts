import type { CompiledConsent } from '../consent/compile-consent.js';
import type { Event } from '../event/event.js';
import type { MatchKey, MatchRule } from '../matching/compile-matching.js';
import { fold } from '../profile/fold.js';
import { mergeInto } from '../profile/merge.js';
import type { HeldMatch, Profile } from '../profile/profile.js';
import { createProfile, dropIdentifier, holdIdentifier } from '../profile/profile.js';
import type { TraitRules } from '../profile/traits/trait-rules.js';
import type { CompiledRules } from './compile-rules.js';
import type { Identifier } from './identifier.js';
import { keyOf } from './identifier.js';
import type { Mark } from './mark.js';
import { ASKED_MAX, releasedMark } from './mark.js';
import type { Refusals } from './refusal-tally.js';
import { RefusalTally } from './refusal-tally.js';
import type { IdentityGraph, Link, Resolution, Said } from './resolve.js';
import { NOBODY, resolve } from './resolve.js';
import type { Separation, Separations } from './separations.js';
import { separationsOf } from './separations.js';
import { Union } from './union.js';

/** Where a population keeps what it knows: a Map, or a cache of what the store holds. */
export interface Shelf<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
}

/** Whose an identifier is: the profile's id, or with a mark as well. Plain ids for nearly all, since there are millions. */
export type Owner = string | MarkedOwner;

/** Whose an identifier is, with what else is known of it. */
export interface MarkedOwner {
  /** Undefined while the identifier is quarantined. */
  readonly profileId: string | undefined;
  readonly mark: Mark;
}

/** All that a population keeps. */
export interface Shelves {
  readonly owners: Shelf<Owner>;
  readonly profiles: Shelf<Profile>;
  /** By the id of a profile that was taken in, the one that took it in. */
  readonly homes: Shelf<string>;
}

/** What all decisions rest upon. */
export interface PopulationRules {
  readonly rules: CompiledRules;
  readonly traits: TraitRules;
  readonly consent: CompiledConsent;
  readonly separations: Separations;
  /** Derives a profile's id from the identifier that it begins with; another `generation` gives another id. */
  readonly idFor: (first: Identifier, generation: number) => string;
  /** What a profile can be matched by, with a UUID for each. */
  readonly matching: (traits: Profile['traits']) => ReadonlyArray<MatchKey & { readonly hash: string }>;
}

/** One entry of the append-only record of who is who, and why. */
export interface IdentityEdge {
  readonly verdict: Link['verdict'] | 'quarantined' | 'reset';
  readonly rule: Link['rule'] | 'people';
  readonly profileId: string;
  readonly identifier: Identifier | null;
  readonly to: Identifier | null;
  readonly otherProfileId: string | null;
  readonly offset: number;
  readonly sourceId: string;
  readonly messageId: string;
  readonly at: number;
  readonly operationId: number | null;
}

/** What happened to an identifier: whose it is now. */
export interface IdentifierChange {
  readonly identifier: Identifier;
  readonly profileId: string | undefined;
  /** `kept`: as it was, whatever that is. */
  readonly mark: Mark | 'kept' | undefined;
}

/** What changed since the last time it was asked. */
export interface PopulationChanges {
  readonly profiles: readonly Profile[];
  /** Profiles that were taken in, directly or with others, each with the one that holds it now. */
  readonly merged: ReadonlyArray<{ readonly fromId: string; readonly intoId: string }>;
  readonly identifiers: readonly IdentifierChange[];
  readonly edges: readonly IdentityEdge[];
  /** Who came to belong to an account. */
  readonly members: readonly AccountMember[];
  readonly refusals: readonly Refusals[];
  /** Profiles whose keys changed, with all that they have now; those that were taken in have none. */
  readonly matches: readonly ProfileMatches[];
}

/** What a profile can be matched by. */
export interface ProfileMatches {
  readonly profileId: string;
  /** Whether it could be matched by anything when the changes began. */
  readonly hadSome: boolean;
  readonly held: ReadonlyMap<MatchRule, HeldMatch>;
}

/** Something that happens to people: its place in the log, and when it was received. */
interface Happening {
  readonly offset: number;
  readonly receivedAt: number;
}

/** Somebody who belongs to an account. */
export interface AccountMember {
  readonly groupId: string;
  readonly profileId: string;
}

/** A hand-made link: where it stands in the log, and who is joined. */
export interface Join {
  readonly operationId: number;
  readonly offset: number;
  readonly at: number;
  readonly a: Identifier;
  readonly b: Identifier;
}

/**
 * People: the identity graph with its profiles, changed by one event after the other. It decides nothing itself (see
 * `resolve.ts`, `fold.ts`) and reads nothing: what an event can touch must be on its shelves.
 */
export class Population implements IdentityGraph {
  readonly #owners: Shelf<Owner>;
  readonly #profiles: Shelf<Profile>;
  /** Where profiles went that were taken in. */
  readonly #homes: Shelf<string>;
  #rules: PopulationRules;
  #changed = new Map<string, Profile>();
  #merged = new Map<string, string>();
  #identifiers = new Map<string, IdentifierChange>();
  #edges: IdentityEdge[] = [];
  #members: AccountMember[] = [];
  readonly #refusals = new RefusalTally();
  #matches = new Map<string, ProfileMatches>();

  constructor(
    rules: PopulationRules,
    shelves: Shelves = { owners: new Map(), profiles: new Map(), homes: new Map() },
  ) {
    this.#rules = rules;
    this.#owners = shelves.owners;
    this.#profiles = shelves.profiles;
    this.#homes = shelves.homes;
  }

  holderOf(identifier: Identifier): string | undefined {
    const owner = this.#owners.get(keyOf(identifier));
    return typeof owner === 'object' ? owner.profileId : owner;
  }

  markOf(identifier: Identifier): Mark | undefined {
    const owner = this.#owners.get(keyOf(identifier));
    return typeof owner === 'object' ? owner.mark : undefined;
  }

  /** The profile that holds now what this one held. */
  homeOf(id: string): string {
    let home = id;
    for (let next = this.#homes.get(home); next !== undefined; next = this.#homes.get(home)) home = next;
    return home;
  }

  profile(id: string): Profile {
    const profile = this.#profiles.get(id);
    // Invariant of the caller: whatever an event can touch is on the shelves before it is placed.
    if (profile === undefined) throw new Error(`Profile ${id} was not loaded`);
    return profile;
  }

  /** Resolves an event and folds it into its person's profile, whose id is returned: `NOBODY` when it has none. */
  place(event: Event, said: Said = this.#saidBy(event)): string {
    const known = this.#knownTo(said);
    if (known !== undefined) return this.#fold(known, event, said.given, NO_PROFILES);
    const quarantined = this.#quarantinedAmong(event, said);
    const usable = quarantined.length === 0 ? said : without(said, quarantined);
    const resolution = resolve(event, usable, this, this.#rules, (first) => this.#idFor(first));
    const { profileId } = resolution;
    if (profileId === NOBODY) {
      // A replay finds the events of people alone: should the quarantine be looked at anew, this one would be missing.
      for (const identifier of quarantined) this.#fix(identifier);
      return NOBODY;
    }
    const taken = resolution.merged.map((id) => this.profile(id));
    if (resolution.created || resolution.links.length > 0) this.#carryOut(event, resolution);
    const profile = this.profile(profileId);
    for (const identifier of quarantined) this.#contest(event, profile, identifier);
    return this.#fold(profileId, event, resolution.identifiers, taken);
  }

  /**
   * Joins the people of two identifiers because somebody says so.
   * @returns the profile that holds both, or why that cannot be.
   */
  join(
    join: Join,
  ): { profileId: string; merged: readonly string[] } | 'not_found' | 'separated' | 'too_large' {
    const [into, from] = [this.holderOf(join.a), this.holderOf(join.b)];
    if (into === undefined || from === undefined) return 'not_found';
    if (into === from) return { profileId: into, merged: [] };
    const union = new Union(this.#rules, join.at);
    union.addProfile(this.profile(into));
    const obstacle = union.obstacleToProfile(this.profile(from), true);
    if (obstacle === 'separated' || obstacle === 'too_large') return obstacle;
    union.addProfile(this.profile(from));
    // Invariant: two profiles were added.
    const [survivor, other] = union.profiles as [Profile, Profile];
    const { offset, at, operationId } = join;
    this.#merge(survivor, other.id);
    this.#match(survivor, { offset, receivedAt: at }, [other]);
    this.#changed.set(survivor.id, survivor);
    this.#edges.push({
      ...{ verdict: 'merged', rule: 'operator', profileId: survivor.id, otherProfileId: other.id },
      ...{ identifier: join.b, to: join.a, offset, at, operationId, sourceId: '', messageId: '' },
    });
    return { profileId: survivor.id, merged: [other.id] };
  }

  /** Keeps pairs apart from now on. */
  separate(pairs: ReadonlyArray<Separation['pair']>): void {
    this.#rules = { ...this.#rules, separations: separationsOf(pairs, this.#rules.separations) };
  }

  /** Sets an identifier free that is in quarantine. */
  release(identifier: Identifier): void {
    const key = keyOf(identifier);
    const holder = this.holderOf(identifier);
    const mark = releasedMark(this.markOf(identifier) ?? {});
    if (holder !== undefined) this.#drop(holder, key);
    this.#own(key, identifier, undefined, mark);
  }

  /** Ends a replay: what is quarantined by now belongs to nobody. */
  settle(identifiers: Iterable<Identifier>): void {
    for (const identifier of identifiers) {
      const mark = this.markOf(identifier);
      const holder = this.holderOf(identifier);
      if (mark?.quarantinedAt === undefined || holder === undefined) continue;
      this.#drop(holder, keyOf(identifier));
      this.#own(keyOf(identifier), identifier, undefined, mark);
    }
  }

  /** What changed since the last call. */
  takeChanges(): PopulationChanges {
    const changes: PopulationChanges = {
      profiles: [...this.#changed.values()],
      merged: Array.from(this.#merged, ([fromId, intoId]) => ({ fromId, intoId: this.homeOf(intoId) })),
      identifiers: [...this.#identifiers.values()],
      edges: this.#edges,
      members: this.#members.map(({ groupId, profileId }) => ({
        groupId,
        profileId: this.homeOf(profileId),
      })),
      refusals: this.#refusals.take((id) => this.homeOf(id)),
      // Copies: the profiles go on changing before this is written.
      matches: Array.from(this.#matches.values(), (one) => ({ ...one, held: new Map(one.held) })),
    };
    this.#changed = new Map();
    this.#merged = new Map();
    this.#identifiers = new Map();
    this.#edges = [];
    this.#members = [];
    this.#matches = new Map();
    return changes;
  }

  /**
   * The one profile that all given identifiers belong to, none of them marked: nearly every event, for which `resolve` would say the
   * same after looking everything up twice.
   */
  #knownTo({ given, named }: Said): string | undefined {
    let known: string | undefined;
    for (const identifier of given) {
      const owner = this.#owners.get(keyOf(identifier));
      if (typeof owner !== 'string' || (known !== undefined && known !== owner)) return undefined;
      known = owner;
    }
    return named.length === 0 ? known : undefined;
  }

  /** @param taken profiles that were taken in on the way. */
  #fold(
    profileId: string,
    event: Event,
    identifiers: readonly Identifier[],
    taken: readonly Profile[],
  ): string {
    const profile = this.profile(profileId);
    const accounts = profile.accounts.size;
    const matchesAnew = fold(profile, event, identifiers, this.#rules.traits, this.#rules.consent);
    if (matchesAnew || taken.length > 0) this.#match(profile, event, taken);
    if (profile.accounts.size !== accounts) this.#enrol(profile);
    this.#changed.set(profileId, profile);
    return profileId;
  }

  #saidBy(event: Event): Said {
    const { rules } = this.#rules;
    return { given: rules.identify(event).identifiers, named: rules.named(event) };
  }

  /** What must not be used; in a replay, events from before that may still use it. */
  #quarantinedAmong({ offset }: Event, { given, named }: Said): readonly Identifier[] {
    let found: readonly Identifier[] = NONE;
    for (const list of [given, named]) {
      for (const one of list) {
        if (isOut(this.markOf(one), offset)) found = [...found, one];
      }
    }
    return found;
  }

  #idFor(first: Identifier): string {
    return this.#rules.idFor(first, this.markOf(first)?.generation ?? 0);
  }

  #carryOut(event: Event, { profileId, created, merged, links }: Resolution): void {
    if (created) this.#profiles.set(profileId, createProfile(profileId));
    const profile = this.profile(profileId);
    for (const otherId of merged) this.#merge(profile, otherId);
    for (const link of links) {
      const { verdict, identifier } = link;
      if (verdict === 'linked' || verdict === 'moved') this.#link(profile, link, event.timestamp);
      if (verdict === 'refused' && link.other === null) {
        this.#refusals.add(event, profileId, link);
        continue;
      }
      const news =
        (verdict === 'refused' || verdict === 'moved') && this.#contest(event, profile, identifier);
      // A refusal is recorded once for each profile: else every further event would repeat it.
      if (verdict !== 'refused' || news) this.#edges.push(edgeOf(event, profileId, link));
      if (this.#isShared(identifier, event)) this.#quarantine(event, profile, link);
    }
  }

  #merge(profile: Profile, otherId: string): void {
    const other = this.profile(otherId);
    for (const [key, { kind, value }] of other.identifiers) {
      const identifier = { kind, value, key };
      // What no event at hand gives is not on the shelf, nor is its mark.
      if (this.#owners.get(key) !== undefined)
        this.#own(key, identifier, profile.id, this.markOf(identifier));
      else this.#identifiers.set(key, { identifier, profileId: profile.id, mark: 'kept' });
    }
    mergeInto(profile, other, this.#rules.traits);
    if (other.accounts.size > 0) this.#enrol(profile);
    // Whoever went into that one goes along.
    for (const id of [otherId, ...other.merged]) this.#merged.set(id, profile.id);
    this.#homes.set(otherId, profile.id);
    this.#changed.delete(otherId);
    this.#profiles.delete(otherId);
  }

  /** Brings what a profile can be matched by up to date. @param taken profiles that it has just taken in. */
  #match(profile: Profile, { offset, receivedAt }: Happening, taken: readonly Profile[]): void {
    const all = [profile, ...taken];
    const known = all.flatMap(({ matches }) => [...matches.values()]);
    const keys = this.#rules.matching(profile.traits);
    if (known.length + keys.length === 0) return;
    for (const { id, matches } of all) {
      const hadSome = this.#matches.get(id)?.hadSome ?? matches.size > 0;
      this.#matches.set(id, { profileId: id, hadSome, held: id === profile.id ? matches : NO_MATCHES });
    }
    profile.matches.clear();
    for (const { rule, hash, sourceId } of keys) {
      const [first] = known.filter((held) => held.hash === hash).sort((a, b) => a.offset - b.offset);
      profile.matches.set(rule, first ?? { hash, sourceId, offset, day: Math.floor(receivedAt / DAY_MS) });
    }
  }

  #enrol({ id: profileId, accounts }: Profile): void {
    for (const groupId of accounts.keys()) this.#members.push({ groupId, profileId });
  }

  /** Gives an identifier to a profile; one that another profile held moves, and leaves a trace of whose it was. */
  #link(profile: Profile, { identifier, other }: Link, at: number): void {
    const key = keyOf(identifier);
    let mark = this.markOf(identifier);
    if (other !== null) {
      this.#drop(other, key);
      mark = { ...mark, former: formerAnd(mark, other, at) };
    }
    holdIdentifier(profile, identifier, at);
    this.#own(key, identifier, profile.id, mark);
  }

  /** Notes that somebody else gave the identifier too. True when that is news. */
  #contest({ offset }: Event, { id }: Profile, identifier: Identifier): boolean {
    const mark = this.markOf(identifier);
    const { asked = [], former = [] } = mark ?? {};
    const most = this.#rules.rules.kindOf(identifier.kind)?.peopleMax ?? 0;
    // Where people are counted, one whose profiles were merged since is one.
    const isHis = (known: string) => known === id || (most <= ASKED_MAX && this.homeOf(known) === id);
    if (asked.some(isHis)) return false;
    if (isOut(mark, offset) && former.some(([holder]) => isHis(holder))) return false;
    if (asked.length >= Math.min(most * ASKED_SHARE, ASKED_MAX)) {
      this.#fix(identifier);
      return false;
    }
    this.#own(keyOf(identifier), identifier, this.holderOf(identifier), { ...mark, asked: [...asked, id] });
    return true;
  }

  /** Notes that not everybody who gave the identifier is remembered: if it is in quarantine, it stays there. */
  #fix(identifier: Identifier): void {
    const mark = this.markOf(identifier);
    if (mark?.more) return;
    this.#own(keyOf(identifier), identifier, this.holderOf(identifier), { ...mark, more: true });
  }

  /** True when too many people share an identifier; or when in a replay it is known to be quarantined by this event. */
  #isShared(identifier: Identifier, { offset }: Event): boolean {
    const mark = this.markOf(identifier);
    if (mark === undefined || isOut(mark, offset)) return false;
    const most = this.#rules.rules.kindOf(identifier.kind)?.peopleMax ?? Number.POSITIVE_INFINITY;
    return mark.quarantinedAt === offset || (mark.asked ?? []).length >= most;
  }

  /** Takes an identifier that too many people share out of the graph. */
  #quarantine(event: Event, profile: Profile, link: Link): void {
    const { identifier } = link;
    const mark = this.markOf(identifier);
    const holder = this.holderOf(identifier);
    if (holder !== undefined) this.#drop(holder, keyOf(identifier));
    // Whose it was is kept: should it be blocked from the beginning, those are the people to look at.
    const former = holder === undefined ? {} : { former: formerAnd(mark, holder, event.timestamp) };
    this.#own(keyOf(identifier), identifier, undefined, {
      ...{ ...mark, ...former, quarantinedAt: event.offset },
    });
    const told: Link = { ...link, other: holder ?? null, to: null };
    this.#edges.push({
      ...edgeOf(event, holder ?? profile.id, told),
      ...{ verdict: 'quarantined', rule: 'people' },
    });
  }

  #drop(profileId: string, key: string): void {
    const profile = this.profile(profileId);
    dropIdentifier(profile, key);
    this.#changed.set(profileId, profile);
  }

  #own(
    key: string,
    { kind, value }: Identifier,
    profileId: string | undefined,
    mark: Mark | undefined,
  ): void {
    const owner: Owner | undefined = mark === undefined ? profileId : { profileId, mark };
    // Invariant: without a profile there is a mark, which says why.
    if (owner !== undefined) this.#owners.set(key, owner);
    this.#identifiers.set(key, { identifier: { kind, value, key }, profileId, mark });
  }
}

const DAY_MS = 86_400_000;
const NO_MATCHES: ReadonlyMap<MatchRule, HeldMatch> = new Map();
/** Former holders of one identifier that are remembered; a device that changes hands more often is quarantined before. */
const FORMER_MAX = 50;
/** How many times as many people are remembered as an identifier may have: whether they are too many can be looked at anew. */
const ASKED_SHARE = 2;
const NO_PROFILES: readonly Profile[] = [];
const NONE: readonly Identifier[] = [];

/** True when an identifier was taken out of the graph before an event. */
function isOut(mark: Mark | undefined, offset: number): boolean {
  return offset > (mark?.quarantinedAt ?? Number.POSITIVE_INFINITY);
}

function without({ given, named }: Said, left: readonly Identifier[]): Said {
  const isLeft = (identifier: Identifier) => !left.includes(identifier);
  return { given: given.filter(isLeft), named: named.filter(isLeft) };
}

function formerAnd(mark: Mark | undefined, holder: string, until: number): NonNullable<Mark['former']> {
  return [...(mark?.former ?? []).slice(1 - FORMER_MAX), [holder, until]];
}

function edgeOf(
  event: Event,
  profileId: string,
  { verdict, rule, identifier, to, other }: Link,
): IdentityEdge {
  const { offset, sourceId, messageId, timestamp: at } = event;
  const origin = { offset, sourceId, messageId, at };
  return { verdict, rule, profileId, identifier, to, otherProfileId: other, ...origin, operationId: null };
}
