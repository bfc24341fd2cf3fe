import type { Pool } from 'pg';

/** Bytes that the state store has on disk. */
export async function storedBytes(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ bytes: number }>(
    'SELECT pg_database_size(current_database())::int8 AS bytes',
  );
  // Invariant: one row.
  return (rows[0] as { bytes: number }).bytes;
}
