import type { Pool } from 'pg';
import type { ComputedValue } from '../../core/segments/definition.js';
import { textArray, uuidArray } from '../../engines/postgres.js';
import { readOutbox } from './membership-outbox.js';
import { unpacked } from './message-pack.js';
import type {
  OpenVersion,
  SegmentFacts,
  SegmentInForce,
  SegmentState,
  SegmentStep,
  SegmentWork,
  StoredPerson,
} from './segment-state.js';
import { stepAside } from './step-aside.js';
import { writeStep } from './write-segments.js';

const VERSION = `
  v.segment_id AS "segmentId", s.number AS "segmentNumber", v.version, v.number AS "versionNumber", v.definition,
  coalesce(round(extract(epoch FROM v.live_at) * 1000), 0)::float8 AS "liveAt"`;
const WORK = `
  SELECT epoch, (SELECT due_at FROM segment_state WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1) AS due FROM segment_epoch`;
const OPEN = `
  SELECT ${VERSION}, v.status, coalesce(v.slices, '{}')::text[] AS slices, v.slices_done AS "slicesDone"
  FROM segment_version v JOIN segment s ON s.id = v.segment_id
  WHERE v.status IN ('pending', 'backfilling', 'retiring') ORDER BY v.number LIMIT 1`;
/** Of each segment the newest version that was taken into force. */
const IN_FORCE = `
  SELECT DISTINCT ON (v.segment_id) ${VERSION} FROM segment_version v JOIN segment s ON s.id = v.segment_id
  WHERE v.status IN ('backfilling', 'live') AND s.deleted_at IS NULL ORDER BY v.segment_id, v.number DESC`;

/** Segments in PostgreSQL. */
export class PostgresSegmentState implements SegmentState {
  readonly #pool: Pool;

  /** @param pool of connections in pipeline mode. */
  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async work(): Promise<SegmentWork> {
    const [known, open] = await Promise.all([
      this.#pool.query<{ epoch: number; due: number | null }>({ name: 'segment-work', text: WORK }),
      this.#pool.query<OpenVersion>({ name: 'segment-open', text: OPEN }),
    ]);
    const { epoch = 0, due } = known.rows[0] ?? {};
    return { epoch, open: open.rows[0], nextDue: due ?? undefined };
  }

  async facts(): Promise<SegmentFacts> {
    const [segments, computed] = await Promise.all([
      this.#pool.query<SegmentInForce>(IN_FORCE),
      this.#pool.query<{ name: string; value: ComputedValue }>('SELECT name, value FROM computed_trait'),
    ]);
    return {
      segments: segments.rows,
      computed: new Map(computed.rows.map(({ name, value }) => [name, value])),
    };
  }

  async leafNumbers(keys: readonly string[]): Promise<Map<string, number>> {
    if (keys.length === 0) return new Map();
    const values = [textArray(keys)];
    // Without using up numbers for those that are known.
    await this.#pool.query(
      `INSERT INTO segment_leaf (key) SELECT asked.key FROM unnest($1::text[]) AS asked (key)
       LEFT JOIN segment_leaf known USING (key) WHERE known.key IS NULL ON CONFLICT DO NOTHING`,
      values,
    );
    const { rows } = await this.#pool.query<{ key: string; number: number }>(
      'SELECT key, number FROM segment_leaf WHERE key = ANY ($1::text[])',
      values,
    );
    return new Map(rows.map(({ key, number }) => [key, number]));
  }

  async people(ids: readonly string[]): Promise<Map<string, StoredPerson>> {
    if (ids.length === 0) return new Map();
    const { rows } = await this.#pool.query<Omit<StoredPerson, 'state'> & { id: string; state: Buffer }>({
      name: 'segment-states',
      text: `SELECT profile_id AS id, state, settled, stale, due_at AS "dueAt"
             FROM segment_state JOIN unnest($1::uuid[]) AS asked (profile_id) USING (profile_id)`,
      values: [uuidArray(ids)],
    });
    return new Map(
      rows.map(({ id, state, ...person }) => [
        id,
        { ...person, state: state.length === 0 ? null : unpacked(state) },
      ]),
    );
  }

  async settledFor(versionNumber: number, ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const { rows } = await this.#pool.query<{ id: string }>(
      'SELECT profile_id AS id FROM segment_state WHERE profile_id = ANY ($1::uuid[]) AND settled >= $2',
      [uuidArray(ids), versionNumber],
    );
    return new Set(rows.map(({ id }) => id));
  }

  async due(now: number, limit: number): Promise<string[]> {
    const { rows } = await this.#pool.query<{ id: string }>({
      name: 'segment-due',
      text: 'SELECT profile_id AS id FROM segment_state WHERE due_at <= $1 ORDER BY due_at LIMIT $2',
      values: [now, limit],
    });
    return rows.map(({ id }) => id);
  }

  async mergedInto(ids: readonly string[]): Promise<Map<string, string>> {
    const { rows } = await this.#pool.query<{ from_id: string; into_id: string }>(
      'SELECT from_id, into_id FROM profile_merge WHERE into_id = ANY ($1::uuid[])',
      [uuidArray(ids)],
    );
    return new Map(rows.map((row) => [row.from_id, row.into_id]));
  }

  async commitStep(step: SegmentStep): Promise<void> {
    await stepAside(this.#pool, step, (run) => writeStep(run, step));
  }

  async untold(): ReturnType<SegmentState['untold']> {
    const { rows } = await this.#pool.query<{ seq: number; changes: Buffer }>({
      name: 'segment-untold',
      text: 'SELECT seq, changes FROM segment_outbox ORDER BY seq LIMIT 10',
    });
    return rows.map(({ seq, changes }) => ({ seq, changes: readOutbox(changes) }));
  }

  async untoldSeqs(): Promise<readonly number[]> {
    const { rows } = await this.#pool.query<{ seq: number }>({
      name: 'segment-untold-seqs',
      text: 'SELECT seq FROM segment_outbox ORDER BY seq',
    });
    return rows.map(({ seq }) => seq);
  }

  async told(seq: number): Promise<void> {
    await this.#pool.query({
      name: 'segment-told',
      text: 'DELETE FROM segment_outbox WHERE seq = $1',
      values: [seq],
    });
  }
}
