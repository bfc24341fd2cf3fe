/** What is known at the door of those whom deliveries are about. */
import type { Channel } from '../../core/delivery/channel.js';

/** Somebody at the door. */
export interface PersonAtDoor {
  /** By purpose: given or refused. What is missing was never asked. */
  readonly consent: ReadonlyMap<string, { readonly value: boolean }>;
  readonly identifiers: ReadonlyArray<{ readonly kind: string; readonly value: string }>;
}

/** An address that something is to be sent to. */
export interface Address {
  readonly kind: string;
  readonly value: string;
}

/** The state store, as the door asks it. */
export interface PeopleAtDoor {
  /** By the id asked for; of one that was merged away, the one that holds it now. Those who are gone are missing. */
  people(ids: readonly string[]): Promise<ReadonlyMap<string, PersonAtDoor>>;
  /** Which addresses must not be written to in a channel, as `addressKey` prints them. */
  suppressed(channel: Channel, addresses: readonly Address[]): Promise<ReadonlySet<string>>;
}

/** An address as one text. */
export function addressKey({ kind, value }: Address): string {
  return `${kind}:${value}`;
}
