/** Who must not be in an audience or a snapshot, since they are on a suppression list: as the door would say. */
import { askedAtDoor, forbids, type Suppression } from '../../core/consent/suppression.js';
import { writtenAddresses } from '../../core/consent/written-addresses.js';
import type { CompiledConnection } from '../../core/delivery/connection-in-force.js';
import type { Identifier } from '../../core/identity/identifier.js';
import { identifierKey, keyOf } from '../../core/identity/identifier.js';
import type { JsonObject } from '../../core/json.js';
import type { ActivationState } from '../../stores/state/activation-state.js';
import { TOOLS } from './decisions.js';
import type { PersonAtHand } from './people-at-hand.js';

/** See the head of the file. */
export class SuppressedPeople {
  readonly #entries = new Map<string, Suppression[]>();

  constructor(entries: readonly Suppression[]) {
    for (const entry of entries) {
      const key = identifierKey(entry.kind, entry.value);
      this.#entries.set(key, [...(this.#entries.get(key) ?? []), entry]);
    }
  }

  /** Reads the lists, of some people. */
  static async among(
    people: Iterable<PersonAtHand | undefined>,
    state: Pick<ActivationState, 'suppressions'>,
  ): Promise<SuppressedPeople> {
    const asked: Identifier[] = [];
    for (const one of people) if (one !== undefined) asked.push(...one.profile.identifiers.values());
    return new SuppressedPeople(await state.suppressions(asked));
  }

  /** Whether the lists shut somebody out. @param given what is mapped for the connection; it is, where the answer hangs on an address. */
  shutsOut(connection: CompiledConnection, { profile }: PersonAtHand, given: () => JsonObject): boolean {
    if (this.#entries.size === 0) return false;
    const held = [...profile.identifiers.values()];
    if (!this.#any(connection, held)) return false;
    const { addressFields = [] } = connection.prepared;
    if (addressFields.length === 0) return true;
    const mapped = connection.map(given(), TOOLS);
    const written = 'payload' in mapped ? writtenAddresses(mapped.payload, addressFields) : [];
    return this.#any(connection, askedAtDoor(written, held));
  }

  #any({ channel }: CompiledConnection, identifiers: readonly Identifier[]): boolean {
    return identifiers.some((one) =>
      this.#entries.get(keyOf(one))?.some((entry) => forbids(entry, channel, identifiers)),
    );
  }
}
