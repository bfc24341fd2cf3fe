import type { Pool } from 'pg';
import { beginsWith } from './begins-with.js';

/** How identifiers of a kind begin that are looked for. */
export interface Beginning {
  readonly kind: string;
  readonly text: string;
}

/** An identifier that was found, and whose it is. */
export interface FoundIdentifier {
  readonly kind: string;
  readonly value: string;
  readonly profileId: string;
}

/**
 * Identifiers that begin with these texts: of each kind up to `limit`, in order. Those that belong to nobody are left out.
 * The index is used since each text is a parameter of its own, known when the question is planned.
 */
export async function identifiersBeginning(
  pool: Pool,
  beginnings: readonly Beginning[],
  limit: number,
): Promise<FoundIdentifier[]> {
  if (beginnings.length === 0) return [];
  const selects = beginnings.map(
    (_, index) =>
      `(SELECT kind, value, profile_id AS "profileId" FROM identifier
        WHERE kind = $${2 * index + 2} AND value LIKE $${2 * index + 3} AND profile_id IS NOT NULL ORDER BY value LIMIT $1)`,
  );
  const params = beginnings.flatMap(({ kind, text }) => [kind, beginsWith(text)]);
  const { rows } = await pool.query<FoundIdentifier>(selects.join(' UNION ALL '), [limit, ...params]);
  return rows;
}

/** Where profiles are now: of each id that was merged away, the one that took it in. */
export async function placesNow(pool: Pool, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ from_id: string; into_id: string }>(
    'SELECT from_id, into_id FROM profile_merge WHERE from_id = ANY ($1::uuid[])',
    [[...ids]],
  );
  return new Map(rows.map((row) => [row.from_id, row.into_id]));
}
