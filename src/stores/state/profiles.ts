import type { Pool } from 'pg';
import { decodeProfile } from '../../core/profile/codec.js';
import type { Profile } from '../../core/profile/profile.js';

/** How a profile is asked for: by one of its identifiers, or by its id, which is of kind `id`. */
export interface ProfileRef {
  readonly kind: string;
  readonly value: string;
}

const BY_ID = `
  SELECT id, state FROM profile
  WHERE id = coalesce((SELECT into_id FROM profile_merge WHERE from_id = $1), $1)`;
const BY_IDENTIFIER = `
  SELECT p.id, p.state FROM identifier i JOIN profile p ON p.id = i.profile_id WHERE i.kind = $1 AND i.value = $2`;

/** Finds a profile; the id of one that was merged away finds the one that took it in. */
export async function findProfile(pool: Pool, { kind, value }: ProfileRef): Promise<Profile | undefined> {
  const { rows } =
    kind === 'id'
      ? await pool.query<{ id: string; state: string }>(BY_ID, [value])
      : await pool.query<{ id: string; state: string }>(BY_IDENTIFIER, [kind, value]);
  const [row] = rows;
  return row && decodeProfile(row.id, row.state);
}

/** Reads some profiles, by their ids. */
export async function findProfiles(pool: Pool, ids: readonly string[]): Promise<Map<string, Profile>> {
  if (ids.length === 0) return new Map();
  const { rows } = await pool.query<{ id: string; state: string }>(
    'SELECT id, state FROM profile WHERE id = ANY ($1::uuid[])',
    [[...ids]],
  );
  return new Map(rows.map(({ id, state }) => [id, decodeProfile(id, state)]));
}

/** Ids of the profiles that were merged into one, directly or through others. */
export async function mergedInto(pool: Pool, profileId: string): Promise<string[]> {
  const { rows } = await pool.query<{ from_id: string }>(
    'SELECT from_id FROM profile_merge WHERE into_id = $1',
    [profileId],
  );
  return rows.map((row) => row.from_id);
}

/** Ids of the profiles that were merged into each of these; those without any are missing. */
export async function mergedBy(pool: Pool, profileIds: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await pool.query<{ from_id: string; into_id: string }>(
    'SELECT from_id, into_id FROM profile_merge WHERE into_id = ANY ($1::uuid[])',
    [[...profileIds]],
  );
  const merged = new Map<string, string[]>();
  for (const { from_id: from, into_id: into } of rows) merged.set(into, [...(merged.get(into) ?? []), from]);
  return merged;
}

/** Reads profiles by their ids; those that were merged away are missing. */
export async function readProfiles(pool: Pool, ids: readonly string[]): Promise<Map<string, Profile>> {
  const { rows } = await pool.query<{ id: string; state: string }>(
    'SELECT id, state FROM profile WHERE id = ANY ($1::uuid[])',
    [ids],
  );
  return new Map(rows.map(({ id, state }) => [id, decodeProfile(id, state)]));
}
