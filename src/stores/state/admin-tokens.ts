import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Pool } from 'pg';

/** Checks bearer tokens of the admin API. */
export interface AdminTokens {
  /** True for a token that may do everything. */
  accepts(token: string): boolean;
  /** The token that was generated just now, to be shown this once. */
  readonly generated: string | undefined;
}

/**
 * The given token alone is valid when there is one. Else one is generated at the first start and kept as a hash: who
 * lost it gives one by setting.
 */
export async function openAdminTokens(pool: Pool, given: string | undefined): Promise<AdminTokens> {
  if (given !== undefined) return { accepts: accepting([hashOf(given)]), generated: undefined };
  const fresh = `trb_${randomBytes(24).toString('base64url')}`;
  const inserted = await pool.query(
    'INSERT INTO admin_token (hash) SELECT $1 WHERE NOT EXISTS (SELECT FROM admin_token) RETURNING hash',
    [hashOf(fresh)],
  );
  const { rows } = await pool.query<{ hash: Buffer }>('SELECT hash FROM admin_token');
  return {
    accepts: accepting(rows.map((row) => row.hash)),
    generated: inserted.rowCount === 1 ? fresh : undefined,
  };
}

function accepting(hashes: readonly Buffer[]): (token: string) => boolean {
  return (token) => {
    const hash = hashOf(token);
    return hashes.some((known) => timingSafeEqual(known, hash));
  };
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
