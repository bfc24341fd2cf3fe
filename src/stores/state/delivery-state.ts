/** The deliverer's own door to PostgreSQL: what waits, and what became of it. Times are milliseconds since 1970 UTC. */
import type { Channel } from '../../core/delivery/channel.js';
import type { Delivery, FilterReason } from '../../core/delivery/delivery.js';
import type { DeliveryOptions } from '../../core/delivery/delivery-options.js';
import type { JsonObject, JsonValue } from '../../core/json.js';

/** A destination, as the deliverer knows it. */
export interface DestinationFact {
  /** Stands for it in deliveries. */
  readonly number: number;
  readonly id: string;
  readonly kind: string;
  /** Secrets among them. */
  readonly settings: JsonObject;
  /** Which of them are secrets. */
  readonly secretNames: readonly string[];
  readonly purposes: readonly string[];
  readonly channel: Channel;
  readonly options: DeliveryOptions;
  readonly isEnabled: boolean;
  readonly isDeleted: boolean;
  /** Why nothing can be sent: its settings cannot be read. */
  readonly fault?: string;
}

/** A version of a connection, as the deliverer knows it. */
export interface ConnectionFact {
  /** Stands for the version in deliveries. */
  readonly number: number;
  readonly id: string;
  readonly version: number;
  readonly destination: number;
  readonly action: string;
  readonly options: JsonObject;
  /** Payloads may hold values that are known only when they are sent; see core/mapping/late.ts. */
  readonly holdsLate: boolean;
  /** Neither switched off nor deleted. */
  readonly isEnabled: boolean;
}

/** All that sending rests upon. */
export interface ActivationFacts {
  readonly destinations: readonly DestinationFact[];
  readonly connections: readonly ConnectionFact[];
}

/** What there is to do. */
export interface DeliveryWork {
  /** Changes whenever destinations or connections do. */
  readonly epoch: number;
  /** When the first delivery of each destination is due that has one: it may be one that was taken already. */
  readonly due: ReadonlyMap<number, number>;
}

/** A delivery that waits, with what has become of it so far. */
export interface WaitingDelivery extends Delivery {
  /** Its place in the order of all: that in which they were decided. */
  readonly seq: number;
  /** Attempts that are in the books. */
  readonly attempts: number;
  /** What its payload takes, as text. */
  readonly bytes: number;
  /** What late values were resolved to, in their order; null for one that there is none of. */
  readonly late?: readonly JsonValue[];
  /** When it was decided, or somebody asked for it again: its time for trying counts from there. */
  readonly since: number;
}

/** What the deliverer wants to have next of a destination. */
export interface TakeQuery {
  readonly destination: number;
  /** Those that are due by then; Infinity: all. */
  readonly now: number;
  /** Places of those that are in memory already. */
  readonly held: readonly number[];
  /** Versions of connections whose deliveries go one after the other for each person: none is given before an earlier one that is not in memory. */
  readonly ordered: readonly number[];
  readonly itemsMax: number;
  /** Payloads together; a single larger one is given alone. */
  readonly bytesMax: number;
}

/** What was taken, in the order in which it was decided, and when the next one is due that is not yet; undefined when none waits. */
export interface Taken {
  readonly deliveries: readonly WaitingDelivery[];
  readonly nextDue: number | undefined;
}

/** What became of deliveries, by their places. */
export interface Settlement {
  readonly delivered: readonly number[];
  readonly filtered: ReadonlyArray<{ readonly seq: number; readonly reason: FilterReason }>;
  /** Those that failed: to be tried again at a time, or given up at it. */
  readonly failed: ReadonlyArray<{
    readonly seq: number;
    readonly attempts: number;
    readonly isDead: boolean;
    readonly at: number;
    readonly code: string;
    readonly message: string;
  }>;
  /** Keys of those that told of segments: what tools have of audiences follows from them. */
  readonly audiences: { readonly delivered: readonly string[]; readonly filtered: readonly string[] };
}

/** The state store, as the deliverer uses it. */
export interface DeliveryState {
  /** Takes the lease of the one deliverer, waiting for it if need be. It ends with the connection, so a crash leaves none behind. */
  open(): Promise<void>;
  work(): Promise<DeliveryWork>;
  facts(): Promise<ActivationFacts>;
  take(query: TakeQuery): Promise<Taken>;
  /** Writes down what late values were resolved to, once and for all. */
  fixLate(
    values: ReadonlyArray<{ readonly seq: number; readonly late: readonly JsonValue[] }>,
  ): Promise<void>;
  /**
   * Puts into the books what became of deliveries: all of it or nothing. The same again changes nothing. Rejects when the lease is lost.
   */
  settle(settlement: Settlement): Promise<void>;
  /** Drops dead letters of a destination that were given up before a time, and counts them as dropped. Resolves with how many. */
  forgetDead(destination: number, before: number): Promise<number>;
  close(): Promise<void>;
}
