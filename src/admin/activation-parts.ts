/** What the routes of destinations and connections lean on. Connectors' code runs in a thread of its own: here are its answers, as plain data. */
import type { Channel } from '../core/delivery/channel.js';
import type {
  AskedDestination,
  DescribedKind,
  FieldChoice,
  QueueState,
  Tried,
} from '../core/delivery/described-kind.js';
import type { SnapshotPart } from '../core/delivery/snapshot-plan.js';
import type { JsonObject } from '../core/json.js';
import type { Fault } from '../core/mapping/check-value.js';
import type { DeliveryQueries } from '../stores/events/delivery-queries.js';
import type { Audiences } from '../stores/state/audiences.js';
import type { Connections } from '../stores/state/connections.js';
import type { Destinations } from '../stores/state/destinations.js';
import type { Snapshots } from '../stores/state/snapshots.js';

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

/** The connectors. */
export interface Kinds {
  list(): Promise<readonly ListedKind[]>;
  /** Undefined: there is no such kind. */
  describe(kind: string): Promise<DescribedKind | undefined>;
  /** What is wrong with settings that fit their fields each: what only the kind's own code can tell. */
  faultsOf(kind: string, settings: JsonObject): Promise<readonly Fault[]>;
  test(destination: AskedDestination): Promise<Tried>;
  /** What the tool knows for a field, such as its lists. */
  choices(
    destination: AskedDestination,
    of: { readonly action: string; readonly field: string; readonly payload: JsonObject },
  ): Promise<Tried & { readonly choices?: readonly FieldChoice[] }>;
  /** What would be sent of one payload; nothing leaves. */
  dryRun(
    destination: AskedDestination,
    how: { readonly action: string; readonly options: JsonObject },
    item: {
      readonly key: string;
      readonly profileId: string;
      readonly payload: JsonObject;
      readonly given: JsonObject;
      /** Of which snapshot it would be, and what of it. */
      readonly snapshot?: { readonly id: string; readonly part: SnapshotPart };
    },
  ): Promise<Tried & { readonly results: readonly object[] }>;
  /** Makes a list of people in the tool. */
  createAudience(
    destination: AskedDestination,
    options: JsonObject,
    audience: { readonly key: string; readonly name: string },
  ): Promise<Tried & { readonly externalId?: string }>;
}

/** See the head of the file. */
export interface ActivationParts {
  readonly destinations: Destinations;
  readonly connections: Connections;
  readonly audiences: Audiences;
  readonly snapshots: Snapshots;
  readonly kinds: Kinds;
  readonly deliveries: DeliveryQueries;
  /** How the queues are doing; none while nothing runs. */
  queues(): Promise<readonly QueueState[]>;
  /** Destinations, connections or what waits for them changed. */
  readonly changed: () => void;
}
