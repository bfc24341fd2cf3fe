/**
 * Deliveries of one destination in memory: those that may go now, by the version of their connection; and, where a person's go one after the other,
 * those behind the one that is on its way.
 */
import type { AtDoor } from './door.js';

/** A delivery in memory. */
export interface Held extends AtDoor {
  /** One of a chain: see the head of the file. */
  readonly isOrdered: boolean;
  /** When it came into memory, milliseconds. */
  readonly takenAt: number;
  isSent: boolean;
}

/** See the head of the file. */
export class WaitingRoom {
  /** All in memory, by their places. */
  readonly #held = new Map<number, Held>();
  /** Those that may go. Invariant: no lane is empty, and none of them is sent. */
  readonly #lanes = new Map<number, Held[]>();
  /** By person the ordered ones, in their order. Invariant: the first is in its lane or sent, the others are neither. */
  readonly #chains = new Map<string, Held[]>();
  #bytes = 0;

  /** Places of all in memory. */
  get seqs(): number[] {
    return [...this.#held.keys()];
  }

  get size(): number {
    return this.#held.size;
  }

  /** Of payloads, as text. */
  get bytes(): number {
    return this.#bytes;
  }

  has(seq: number): boolean {
    return this.#held.has(seq);
  }

  add(one: Held): void {
    const { seq, bytes, profileId } = one.delivery;
    this.#held.set(seq, one);
    this.#bytes += bytes;
    if (!one.isOrdered) this.#enter(one);
    else {
      const chain = this.#chains.get(profileId);
      if (chain === undefined) {
        this.#chains.set(profileId, [one]);
        this.#enter(one);
      } else chain.push(one);
    }
  }

  /** Lanes with what may go, the first being that which waited longest since it had a turn. */
  get lanes(): IterableIterator<readonly [connection: number, waiting: readonly Held[]]> {
    return this.#lanes.entries();
  }

  /** Takes the first of a lane away, to be sent; the lane goes to the end of the row. */
  send(connection: number, count: number): Held[] {
    const lane = this.#lanes.get(connection) ?? [];
    const sent = lane.splice(0, count);
    this.#lanes.delete(connection);
    if (lane.length > 0) this.#lanes.set(connection, lane);
    for (const one of sent) one.isSent = true;
    return sent;
  }

  /** One that was sent is done with, for good: the next of its person may go. It stays in memory until `settled`. */
  done(one: Held): void {
    if (!one.isOrdered) return;
    const chain = this.#chains.get(one.delivery.profileId);
    if (chain?.[0] !== one) return;
    chain.shift();
    const [next] = chain;
    if (next === undefined) this.#chains.delete(one.delivery.profileId);
    else this.#enter(next);
  }

  /** It is in the books. Where it will be tried again, those behind it leave memory: they wait where it does. True when there were any. */
  settled(one: Held, willBeTriedAgain: boolean): boolean {
    this.#leave(one);
    const { profileId } = one.delivery;
    const chain = this.#chains.get(profileId);
    if (!willBeTriedAgain || !one.isOrdered || chain?.[0] !== one) return false;
    for (const behind of chain.slice(1)) this.#leave(behind);
    this.#chains.delete(profileId);
    return chain.length > 1;
  }

  /** Lets go of all that is not sent. */
  release(): void {
    this.#lanes.clear();
    for (const one of [...this.#held.values()]) if (!one.isSent) this.#leave(one);
    for (const [profileId, chain] of this.#chains) {
      const sent = chain.filter(({ isSent }) => isSent);
      if (sent.length === 0) this.#chains.delete(profileId);
      else this.#chains.set(profileId, sent);
    }
  }

  #enter(one: Held): void {
    const { connection } = one.delivery;
    const lane = this.#lanes.get(connection);
    if (lane === undefined) this.#lanes.set(connection, [one]);
    else lane.push(one);
  }

  #leave(one: Held): void {
    if (this.#held.delete(one.delivery.seq)) this.#bytes -= one.delivery.bytes;
  }
}
