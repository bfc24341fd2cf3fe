import type { Event } from '../../src/core/event/event.js';
import type { Identifier } from '../../src/core/identity/identifier.js';
import { identifierKey } from '../../src/core/identity/identifier.js';
import type { IdentityGraph, Resolution } from '../../src/core/identity/resolve.js';
import { resolve } from '../../src/core/identity/resolve.js';

/** The plainest graph of identity that carries out what `resolve` decides, and complains when that cannot be done. */
export class ModelGraph implements IdentityGraph {
  readonly owners = new Map<string, string>();
  /** Profiles that live, by id: the keys of their identifiers. */
  readonly profiles = new Map<string, Set<string>>();
  /** Ids of profiles that others took in. */
  readonly gone = new Set<string>();

  profileOf({ kind, value }: Identifier): string | undefined {
    return this.owners.get(identifierKey(kind, value));
  }

  userIdsOf(profileId: string): readonly string[] {
    const keys = [...(this.profiles.get(profileId) ?? [])];
    return keys.filter((key) => key.startsWith('user_id\n')).map((key) => key.slice('user_id\n'.length));
  }

  /** Resolves an event and carries the decision out. */
  take(event: Event): Resolution {
    const resolution = resolve(event, this, idFor);
    const { profileId, created, merged, linked } = resolution;
    if (created && (this.profiles.has(profileId) || this.gone.has(profileId)))
      throw new Error(`${profileId} was created twice`);
    if (created) this.profiles.set(profileId, new Set());
    for (const other of merged) {
      if (other === profileId) throw new Error(`${other} would be merged into itself`);
      for (const key of this.keysOf(other)) this.#give(key, profileId);
      this.profiles.delete(other);
      this.gone.add(other);
    }
    for (const { kind, value } of linked) this.#give(identifierKey(kind, value), profileId);
    return resolution;
  }

  /** Keys of the identifiers of a profile that lives. */
  keysOf(profileId: string): ReadonlySet<string> {
    const keys = this.profiles.get(profileId);
    if (!keys) throw new Error(`There is no profile ${profileId}`);
    return keys;
  }

  #give(key: string, profileId: string): void {
    const holder = this.owners.get(key);
    if (holder !== undefined) this.profiles.get(holder)?.delete(key);
    this.owners.set(key, profileId);
    const keys = this.profiles.get(profileId);
    if (!keys) throw new Error(`${key} was given to ${profileId}, which does not exist`);
    keys.add(key);
  }
}

/** Readable ids: the identifier that a profile was created for. */
function idFor({ kind, value }: Identifier): string {
  return `${kind}:${value}`;
}
