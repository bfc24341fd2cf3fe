import type { Pool } from 'pg';
import type { QualityFigure } from '../../core/quality/quality-tally.js';
import { int4Array, int8Array, textArray } from '../../engines/postgres.js';
import type { Run } from './send-together.js';

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

/**
 * A page of days and sources, then their figures. A profile is a suspected duplicate of the day and source by which it came to have what
 * another one had first; it is counted there as long as both have it, and are two.
 */
const QUALITY = `
  WITH page AS (
    SELECT day, source_id FROM (
      (SELECT DISTINCT day, source_id FROM quality_daily) UNION (SELECT DISTINCT day, source_id FROM match_key WHERE shared)) AS known
    WHERE day >= $1::date AND day <= $2::date AND ($3::text IS NULL OR source_id = $3) AND (day, source_id) > ($4::date, $5)
    ORDER BY day, source_id LIMIT $6),
  figure AS (
    SELECT day, source_id, measure, n FROM page JOIN quality_daily USING (day, source_id)
    UNION ALL
    SELECT k.day, k.source_id, 'suspected_duplicates', count(DISTINCT k.profile_id)
    FROM page JOIN match_key AS k ON k.day = page.day AND k.source_id = page.source_id AND k.shared
    WHERE EXISTS (SELECT FROM match_key AS first WHERE first.hash = k.hash AND first.shared
                    AND (first."offset", first.profile_id) < (k."offset", k.profile_id))
    GROUP BY 1, 2)
  SELECT source_id AS "sourceId", to_char(day, 'YYYY-MM-DD') AS day, coalesce(json_object_agg(measure, n) FILTER (WHERE n IS NOT NULL), '{}') AS figures
  FROM page LEFT JOIN figure USING (day, source_id) GROUP BY page.day, source_id, day ORDER BY page.day, source_id`;

/** Reads days between two, both included, in order; a page goes on after a day and source. */
export async function readQuality(
  pool: Pool,
  { from, to, sourceId }: { from: string; to: string; sourceId: string | undefined },
  after: { day: string; sourceId: string },
  limit: number,
): Promise<QualityDay[]> {
  const { rows } = await pool.query<QualityDay>(QUALITY, [
    ...[from, to, sourceId ?? null],
    ...[after.day, after.sourceId, limit],
  ]);
  return rows;
}
