/** What was tried, kept for people to look at. */
import type { DeliveryKind } from '../../core/delivery/delivery.js';

/** How an attempt ended. */
export type AttemptOutcome = 'delivered' | 'retried' | 'dead' | 'filtered';

/** One attempt of a delivery; attempt 0 is the decision not to send it. Times are milliseconds since 1970 UTC. */
export interface LoggedAttempt {
  readonly destinationId: string;
  readonly connectionId: string;
  readonly connectionVersion: number;
  readonly key: string;
  readonly attempt: number;
  readonly kind: DeliveryKind;
  readonly profileId: string;
  readonly offset: number;
  readonly messageId: string;
  readonly segmentId: string;
  readonly receivedAt: number;
  readonly at: number;
  readonly tookMs: number;
  readonly outcome: AttemptOutcome;
  /** Of filtered ones a reason of `FILTER_REASONS`, of failures their code, else empty. */
  readonly reason: string;
  /** For people, else empty. */
  readonly error: string;
  /** As JSON, secrets masked; empty where there was none. */
  readonly request: string;
  readonly response: string;
}

/** The store of attempts, as those that make them use it. */
export interface DeliveryLog {
  /** Keeps attempts. The same key and attempt again takes the place of the one before. */
  write(attempts: readonly LoggedAttempt[]): Promise<void>;
  /** Which of some deliveries of a destination are told to have been delivered, by their keys. */
  delivered(destinationId: string, asked: readonly LoggedKey[]): Promise<ReadonlySet<string>>;
}

/** The same store, as snapshots are counted by it. */
export interface SnapshotLog {
  /** What became of a snapshot's rows that wait no more and are no dead letters. @param startedAt when it was begun */
  ofSnapshot(destinationId: string, id: string, startedAt: number): Promise<SnapshotOutcome>;
}

/** What became of a snapshot's rows. */
export interface SnapshotOutcome {
  readonly delivered: number;
  /** By reason. */
  readonly filtered: Readonly<Record<string, number>>;
  /** The marker that it is whole was delivered. */
  readonly isClosed: boolean;
}

/** Where a delivery is found in the log. */
export interface LoggedKey {
  readonly key: string;
  readonly offset: number;
}
