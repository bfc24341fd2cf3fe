/** The consumer's door to ClickHouse for segments: people as rows, the history of events, and who entered and left. */
import type { SegmentEvent } from '../../core/segments/events/segment-event.js';
import type { PersonRow, TraitColumns } from '../../core/segments/person-row.js';
import type { Slice, SqlContext } from '../../core/segments/sql/sql-context.js';
import type { MembershipChange } from '../state/segment-state.js';

/** An account as a row. */
export interface AccountRow extends TraitColumns {
  readonly groupId: string;
}

/** What questions over everybody see of a batch. Telling it again changes nothing. */
export interface PeopleRows {
  /** Of two words about one person the higher one holds. */
  readonly version: number;
  readonly people: readonly PersonRow[];
  readonly gone: readonly string[];
  readonly accounts: readonly AccountRow[];
}

/** An event of somebody's past. */
export interface PastEvent extends SegmentEvent {
  /** The profile that it is placed in; that one may have been merged away since. */
  readonly placedId: string;
}

/** Which of people's past events are wanted. */
export interface PastQuery {
  /** Profiles, those that were merged into them included. */
  readonly ids: readonly string[];
  /** See `routesOf`. */
  readonly routes: readonly string[];
  /** Columns of JSON that are looked at. */
  readonly reads: ReadonlySet<string>;
  /** Events before this offset. */
  readonly before: number;
}

/** What a slice of the backfill found. */
export interface SliceFound {
  readonly members: readonly string[];
  readonly dues: ReadonlyArray<{ readonly profileId: string; readonly dueAt: number }>;
}

/** The event store, as the consumer uses it for segments. */
export interface SegmentStore {
  /** Makes people's and accounts' rows what they are now. */
  mirror(rows: PeopleRows): Promise<void>;
  /** Tells who entered and left; the same under the same `seq` changes nothing. */
  tell(seq: number, changes: readonly MembershipChange[]): Promise<void>;
  /** Past events, in no order. */
  past(query: PastQuery): AsyncIterable<readonly PastEvent[]>;
  /** Who of some people is in which of some segments by what was told so far. */
  membersAmong(
    ids: readonly string[],
    segmentIds: readonly string[],
  ): Promise<ReadonlyArray<readonly [profileId: string, segmentId: string]>>;
  /** The first profile of each slice of about so many people. */
  slices(people: number): Promise<string[]>;
  /** A question about a slice, asked now; `zones` as of `askedAt`. */
  context(now: number, slice: Slice, zones: boolean): Promise<SqlContext>;
  /** Asks a slice: whom a SELECT of `person` gives, and who may change when. */
  ask(sql: SqlContext, members: string, dues: readonly string[]): Promise<SliceFound>;
  /** Who is in a segment by what was told so far, in a slice of all ids. */
  membersIn(segmentId: string, slice: Slice): Promise<string[]>;
  /** How many changes of membership were told: it has no more members. */
  changesOf(segmentId: string): Promise<number>;
  /**
   * Who is in a segment, of those whose ids begin with four hexadecimal digits of a range. In the order of the ids as text, which is PostgreSQL's: who
   * is read along with others there should be their neighbour.
   * @param until where the range ends: it is not in it.
   */
  membersByPrefix(segmentId: string, from: number, until: number): Promise<string[]>;
}
