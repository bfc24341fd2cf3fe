import type { Pool, PoolClient } from 'pg';

/** Runs work in one transaction, all of it or nothing. */
export async function inTransaction<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // The connection's state is unknown: it is closed, which rolls back.
    client.release(true);
    throw error;
  }
}
