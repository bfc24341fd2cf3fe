import type { Pool } from 'pg';
import { TributaryError } from '../../core/errors.js';
import type { RecommendationRules } from '../../core/recommend/recommendation-rules.js';
import { DEFAULT_RECOMMENDATION_RULES } from '../../core/recommend/recommendation-rules.js';
import { ADVISORY_LOCKS } from '../../engines/advisory-locks.js';

/** A count of all orders under some rules, and how far it is. */
export interface Generation {
  readonly id: number;
  readonly rules: RecommendationRules;
  /** Orders before this log offset are counted. */
  readonly done: number;
  /** Where the step in work ends; null between two steps. */
  readonly planned: number | null;
  /** What goes with what is told as of the orders before this log offset. */
  readonly told: number;
  /** Milliseconds since 1970 UTC. */
  readonly refreshedAt: number | null;
  readonly completedAt: number | null;
}

const MS = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::float8`;
const COLUMNS = `id, rules, done_offset AS done, planned_offset AS planned, told_offset AS told,
  ${MS('refreshed_at')} AS "refreshedAt", ${MS('completed_at')} AS "completedAt"`;

/** How far recommendations are, in PostgreSQL. */
export class RecommendationState {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** The generation that is being counted; the first, under the default rules, is made when it is asked for. */
  async newest(): Promise<Generation> {
    const find = () =>
      this.#pool.query<Generation>(
        `SELECT ${COLUMNS} FROM recommendation_generation ORDER BY recommendation_generation.id DESC LIMIT 1`,
      );
    const [found] = (await find()).rows;
    return found ?? (await this.begin(DEFAULT_RECOMMENDATION_RULES));
  }

  /** The generation that is served: the newest that has counted everything once, or the first. */
  async served(): Promise<Generation> {
    const { rows } = await this.#pool.query<Generation>(
      `SELECT ${COLUMNS} FROM recommendation_generation
       ORDER BY completed_at IS NULL, CASE WHEN completed_at IS NULL THEN recommendation_generation.id ELSE -recommendation_generation.id END LIMIT 1`,
    );
    return rows[0] ?? (await this.newest());
  }

  /** Begins to count anew; what is served stays until it is done. */
  async begin(rules: RecommendationRules): Promise<Generation> {
    const { rows } = await this.#pool.query<Generation>(
      `INSERT INTO recommendation_generation (rules) VALUES ($1) RETURNING ${COLUMNS}`,
      [JSON.stringify(rules)],
    );
    // Invariant: an INSERT that does not throw returns its row.
    return rows[0] as Generation;
  }

  /** Everything before this log offset is in the event store. */
  async processed(): Promise<number> {
    const { rows } = await this.#pool.query<{ next: number }>(
      "SELECT next_offset AS next FROM consumer WHERE name = 'pipeline'",
    );
    return rows[0]?.next ?? 0;
  }

  /** Makes the end of a step durable. */
  async plan({ id }: Generation, until: number): Promise<void> {
    await this.#pool.query('UPDATE recommendation_generation SET planned_offset = $2 WHERE id = $1', [
      id,
      until,
    ]);
  }

  /** Ends a step. @throws TributaryError `conflict` when it no longer stands where the step began. */
  async advance({ id, done }: Generation, until: number): Promise<void> {
    const { rowCount } = await this.#pool.query(
      'UPDATE recommendation_generation SET done_offset = $3, planned_offset = NULL WHERE id = $1 AND done_offset = $2',
      [id, done, until],
    );
    if (rowCount !== 1)
      throw new TributaryError('conflict', 'Recommendations were counted by another process.');
  }

  /** Notes that everything up to an offset is told, and that the generation can be served. */
  async finish({ id }: Generation, told: number): Promise<void> {
    await this.#pool.query(
      `UPDATE recommendation_generation SET told_offset = $2, refreshed_at = now(), completed_at = coalesce(completed_at, now())
       WHERE id = $1`,
      [id, told],
    );
  }

  /** True while there are generations before one. */
  async hasBefore(id: number): Promise<boolean> {
    const { rows } = await this.#pool.query('SELECT 1 FROM recommendation_generation WHERE id < $1 LIMIT 1', [
      id,
    ]);
    return rows.length > 0;
  }

  /** Forgets all generations before one. */
  async dropBefore(id: number): Promise<void> {
    await this.#pool.query('DELETE FROM recommendation_generation WHERE id < $1', [id]);
  }

  /** Runs something while no other process does, after waiting for those that do. */
  async exclusively(work: () => Promise<void>): Promise<void> {
    const client = await this.#pool.connect();
    try {
      await client.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCKS.recommendations]);
      await work();
    } finally {
      // Closing the connection gives the lock back, whatever happened.
      client.release(true);
    }
  }
}
