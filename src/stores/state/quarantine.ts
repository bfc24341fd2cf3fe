import type { Pool } from 'pg';
import type { RejectionCode } from '../../core/errors.js';

/** A refused event as the quarantine shows it. */
export interface QuarantinedEvent {
  readonly offset: number;
  readonly sourceId: string;
  readonly code: RejectionCode;
  readonly message: string;
  readonly messageId: string | null;
  readonly receipt: string;
  readonly receivedAt: string;
  readonly line: number | null;
  /** JSON text. */
  readonly event: string;
}

/** Which refused events are asked for; every condition must hold. */
export interface QuarantineFilter {
  readonly code?: string | undefined;
  readonly sourceId?: string | undefined;
  readonly messageId?: string | undefined;
  readonly receipt?: string | undefined;
  /** ISO 8601. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Refused events before an offset, newest first. */
export async function listRejected(
  pool: Pool,
  filter: QuarantineFilter,
  before: number,
  limit: number,
): Promise<QuarantinedEvent[]> {
  const { rows } = await pool.query<QuarantinedEvent>(
    `SELECT "offset", source_id AS "sourceId", code, message, message_id AS "messageId", receipt,
       to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "receivedAt", line, event
     FROM rejected
     WHERE "offset" < $1
       AND ($2::text IS NULL OR code = $2) AND ($3::text IS NULL OR source_id = $3)
       AND ($4::text IS NULL OR message_id = $4) AND ($5::text IS NULL OR receipt = $5)
       AND ($6::timestamptz IS NULL OR received_at >= $6) AND ($7::timestamptz IS NULL OR received_at < $7)
     ORDER BY "offset" DESC LIMIT $8`,
    [
      before,
      filter.code ?? null,
      filter.sourceId ?? null,
      filter.messageId ?? null,
      filter.receipt ?? null,
      filter.from ?? null,
      filter.to ?? null,
      limit,
    ],
  );
  return rows;
}
