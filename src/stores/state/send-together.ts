import type { PoolClient } from 'pg';

/** Sends a prepared statement of a transaction, without waiting for the answers of those before. */
export type Run = (name: string, text: string, values: unknown[]) => Promise<unknown>;

/**
 * Sends statements in one piece, on a connection in pipeline mode, and waits for all answers. Rejects with the first failure in their order, which tells why; those after
 * it only tell that the transaction is aborted.
 */
export async function sendTogether(client: PoolClient, write: (run: Run) => void): Promise<void> {
  const sent: Array<Promise<unknown>> = [];
  write((name, text, values) => {
    const answer = client.query({ name, text, values });
    sent.push(answer);
    // All are awaited below; until then a first failure must not count as unhandled.
    answer.catch(() => {});
    return answer;
  });
  for (const answer of sent) await answer;
}
