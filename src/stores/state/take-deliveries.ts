/** What waits for a destination, as the deliverer takes it into memory. */
import type { Pool } from 'pg';
import type { DeliveryKind } from '../../core/delivery/delivery.js';
import type { JsonObject, JsonValue } from '../../core/json.js';
import { int4Array, int8Array } from '../../engines/postgres.js';
import type { TakeQuery, WaitingDelivery } from './delivery-state.js';

/** Rows that are looked at by one statement, where those before them are all to wait for others. */
const PAGE_ROWS_MAX = 10_000;

/**
 * A page of the queue, in its order, without those in memory. Where a person's go one after the other, those stay that have an earlier one before them which
 * is neither in memory nor on the page: it is tried again later, or stood on a page before. It is looked for once a person: a queue may hold very
 * many of one. What is left is given in the order in which it was decided, so that each stands behind all that it must follow.
 * A table that was empty when it was last vacuumed has no rows for the planner, so that any index is as good as any other: questions are put so that only the right one can answer.
 * Sizes are measured first, where the rows are: only what fits is read.
 */
const PAGE = `
  WITH held AS MATERIALIZED (SELECT unnest($3::int8[]) AS seq), page AS MATERIALIZED (
    SELECT ctid AS place, seq, next_at, profile_id, connection = ANY ($4::int4[]) AS is_ordered, octet_length(payload) + coalesce(octet_length(given), 0) AS bytes
    FROM delivery
    WHERE destination = $1 AND state = 'pending' AND next_at <= $2 AND (next_at, seq) > ($7, $8) AND seq NOT IN (SELECT seq FROM held)
    ORDER BY next_at, seq LIMIT $9
  ), looked AS (
    SELECT count(*)::int4 AS rows, (array_agg(next_at ORDER BY next_at DESC, seq DESC))[1] AS last_at, (array_agg(seq ORDER BY next_at DESC, seq DESC))[1] AS last_seq
    FROM page
  ), one AS (
    SELECT *, row_number() OVER person = 1 AS is_first, max(seq) OVER (PARTITION BY is_ordered, profile_id) AS last
    FROM page WINDOW person AS (PARTITION BY is_ordered, profile_id ORDER BY seq)
  ), behind AS (
    SELECT *, CASE WHEN is_ordered AND is_first THEN (
      SELECT min(e.seq) FROM (
        SELECT seq FROM delivery
        WHERE profile_id = one.profile_id AND connection = ANY ($4::int4[]) AND state <> 'dead' AND seq - one.last < 0
          AND seq NOT IN (SELECT seq FROM held) AND seq NOT IN (SELECT seq FROM page)
        OFFSET 0
      ) e
    ) END AS missing FROM one
  ), free AS (
    SELECT place, seq, bytes, coalesce(seq < min(missing) OVER (PARTITION BY is_ordered, profile_id), true) AS may_go FROM behind
  ), fitting AS (
    SELECT place, seq, bytes::int4, sum(bytes) OVER w - bytes AS before, row_number() OVER w AS nth FROM free WHERE may_go WINDOW w AS (ORDER BY seq)
  )
  SELECT looked.*, taken.* FROM looked LEFT JOIN (
    SELECT d.seq, key, connection, kind, profile_id, log_offset, message_id, segment_id, payload, given, late,
      received_at, decided_at, retried_at, attempts, fitting.bytes
    FROM fitting CROSS JOIN LATERAL (SELECT * FROM delivery d WHERE d.ctid = fitting.place OFFSET 0) d WHERE nth <= $5 AND before < $6
  ) taken ON true ORDER BY seq`;

interface Looked {
  readonly rows: number;
  readonly last_at: number;
  readonly last_seq: number;
}

interface DeliveryRow {
  readonly seq: number;
  readonly key: string;
  readonly connection: number;
  readonly kind: string;
  readonly profile_id: string;
  readonly log_offset: number;
  readonly message_id: string;
  readonly segment_id: string;
  readonly payload: string;
  readonly given: string | null;
  readonly late: string | null;
  readonly received_at: number;
  readonly decided_at: number;
  readonly retried_at: number | null;
  readonly attempts: number;
  readonly bytes: number;
}

/** Takes what is due and may go, page by page of the queue until there is enough. */
export async function takeDeliveries(pool: Pool, query: TakeQuery): Promise<WaitingDelivery[]> {
  const { destination, now, held, ordered, itemsMax, bytesMax } = query;
  const taken: WaitingDelivery[] = [];
  let bytes = 0;
  let after: readonly [at: number, seq: number] = [Number.MIN_SAFE_INTEGER, 0];
  for (let rowsMax = itemsMax; ; rowsMax = Math.max(itemsMax, PAGE_ROWS_MAX)) {
    const { rows } = await pool.query<Looked & (DeliveryRow | { readonly seq: null })>({
      ...{ name: 'delivery-take', text: PAGE },
      values: [
        ...[destination, Math.min(now, Number.MAX_SAFE_INTEGER)],
        ...[int8Array([...held, ...taken.map(({ seq }) => seq)]), int4Array(ordered)],
        ...[itemsMax - taken.length, bytesMax - bytes, ...after, rowsMax],
      ],
    });
    for (const row of rows) if (row.seq !== null) taken.push(deliveryOf(row, destination));
    bytes = taken.reduce((sum, one) => sum + one.bytes, 0);
    // Invariant: there is always a row, which says how far it was looked.
    const looked = rows[0] as Looked;
    if (looked.rows < rowsMax || taken.length >= itemsMax || bytes >= bytesMax) return taken;
    after = [looked.last_at, looked.last_seq];
  }
}

function deliveryOf(row: DeliveryRow, destination: number): WaitingDelivery {
  return {
    ...{ seq: row.seq, key: row.key, destination, connection: row.connection },
    ...{ attempts: row.attempts, bytes: row.bytes },
    // Invariant: the pipeline writes no other.
    kind: row.kind as DeliveryKind,
    profileId: row.profile_id,
    offset: row.log_offset,
    messageId: row.message_id,
    segmentId: row.segment_id,
    payload: JSON.parse(row.payload) as JsonObject,
    ...(row.given === null ? {} : { given: JSON.parse(row.given) as JsonObject }),
    ...(row.late === null ? {} : { late: JSON.parse(row.late) as JsonValue[] }),
    receivedAt: row.received_at,
    decidedAt: row.decided_at,
    since: row.retried_at ?? row.decided_at,
  };
}
