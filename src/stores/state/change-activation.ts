import type { Pool, PoolClient } from 'pg';
import { TributaryError } from '../../core/errors.js';
import { inTransaction } from '../../engines/in-transaction.js';

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
  try {
    return await inTransaction(pool, async (db) => {
      await db.query('UPDATE activation_epoch SET epoch = epoch + 1');
      return change(db);
    });
  } catch (error) {
    if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
    throw new TributaryError('conflict', taken, { cause: error });
  }
}
