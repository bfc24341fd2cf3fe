/** The door: whether a delivery may leave at this very moment. It was asked when the delivery was decided; consent and addresses may have changed since. */
import { consentsOf, gate } from '../core/consent/gate.js';
import { askedAtDoor } from '../core/consent/suppression.js';
import { writtenAddresses } from '../core/consent/written-addresses.js';
import type { FilterReason } from '../core/delivery/delivery.js';
import type { Identifier } from '../core/identity/identifier.js';
import { keyOf } from '../core/identity/identifier.js';
import type { ConnectionFact, DestinationFact, WaitingDelivery } from '../stores/state/delivery-state.js';
import type { PeopleAtDoor, PersonAtDoor } from '../stores/state/people-at-door.js';
import type { DestinationAction } from './destinations/destination.js';

/** A delivery at the door, with what it goes through. */
export interface AtDoor {
  readonly delivery: WaitingDelivery;
  readonly connection: ConnectionFact;
  readonly action: DestinationAction;
}

/** Asks of some deliveries which may not leave, by their places; the others may. */
export async function refusedAtDoor(
  people: PeopleAtDoor,
  destination: DestinationFact,
  items: readonly AtDoor[],
): Promise<Map<number, FilterReason>> {
  const known = await people.people([...new Set(items.map(({ delivery }) => delivery.profileId))]);
  const addresses = new Map(items.map((item) => [item.delivery.seq, addressesOf(item, known)]));
  const suppressed = await people.suppressed(destination.channel, [...addresses.values()].flat());
  const refused = new Map<number, FilterReason>();
  for (const item of items) {
    const reason = reasonAgainst(item, destination, known, addresses, suppressed);
    if (reason !== undefined) refused.set(item.delivery.seq, reason);
  }
  return refused;
}

function reasonAgainst(
  { delivery, connection }: AtDoor,
  { purposes, isDeleted, isEnabled }: DestinationFact,
  known: ReadonlyMap<string, PersonAtDoor>,
  addresses: ReadonlyMap<number, readonly Identifier[]>,
  suppressed: ReadonlySet<string>,
): FilterReason | undefined {
  if (isDeleted) return 'destination_deleted';
  if (!isEnabled || !connection.isEnabled) return 'connection_disabled';
  // Taking somebody off a list carries out a withdrawal: it is never held back. A snapshot's marker is of nobody.
  if (delivery.kind === 'removed' || delivery.kind === 'closing') return undefined;
  const person = known.get(delivery.profileId);
  const answer = gate(purposes, consentsOf(person?.consent ?? new Map()));
  if (!answer.allowed) return answer.reason;
  const isSuppressed = addresses.get(delivery.seq)?.some((address) => suppressed.has(keyOf(address)));
  return isSuppressed ? 'suppressed' : undefined;
}

/** What is looked up in the suppression lists. */
function addressesOf(
  { delivery, action }: AtDoor,
  known: ReadonlyMap<string, PersonAtDoor>,
): readonly Identifier[] {
  const written = writtenAddresses(delivery.payload, action.addressFields ?? []);
  return askedAtDoor(written, known.get(delivery.profileId)?.identifiers ?? []);
}
