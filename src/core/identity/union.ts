import type { Profile } from '../profile/profile.js';
import type { CompiledKind, CompiledRules } from './compile-rules.js';
import type { Identifier } from './identifier.js';
import { identifierKey, keyOf } from './identifier.js';
import type { Separations } from './separations.js';

/** Why something may not join. */
export type Obstacle = 'unique' | 'limit' | 'separated' | 'too_large';

/** What unions are checked against. */
export interface UnionRules {
  readonly rules: CompiledRules;
  readonly separations: Separations;
}

/**
 * One person in the making: the profiles and new identifiers that an event brings together, and the rules on what may
 * still join them. Nothing is changed here but the union itself.
 */
export class Union {
  readonly #profiles: Profile[] = [];
  readonly #added: Identifier[] = [];
  readonly #rules: CompiledRules;
  readonly #separations: Separations;
  readonly #at: number;

  /** @param at the time for which sliding limits count, milliseconds since 1970 UTC. */
  constructor({ rules, separations }: UnionRules, at: number) {
    this.#rules = rules;
    this.#separations = separations;
    this.#at = at;
  }

  /** The profiles, the survivor first. */
  get profiles(): readonly Profile[] {
    return this.#profiles;
  }

  has(profileId: string): boolean {
    return this.#profiles.some(({ id }) => id === profileId);
  }

  addProfile(profile: Profile): void {
    // One that is too large to be moved stays where it is, and the others come to it.
    if (isLarge(profile)) this.#profiles.unshift(profile);
    else this.#profiles.push(profile);
  }

  addIdentifier(identifier: Identifier): void {
    this.#added.push(identifier);
  }

  /** What keeps an identifier out that belongs to nobody. @param declared somebody said outright that it is this person's. */
  obstacleTo(identifier: Identifier, declared = false): Obstacle | undefined {
    if (this.#separates([keyOf(identifier)])) return 'separated';
    if (declared) return undefined;
    const kind = this.#rules.kindOf(identifier.kind);
    if (kind?.unique && this.#count(kind) > 0) return 'unique';
    if (kind?.limit && this.#count(kind) >= kind.limit.count) return 'limit';
    return undefined;
  }

  /** What keeps a whole profile out. */
  obstacleToProfile(profile: Profile, declared = false): Obstacle | undefined {
    if (isLarge(profile) && this.#profiles.some(isLarge)) return 'too_large';
    if (this.#separates(profile.identifiers.keys())) return 'separated';
    if (declared) return undefined;
    for (const kind of this.#rules.kinds) {
      if (!kind.unique && !kind.limit) continue;
      const theirs = countHeld(profile, kind, this.#at);
      if (theirs === 0) continue;
      const ours = this.#count(kind);
      if (kind.unique && ours > 0) return 'unique';
      if (kind.limit && ours > 0 && ours + theirs > kind.limit.count) return 'limit';
    }
    return undefined;
  }

  #count(kind: CompiledKind): number {
    let count = 0;
    for (const profile of this.#profiles) count += countHeld(profile, kind, this.#at);
    for (const identifier of this.#added) if (identifier.kind === kind.kind) count += 1;
    return count;
  }

  #separates(keys: Iterable<string>): boolean {
    if (this.#separations.size === 0) return false;
    for (const key of keys) {
      for (const other of this.#separations.get(key) ?? []) if (this.#holds(other)) return true;
    }
    return false;
  }

  #holds(key: string): boolean {
    return (
      this.#profiles.some(({ identifiers }) => identifiers.has(key)) ||
      this.#added.some((identifier) => keyOf(identifier) === key)
    );
  }
}

/** True when a profile holds more than its row tells: moving it would mean rewriting what is not at hand. */
function isLarge(profile: Profile): boolean {
  return profile.moreIdentifiers > 0 || profile.moreMerged > 0;
}

/** How many identifiers of a kind count towards its limit. */
function countHeld({ identifiers }: Profile, { kind, limit }: CompiledKind, at: number): number {
  const since = limit === undefined ? Number.NEGATIVE_INFINITY : at - limit.withinMs;
  let count = 0;
  for (const held of identifiers.values()) {
    if (held.kind === kind && held.lastSeenAt >= since) count += 1;
  }
  return count;
}

/** The rank of a profile's strongest identifier; Infinity when it has none. */
export function topRank({ identifiers }: Profile, rules: CompiledRules): number {
  let top = Number.POSITIVE_INFINITY;
  for (const { kind } of identifiers.values()) {
    const rank = rules.kindOf(kind)?.rank ?? Number.POSITIVE_INFINITY;
    if (rank < top) top = rank;
  }
  return top;
}

/** True when the profile's row tells that it holds the identifier. */
export function holds({ identifiers }: Profile, { kind, value, key }: Identifier): boolean {
  return identifiers.has(key ?? identifierKey(kind, value));
}
