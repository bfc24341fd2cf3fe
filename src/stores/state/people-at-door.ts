/** What is known at the door of those whom deliveries are about. */
import type { Channel } from '../../core/delivery/channel.js';
import type { Identifier } from '../../core/identity/identifier.js';

/** Somebody at the door. */
export interface PersonAtDoor {
  /** By purpose: given or refused. What is missing was never asked. */
  readonly consent: ReadonlyMap<string, { readonly value: boolean }>;
  readonly identifiers: readonly Identifier[];
}

/** The state store, as the door asks it. */
export interface PeopleAtDoor {
  /** By the id asked for; of one that was merged away, the one that holds it now. Those who are gone are missing. */
  people(ids: readonly string[]): Promise<ReadonlyMap<string, PersonAtDoor>>;
  /** Who of these must not be sent to by a channel now, by `keyOf`. Addresses are normalised. */
  suppressed(channel: Channel, identifiers: readonly Identifier[]): Promise<ReadonlySet<string>>;
}
