/** Deliveries that wait or were given up, for people to look at and to ask for again. Times are milliseconds since 1970 UTC. */
import type { Pool } from 'pg';

/** Where an unfinished delivery is: it waits for its first attempt, for another, or was given up. */
export const OPEN_STATUSES = ['pending', 'retried', 'dead'] as const;
export type OpenStatus = (typeof OPEN_STATUSES)[number];

/** A delivery that is not finished. */
export interface OpenDelivery {
  readonly seq: number;
  readonly key: string;
  readonly status: OpenStatus;
  readonly destinationId: string;
  readonly connectionId: string;
  readonly connectionVersion: number;
  readonly kind: string;
  readonly profileId: string;
  readonly offset: number;
  readonly messageId: string;
  readonly segmentId: string;
  readonly attempts: number;
  /** Of the last attempt, where one failed. */
  readonly reason: string | null;
  readonly error: string | null;
  readonly receivedAt: number;
  readonly decidedAt: number;
  /** Of one that waits: not before. Of a dead one: when it was given up. */
  readonly nextAt: number;
}

/** The same with what is sent. */
export interface WholeDelivery extends OpenDelivery {
  readonly payload: string;
}

/** Which deliveries; every condition must hold. */
export interface OpenFilter {
  readonly statuses: readonly OpenStatus[];
  readonly key?: string | undefined;
  readonly destinationId?: string | undefined;
  readonly connectionId?: string | undefined;
  /** The profile's id and those of the ones merged into it. */
  readonly profileIds?: readonly string[] | undefined;
  readonly segmentId?: string | undefined;
  readonly messageId?: string | undefined;
  /** Code of the last failure. */
  readonly reason?: string | undefined;
  /** Of the receipt: from, included, to, not included. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Deliveries that one request asks for again. */
export const RETRIED_MAX = 100_000;

const COLUMNS = `seq, key, CASE WHEN state = 'dead' THEN 'dead' WHEN attempts > 0 THEN 'retried' ELSE 'pending' END AS status,
  t.id AS "destinationId", v.connection_id AS "connectionId", v.version AS "connectionVersion", d.kind, profile_id AS "profileId",
  log_offset AS offset, message_id AS "messageId", segment_id AS "segmentId", attempts, error_code AS reason, error,
  received_at AS "receivedAt", decided_at AS "decidedAt", next_at AS "nextAt"`;
const FROM =
  'FROM delivery d JOIN destination t ON t.number = d.destination JOIN connection_version v ON v.number = d.connection';

/** Unfinished deliveries before a place, the last decided first. */
export async function listOpen(
  pool: Pool,
  filter: OpenFilter,
  before: number,
  limit: number,
): Promise<OpenDelivery[]> {
  const { conditions, values } = conditionsOf(filter);
  const { rows } = await pool.query<OpenDelivery>(
    `SELECT ${COLUMNS} ${FROM} WHERE ${conditions} AND seq < $1 ORDER BY seq DESC LIMIT $2`,
    [before, limit, ...values],
  );
  return rows;
}

/** One that is not finished, with what is sent. */
export async function findOpen(pool: Pool, key: string): Promise<WholeDelivery | undefined> {
  const { rows } = await pool.query<WholeDelivery>(`SELECT ${COLUMNS}, payload ${FROM} WHERE key = $1`, [
    key,
  ]);
  return rows[0];
}

/** Dead letters of a destination after a place, in their order, with what is sent. */
export async function deadLetters(
  pool: Pool,
  destinationId: string,
  after: number,
  limit: number,
): Promise<WholeDelivery[]> {
  const { rows } = await pool.query<WholeDelivery>(
    `SELECT ${COLUMNS}, payload ${FROM} WHERE destination = (SELECT number FROM destination WHERE id = $1) AND state = 'dead' AND seq > $2
     ORDER BY seq LIMIT $3`,
    [destinationId, after, limit],
  );
  return rows;
}

/** Asks for deliveries again, at most `RETRIED_MAX`: they are due now, and the time for trying begins anew. @returns how many. */
export async function retryNow(pool: Pool, filter: OpenFilter, now: number): Promise<number> {
  const { conditions, values } = conditionsOf(filter);
  const { rowCount } = await pool.query(
    `UPDATE delivery SET state = 'pending', next_at = $1, retried_at = $1 WHERE seq IN (
       SELECT seq ${FROM} WHERE ${conditions} ORDER BY seq LIMIT $2
     )`,
    [now, RETRIED_MAX, ...values],
  );
  return rowCount ?? 0;
}

/** Conditions whose parameters begin with $3. */
function conditionsOf(filter: OpenFilter): { readonly conditions: string; readonly values: unknown[] } {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const where = (text: (parameter: string) => string, value: unknown) => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(text(`$${values.length + 2}`));
  };
  conditions.push(`(${filter.statuses.map((status) => STATUS_SQL[status]).join(' OR ') || 'false'})`);
  where((p) => `key = ${p}::uuid`, filter.key);
  where((p) => `destination = (SELECT number FROM destination WHERE id = ${p})`, filter.destinationId);
  where(
    (p) => `d.connection IN (SELECT number FROM connection_version WHERE connection_id = ${p})`,
    filter.connectionId,
  );
  where((p) => `profile_id = ANY (${p}::uuid[])`, filter.profileIds);
  where((p) => `segment_id = ${p}`, filter.segmentId);
  where((p) => `message_id = ${p}`, filter.messageId);
  where((p) => `error_code = ${p}`, filter.reason);
  where((p) => `received_at >= ${p}::bigint`, filter.from);
  where((p) => `received_at < ${p}::bigint`, filter.to);
  return { conditions: conditions.join(' AND '), values };
}

const STATUS_SQL: Readonly<Record<OpenStatus, string>> = {
  pending: "(state = 'pending' AND attempts = 0)",
  retried: "(state = 'pending' AND attempts > 0)",
  dead: "state = 'dead'",
};
