import type { Pool } from 'pg';
import type { QualityFigure } from '../../core/quality/quality-tally.js';
import { int4Array, int8Array, textArray } from '../../engines/postgres.js';
import type { Run } from './write-people.js';

/** Adds figures to those of their day. */
export function writeQuality(run: Run, figures: readonly QualityFigure[]): void {
  if (figures.length === 0) return;
  run(
    'quality-write',
    `INSERT INTO quality_daily AS q (source_id, day, measure, n)
     SELECT s, date '1970-01-01' + d, m, n FROM unnest($1::text[], $2::int4[], $3::text[], $4::int8[]) AS figure (s, d, m, n)
     ON CONFLICT (source_id, day, measure) DO UPDATE SET n = q.n + excluded.n`,
    [
      textArray(figures.map((f) => f.sourceId)),
      int4Array(figures.map((f) => f.day)),
      textArray(figures.map((f) => f.measure)),
      int8Array(figures.map((f) => f.n)),
    ],
  );
}

/** The figures of one source on one day. */
export interface QualityDay {
  readonly sourceId: string;
  /** `2026-01-31` */
  readonly day: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** Reads days between two, both included, in order; a page goes on after a day and source. */
export async function readQuality(
  pool: Pool,
  { from, to, sourceId }: { from: string; to: string; sourceId: string | undefined },
  after: { day: string; sourceId: string },
  limit: number,
): Promise<QualityDay[]> {
  const { rows } = await pool.query<QualityDay>(
    `SELECT source_id AS "sourceId", to_char(day, 'YYYY-MM-DD') AS day, json_object_agg(measure, n) AS figures
     FROM quality_daily
     WHERE day >= $1::date AND day <= $2::date AND ($3::text IS NULL OR source_id = $3) AND (day, source_id) > ($4::date, $5)
     GROUP BY quality_daily.day, source_id ORDER BY quality_daily.day, source_id LIMIT $6`,
    [from, to, sourceId ?? null, after.day, after.sourceId, limit],
  );
  return rows;
}
