import type { Pool } from 'pg';
import { inTransaction } from '../../engines/in-transaction.js';
import { type Run, sendTogether } from './send-together.js';

const CONSUMER = 'pipeline';

/** Where the consumer stands in the log, and how many commits it has made. */
export interface Standing {
  readonly offset: number;
  readonly commits: number;
}

/**
 * One commit of the consumer that moves no offset: a step between two batches, all of it or nothing.
 * @throws Error when the consumer no longer stands where the step began.
 */
export async function stepAside(pool: Pool, standing: Standing, write: (run: Run) => void): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      'UPDATE consumer SET commits = commits + 1 WHERE name = $1 AND next_offset = $2 AND commits = $3',
      [CONSUMER, standing.offset, standing.commits],
    );
    if (rowCount !== 1) throw new Error('The consumer no longer stands where the step began');
    await sendTogether(client, write);
  });
}
