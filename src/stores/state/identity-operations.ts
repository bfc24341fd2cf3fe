import type { Pool } from 'pg';

/** Something that was asked for, and what became of it. */
export interface OperationRecord {
  readonly id: number;
  readonly kind: string;
  readonly body: unknown;
  readonly actor: string;
  readonly status: 'pending' | 'running' | 'done' | 'failed';
  readonly progress: unknown;
  /** The log offset between whose events it took place; null before. */
  readonly offset: number | null;
  readonly result: unknown;
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number;
  readonly endedAt: number | null;
}

const LOOK_INTERVAL_MS = 30;
const COLUMNS = `id, kind, body, actor, status, progress, "offset", result, error,
  extract(epoch FROM created_at)::float8 * 1000 AS "createdAt", extract(epoch FROM ended_at)::float8 * 1000 AS "endedAt"`;

type Row = Omit<OperationRecord, 'error'> & { readonly error: string | null };

/** Writes down what an operator asks for: the consumer will carry it out. */
export async function addOperation(
  pool: Pool,
  { kind, body, actor }: Pick<OperationRecord, 'kind' | 'body' | 'actor'>,
): Promise<OperationRecord> {
  const { rows } = await pool.query<Row>(
    `INSERT INTO identity_operation (kind, body, actor) VALUES ($1, $2, $3) RETURNING ${COLUMNS}`,
    [kind, JSON.stringify(body), actor],
  );
  // Invariant: an insert that does not throw returns its row.
  return recordOf(rows[0] as Row);
}

/** Reads an operation. */
export async function readOperation(pool: Pool, id: number): Promise<OperationRecord | undefined> {
  const { rows } = await pool.query<Row>(`SELECT ${COLUMNS} FROM identity_operation WHERE id = $1`, [id]);
  return rows[0] && recordOf(rows[0]);
}

const IS_TOLD = 'SELECT NOT EXISTS (SELECT 1 FROM identity_outbox WHERE operation_id = $1) AS told';

/** Waits until an operation has ended and all stores know it, or the time is over: as it stands then. */
export async function awaitOperation(pool: Pool, id: number, waitMsMax: number): Promise<OperationRecord> {
  const until = performance.now() + waitMsMax;
  for (;;) {
    // Invariant: operations are never deleted.
    const operation = (await readOperation(pool, id)) as OperationRecord;
    if (performance.now() >= until || operation.status === 'failed') return operation;
    if (operation.endedAt !== null) {
      const { rows } = await pool.query<{ told: boolean }>(IS_TOLD, [id]);
      if (rows[0]?.told) return operation;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL_MS));
  }
}

/** Operations before one, newest first. */
export async function listOperations(pool: Pool, before: number, limit: number): Promise<OperationRecord[]> {
  const { rows } = await pool.query<Row>(
    `SELECT ${COLUMNS} FROM identity_operation WHERE id < $1 ORDER BY id DESC LIMIT $2`,
    [before, limit],
  );
  return rows.map(recordOf);
}

function recordOf({ error, ...row }: Row): OperationRecord {
  return { ...row, error: error === null ? null : (JSON.parse(error) as OperationRecord['error']) };
}
