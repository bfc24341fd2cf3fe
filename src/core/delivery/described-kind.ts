/** Kinds of destinations as plain data, and what comes of trying one: what connectors' thread and everybody else say to each other. */
import type { JsonObject } from '../json.js';
import type { Fields } from '../mapping/field.js';
import type { Channel } from './channel.js';
import type { SnapshotRows } from './snapshot-plan.js';

/** A kind of destination as plain data: what `DestinationKind` is, without what it does. */
export interface DescribedKind {
  readonly kind: string;
  readonly title: string;
  readonly description: string;
  readonly docsUrl?: string;
  readonly categories: readonly string[];
  readonly channel: Channel;
  readonly settings: Fields;
  readonly actions: Readonly<Record<string, DescribedAction>>;
  readonly presets: readonly Preset[];
  readonly canTest: boolean;
  /** Where it keeps lists of people. */
  readonly audience?: { readonly fields: Fields; readonly canCreate: boolean };
}

/** An action of a kind, as plain data. */
export interface DescribedAction {
  readonly title: string;
  readonly description: string;
  readonly fields: Fields;
  readonly options?: Fields;
  readonly batch?: { readonly itemsMax: number; readonly bytesMax?: number };
  readonly ordered: boolean;
  readonly needsGiven: boolean;
  readonly addressFields: readonly string[];
  readonly takesSnapshots: boolean;
}

/** A connection that comes ready: which events, which action, which mapping. */
export interface Preset {
  readonly name: string;
  readonly action: string;
  /**
   * Which events, in the segment language's text form, such as `"Order Completed"`; or an audience, kept equal to a segment; or snapshots of one; or that
   * somebody enters or leaves a segment.
   */
  readonly from:
    | { readonly events: string }
    | { readonly audience: true }
    | { readonly snapshot: SnapshotRows }
    | { readonly when: 'entered' | 'left' };
  readonly mapping: JsonObject;
}

/** One value that a field may have. */
export interface FieldChoice {
  readonly value: string;
  readonly label: string;
}

/** A destination to be tried, also one that is not stored yet. */
export interface AskedDestination {
  readonly id: string;
  /** Of one that is stored: it finds what it keeps, such as tokens that were fetched. Dry runs keep nothing. */
  readonly number?: number;
  readonly kind: string;
  /** With their secrets. */
  readonly settings: JsonObject;
}

/** One request and its response. */
export interface Exchange {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  readonly response?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  readonly tookMs: number;
}

/** What came of something that was tried: its exchanges, secrets masked, and the failure if it failed. */
export interface Tried {
  readonly exchanges: readonly Exchange[];
  readonly failure?: { readonly code: string; readonly message: string };
}

/** How a destination's queue is doing. */
export interface QueueState {
  readonly destinationId: string;
  readonly breaker: 'closed' | 'open' | 'half_open';
  /** Nothing is sent until then, milliseconds since 1970 UTC: the tool asked for it, or it is spared. */
  readonly pausedUntil?: number;
  /** Deliveries in memory, and calls that are out. */
  readonly held: number;
  readonly calls: number;
  /** Why nothing can be sent at all. */
  readonly fault?: string;
}
