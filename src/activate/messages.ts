/** What the server's main thread and the activate worker say to each other. */
import type {
  AskedDestination,
  DescribedKind,
  FieldChoice,
  QueueState,
  Tried,
} from '../core/delivery/described-kind.js';
import type { ErrorCode } from '../core/errors.js';
import type { JsonObject } from '../core/json.js';
import type { Fault } from '../core/mapping/check-value.js';
import type { TelemetryEvent } from '../telemetry/telemetry.js';
import type { SendItem, SendResult } from './destinations/destination.js';

/** What the main thread can ask, by name: the question and its answer. */
export interface Asks {
  /** Undefined: there is no such kind. */
  readonly describe: { readonly ask: { readonly kind: string }; readonly answer: DescribedKind | undefined };
  /** What is wrong with settings that fit their fields each. */
  readonly faultsOf: {
    readonly ask: { readonly kind: string; readonly settings: JsonObject };
    readonly answer: readonly Fault[];
  };
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
