/**
 * What a kind of destination is: its settings, its actions, and how they send. One file per kind implements it; `library/` implements it for
 * all destinations of `@segment/action-destinations`.
 */
import type { Channel } from '../../core/delivery/channel.js';
import type { Exchange, FieldChoice, Preset } from '../../core/delivery/described-kind.js';
import type { Failure } from '../../core/delivery/failure.js';
import type { SnapshotPart } from '../../core/delivery/snapshot-plan.js';
import type { JsonObject, JsonValue } from '../../core/json.js';
import type { Fault } from '../../core/mapping/check-value.js';
import type { Fields } from '../../core/mapping/field.js';
import type { ColumnType } from '../../core/rows/column-types.js';

export { CHANNELS, type Channel } from '../../core/delivery/channel.js';
export type { Failure, Feedback } from '../../core/delivery/failure.js';

export type { Exchange, FieldChoice, Preset };

/** A sort of tool. */
export interface DestinationKind {
  /** Stable: `webhook`, `email`, of the library `library/<slug>`. */
  readonly kind: string;
  readonly title: string;
  readonly description: string;
  readonly docsUrl?: string;
  readonly categories: readonly string[];
  /** Which suppression list it obeys beside the global one. */
  readonly channel: Channel;
  readonly settings: Fields;
  /** By their stable names. */
  readonly actions: Readonly<Record<string, DestinationAction>>;
  /** Connections that people mostly want. */
  readonly presets: readonly Preset[];
  /** Tries the settings against the tool, changing nothing there. Rejects with a sentence that says what is wrong. */
  test?(context: SendContext): Promise<void>;
  /**
   * What is wrong with settings that fit their fields each, such as a key that cannot be read, or one of several that go together and is missing. Asked
   * when they are saved: it neither waits nor speaks to the tool. No value stands in what it says, for it may be a secret.
   */
  faultsOf?(settings: JsonObject): readonly Fault[];
  readonly audience?: AudienceSupport;
}

/** One thing that a destination can do. */
export interface DestinationAction {
  readonly title: string;
  readonly description: string;
  /** What it is told; a field's default is the mapping that fills it. */
  readonly fields: Fields;
  /** What a connection may say once for all that it sends, in its `options`: a template need not be copied into each delivery. */
  readonly options?: Fields;
  /** How many one call may send together; left out: one. */
  readonly batch?: { readonly itemsMax: number; readonly bytesMax?: number };
  /** One after the other for each person, in the order in which they were decided. */
  readonly ordered: boolean;
  /** It needs the event beside the mapped fields. */
  readonly needsGiven?: boolean;
  /** The fields that hold the address it writes to, such as `to`: looked up in suppression lists. */
  readonly addressFields?: readonly string[];
  /** It writes snapshots of segments: it tells their rows from others, and carries out the marker that one is whole. */
  readonly takesSnapshots?: boolean;
  /**
   * Sends items, of one connection's version each time: all of one call, or one by one.
   * @returns one result per item, in their order. A rejection is a failure of all: `SendFailure` says whether to try again; anything else is tried again.
   */
  send(items: readonly SendItem[], context: SendContext): Promise<readonly SendResult[]>;
  /**
   * What the tool knows for a field, such as its lists, for forms; none for fields that it has no choices for.
   * @param payload what is known of the others.
   */
  choices?(field: string, payload: JsonObject, context: SendContext): Promise<readonly FieldChoice[]>;
}

/** One delivery, as an action sees it. */
export interface SendItem {
  /** Stable over all attempts: what a tool can recognise a repeat by. */
  readonly key: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly profileId: string;
  readonly payload: JsonObject;
  /** When the action has `needsGiven`. */
  readonly given?: JsonObject;
  /** Milliseconds since 1970 UTC. */
  readonly decidedAt: number;
  /** Of which snapshot of a segment it is, and what of it. The marker's payload is `{manifest}`. */
  readonly snapshot?: { readonly id: string; readonly part: SnapshotPart };
}

/** What became of an item. */
export type SendResult =
  | { readonly status: 'delivered' }
  /** There was nothing to do for it. */
  | { readonly status: 'skipped'; readonly message: string }
  | ({ readonly status: 'failed' } & Failure);

/** What actions throw when a whole call failed. */
export class SendFailure extends Error {
  override readonly name = 'SendFailure';
  readonly failure: Failure;

  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(failure.message, options);
    this.failure = failure;
  }
}

/** What a destination is given to work with: its one door to the world. */
export interface SendContext {
  /** The destination's id. */
  readonly destinationId: string;
  /** Settings with their secrets. Lives as long as the settings do: a key for what a destination keeps open, such as a pool. */
  readonly settings: JsonObject;
  /** What the connection says beside the mapping, such as of an audience. */
  readonly options: JsonObject;
  /** HTTP with time limits and address rules; what goes through it is kept with the attempt, secrets masked. */
  readonly fetch: typeof globalThis.fetch;
  /**
   * An address of a host that may be spoken to, for tools without HTTP: connect to it, with the host as the server's name.
   * @throws SendFailure `address_refused`
   */
  resolve(host: string): Promise<string>;
  /** What a connector without HTTP says of its request and response, to be kept with the attempt. */
  record(exchange: Exchange): void;
  /** A public, signed link by which the person at an address ends what this destination sends there. The same for every attempt. */
  unsubscribeLink?(item: SendItem, address: string): string;
  /** HMAC-SHA-256 by a key of this instance for one use: what comes back to it from outside can be told from a forgery. */
  mac?(use: string, text: string): Uint8Array;
  /** Where files go that people fetch from this machine, and what writes Parquet. */
  readonly files?: Files;
  /** Small values that a destination wants to find again, such as ids in the tool; per destination. */
  readonly state: SmallState;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Nothing may leave: `fetch` records and answers 200 with an empty object; other tools only record. */
  readonly dryRun: boolean;
}

/** What destinations that write files are given. */
export interface Files {
  /** The folder below which they may be. */
  readonly root: string;
  /** The bytes of a Parquet file of rows; values must be of their columns' types. */
  parquet(rows: readonly JsonObject[], columns: ReadonlyMap<string, ColumnType>): Promise<Uint8Array>;
}

/** Values that outlive the process. */
export interface SmallState {
  get(key: string): Promise<JsonValue | undefined>;
  /** @param ttlMs after which it is forgotten. */
  set(key: string, value: JsonValue, ttlMs?: number): Promise<void>;
}

/** How a destination keeps lists of people. */
export interface AudienceSupport {
  readonly fields: Fields;
  /** Makes the list in the tool; resolves with its id there. Asked again with the same name, it gives the same list where the tool can. */
  create?(
    audience: { readonly key: string; readonly name: string },
    context: SendContext,
  ): Promise<{ readonly externalId: string }>;
}

/** Sends one after the other: for tools that take one at a time. */
export async function eachAlone(
  items: readonly SendItem[],
  send: (item: SendItem) => Promise<SendResult>,
): Promise<SendResult[]> {
  const results: SendResult[] = [];
  for (const item of items) {
    try {
      results.push(await send(item));
    } catch (error) {
      if (!(error instanceof SendFailure)) throw error;
      results.push({ status: 'failed', ...error.failure });
    }
  }
  return results;
}
