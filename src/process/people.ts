import { createHash } from 'node:crypto';
import type { Event } from '../core/event/event.js';
import type { Identifier } from '../core/identity/identifier.js';
import { identifierKey, identifiersOf, keyOf } from '../core/identity/identifier.js';
import type { IdentityGraph, Resolution } from '../core/identity/resolve.js';
import { resolve } from '../core/identity/resolve.js';
import { decodeProfile, encodeProfile } from '../core/profile/codec.js';
import { fold } from '../core/profile/fold.js';
import { mergeInto } from '../core/profile/merge.js';
import type { Profile } from '../core/profile/profile.js';
import { createProfile, userIdsOf } from '../core/profile/profile.js';
import type { BatchCommit, IdentityEdge, PipelineState } from '../stores/state/pipeline-state.js';
import { RecentMap } from './recent-map.js';

const OWNERS_CACHED_MAX = 400_000;
const PROFILES_CACHED_MAX = 40_000;

type Changes = Pick<BatchCommit, 'profiles' | 'merged' | 'links' | 'edges'>;

/**
 * The identity graph and the profiles, as far as the events at hand need them: read in bulk, changed in memory, and given
 * out as what a batch's commit has to write. The one consumer of the log owns all of it, so what is cached here is true;
 * after a failed commit it is not, and a new instance must take over.
 */
export class People implements IdentityGraph {
  readonly #state: PipelineState;
  readonly #owners = new RecentMap<string, string>(OWNERS_CACHED_MAX);
  readonly #profiles = new RecentMap<string, Profile>(PROFILES_CACHED_MAX);
  #changed = new Map<string, Profile>();
  #merged = new Map<string, string>();
  #links = new Map<string, Identifier & { profileId: string }>();
  #edges: IdentityEdge[] = [];
  /** The identifiers of the loaded events, each with its key. */
  #given = new Map<Event, Identifier[]>();

  constructor(state: PipelineState) {
    this.#state = state;
  }

  /** Reads what resolving and folding these events can ask for. */
  async load(events: readonly Event[]): Promise<void> {
    this.#owners.age();
    this.#profiles.age();
    this.#given.clear();
    const asked = new Map<string, Identifier>();
    const needed = new Set<string>();
    for (const event of events) {
      const given = identifiersOf(event).map(withKey);
      this.#given.set(event, given);
      for (const identifier of event.type === 'alias' ? [...given, ...formerOf(event)] : given) {
        const key = keyOf(identifier);
        const owner = this.#owners.get(key);
        if (owner === undefined) asked.set(key, identifier);
        else if (this.#profiles.get(owner) === undefined) needed.add(owner);
      }
    }
    for (const [key, profileId] of await this.#state.ownersOf([...asked.values()])) {
      this.#owners.set(key, profileId);
      if (this.#profiles.get(profileId) === undefined) needed.add(profileId);
    }
    for (const [id, state] of await this.#state.profiles([...needed])) {
      this.#profiles.set(id, decodeProfile(id, state));
    }
  }

  profileOf(identifier: Identifier): string | undefined {
    return this.#owners.get(keyOf(identifier));
  }

  userIdsOf(profileId: string): readonly string[] {
    return userIdsOf(this.#profile(profileId));
  }

  /** Resolves an event and folds it into its person's profile, whose id is returned. */
  place(event: Event): string {
    const resolution = resolve(event, this, profileIdFor, this.#given.get(event));
    if (resolution.created) this.#profiles.set(resolution.profileId, createProfile(resolution.profileId));
    const profile = this.#profile(resolution.profileId);
    for (const otherId of resolution.merged) this.#merge(profile, otherId);
    for (const identifier of resolution.linked) this.#link(profile, identifier);
    this.#record(event, resolution);
    fold(profile, event, resolution.identifiers);
    this.#changed.set(profile.id, profile);
    return profile.id;
  }

  /** What changed since the last call, ready to be written. */
  takeChanges(): Changes {
    const changes: Changes = {
      profiles: Array.from(this.#changed.values(), (profile) => ({
        id: profile.id,
        state: encodeProfile(profile),
      })),
      merged: Array.from(this.#merged, ([fromId, intoId]) => ({ fromId, intoId })),
      links: [...this.#links.values()],
      edges: this.#edges,
    };
    this.#changed = new Map();
    this.#merged = new Map();
    this.#links = new Map();
    this.#edges = [];
    return changes;
  }

  #profile(id: string): Profile {
    const profile = this.#profiles.get(id);
    // `load` read the profile of every identifier of the batch, and a batch never ages the cache.
    if (profile === undefined) throw new Error(`Profile ${id} was not loaded`);
    return profile;
  }

  #merge(profile: Profile, otherId: string): void {
    const other = this.#profile(otherId);
    for (const [key, { kind, value }] of other.identifiers) {
      this.#owners.set(key, profile.id);
      this.#links.set(key, { kind, value, profileId: profile.id });
    }
    mergeInto(profile, other);
    for (const id of [otherId, ...other.merged]) this.#merged.set(id, profile.id);
    this.#changed.delete(otherId);
    this.#profiles.delete(otherId);
  }

  /** Gives an identifier to a profile; one that another profile held moves. */
  #link(profile: Profile, identifier: Identifier): void {
    const { kind, value } = identifier;
    const key = keyOf(identifier);
    const holder = this.#owners.get(key);
    if (holder !== undefined && holder !== profile.id) {
      const former = this.#profile(holder);
      former.identifiers.delete(key);
      this.#changed.set(former.id, former);
    }
    this.#owners.set(key, profile.id);
    this.#links.set(key, { kind, value, profileId: profile.id });
  }

  #record(event: Event, { profileId, linked, merged, refused }: Resolution): void {
    if (linked.length + merged.length + refused.length === 0) return;
    const { offset, sourceId, messageId, timestamp: at } = event;
    const edge = { profileId, identifier: null, otherProfileId: null, offset, sourceId, messageId, at };
    for (const identifier of linked) this.#edges.push({ ...edge, verdict: 'linked', identifier });
    for (const otherProfileId of merged) this.#edges.push({ ...edge, verdict: 'merged', otherProfileId });
    for (const identifier of refused) {
      const otherProfileId = this.profileOf(identifier) ?? null;
      this.#edges.push({ ...edge, verdict: 'refused', identifier, otherProfileId });
    }
  }
}

function withKey({ kind, value }: Identifier): Identifier {
  return { kind, value, key: identifierKey(kind, value) };
}

/** What an alias' former name may be. */
function formerOf({ previousId: value }: Event): Identifier[] {
  return [
    { kind: 'user_id', value },
    { kind: 'anonymous_id', value },
  ];
}

/**
 * A profile's id follows from the identifier that it was created for, so that a replay gives the same ids:
 * a UUID of version 8 (RFC 9562) over SHA-256.
 */
export function profileIdFor({ kind, value }: Identifier): string {
  const hash = createHash('sha256').update(identifierKey(kind, value)).digest();
  hash[6] = ((hash[6] as number) & 0x0f) | 0x80;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
