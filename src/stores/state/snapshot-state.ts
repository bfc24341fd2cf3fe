/** The consumer's door to snapshots of segments: which are due or at work, and their steps. Times are milliseconds since 1970 UTC. */
import type { SnapshotRows } from '../../core/delivery/snapshot-plan.js';
import type { JsonObject } from '../../core/json.js';
import type { ActivationChanges, StoredMember } from './activation-state.js';
import type { Standing } from './step-aside.js';

/**
 * Where a snapshot is. *exporting*: its list is gone through. *sending*: all is decided, and waits or was sent. *closing*: the marker is on its way.
 * Then it is *complete*; or *incomplete*, since rows are missing that should be there; or *abandoned*, since the connection was changed or switched off.
 */
export type SnapshotStage = 'exporting' | 'sending' | 'closing' | 'complete' | 'incomplete' | 'abandoned';

/** A snapshot. */
export interface Snapshot {
  readonly id: string;
  /** Number of the version of the connection that it goes by. */
  readonly version: number;
  readonly rows: SnapshotRows;
  readonly previous: string | null;
  /** Who is in it is kept, so that the next one may be of differences. */
  readonly isKept: boolean;
  readonly state: SnapshotStage;
  readonly startedAt: number;
  readonly people: number;
  readonly unchanged: number;
  /** Of the first slice that is left, up to whom it was looked at. */
  readonly after: string | null;
}

/** The snapshots of a connection: when the next one is due, and the last that was begun. */
export interface SnapshotWork {
  /** Number of the connection. */
  readonly connection: number;
  readonly dueAt: number | null;
  readonly last: Snapshot | null;
}

/** Whether the last one is still at work: one after the other. */
export function isAtWork({ last }: SnapshotWork): boolean {
  return last !== null && ['exporting', 'sending', 'closing'].includes(last.state);
}

/** Whom a step looks at: everybody whose id is after the one before and up to `until`; those of the list among them. */
export interface SnapshotSlice {
  readonly nth: number;
  /** Undefined: to the end. */
  readonly until: string | undefined;
  /** In the order of PostgreSQL. */
  readonly ids: readonly string[];
}

/** Begins a snapshot with its list. */
export interface SnapshotBegin extends Standing {
  readonly connection: number;
  readonly snapshot: Pick<
    Snapshot,
    'id' | 'version' | 'rows' | 'previous' | 'isKept' | 'startedAt' | 'people'
  >;
  readonly slices: readonly Omit<SnapshotSlice, 'nth'>[];
  /** When the next one is due. */
  readonly dueAt: number | undefined;
}

/** One step of a snapshot: all of it or nothing. */
export interface SnapshotStep extends Standing {
  readonly id: string;
  readonly changes: ActivationChanges;
  /** Ids of the list that were looked at, and what came of them. */
  readonly looked: number;
  readonly unchanged: number;
  /** The slice that is done with; or, of one that is not, up to whom it was looked at. */
  readonly slice?: { readonly done: number } | { readonly after: string };
  readonly state: SnapshotStage;
  /** When it ended, and what came of its rows. */
  readonly finished?: { readonly at: number; readonly outcome: JsonObject };
}

/** The state store, as the consumer uses it for snapshots. */
export interface SnapshotState {
  beginSnapshot(begin: SnapshotBegin): Promise<void>;
  /** The first slice that is left. */
  slice(id: string): Promise<SnapshotSlice | undefined>;
  /** Who is kept to be in the connection's last snapshot, by ids after one and up to another, in their order. */
  keptWithin(
    connection: number,
    after: string | null,
    until: string | undefined,
    limit: number,
  ): Promise<StoredMember[]>;
  /** Whether anything of a snapshot still waits, and how many of it are dead letters. */
  openRows(id: string): Promise<{ readonly waits: boolean; readonly dead: number }>;
  commitSnapshot(step: SnapshotStep): Promise<void>;
}
