/** The consumer's door to what leaves: which connections are in force, whom audiences hold, and what a batch decides. */
import type { Suppression } from '../../core/consent/suppression.js';
import type { ConnectionInForce } from '../../core/delivery/connection-in-force.js';
import type { Delivery, FilterReason } from '../../core/delivery/delivery.js';
import type { Identifier } from '../../core/identity/identifier.js';
import type { JsonObject } from '../../core/json.js';
import type { LoggedAttempt } from '../events/delivery-log.js';
import type { SnapshotWork } from './snapshot-state.js';
import type { Standing } from './step-aside.js';

/** Somebody whom a tool was told to have in an audience, or to have there no more. */
export interface AudienceMember {
  /** Number of the connection. */
  readonly connection: number;
  /** The profile that was added, and the one that the person is by now. */
  readonly profileId: string;
  readonly holder: string;
  /** Tells apart what the tool was told of the same profile by different words. */
  readonly nth: number;
  /** What the tool was told last: true to have them. */
  readonly isAdded: boolean;
  /** The delivery that told it. */
  readonly key: string;
  /** What of the person was told; see `rememberedOf`. */
  readonly given: JsonObject;
  /** Milliseconds since 1970 UTC. */
  readonly decidedAt: number;
}

/** The same as stored. */
export interface StoredMember extends AudienceMember {
  /** The delivery was neither carried out nor is it waiting or among the dead letters: it has to be decided anew. */
  readonly isLost: boolean;
}

/** A count of the books. */
export interface BalanceChange {
  readonly destination: number;
  /** Of the version. */
  readonly connection: number;
  readonly outcome: 'matched' | 'filtered';
  readonly reason: FilterReason | '';
  readonly deliveries: number;
}

/** What a batch, or a step of the consumer's own, decides. */
export interface ActivationChanges {
  readonly deliveries: readonly Delivery[];
  readonly balance: readonly BalanceChange[];
  /** What was decided not to be sent. */
  readonly filtered: readonly LoggedAttempt[];
  /** Whom audiences hold otherwise than before. */
  readonly members: readonly AudienceMember[];
}

/** An audience that is to be compared with its segment: first everybody who is in it, then everybody whom the tool has. */
export interface OpenSync {
  readonly connection: number;
  readonly phase: 'adding' | 'removing';
  /** The last profile that was looked at; undefined before the first. */
  readonly after: string | undefined;
}

/** One step of that: all of it or nothing. */
export interface SyncStep {
  /** The consumer's place in the log, and how many commits it has made: it must still be there. */
  readonly offset: number;
  readonly commits: number;
  readonly connection: number;
  /** Where it goes on; undefined when everybody was looked at. */
  readonly next: Pick<OpenSync, 'phase' | 'after'> | undefined;
  readonly now: number;
  readonly changes: ActivationChanges;
}

/** What there is to do. */
export interface ActivationWork {
  /** Changes whenever connections or destinations do. */
  readonly epoch: number;
  /** The audience to be worked on next, and when; undefined when there is none. */
  readonly sync: (OpenSync & { readonly dueAt: number }) | undefined;
  /** Connections with a snapshot that will be due, or is at work. */
  readonly snapshots: readonly SnapshotWork[];
  /** Somebody's suppression changed, and audiences have not looked at them since. */
  readonly hasSuppressionChanges: boolean;
}

/** A look at people whose suppression changed: all of it or nothing. */
export interface SuppressionStep extends Standing {
  readonly seqs: readonly number[];
  readonly changes: ActivationChanges;
}

/** The state store, as the consumer uses it for what leaves. */
export interface ActivationState {
  work(): Promise<ActivationWork>;
  connections(): Promise<readonly ConnectionInForce[]>;
  /** Whom audiences hold of some people. */
  membersOf(holders: readonly string[]): Promise<StoredMember[]>;
  /** Whom one audience holds, after a profile, in the order of ids. */
  membersAfter(connection: number, after: string | undefined, limit: number): Promise<StoredMember[]>;
  /** How many wait for each destination, by its number. */
  waiting(): Promise<Map<number, number>>;
  commitSync(step: SyncStep): Promise<void>;
  /** The entries of suppression lists for some identifiers. */
  suppressions(identifiers: readonly Identifier[]): Promise<readonly Suppression[]>;
  /** The oldest changes of suppression lists that were not looked at, and whom they concern by now. */
  suppressionChanges(
    limit: number,
  ): Promise<{ readonly seqs: readonly number[]; readonly profileIds: readonly string[] }>;
  commitSuppressions(step: SuppressionStep): Promise<void>;
  /** What was decided not to be sent and is not in the log of deliveries yet, oldest first. */
  untold(): Promise<ReadonlyArray<{ readonly seq: number; readonly filtered: readonly LoggedAttempt[] }>>;
  told(seq: number): Promise<void>;
}
