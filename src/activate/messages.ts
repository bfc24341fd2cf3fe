/** What the server's main thread and the activate worker say to each other. */
import type { Channel } from '../core/delivery/channel.js';
import type { ErrorCode } from '../core/errors.js';
import type { JsonObject } from '../core/json.js';
import type { Fields } from '../core/mapping/field.js';
import type { TelemetryEvent } from '../telemetry/telemetry.js';
import type { Exchange, FieldChoice, Preset, SendItem, SendResult } from './destinations/destination.js';

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
}

/** A destination to be tried, also one that is not stored yet. */
export interface AskedDestination {
  readonly id: string;
  readonly kind: string;
  /** With their secrets. */
  readonly settings: JsonObject;
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

/** What the main thread can ask, by name: the question and its answer. */
export interface Asks {
  /** Undefined: there is no such kind. */
  readonly describe: { readonly ask: { readonly kind: string }; readonly answer: DescribedKind | undefined };
  readonly test: { readonly ask: { readonly destination: AskedDestination }; readonly answer: Tried };
  /** What would be sent; nothing leaves. */
  readonly dryRun: {
    readonly ask: {
      readonly destination: AskedDestination;
      readonly action: string;
      readonly options: JsonObject;
      readonly items: readonly SendItem[];
    };
    readonly answer: Tried & { readonly results: readonly SendResult[] };
  };
  /** What the tool knows for a field, such as its lists. */
  readonly choices: {
    readonly ask: {
      readonly destination: AskedDestination;
      readonly action: string;
      readonly field: string;
      /** What is known of the other fields. */
      readonly payload: JsonObject;
    };
    readonly answer: Tried & { readonly choices?: readonly FieldChoice[] };
  };
  /** Makes a list of people in the tool. */
  readonly createAudience: {
    readonly ask: {
      readonly destination: AskedDestination;
      readonly options: JsonObject;
      readonly audience: { readonly key: string; readonly name: string };
    };
    readonly answer: Tried & { readonly externalId?: string };
  };
  /** The kinds of the folder of people's own, and why a file is none. */
  readonly ownKinds: {
    readonly ask: Record<never, never>;
    readonly answer: readonly (DescribedKind | { readonly kind: string; readonly error: string })[];
  };
  readonly queues: { readonly ask: Record<never, never>; readonly answer: readonly QueueState[] };
}
export type AskName = keyof Asks;

export type ToActivate =
  /** Deliveries may wait, or destinations changed. */
  | { readonly type: 'changed' }
  | { readonly type: 'ask'; readonly id: number; readonly name: AskName; readonly ask: unknown }
  | { readonly type: 'stop' };

export type FromActivate =
  | { readonly type: 'ready' }
  | { readonly type: 'told'; readonly event: TelemetryEvent }
  | { readonly type: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly type: 'refusal'; readonly id: number; readonly code: ErrorCode; readonly message: string }
  | { readonly type: 'stopped' };
