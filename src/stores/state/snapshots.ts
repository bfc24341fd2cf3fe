import type { Pool, PoolClient } from 'pg';
import { nextSnapshotAt, type SnapshotPlan, type SnapshotRows } from '../../core/delivery/snapshot-plan.js';
import { TributaryError } from '../../core/errors.js';
import type { SnapshotStage } from './snapshot-state.js';

/** A snapshot, for people to look at. Times are milliseconds since 1970 UTC. */
export interface ShownSnapshot {
  readonly id: string;
  /** Gives the order in which they were begun. */
  readonly seq: number;
  readonly version: number;
  readonly rows: SnapshotRows;
  readonly previous: string | null;
  readonly state: SnapshotStage;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly people: number;
  readonly looked: number;
  readonly sent: number;
  readonly unchanged: number;
  readonly outcome: {
    readonly delivered?: number;
    readonly filtered?: Readonly<Record<string, number>>;
    readonly dead?: number;
  } | null;
}

const LIST = `
  SELECT s.id, s.seq, v.version, s.rows, s.previous, s.state, s.started_at AS "startedAt", s.finished_at AS "finishedAt", s.people::float8,
    s.looked::float8, s.sent::float8, s.unchanged::float8, s.outcome
  FROM snapshot AS s JOIN connection_version AS v ON v.number = s.version
  WHERE s.connection = $1 AND s.seq < $2 ORDER BY s.seq DESC LIMIT $3`;
const ASK = `
  UPDATE snapshot_plan AS p SET due_at = 0
  WHERE connection = $1 AND NOT EXISTS (SELECT FROM snapshot WHERE id = p.last AND state IN ('exporting', 'sending', 'closing'))`;

/** Snapshots of segments, for people to look at and to ask for, in PostgreSQL. Connections are known by their numbers. */
export class Snapshots {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Those of a connection that were begun before one, newest first. */
  async list(connection: number, before: number, limit: number): Promise<ShownSnapshot[]> {
    const { rows } = await this.#pool.query<ShownSnapshot>(LIST, [connection, before, limit]);
    return rows;
  }

  /** When the next one of a connection is due; undefined when somebody has to ask. */
  async nextAt(connection: number): Promise<number | undefined> {
    const { rows } = await this.#pool.query<{ dueAt: number | null }>(
      'SELECT due_at AS "dueAt" FROM snapshot_plan WHERE connection = $1',
      [connection],
    );
    return rows[0]?.dueAt ?? undefined;
  }

  /** Asks for one as soon as may be. @throws TributaryError `conflict` while one is at work */
  async ask(connection: number): Promise<void> {
    const { rowCount } = await this.#pool.query(ASK, [connection]);
    if (rowCount === 0)
      throw new TributaryError('conflict', 'A snapshot is at work: ask again when it has ended.');
  }
}

/** Notes by which plan a connection takes snapshots from now on; by none it takes no more. One at work goes on as long as its version is in force. */
export async function planSnapshots(
  db: PoolClient,
  connection: number,
  plan: SnapshotPlan | undefined,
): Promise<void> {
  if (plan === undefined) {
    await db.query('UPDATE snapshot_plan SET due_at = NULL WHERE connection = $1', [connection]);
    return;
  }
  const { rows } = await db.query<{ now: number }>(
    'SELECT round(extract(epoch FROM now()) * 1000)::float8 AS now',
  );
  const dueAt = nextSnapshotAt(plan, rows[0]?.now ?? 0) ?? null;
  await db.query(
    'INSERT INTO snapshot_plan (connection, due_at) VALUES ($1, $2) ON CONFLICT (connection) DO UPDATE SET due_at = excluded.due_at',
    [connection, dueAt],
  );
}
