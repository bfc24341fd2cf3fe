import type { Pool } from 'pg';

/** How an audience is doing. Times are milliseconds since 1970 UTC. */
export interface AudienceFigures {
  /** People whom the tool was told to have, and of those whom it has by its own word. */
  readonly added: number;
  readonly confirmed: number;
  /** Removals that the tool has not confirmed yet. */
  readonly removing: number;
  readonly sync: {
    readonly phase: 'adding' | 'removing' | null;
    readonly startedAt: number | null;
    readonly finishedAt: number | null;
    readonly dueAt: number;
    readonly added: number;
    readonly removed: number;
  } | null;
}

const FIGURES = `
  SELECT count(*) FILTER (WHERE is_added)::float8 AS added, count(*) FILTER (WHERE is_added AND confirmed_key = key)::float8 AS confirmed,
    count(*) FILTER (WHERE NOT is_added)::float8 AS removing
  FROM audience_member WHERE connection = $1`;
const SYNC = `
  SELECT phase, started_at AS "startedAt", finished_at AS "finishedAt", due_at AS "dueAt", added::float8, removed::float8
  FROM audience_sync WHERE connection = $1`;

/** Audiences, for people to look at, in PostgreSQL. */
export class Audiences {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** @param connection its number. */
  async figures(connection: number): Promise<AudienceFigures> {
    const [figures, sync] = await Promise.all([
      this.#pool.query<Omit<AudienceFigures, 'sync'>>(FIGURES, [connection]),
      this.#pool.query<NonNullable<AudienceFigures['sync']>>(SYNC, [connection]),
    ]);
    // Invariant: an aggregate is one row.
    return { ...(figures.rows[0] as Omit<AudienceFigures, 'sync'>), sync: sync.rows[0] ?? null };
  }
}
