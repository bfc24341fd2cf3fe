import type { Pool } from 'pg';

/** One side of the books: what came, and what became of it. `received = processed + duplicate + rejected + pending`. */
export interface Tally {
  received: number;
  processed: number;
  duplicate: number;
  /** By code. */
  rejected: Record<string, number>;
  /** In the log, not processed yet. */
  pending: number;
}

/** The books as of one moment. */
export interface Ledger {
  readonly total: Tally;
  readonly sources: ReadonlyArray<Tally & { readonly sourceId: string }>;
}

interface LedgerRow {
  readonly source_id: string;
  readonly verdict: string | null;
  readonly events: number;
}

// One statement, so one snapshot: both sides of the ledger as of the same moment.
const READ = `
  SELECT source_id, NULL AS verdict, events FROM log_received
  UNION ALL
  SELECT source_id, verdict, events FROM ledger
  UNION ALL
  SELECT '', 'pending', next_offset - coalesce((SELECT next_offset FROM consumer WHERE name = 'pipeline'), 0) FROM log_head`;

/**
 * Reads the ledger. Each source's pending events are what was received and has no verdict; the total's are counted by the
 * log's own offsets, so that the two can be held against each other.
 */
export async function readLedger(pool: Pool): Promise<Ledger> {
  const { rows } = await pool.query<LedgerRow>(READ);
  const total = emptyTally();
  const bySource = new Map<string, Tally>();
  for (const { source_id: sourceId, verdict, events } of rows) {
    if (sourceId === '') {
      total.pending = events;
      continue;
    }
    const tally = bySource.get(sourceId) ?? emptyTally();
    bySource.set(sourceId, tally);
    for (const side of [tally, total]) add(side, verdict, events);
    tally.pending += verdict === null ? events : -events;
  }
  const sources = [...bySource].sort(([a], [b]) => (a < b ? -1 : 1));
  return { total, sources: sources.map(([sourceId, tally]) => ({ sourceId, ...tally })) };
}

/** The offset that the log's next event gets: all events that there are lie before it. */
export async function readLogEnd(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ next: number }>('SELECT next_offset AS next FROM log_head');
  // Invariant: the migration made the one row of log_head.
  return (rows[0] as { next: number }).next;
}

function emptyTally(): Tally {
  return { received: 0, processed: 0, duplicate: 0, rejected: {}, pending: 0 };
}

function add(tally: Tally, verdict: string | null, events: number): void {
  if (verdict === null) tally.received += events;
  else if (verdict === 'processed' || verdict === 'duplicate') tally[verdict] += events;
  else tally.rejected[verdict] = (tally.rejected[verdict] ?? 0) + events;
}
