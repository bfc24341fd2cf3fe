import type { Event } from '../../src/core/event/event.js';
import type { Identifier } from '../../src/core/identity/identifier.js';
import { identifierKey, keyOf } from '../../src/core/identity/identifier.js';
import type { IdentityGraph, Resolution } from '../../src/core/identity/resolve.js';
import { resolve } from '../../src/core/identity/resolve.js';
import type { Profile } from '../../src/core/profile/profile.js';
import { createProfile, seeIdentifier } from '../../src/core/profile/profile.js';
import { RULES, userIdsOf } from './default-rules.js';

/** A decision, with its links by their verdict. */
export interface Taken extends Resolution {
  readonly linked: readonly Identifier[];
  readonly refused: readonly Identifier[];
}

/** The plainest graph of identity that carries out what `resolve` decides, and complains when that cannot be done. */
export class ModelGraph implements IdentityGraph {
  readonly owners = new Map<string, string>();
  readonly #profiles = new Map<string, Profile>();
  /** Ids of profiles that others took in. */
  readonly gone = new Set<string>();

  /** Profiles that live, by id: the keys of their identifiers. */
  get profiles(): Map<string, Set<string>> {
    return new Map(Array.from(this.#profiles, ([id, { identifiers }]) => [id, new Set(identifiers.keys())]));
  }

  holderOf({ kind, value }: Identifier): string | undefined {
    return this.owners.get(identifierKey(kind, value));
  }

  markOf(): undefined {
    return undefined;
  }

  homeOf(id: string): string {
    return id;
  }

  profile(id: string): Profile {
    const profile = this.#profiles.get(id);
    if (!profile) throw new Error(`There is no profile ${id}`);
    return profile;
  }

  userIdsOf(profileId: string): readonly string[] {
    return userIdsOf(this.profile(profileId));
  }

  /** Resolves an event and carries the decision out. */
  take(event: Event): Taken {
    const said = { given: RULES.identify(event).identifiers, named: RULES.named(event) };
    const resolution = resolve(event, said, this, { rules: RULES, separations: new Map() }, idFor);
    const { profileId, created, merged, links } = resolution;
    if (created && (this.#profiles.has(profileId) || this.gone.has(profileId)))
      throw new Error(`${profileId} was created twice`);
    if (created) this.#profiles.set(profileId, createProfile(profileId));
    for (const other of merged) {
      if (other === profileId) throw new Error(`${other} would be merged into itself`);
      for (const held of this.profile(other).identifiers.values())
        this.#give(held, profileId, held.lastSeenAt);
      this.#profiles.delete(other);
      this.gone.add(other);
    }
    const linked = links.filter(({ verdict }) => verdict === 'linked' || verdict === 'moved');
    for (const { identifier } of linked) this.#give(identifier, profileId, event.timestamp);
    for (const one of resolution.identifiers) this.#see(one, profileId, event.timestamp);
    return {
      ...resolution,
      linked: linked.map(plain),
      refused: links.filter(({ verdict }) => verdict === 'refused').map(plain),
    };
  }

  #give(identifier: Identifier, profileId: string, at: number): void {
    const key = keyOf(identifier);
    const holder = this.owners.get(key);
    if (holder !== undefined) this.#profiles.get(holder)?.identifiers.delete(key);
    this.owners.set(key, profileId);
    this.#see(identifier, profileId, at);
  }

  #see(identifier: Identifier, profileId: string, at: number): void {
    const { kind, value } = identifier;
    seeIdentifier(this.profile(profileId), identifierKey(kind, value), identifier, at, at);
  }
}

function plain({ identifier: { kind, value } }: { readonly identifier: Identifier }): Identifier {
  return { kind, value };
}

/** Readable ids: the identifier that a profile was created for. */
function idFor({ kind, value }: Identifier): string {
  return `${kind}:${value}`;
}
