/**
 * Who is in which segment, was, came and went: read from `membership_changes`, where the same row may stand twice until it is merged;
 * FINAL reads it once.
 */
import type { ClickHouse } from '../../engines/clickhouse.js';
import { type AskLimits, askWithinLimits } from './ask-within-limits.js';

/** Somebody entered or left. */
export interface StoredChange {
  readonly segmentId: string;
  readonly profileId: string;
  readonly seq: number;
  readonly version: number;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly entered: boolean;
  readonly cause: string;
  /** Of an event: its log offset and messageId; else 0 and empty. */
  readonly causeOffset: number;
  readonly causeMessageId: string;
}

/** Which changes are asked for. */
export interface ChangeFilter {
  readonly segmentId?: string | undefined;
  readonly profileIds?: readonly string[] | undefined;
  readonly entered?: boolean | undefined;
  /** Milliseconds: from (included) to (excluded). */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Where a page of changes begins: before this time, or at it and before this place in the order of all. */
export interface ChangeCursor {
  readonly at: number;
  readonly seq: number;
}

/** A member, since when, and by which version. */
export interface Member {
  readonly profileId: string;
  readonly since: number;
  readonly version: number;
}

/** A piece of a segment's history. */
export interface HistoryBucket {
  /** When it begins. */
  readonly from: number;
  readonly entered: number;
  readonly left: number;
  /** Members at its end. */
  readonly size: number;
}

/** The last word on each person; where many are asked about, grouping by person costs too much. */
const IS_IN = 'HAVING argMax(entered, seq)';
/** Each person's changes are in turn entering and leaving. */
const BALANCE = 'toInt64(sum(if(entered, 1, -1)))';

/** See the head of the file. */
export class MembershipQueries {
  readonly #clickhouse: ClickHouse;
  readonly #limits: AskLimits;

  constructor(clickhouse: ClickHouse, limits: AskLimits) {
    this.#clickhouse = clickhouse;
    this.#limits = limits;
  }

  /** How many are in each of some segments; those that nobody was ever in are left out. */
  async sizes(segmentIds: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.#ask<{ id: string; people: number }>(
      `SELECT segment_id AS id, ${BALANCE} AS people FROM membership_changes FINAL
       WHERE segment_id IN {ids:Array(String)} GROUP BY segment_id`,
      { ids: [...segmentIds] },
    );
    return new Map(rows.map(({ id, people }) => [id, people]));
  }

  /** Members after one, in ClickHouse's order of ids; as of a moment, or now. */
  members(
    segmentId: string,
    {
      at,
      after,
      limit,
    }: { readonly at?: number | undefined; readonly after?: string | undefined; readonly limit: number },
  ): Promise<Member[]> {
    return this.#ask<Member>(
      `SELECT toString(profile_id) AS profileId, toUnixTimestamp64Milli(argMax(membership_changes.at, seq)) AS since,
         argMax(membership_changes.version, seq) AS version
       FROM membership_changes WHERE segment_id = {segmentId:String}
         ${after === undefined ? '' : 'AND profile_id > {after:UUID}'}
         ${at === undefined ? '' : 'AND membership_changes.at <= fromUnixTimestamp64Milli({at:Int64})'}
       GROUP BY profile_id ${IS_IN} ORDER BY profile_id LIMIT {limit:UInt32}`,
      { segmentId, limit, ...(at === undefined ? {} : { at }), ...(after === undefined ? {} : { after }) },
    );
  }

  /** The pieces of a time, each of `length` milliseconds, beginning at multiples of that since 1970 UTC. */
  async history(segmentId: string, from: number, to: number, length: number): Promise<HistoryBucket[]> {
    const first = Math.floor(from / length);
    const last = Math.ceil(to / length) - 1;
    const rows = await this.#ask<{ bucket: number; entered: number; left: number }>(
      `SELECT greatest(intDiv(toUnixTimestamp64Milli(at), {length:Int64}), {first:Int64} - 1) AS bucket,
         toInt64(countIf(change.entered)) AS entered, toInt64(countIf(NOT change.entered)) AS left
       FROM membership_changes AS change FINAL
       WHERE segment_id = {segmentId:String} AND at < fromUnixTimestamp64Milli({end:Int64}) GROUP BY bucket`,
      { segmentId, length, first, end: (last + 1) * length },
    );
    const counts = new Map(rows.map((row) => [row.bucket, row]));
    const before = counts.get(first - 1);
    let size = (before?.entered ?? 0) - (before?.left ?? 0);
    return Array.from({ length: last - first + 1 }, (_, index) => {
      const { entered = 0, left = 0 } = counts.get(first + index) ?? {};
      size += entered - left;
      return { from: (first + index) * length, entered, left, size };
    });
  }

  /** How many are in each combination of some segments, as they are now. */
  async combinations(
    segmentIds: readonly string[],
  ): Promise<Array<{ readonly segments: readonly string[]; readonly people: number }>> {
    // A person's combination is a number with a bit for each segment: coming adds it, going takes it away.
    const bit = 'bitShiftLeft(toInt64(1), indexOf({ids:Array(String)}, segment_id) - 1)';
    const rows = await this.#ask<{ bits: number; people: number }>(
      `SELECT bits, count() AS people FROM (
         SELECT sum(if(entered, 1, -1) * ${bit}) AS bits FROM membership_changes FINAL
         WHERE segment_id IN {ids:Array(String)} GROUP BY profile_id
       ) GROUP BY bits`,
      { ids: [...segmentIds] },
    );
    return rows.map(({ bits, people }) => {
      return { segments: segmentIds.filter((_, index) => (bits >> index) & 1), people };
    });
  }

  /** Changes, the latest first. */
  changes(filter: ChangeFilter, before: ChangeCursor | undefined, limit: number): Promise<StoredChange[]> {
    const { where, params } = conditionsOf(filter);
    if (before !== undefined) {
      where.push('(at, seq) < (fromUnixTimestamp64Milli({beforeAt:Int64}), {beforeSeq:UInt64})');
      Object.assign(params, { beforeAt: before.at, beforeSeq: before.seq });
    }
    return this.#ask<StoredChange>(
      `SELECT segmentId, profileId, seq, version, toUnixTimestamp64Milli(moment) AS at, entered, cause, causeOffset, causeMessageId FROM (
         SELECT segment_id AS segmentId, toString(profile_id) AS profileId, seq, version, at AS moment, entered, cause,
           cause_offset AS causeOffset, cause_message_id AS causeMessageId
         FROM membership_changes ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}
         ORDER BY at DESC, seq DESC LIMIT 1 BY segment_id, profile_id, seq LIMIT {limit:UInt32}
       ) ORDER BY moment DESC, seq DESC`,
      { ...params, limit },
    );
  }

  #ask<Row>(sql: string, params: Readonly<Record<string, unknown>>): Promise<Row[]> {
    return askWithinLimits<Row>(this.#clickhouse, sql, params, this.#limits);
  }
}

function conditionsOf({ segmentId, profileIds, entered, from, to }: ChangeFilter): {
  where: string[];
  params: Record<string, unknown>;
} {
  const conditions: ReadonlyArray<readonly [value: unknown, name: string, sql: string]> = [
    [segmentId, 'segmentId', 'segment_id = {segmentId:String}'],
    [profileIds, 'profileIds', 'profile_id IN {profileIds:Array(UUID)}'],
    [entered, 'entered', 'entered = {entered:Bool}'],
    [from, 'from', 'at >= fromUnixTimestamp64Milli({from:Int64})'],
    [to, 'to', 'at < fromUnixTimestamp64Milli({to:Int64})'],
  ];
  const given = conditions.filter(([value]) => value !== undefined);
  return {
    where: given.map(([, , sql]) => sql),
    params: Object.fromEntries(given.map(([value, name]) => [name, value])),
  };
}
