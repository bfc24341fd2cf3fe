import type { Pool } from 'pg';
import type { LastRefusal, Refusals } from '../../core/identity/refusal-tally.js';
import { int8Array, textArray, uuidArray } from '../../engines/postgres.js';
import type { Run } from './send-together.js';

const REFUSALS_WRITE = `
  INSERT INTO identity_refusal AS r (profile_id, kind, rule, times, "offset", last)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int8[], $5::int8[], $6::text[])
  ON CONFLICT (profile_id, kind, rule) DO UPDATE SET times = r.times + excluded.times,
    last = CASE WHEN excluded."offset" > r."offset" THEN excluded.last ELSE r.last END,
    "offset" = greatest(excluded."offset", r."offset")`;

/** Adds refusals to those of their profile, kind and rule. */
export function writeRefusals(run: Run, refusals: readonly Refusals[]): void {
  run('refusals-write', REFUSALS_WRITE, [
    uuidArray(refusals.map((r) => r.profileId)),
    textArray(refusals.map((r) => r.kind)),
    textArray(refusals.map((r) => r.rule)),
    int8Array(refusals.map((r) => r.times)),
    int8Array(refusals.map((r) => r.last.offset)),
    textArray(refusals.map((r) => JSON.stringify(r.last))),
  ]);
}

const REFUSALS_MOVE = `
  WITH gone AS (
    DELETE FROM identity_refusal AS r USING unnest($1::uuid[], $2::uuid[]) AS pair (from_id, into_id)
    WHERE r.profile_id = pair.from_id
    RETURNING pair.into_id, r.kind, r.rule, r.times, r."offset", r.last)
  INSERT INTO identity_refusal AS r (profile_id, kind, rule, times, "offset", last)
  SELECT into_id, kind, rule, sum(times)::int8, max("offset"), (array_agg(last ORDER BY "offset" DESC))[1]
  FROM gone GROUP BY 1, 2, 3
  ON CONFLICT (profile_id, kind, rule) DO UPDATE SET times = r.times + excluded.times,
    last = CASE WHEN excluded."offset" > r."offset" THEN excluded.last ELSE r.last END,
    "offset" = greatest(excluded."offset", r."offset")`;

/** Those of profiles that were merged away go along. @param from their ids, and `into` where each went. */
export function moveRefusals(run: Run, from: Buffer, into: Buffer): void {
  run('refusals-move', REFUSALS_MOVE, [from, into]);
}

/** Refusals of one kind by one rule. */
export interface StoredRefusals {
  readonly kind: string;
  readonly rule: string;
  readonly times: number;
  readonly last: LastRefusal;
}

/** What a profile was refused of what nobody has, the most frequent first. */
export async function refusalsOf(pool: Pool, profileId: string): Promise<StoredRefusals[]> {
  const { rows } = await pool.query<Omit<StoredRefusals, 'last'> & { readonly last: string }>(
    'SELECT kind, rule, times, last FROM identity_refusal WHERE profile_id = $1 ORDER BY times DESC, kind, rule',
    [profileId],
  );
  return rows.map((row) => ({ ...row, last: JSON.parse(row.last) as LastRefusal }));
}

/** A profile that wanted more identifiers of a kind than it may hold. */
export interface CrowdedProfile {
  readonly profileId: string;
  readonly kind: string;
  readonly refused: number;
  readonly lastAt: number;
}

/** Entries of the record that one look at crowded profiles goes through, the newest. */
const CROWDED_EDGES_MAX = 100_000;

/** Identifiers that nobody has are counted; of those that others have each is on record, once. What came before a reset no longer holds. */
const CROWDED = `
  WITH refusal AS (
    SELECT profile_id, kind, times, (last::json ->> 'at')::float8 AS at FROM identity_refusal WHERE rule = 'limit'
    UNION ALL
    SELECT coalesce(into_id, edge.profile_id), kind, 1, extract(epoch FROM at)::float8 * 1000
    FROM (SELECT * FROM identity_edge ORDER BY seq DESC LIMIT ${CROWDED_EDGES_MAX}) AS edge
    LEFT JOIN profile_merge ON from_id = edge.profile_id
    WHERE verdict = 'refused' AND rule = 'limit' AND NOT EXISTS (
      SELECT FROM identity_edge AS reset
      WHERE reset.profile_id = edge.profile_id AND reset.verdict = 'reset' AND reset.seq > edge.seq))
  SELECT profile_id AS "profileId", kind, sum(times)::int8 AS refused, max(at) AS "lastAt"
  FROM refusal GROUP BY 1, 2 ORDER BY 3 DESC, 1 LIMIT $1`;

/** Profiles that hit a limit, those with most refusals first. */
export async function crowdedProfiles(pool: Pool, limit: number): Promise<CrowdedProfile[]> {
  const { rows } = await pool.query<CrowdedProfile>(CROWDED, [limit]);
  return rows;
}
