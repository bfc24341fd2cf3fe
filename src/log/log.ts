/**
 * The durable log between collect and process: what is acknowledged is here, in order, until it has been processed and
 * its retention has passed. `memory-log.ts` and `postgres-log.ts` implement it; `log.contract.ts` is what they must pass.
 */
import type { Call } from '../core/event/wire.js';

/** One request as it came, with what its body does not say. The unit that is appended as a whole or not at all. */
export interface LogRecord {
  readonly sourceId: string;
  readonly receivedAt: number;
  readonly receipt: string;
  readonly call: Call;
  /** Address and user agent of the client, and whether it is the person's own device. */
  readonly ip: string;
  readonly userAgent: string;
  readonly direct: boolean;
  /** Events in the body: at least 1. Each takes one offset. */
  readonly count: number;
  /** The body, decompressed: JSON text. */
  readonly body: string;
  /** The body in UTF-8, from whoever has it at hand: then the log need not print it anew. */
  readonly utf8?: Uint8Array;
}

/** Records that were committed together. Their events have the offsets `offset` to `offset + count - 1`. */
export interface Chunk {
  readonly offset: number;
  readonly count: number;
  readonly records: readonly LogRecord[];
}

/** How far the log reaches: the first offset that can still be read, and the one that the next event gets. */
export interface LogExtent {
  readonly first: number;
  readonly next: number;
}

/** What `prune` may drop: whole segments, all processed, that are older than a time or too much in bytes. */
export interface Retention {
  /** Nothing at or after this offset is dropped. */
  readonly processed: number;
  /** Segments closed before this time (milliseconds since 1970 UTC) go. */
  readonly closedBefore: number;
  /** The oldest segments go until no more than these bytes are left. */
  readonly bytesMax: number;
}

/** The durable log. At most one process reads it for the pipeline; any number append. */
export interface Log {
  /**
   * Appends records, in one commit. Resolves with the offset of the first event when all of it is durable and readable.
   * Rejects when nothing can be said about it: the caller must then not acknowledge. May be called concurrently.
   */
  append(records: readonly LogRecord[]): Promise<number>;
  /**
   * Whole chunks in order, from the one that holds `from`: as many as fit `eventsMax`, but at least one when there is one.
   * An offset that was pruned away reads from the first that is left.
   */
  read(from: number, eventsMax: number): Promise<Chunk[]>;
  extent(): Promise<LogExtent>;
  /** Events ever appended, by source: the "received" side of the ledger, in the same commit as the append. */
  received(): Promise<ReadonlyMap<string, number>>;
  /** Drops what retention no longer asks for; returns the number of segments dropped. */
  prune(retention: Retention): Promise<number>;
  close(): Promise<void>;
}
