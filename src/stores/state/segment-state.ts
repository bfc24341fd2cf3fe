/** The consumer's door to segments: what is in force, and what is remembered of each person for it. */
import type { Tally } from '../../core/account/member-count.js';
import type { JsonValue } from '../../core/json.js';
import type { ComputedValue, Node } from '../../core/segments/definition.js';

/** A version of a segment that is in force: the newest of its segment. */
export interface SegmentInForce {
  readonly segmentId: string;
  /** Stands for the segment in states. */
  readonly segmentNumber: number;
  readonly version: number;
  /** Rises over all segments. */
  readonly versionNumber: number;
  readonly definition: Node;
  /** When it came into force, milliseconds since 1970 UTC; 0 while it has not. */
  readonly liveAt: number;
}

/** A version that the consumer has something to do for. */
export interface OpenVersion extends SegmentInForce {
  readonly status: 'pending' | 'backfilling' | 'retiring';
  /** The first profile of each slice of the backfill, and how many slices are done. */
  readonly slices: readonly string[];
  readonly slicesDone: number;
  /** Of a pending one that asks about members of accounts: the last person who was counted; null before the first. */
  readonly counted: string | null;
}

/** All that evaluating rests upon. */
export interface SegmentFacts {
  readonly segments: readonly SegmentInForce[];
  readonly computed: ReadonlyMap<string, ComputedValue>;
  /** Definitions that are to come into force, and for which people are being counted. */
  readonly counting: readonly Node[];
  /** Whether anybody is counted in an account. */
  readonly isAnyCounted: boolean;
}

/** Why somebody entered or left. */
export interface MembershipCause {
  readonly kind: 'event' | 'timer' | 'backfill' | 'merge' | 'operation' | 'deletion';
  /** Of an event. */
  readonly offset?: number;
  readonly messageId?: string;
}

/** Somebody entered or left a segment. */
export interface MembershipChange {
  readonly segmentId: string;
  readonly version: number;
  readonly profileId: string;
  readonly entered: boolean;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly cause: MembershipCause;
}

/** A stored state of a person. */
export interface StoredPerson {
  /** What `storedState` gave; null while nothing is remembered. */
  readonly state: JsonValue;
  readonly settled: number;
  readonly stale: boolean;
  readonly dueAt: number | null;
}

/** A state to be stored. */
export interface PersonWrite {
  readonly profileId: string;
  readonly state: JsonValue;
  readonly settled: number;
  readonly dueAt: number | null;
  /** Its timer fired: what was due is done. Else an earlier time that stands in the store stays. */
  readonly fired: boolean;
}

/** The counts of an account; see `core/account/member-count.ts`. */
export interface AccountTally {
  readonly groupId: string;
  readonly tally: Tally;
}

/** An account whose members are looked at since its counts came to say something else. */
export interface TurnedAccount {
  readonly groupId: string;
  /** Another when its members are looked at once more. */
  readonly seq: number;
  /** The last member who was looked at; null when that was the last of all. */
  readonly after: string | null;
}

/** Whose time has come. */
export interface DuePeople {
  readonly people: readonly string[];
  /** The accounts for whose sake some of them are looked at. */
  readonly turned: readonly TurnedAccount[];
}

/** Everybody of some people as they are counted now: a step before a version comes into force. */
export interface CountStep {
  /** As of `SegmentStep`. */
  readonly offset: number;
  readonly commits: number;
  readonly versionNumber: number;
  /** The last of them; the first step counts nobody, but from there on whoever is touched is counted. */
  readonly counted: string;
  readonly isFirst: boolean;
  readonly people: readonly PersonWrite[];
  readonly tallies: readonly AccountTally[];
  readonly turned: readonly string[];
}

/** What a batch, or a step of the consumer's own, changes about segments. */
export interface SegmentChanges {
  readonly people: readonly PersonWrite[];
  /** Profiles that are no more. */
  readonly gone: readonly string[];
  /** Accounts that changed in a way that their members' segments may look at. */
  readonly accounts: readonly string[];
  /** When the members of those are due. */
  readonly now: number;
  readonly changes: readonly MembershipChange[];
  /** Counts that are others now, those that are 0 included. */
  readonly tallies: readonly AccountTally[];
  /** Accounts whose members are to be looked at for it. */
  readonly turned: readonly string[];
  /** Accounts for which that was done. */
  readonly workedOff: readonly TurnedAccount[];
}

/** One step for an open version: all of it or nothing. */
export interface SegmentStep {
  /** The consumer's place in the log, and how many commits it has made: it must still be there. */
  readonly offset: number;
  readonly commits: number;
  readonly versionNumber: number;
  readonly status: 'backfilling' | 'live' | 'retiring' | 'retired' | 'failed';
  readonly slices?: readonly string[];
  readonly slicesDone: number;
  readonly membersFound: number;
  readonly at: number;
  readonly error?: string;
  /** Times at which people may change whom nothing is remembered of. */
  readonly dues: ReadonlyArray<{ readonly profileId: string; readonly dueAt: number }>;
  readonly changes: readonly MembershipChange[];
}

/** What there is to do for segments. */
export interface SegmentWork {
  /** Changes whenever what is in force, or waits to be, does. */
  readonly epoch: number;
  /** The oldest version that something is to be done for. */
  readonly open: OpenVersion | undefined;
  /** When the next timer fires, or the next account has turned; undefined when there is none. */
  readonly nextDue: number | undefined;
}

/** The state store, as the consumer uses it for segments. */
export interface SegmentState {
  work(): Promise<SegmentWork>;
  facts(): Promise<SegmentFacts>;
  /** The numbers of leaves, by key: given where they have none yet. */
  leafNumbers(keys: readonly string[]): Promise<Map<string, number>>;
  people(ids: readonly string[]): Promise<Map<string, StoredPerson>>;
  /** Those of some people in whose states a version is answered. */
  settledFor(versionNumber: number, ids: readonly string[]): Promise<Set<string>>;
  /** People whose time has come, the earliest first, and members of accounts that turned: so many of each at most. */
  due(now: number, limit: number): Promise<DuePeople>;
  /** Counts of accounts; those that have none are missing. */
  tallies(groupIds: readonly string[]): Promise<Map<string, Tally>>;
  /** Those who belong to any account, after one, in order. */
  accountPeople(after: string, limit: number): Promise<string[]>;
  /** Ids of profiles that were merged into some, by the id that each had. */
  mergedInto(ids: readonly string[]): Promise<Map<string, string>>;
  commitStep(step: SegmentStep): Promise<void>;
  commitCount(step: CountStep): Promise<void>;
  /** Changes of membership that the event store was not told yet, oldest first. */
  untold(): Promise<ReadonlyArray<{ readonly seq: number; readonly changes: readonly MembershipChange[] }>>;
  /** The places of those alone. */
  untoldSeqs(): Promise<readonly number[]>;
  told(seq: number): Promise<void>;
}
