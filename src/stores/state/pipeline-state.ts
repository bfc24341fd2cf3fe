/**
 * The pipeline's own door to PostgreSQL: what it reads before a batch, and the one transaction that a batch ends in.
 */

import type { RejectionCode } from '../../core/errors.js';
import type { Identifier } from '../../core/identity/identifier.js';
import type {
  AccountMember,
  IdentifierChange,
  IdentityEdge,
  Owner,
  ProfileMatches,
} from '../../core/identity/population.js';
import type { Refusals } from '../../core/identity/refusal-tally.js';
import type { QualityFigure } from '../../core/quality/quality-tally.js';
import type { ActivationChanges } from './activation-state.js';
import type { SegmentChanges } from './segment-state.js';
import type { RedeemedCode } from './write-redemptions.js';

/** Where the consumer stands, and the ends of the batches that a crash left in work, in order. */
export interface Position {
  readonly next: number;
  /** Commits so far: each has a number, which tells ClickHouse the newer of two words about the same thing. */
  readonly commits: number;
  readonly planned: readonly number[];
}

/** A refused event on its way to the quarantine. */
export interface RejectedEvent {
  readonly offset: number;
  readonly sourceId: string;
  readonly code: RejectionCode;
  readonly message: string;
  readonly messageId: string | null;
  readonly receipt: string;
  readonly receivedAt: number;
  /** The event as it came, as JSON text. */
  readonly event: string;
  /** Of an import: the line of its file. */
  readonly line: number | null;
}

/** A run of messageIds that leaves memory for good (see core/dedupe). */
export interface SealedRun {
  readonly id: number;
  readonly sealedAt: number;
  readonly pages: readonly Uint32Array[];
  readonly filter: Uint32Array;
}

/** Everything that one batch changes. */
export interface BatchCommit {
  /** Offsets `from` to `until - 1`. */
  readonly from: number;
  readonly until: number;
  readonly profiles: ReadonlyArray<{ readonly id: string; readonly state: string | Buffer }>;
  /** Profiles that others took in: deleted, and remembered as such. */
  readonly merged: ReadonlyArray<{ readonly fromId: string; readonly intoId: string }>;
  readonly identifiers: readonly IdentifierChange[];
  readonly edges: readonly IdentityEdge[];
  readonly members: readonly AccountMember[];
  readonly refusals: readonly Refusals[];
  readonly matches: readonly ProfileMatches[];
  /** Encoded accounts. */
  readonly accounts: ReadonlyArray<{ readonly groupId: string; readonly state: string }>;
  readonly quality: readonly QualityFigure[];
  readonly rejected: readonly RejectedEvent[];
  readonly ledger: ReadonlyArray<{
    readonly sourceId: string;
    readonly verdict: string;
    readonly events: number;
  }>;
  /** New messageIds; with `compact` they replace all earlier rows instead of joining them. */
  readonly seen: { readonly entries: Uint32Array; readonly compact: boolean };
  /** Set when the recent messageIds, these included, became a run. */
  readonly sealed: SealedRun | null;
  readonly segments: SegmentChanges;
  readonly activation: ActivationChanges;
  /** Coupons that orders of the batch named, those of others among them. */
  readonly redeemed: readonly RedeemedCode[];
}

/** The state store, as the pipeline reads and writes it. */
export interface PipelineState {
  /**
   * Takes the lease of the one consumer, waiting for it if need be, and says where it left off.
   * The lease ends with the connection, so a crashed consumer leaves none behind.
   */
  open(): Promise<Position>;
  /** Makes the end of the next batch durable. Rejects when the lease is lost. */
  plan(until: number): Promise<void>;
  /** Whose identifiers are, by `identifierKey`. Unknown ones are missing. */
  ownersOf(identifiers: readonly Identifier[]): Promise<Map<string, Owner>>;
  /** Encoded profiles by the id asked for; of one that was merged away, the one that holds it now. */
  profiles(ids: readonly string[]): Promise<Map<string, { readonly home: string; readonly state: string }>>;
  /** Encoded accounts by groupId; unknown ones are missing. */
  accounts(groupIds: readonly string[]): Promise<Map<string, string>>;
  /** Everything that was remembered of messageIds: recent entries, and the filters of sealed runs. */
  seen(): Promise<{
    recent: Uint32Array[];
    runs: Array<{ id: number; sealedAt: number; filter: Uint32Array }>;
  }>;
  /** Pages of a sealed run. */
  seenPages(runId: number, pages: readonly number[]): Promise<Map<number, Uint32Array>>;
  /** Commits a batch: all of it or nothing. Rejects when the consumer no longer stands at `from`. */
  commit(batch: BatchCommit): Promise<void>;
  /** Drops runs of messageIds that were sealed before a time, and rejected events received before another. */
  forget(before: { runsSealedBefore: number; rejectedBefore: number }): Promise<void>;
  close(): Promise<void>;
}
