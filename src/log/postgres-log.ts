import type { Pool } from 'pg';
import { ADVISORY_LOCKS } from '../engines/advisory-locks.js';
import { inTransaction } from '../engines/in-transaction.js';
import { int8Array, textArray } from '../engines/postgres.js';
import type { Chunk, Log, LogExtent, LogRecord, Retention } from './log.js';
import { decodeRecords, encodeRecords } from './record-codec.js';

/** When `prune` closes the open segment. */
const SEGMENT_LIMITS = { segmentBytesMax: 256 * 1024 * 1024, segmentHoursMax: 24 };
/** Rows that one read looks at: of single events there are few in a chunk. */
const CHUNKS_PER_READ_MAX = 4_000;
/** A bound on the memory of one read, but for a single chunk. */
const READ_BYTES_MAX = 16 * 1024 * 1024;

// One statement, so one round trip and one commit. Updating the one row of log_head first makes appends of several
// processes wait for each other: offsets are gapless and become visible in their order.
const APPEND = `
  WITH head AS (
    UPDATE log_head SET next_offset = next_offset + $1 RETURNING next_offset AS until, segment
  ), counted AS (
    INSERT INTO log_received AS r (source_id, events, last_at)
    SELECT * FROM unnest($3::text[], $4::int8[], $5::int8[])
    ON CONFLICT (source_id) DO UPDATE
    SET events = r.events + excluded.events, last_at = greatest(r.last_at, excluded.last_at)
  )
  INSERT INTO log_chunk (segment, until, count, bytes, payload)
  SELECT segment, until, $1, octet_length($2::text), $2 FROM head
  RETURNING until - count AS "offset"`;

// The window sums look at counts and sizes alone: payloads that are not taken are never read.
const READ = `
  SELECT (until - count)::float8 AS "offset", count, payload, segment FROM (
    SELECT until, count, payload, segment,
      sum(count) OVER (ORDER BY segment, until) - count AS before,
      sum(bytes) OVER (ORDER BY segment, until) AS bytes
    FROM (
      SELECT * FROM log_chunk WHERE segment >= $1 AND until > $2 ORDER BY segment, until LIMIT ${CHUNKS_PER_READ_MAX}
    ) AS nearest
  ) AS summed
  WHERE before = 0 OR (before + count <= $3 AND bytes <= ${READ_BYTES_MAX})
  ORDER BY until`;

interface ChunkRow {
  readonly offset: number;
  readonly count: number;
  readonly payload: string;
  readonly segment: number;
}

/**
 * The log as partitions of a PostgreSQL table, one per segment; a segment is closed by size or by age, and dropped whole.
 * Appends resolve after the commit is on disk (`synchronous_commit = on`).
 */
export class PostgresLog implements Log {
  readonly #pool: Pool;
  readonly #limits: typeof SEGMENT_LIMITS;
  /** The segment of the last chunk read: older partitions need not be looked at for what comes after it. */
  #readSegment = { segment: 0, until: 0 };

  constructor(pool: Pool, limits: Partial<typeof SEGMENT_LIMITS> = {}) {
    this.#pool = pool;
    this.#limits = { ...SEGMENT_LIMITS, ...limits };
  }

  async append(records: readonly LogRecord[]): Promise<number> {
    const bySource = new Map<string, { events: number; lastAt: number }>();
    let count = 0;
    for (const { sourceId, count: events, receivedAt } of records) {
      count += events;
      const sum = bySource.get(sourceId);
      if (sum === undefined) bySource.set(sourceId, { events, lastAt: receivedAt });
      else {
        sum.events += events;
        sum.lastAt = Math.max(sum.lastAt, receivedAt);
      }
    }
    // Sorted, so that two processes lock the rows of log_received in the same order.
    const received = [...bySource].sort(([a], [b]) => (a < b ? -1 : 1));
    const values = [
      ...[count, encodeRecords(records), textArray(received.map(([sourceId]) => sourceId))],
      int8Array(received.map(([, { events }]) => events)),
      int8Array(received.map(([, { lastAt }]) => lastAt)),
    ];
    const result = await this.#pool.query<{ offset: number }>({ name: 'log-append', text: APPEND, values });
    // Invariant: INSERT … SELECT FROM head returns the one row of log_head.
    return (result.rows[0] as { offset: number }).offset;
  }

  async read(from: number, eventsMax: number): Promise<Chunk[]> {
    const segment = from >= this.#readSegment.until ? this.#readSegment.segment : 0;
    // As text: pg's reader takes every answer for UTF-8, so that `binary: true` would ruin the payloads.
    const values = [segment, from, eventsMax];
    const { rows } = await this.#pool.query<ChunkRow>({ name: 'log-read', text: READ, values });
    const last = rows.at(-1);
    if (last) this.#readSegment = { segment: last.segment, until: last.offset };
    return rows.map(({ offset, count, payload }) => ({ offset, count, records: decodeRecords(payload) }));
  }

  async extent(): Promise<LogExtent> {
    const { rows } = await this.#pool.query<{ first: number; next: number }>({
      name: 'log-extent',
      text: `SELECT h.next_offset AS next,
               coalesce((SELECT until - count FROM log_chunk ORDER BY segment, until LIMIT 1), h.next_offset) AS first
             FROM log_head h`,
    });
    return rows[0] as { first: number; next: number };
  }

  async received(): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.#pool.query<{ source_id: string; events: number }>(
      'SELECT source_id, events FROM log_received',
    );
    return new Map(rows.map((row) => [row.source_id, row.events]));
  }

  async prune({ processed, closedBefore, bytesMax }: Retention): Promise<number> {
    await this.#closeSegmentIfDue();
    const { rows } = await this.#pool.query<{ segment: number }>(
      `SELECT segment FROM (
         SELECT segment, closed_at, until, sum(bytes) OVER (ORDER BY segment DESC) AS bytes_from_here
         FROM log_segment WHERE closed_at IS NOT NULL
       ) AS closed
       WHERE until <= $1 AND (closed_at < to_timestamp($2::float8 / 1000) OR bytes_from_here > $3)
       ORDER BY segment`,
      [processed, closedBefore, bytesMax],
    );
    for (const { segment } of rows) await this.#drop(segment);
    return rows.length;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  /** Closes the open segment when it is large or old enough, and opens the next. */
  async #closeSegmentIfDue(): Promise<void> {
    const { rows } = await this.#pool.query<{ segment: number; bytes: number; due: boolean }>(
      `SELECT segment, bytes, used AND (bytes >= $1 OR opened_at <= now() - make_interval(hours => $2)) AS due
       FROM (
         SELECT s.segment, s.opened_at, pg_total_relation_size('log_chunk_' || s.segment) AS bytes,
           EXISTS (SELECT FROM log_chunk c WHERE c.segment = s.segment) AS used
         FROM log_head h JOIN log_segment s USING (segment)
       ) AS open`,
      [this.#limits.segmentBytesMax, this.#limits.segmentHoursMax],
    );
    const open = rows[0];
    if (open?.due) await this.#openNext(open.segment, open.bytes);
  }

  async #openNext(closing: number, bytes: number): Promise<void> {
    const next = closing + 1;
    await this.#withLock(async (run) => {
      // First of all: an append holds its lock on log_chunk while it waits for the row of log_head.
      await run('LOCK TABLE log_chunk IN ACCESS EXCLUSIVE MODE');
      const { rows } = await run('SELECT segment FROM log_head WHERE segment = $1 FOR UPDATE', [closing]);
      if (rows.length === 0) return; // Another process was faster.
      await run(
        `CREATE TABLE log_chunk_${next} PARTITION OF log_chunk FOR VALUES IN (${next}) WITH (autovacuum_enabled = false)`,
      );
      await run(
        `UPDATE log_segment SET closed_at = now(), bytes = $2, until = (SELECT next_offset FROM log_head)
         WHERE segment = $1`,
        [closing, bytes],
      );
      await run('INSERT INTO log_segment (segment) VALUES ($1)', [next]);
      await run('UPDATE log_head SET segment = $1', [next]);
    });
  }

  async #drop(segment: number): Promise<void> {
    await this.#withLock(async (run) => {
      await run(`DROP TABLE IF EXISTS log_chunk_${segment}`);
      await run('DELETE FROM log_segment WHERE segment = $1', [segment]);
    });
  }

  async #withLock(
    work: (run: (sql: string, values?: unknown[]) => Promise<{ rows: unknown[] }>) => Promise<void>,
  ): Promise<void> {
    await inTransaction(this.#pool, async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCKS.logSegment]);
      await work((sql, values) => client.query(sql, values));
    });
  }
}
