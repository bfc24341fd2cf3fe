import type { Pool } from 'pg';
import type { ProfileMatches } from '../../core/identity/population.js';
import type { MatchRule } from '../../core/matching/compile-matching.js';
import { int4Array, int8Array, textArray, uuidArray } from '../../engines/postgres.js';
import type { Run } from './send-together.js';

/**
 * Before all rows of some profiles go: where that leaves one row alone with its hash, it is no longer shared. Looking for two is enough,
 * however many have it. (`NOT IN` is looked up in a hash table, and `<> ALL` would not be.)
 */
const MATCHES_LEAVE = `
  UPDATE match_key AS k SET shared = false
  FROM (
    SELECT hash FROM (SELECT DISTINCT hash FROM match_key WHERE profile_id = ANY ($1::uuid[]) AND shared) AS touched
    WHERE 2 > (SELECT count(*) FROM (
      SELECT FROM match_key AS m WHERE m.hash = touched.hash AND m.profile_id NOT IN (SELECT unnest($1::uuid[])) LIMIT 2) AS two)
  ) AS alone
  WHERE k.hash = alone.hash AND k.shared AND k.profile_id NOT IN (SELECT unnest($1::uuid[]))`;

const MATCHES_WRITE = `
  INSERT INTO match_key (profile_id, rule, hash, source_id, "offset", day, shared)
  SELECT p, r, h, s, o, date '1970-01-01' + d, false
  FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::int8[], $6::int4[]) AS held (p, r, h, s, o, d)`;

const MATCHES_SHARE = `
  UPDATE match_key AS k SET shared = true
  FROM (SELECT hash FROM unnest($1::uuid[]) AS written (hash)
        WHERE 1 < (SELECT count(*) FROM (SELECT FROM match_key AS m WHERE m.hash = written.hash LIMIT 2) AS two)) AS several
  WHERE k.hash = several.hash AND NOT k.shared`;

/** Writes down what profiles can be matched by, in place of what they could before. */
export function writeMatches(run: Run, matches: readonly ProfileMatches[]): void {
  const left = matches.filter(({ hadSome }) => hadSome);
  if (left.length > 0) clearMatches(run, uuidArray(left.map(({ profileId }) => profileId)));
  const rows = matches.flatMap(({ profileId, held }) =>
    Array.from(held, ([rule, match]) => ({ profileId, rule, ...match })),
  );
  if (rows.length === 0) return;
  run('matches-write', MATCHES_WRITE, [
    uuidArray(rows.map((row) => row.profileId)),
    textArray(rows.map((row) => row.rule)),
    uuidArray(rows.map((row) => row.hash)),
    textArray(rows.map((row) => row.sourceId)),
    int8Array(rows.map((row) => row.offset)),
    int4Array(rows.map((row) => row.day)),
  ]);
  run('matches-share', MATCHES_SHARE, [uuidArray([...new Set(rows.map((row) => row.hash))])]);
}

/** Takes away what profiles can be matched by. @param ids a uuid[] */
export function clearMatches(run: Run, ids: Buffer): void {
  run('matches-leave', MATCHES_LEAVE, [ids]);
  run('matches-clear', 'DELETE FROM match_key WHERE profile_id = ANY ($1::uuid[])', [ids]);
}

/** Two profiles that are probably one person. */
export interface MatchedPair {
  readonly profileId: string;
  /** The one that had what they share first. */
  readonly otherProfileId: string;
  readonly rules: readonly MatchRule[];
}

const FIRST_WITH_KEY = `
  SELECT profile_id, "offset" FROM match_key AS first WHERE first.hash = k.hash AND first.shared ORDER BY "offset", profile_id LIMIT 1`;

const PAIRS = `
  SELECT k.profile_id AS "profileId", first.profile_id AS "otherProfileId", array_agg(k.rule ORDER BY k.rule) AS rules
  FROM match_key AS k CROSS JOIN LATERAL (${FIRST_WITH_KEY}) AS first
  WHERE k.shared AND k.profile_id >= $1::uuid AND first.profile_id <> k.profile_id
  GROUP BY 1, 2 HAVING (k.profile_id, first.profile_id) > ($1::uuid, $2::uuid) ORDER BY 1, 2 LIMIT $3`;

/** Pairs after one, in order of their ids: each profile with whoever had the same first. */
export async function matchedPairs(
  pool: Pool,
  after: Pick<MatchedPair, 'profileId' | 'otherProfileId'>,
  limit: number,
): Promise<MatchedPair[]> {
  const { rows } = await pool.query<MatchedPair>(PAIRS, [after.profileId, after.otherProfileId, limit]);
  return rows;
}

const OTHERS = `
  SELECT k.profile_id AS "profileId", other.profile_id AS "otherProfileId", array_agg(k.rule ORDER BY k.rule) AS rules
  FROM match_key AS k CROSS JOIN LATERAL (
    SELECT profile_id FROM match_key AS m WHERE m.hash = k.hash AND m.shared AND m.profile_id <> k.profile_id
    ORDER BY "offset", profile_id LIMIT $2) AS other
  WHERE k.profile_id = $1::uuid AND k.shared GROUP BY 1, 2 ORDER BY 2 LIMIT $2`;

/** Who is probably the same person as one profile: of very many, so many. */
export async function matchesOf(pool: Pool, profileId: string, limit: number): Promise<MatchedPair[]> {
  const { rows } = await pool.query<MatchedPair>(OTHERS, [profileId, limit]);
  return rows;
}
