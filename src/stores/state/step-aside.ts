import type { Pool } from 'pg';
import type { Run } from './write-people.js';

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
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rowCount } = await client.query(
      'UPDATE consumer SET commits = commits + 1 WHERE name = $1 AND next_offset = $2 AND commits = $3',
      [CONSUMER, standing.offset, standing.commits],
    );
    if (rowCount !== 1) throw new Error('The consumer no longer stands where the step began');
    const sent: Array<Promise<unknown>> = [];
    write((name, text, values) => {
      const answer = client.query({ name, text, values });
      answer.catch(() => {});
      sent.push(answer);
      return answer;
    });
    for (const answer of sent) await answer;
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}
