/** Reads attempts of deliveries for people to look at. Times are milliseconds since 1970 UTC. */
import type { ClickHouse } from '../../engines/clickhouse.js';

/** A delivery that is finished, as its last attempt tells. */
export interface FinishedDelivery {
  readonly key: string;
  readonly status: 'delivered' | 'filtered';
  readonly destinationId: string;
  readonly connectionId: string;
  readonly connectionVersion: number;
  readonly kind: string;
  readonly profileId: string;
  readonly offset: number;
  readonly messageId: string;
  readonly segmentId: string;
  /** 0: it was never tried. */
  readonly attempts: number;
  readonly reason: string;
  readonly error: string;
  readonly receivedAt: number;
  readonly endedAt: number;
}

/** One attempt. */
export interface Attempt extends Omit<FinishedDelivery, 'status' | 'attempts' | 'endedAt'> {
  readonly attempt: number;
  readonly at: number;
  readonly tookMs: number;
  readonly outcome: string;
  /** JSON, secrets masked; empty where there was none, or its time is over. */
  readonly request: string;
  readonly response: string;
}

/** Which deliveries; every condition must hold. */
export interface FinishedFilter {
  readonly statuses: readonly FinishedDelivery['status'][];
  readonly destinationIds: readonly string[];
  readonly connectionId?: string | undefined;
  readonly profileIds?: readonly string[] | undefined;
  readonly segmentId?: string | undefined;
  readonly messageId?: string | undefined;
  readonly reason?: string | undefined;
  /** Of the receipt: from, included, to, not included. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Figures of a destination in one stretch of time. */
export interface DeliveryFigures {
  readonly at: number;
  readonly delivered: number;
  readonly retried: number;
  readonly dead: number;
  readonly filtered: number;
  /** Of those delivered, from receipt to delivery; null where there are none. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

/** Failures that are alike. */
export interface FailureGroup {
  readonly reason: string;
  readonly attempts: number;
  readonly lastAt: number;
  /** One of them, the last. */
  readonly error: string;
}

const ABOUT = `destination_id AS destinationId, connection_id AS connectionId, connection_version AS connectionVersion, kind,
  toString(profile_id) AS profileId, log_offset AS offset, message_id AS messageId, segment_id AS segmentId, reason, error,
  toUnixTimestamp64Milli(received_at) AS receivedAt`;
const PERIOD = 'at >= fromUnixTimestamp64Milli({from:Int64}) AND at < fromUnixTimestamp64Milli({to:Int64})';
/** A delivery may have waited for so long before an attempt: partitions go by receipt. */
const WAITED = 'received_at >= fromUnixTimestamp64Milli({from:Int64}) - INTERVAL 62 DAY';

/** See the head of the file. */
export class DeliveryQueries {
  readonly #clickhouse: ClickHouse;

  constructor(clickhouse: ClickHouse) {
    this.#clickhouse = clickhouse;
  }

  /** Finished deliveries before a place, the last in the log first. Each destination is read backwards in its own order. */
  async listFinished(
    filter: FinishedFilter,
    before: { readonly offset: number; readonly key: string } | undefined,
    limit: number,
  ): Promise<FinishedDelivery[]> {
    if (filter.destinationIds.length === 0) return [];
    const params: Record<string, unknown> = { limit, statuses: [...filter.statuses] };
    const conditions = conditionsOf(filter, params);
    if (before !== undefined) {
      conditions.push('(log_offset, deliveries.key) < ({beforeOffset:UInt64}, {beforeKey:UUID})');
      Object.assign(params, { beforeOffset: before.offset, beforeKey: before.key });
    }
    const ofEach = filter.destinationIds.map((id, nth) => {
      params[`d${nth}`] = id;
      return `SELECT * FROM (SELECT toString(key) AS key, outcome AS status, attempt AS attempts, toUnixTimestamp64Milli(at) AS endedAt, ${ABOUT}
        FROM deliveries WHERE destination_id = {d${nth}:String} AND ${conditions.join(' AND ')}
        ORDER BY log_offset DESC, deliveries.key DESC LIMIT 1 BY log_offset, deliveries.key LIMIT {limit:UInt32})`;
    });
    return this.#clickhouse.query<FinishedDelivery>(
      `SELECT * FROM (${ofEach.join(' UNION ALL ')}) ORDER BY offset DESC, toUUID(key) DESC LIMIT {limit:UInt32}`,
      params,
    );
  }

  /** All attempts of a delivery, in their order. */
  attempts(key: string): Promise<Attempt[]> {
    return this.#clickhouse.query<Attempt>(
      `SELECT toString(key) AS key, attempt, toUnixTimestamp64Milli(at) AS at, took_ms AS tookMs, outcome, request, response, ${ABOUT}
       FROM deliveries FINAL WHERE deliveries.key = {key:UUID} ORDER BY deliveries.at, attempt`,
      { key },
    );
  }

  /** Last attempts of what was sent because of an event, or of a change of membership: by its place in the log, or the person, segment and time. */
  ofEvent(offset: number, messageId: string): Promise<Attempt[]> {
    return this.#last('log_offset = {offset:UInt64} AND message_id = {messageId:String}', {
      offset,
      messageId,
    });
  }

  /** The same for a change of membership: by the person, the segment and its time. */
  ofChange(profileId: string, segmentId: string, at: number): Promise<Attempt[]> {
    return this.#last(
      'profile_id = {profileId:UUID} AND segment_id = {segmentId:String} AND received_at = fromUnixTimestamp64Milli({at:Int64})',
      { profileId, segmentId, at },
    );
  }

  /** Figures of attempts in a period, by stretches of so many seconds. */
  figures(
    destinationId: string,
    period: { readonly from: number; readonly to: number; readonly stepSeconds: number },
  ): Promise<DeliveryFigures[]> {
    const latency = `quantilesExactIf(0.5, 0.95, 0.99)(greatest(0, toUnixTimestamp64Milli(at) - toUnixTimestamp64Milli(received_at)), outcome = 'delivered')`;
    const orNull = (nth: number) => `if(delivered = 0, NULL, latencies[${nth}])`;
    return this.#clickhouse.query<DeliveryFigures>(
      `SELECT bucket * 1000 AS at, delivered, retried, dead, filtered, ${orNull(1)} AS p50Ms, ${orNull(2)} AS p95Ms, ${orNull(3)} AS p99Ms FROM (
         SELECT intDiv(toUnixTimestamp(at), {step:UInt32}) * {step:UInt32} AS bucket, countIf(outcome = 'delivered') AS delivered,
           countIf(outcome = 'retried') AS retried, countIf(outcome = 'dead') AS dead, countIf(outcome = 'filtered') AS filtered,
           ${latency} AS latencies
         FROM deliveries FINAL WHERE destination_id = {id:String} AND ${WAITED} AND ${PERIOD} GROUP BY bucket
       ) ORDER BY bucket`,
      { id: destinationId, from: period.from, to: period.to, step: period.stepSeconds },
    );
  }

  /** Failures in a period, those that happen most often first. */
  failures(
    destinationId: string,
    { from, to }: { readonly from: number; readonly to: number },
  ): Promise<FailureGroup[]> {
    return this.#clickhouse.query<FailureGroup>(
      `SELECT reason, count() AS attempts, toUnixTimestamp64Milli(max(at)) AS lastAt, argMax(error, deliveries.at) AS error
       FROM deliveries FINAL WHERE destination_id = {id:String} AND ${WAITED} AND ${PERIOD} AND outcome IN ('retried', 'dead')
       GROUP BY reason ORDER BY attempts DESC, reason LIMIT 100`,
      { id: destinationId, from, to },
    );
  }

  /** How many attempts each destination had since a time, and how many of them failed. */
  rates(
    since: number,
  ): Promise<Array<{ readonly destinationId: string; readonly attempts: number; readonly failed: number }>> {
    return this.#clickhouse.query(
      `SELECT destination_id AS destinationId, countIf(outcome != 'filtered') AS attempts, countIf(outcome IN ('retried', 'dead')) AS failed
       FROM deliveries WHERE ${WAITED} AND at >= fromUnixTimestamp64Milli({from:Int64}) GROUP BY destination_id`,
      { from: since },
    );
  }

  #last(condition: string, params: Record<string, unknown>): Promise<Attempt[]> {
    return this.#clickhouse.query<Attempt>(
      `SELECT toString(key) AS key, attempt, toUnixTimestamp64Milli(at) AS at, took_ms AS tookMs, outcome, '' AS request, '' AS response, ${ABOUT}
       FROM deliveries FINAL WHERE ${condition} ORDER BY deliveries.key, deliveries.at DESC LIMIT 1 BY deliveries.key LIMIT 1000`,
      params,
    );
  }
}

function conditionsOf(filter: FinishedFilter, params: Record<string, unknown>): string[] {
  const conditions = ['outcome IN {statuses:Array(String)}'];
  const where = (condition: string, name: string, value: unknown) => {
    if (value === undefined) return;
    conditions.push(condition);
    params[name] = value;
  };
  where('connection_id = {connectionId:String}', 'connectionId', filter.connectionId);
  where('profile_id IN {profileIds:Array(UUID)}', 'profileIds', filter.profileIds && [...filter.profileIds]);
  where('segment_id = {segmentId:String}', 'segmentId', filter.segmentId);
  where('message_id = {messageId:String}', 'messageId', filter.messageId);
  where('reason = {reason:String}', 'reason', filter.reason);
  where('received_at >= fromUnixTimestamp64Milli({from:Int64})', 'from', filter.from);
  where('received_at < fromUnixTimestamp64Milli({to:Int64})', 'to', filter.to);
  return conditions;
}
