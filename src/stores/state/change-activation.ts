import type { Pool, PoolClient } from 'pg';
import { TributaryError } from '../../core/errors.js';

const UNIQUE_VIOLATION = '23505';

/**
 * Runs a change of destinations or connections, all or nothing. The epoch, by which the pipeline and the deliverer learn of it, moves in the same
 * transaction; and since its row is the first thing taken, changes come one after the other.
 * @param taken what to say when a name is taken.
 * @throws TributaryError `conflict` when a name is taken; what the change throws.
 */
export async function changeActivation<Result>(
  pool: Pool,
  taken: string,
  change: (db: PoolClient) => Promise<Result>,
): Promise<Result> {
  const db = await pool.connect();
  let broken = false;
  try {
    await db.query('BEGIN');
    await db.query('UPDATE activation_epoch SET epoch = epoch + 1');
    const result = await change(db);
    await db.query('COMMIT');
    return result;
  } catch (error) {
    await db.query('ROLLBACK').catch(() => {
      broken = true;
    });
    if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
    throw new TributaryError('conflict', taken, { cause: error });
  } finally {
    db.release(broken);
  }
}
