import type { Pool } from 'pg';
import { uuidArray } from '../../engines/postgres.js';
import type { StoredMember } from './activation-state.js';
import { MEMBER, type MemberRow, memberOf } from './audience-rows.js';
import type { SnapshotBegin, SnapshotSlice, SnapshotState, SnapshotStep } from './snapshot-state.js';
import { stepAside } from './step-aside.js';
import { writeActivation } from './write-activation.js';

const BEGIN = `
  INSERT INTO snapshot (id, connection, version, rows, previous, is_kept, state, started_at, people)
  VALUES ($1, $2, $3, $4, $5, $6, 'exporting', $7, $8)`;
const PLAN = 'UPDATE snapshot_plan SET due_at = $2, last = $3 WHERE connection = $1';
const SLICE = 'INSERT INTO snapshot_slice (snapshot, nth, until, ids) VALUES ($1, $2, $3, $4)';
const STEP = `
  UPDATE snapshot SET state = $2, looked = looked + $3, unchanged = unchanged + $4, sent = sent + $5, after = $6, finished_at = $7, outcome = $8
  WHERE id = $1`;

/** Snapshots of segments, in PostgreSQL. */
export class PostgresSnapshotState implements SnapshotState {
  readonly #pool: Pool;

  /** @param pool of connections in pipeline mode. */
  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async beginSnapshot(begin: SnapshotBegin): Promise<void> {
    const { connection, snapshot, slices, dueAt = null } = begin;
    const { id, version, rows, previous, isKept, startedAt, people } = snapshot;
    await stepAside(this.#pool, begin, (run) => {
      run('snapshot-begin', BEGIN, [id, connection, version, rows, previous, isKept, startedAt, people]);
      run('snapshot-plan', PLAN, [connection, dueAt, id]);
      // Everybody's rows are told anew: what was told before no longer counts.
      if (previous === null)
        run('snapshot-forget', 'DELETE FROM audience_member WHERE connection = $1', [connection]);
      for (const [nth, { until = null, ids }] of slices.entries())
        run('snapshot-slice', SLICE, [id, nth, until, uuidArray(ids)]);
    });
  }

  async slice(id: string): Promise<SnapshotSlice | undefined> {
    const { rows } = await this.#pool.query<{ nth: number; until: string | null; ids: string | null }>({
      name: 'snapshot-next',
      text: `SELECT nth, until::text AS until, array_to_string(ids, ',') AS ids FROM snapshot_slice WHERE snapshot = $1 ORDER BY nth LIMIT 1`,
      values: [id],
    });
    const [first] = rows;
    if (first === undefined) return undefined;
    return { nth: first.nth, until: first.until ?? undefined, ids: first.ids ? first.ids.split(',') : [] };
  }

  async keptWithin(
    connection: number,
    after: string | null,
    until: string | undefined,
    limit: number,
  ): Promise<StoredMember[]> {
    const { rows } = await this.#pool.query<MemberRow>({
      name: 'snapshot-kept',
      text: `SELECT ${MEMBER} FROM audience_member m
             WHERE m.connection = $1 AND ($2::uuid IS NULL OR m.profile_id > $2) AND ($3::uuid IS NULL OR m.profile_id <= $3)
             ORDER BY m.profile_id LIMIT $4`,
      values: [connection, after, until ?? null, limit],
    });
    return rows.map(memberOf);
  }

  async openRows(id: string): Promise<{ readonly waits: boolean; readonly dead: number }> {
    const { rows } = await this.#pool.query<{ waits: boolean; dead: number }>({
      name: 'snapshot-open',
      text: `SELECT EXISTS (SELECT FROM delivery WHERE segment_id <> '' AND message_id <> '' AND message_id = $1 AND state = 'pending') AS waits,
               (SELECT count(*)::float8 FROM delivery WHERE segment_id <> '' AND message_id <> '' AND message_id = $1 AND state = 'dead') AS dead`,
      values: [id],
    });
    return rows[0] ?? { waits: false, dead: 0 };
  }

  async commitSnapshot(step: SnapshotStep): Promise<void> {
    const { id, state, looked, unchanged, slice, finished, changes } = step;
    await stepAside(this.#pool, step, (run) => {
      writeActivation(run, changes);
      const after = slice !== undefined && 'after' in slice ? slice.after : null;
      const sent = changes.deliveries.filter(({ kind }) => kind !== 'closing').length;
      run('snapshot-step', STEP, [
        ...[id, state, looked, unchanged, sent, after, finished?.at ?? null],
        finished === undefined ? null : JSON.stringify(finished.outcome),
      ]);
      if (slice !== undefined && 'done' in slice)
        run('snapshot-done', 'DELETE FROM snapshot_slice WHERE snapshot = $1 AND nth = $2', [id, slice.done]);
      if (finished !== undefined)
        run('snapshot-ended', 'DELETE FROM snapshot_slice WHERE snapshot = $1', [id]);
    });
  }
}
