/** What the routes of destinations and connections lean on. Connectors' code runs in a thread of its own: here are its answers, as plain data. */
import type { Channel } from '../core/delivery/channel.js';
import type { JsonObject } from '../core/json.js';
import type { Fields } from '../core/mapping/field.js';
import type { DeliveryQueries } from '../stores/events/delivery-queries.js';
import type { Audiences } from '../stores/state/audiences.js';
import type { Connections } from '../stores/state/connections.js';
import type { Destinations } from '../stores/state/destinations.js';

/** A kind of destination, in a list. */
export interface ListedKind {
  readonly kind: string;
  readonly title: string;
  readonly description: string;
  readonly categories: readonly string[];
  readonly channel: Channel;
  readonly actions: number;
  readonly hasAudience: boolean;
  /** Why it cannot be used: its file is faulty. */
  readonly error?: string;
}

/** An action of a kind. */
export interface ActionAtHand {
  readonly title: string;
  readonly description: string;
  readonly fields: Fields;
  readonly options?: Fields;
  readonly batch?: { readonly itemsMax: number; readonly bytesMax?: number };
  readonly ordered: boolean;
  readonly needsGiven: boolean;
}

/** A kind of destination, with all that a form needs. */
export interface KindAtHand {
  readonly kind: string;
  readonly title: string;
  readonly description: string;
  readonly docsUrl?: string;
  readonly categories: readonly string[];
  readonly channel: Channel;
  readonly settings: Fields;
  readonly actions: Readonly<Record<string, ActionAtHand>>;
  readonly presets: ReadonlyArray<{
    readonly name: string;
    readonly action: string;
    readonly from:
      | { readonly events: string }
      | { readonly audience: true }
      | { readonly when: 'entered' | 'left' };
    readonly mapping: JsonObject;
  }>;
  readonly canTest: boolean;
  readonly audience?: { readonly fields: Fields; readonly canCreate: boolean };
}

/** A destination with its secrets, to be tried. */
export interface TriedDestination {
  readonly id: string;
  readonly kind: string;
  readonly settings: JsonObject;
}

/** What came of trying: the exchanges, secrets masked, and the failure if it failed. */
export interface Tried {
  readonly exchanges: readonly object[];
  readonly failure?: { readonly code: string; readonly message: string };
}

/** How a destination's queue is doing. */
export interface QueueAtHand {
  readonly destinationId: string;
  readonly breaker: 'closed' | 'open' | 'half_open';
  /** Nothing is sent until then, milliseconds since 1970 UTC. */
  readonly pausedUntil?: number;
  readonly held: number;
  readonly calls: number;
  readonly fault?: string;
}

/** The connectors. */
export interface Kinds {
  list(): Promise<readonly ListedKind[]>;
  /** Undefined: there is no such kind. */
  describe(kind: string): Promise<KindAtHand | undefined>;
  test(destination: TriedDestination): Promise<Tried>;
  /** What the tool knows for a field, such as its lists. */
  choices(
    destination: TriedDestination,
    of: { readonly action: string; readonly field: string; readonly payload: JsonObject },
  ): Promise<
    Tried & { readonly choices?: ReadonlyArray<{ readonly value: string; readonly label: string }> }
  >;
  /** What would be sent of one payload; nothing leaves. */
  dryRun(
    destination: TriedDestination,
    how: { readonly action: string; readonly options: JsonObject },
    item: {
      readonly key: string;
      readonly profileId: string;
      readonly payload: JsonObject;
      readonly given: JsonObject;
    },
  ): Promise<Tried & { readonly results: readonly object[] }>;
  /** Makes a list of people in the tool. */
  createAudience(
    destination: TriedDestination,
    options: JsonObject,
    audience: { readonly key: string; readonly name: string },
  ): Promise<Tried & { readonly externalId?: string }>;
}

/** See the head of the file. */
export interface ActivationParts {
  readonly destinations: Destinations;
  readonly connections: Connections;
  readonly audiences: Audiences;
  readonly kinds: Kinds;
  readonly deliveries: DeliveryQueries;
  /** How the queues are doing; none while nothing runs. */
  queues(): Promise<readonly QueueAtHand[]>;
  /** Destinations, connections or what waits for them changed. */
  readonly changed: () => void;
}
