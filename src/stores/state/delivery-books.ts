/** The books of what leaves: `matched = delivered + filtered + pending + dead`. */
import type { Pool } from 'pg';

/** One side against the other. */
export interface DeliveryTally {
  /** Counted by the batches that decided. */
  matched: number;
  /** Counted when they were settled. */
  delivered: number;
  /** By reason. */
  filtered: Record<string, number>;
  /** Counted from what waits. */
  pending: number;
  /** Counted from the dead letters, those that were dropped after their time included. */
  dead: number;
  /** How many of the dead were dropped. */
  dropped: number;
}

/** The books as of one moment. */
export interface DeliveryBooks {
  readonly total: DeliveryTally;
  readonly destinations: ReadonlyArray<
    DeliveryTally & {
      readonly destinationId: string;
      readonly connections: ReadonlyArray<DeliveryTally & { readonly connectionId: string }>;
    }
  >;
}

interface Row {
  readonly destination: string;
  readonly connection: string;
  readonly outcome: 'matched' | 'delivered' | 'filtered' | 'pending' | 'dead' | 'dropped';
  readonly reason: string;
  readonly deliveries: number;
}

// One statement, so one snapshot.
const READ = `
  WITH counted AS (
    SELECT destination, connection, outcome, reason, deliveries FROM delivery_balance
    UNION ALL
    SELECT destination, connection, state, '', count(*) FROM delivery GROUP BY destination, connection, state
  )
  SELECT t.id AS destination, v.connection_id AS connection, outcome, reason, sum(deliveries)::int8 AS deliveries
  FROM counted JOIN destination t ON t.number = counted.destination JOIN connection_version v ON v.number = counted.connection
  WHERE $1::text IS NULL OR t.id = $1
  GROUP BY t.id, t.number, v.connection_id, outcome, reason ORDER BY t.number, v.connection_id`;

/** Reads the books: of one destination, if wanted. Deleted ones are in them for ever. */
export async function readDeliveryBooks(pool: Pool, destinationId?: string): Promise<DeliveryBooks> {
  const { rows } = await pool.query<Row>(READ, [destinationId ?? null]);
  const total = emptyTally();
  const destinations = new Map<string, { tally: DeliveryTally; connections: Map<string, DeliveryTally> }>();
  for (const row of rows) {
    const destination = destinations.get(row.destination) ?? { tally: emptyTally(), connections: new Map() };
    destinations.set(row.destination, destination);
    const connection = destination.connections.get(row.connection) ?? emptyTally();
    destination.connections.set(row.connection, connection);
    for (const tally of [total, destination.tally, connection]) add(tally, row);
  }
  return {
    total,
    destinations: Array.from(destinations, ([id, { tally, connections }]) => ({
      ...{ destinationId: id, ...tally },
      connections: Array.from(connections, ([connectionId, own]) => ({ connectionId, ...own })),
    })),
  };
}

/** How many wait for each destination, by its id, and since when the oldest does (milliseconds since 1970 UTC). */
export async function readBacklogs(
  pool: Pool,
): Promise<
  Array<{ readonly destinationId: string; readonly pending: number; readonly oldestAt: number | null }>
> {
  const { rows } = await pool.query<{ destinationId: string; pending: number; oldestAt: number | null }>(
    `SELECT t.id AS "destinationId", count(d.seq) AS pending, min(d.received_at) AS "oldestAt"
     FROM destination t LEFT JOIN delivery d ON d.destination = t.number AND d.state = 'pending'
     WHERE t.deleted_at IS NULL GROUP BY t.id`,
  );
  return rows;
}

function emptyTally(): DeliveryTally {
  return { matched: 0, delivered: 0, filtered: {}, pending: 0, dead: 0, dropped: 0 };
}

function add(tally: DeliveryTally, { outcome, reason, deliveries }: Row): void {
  if (outcome === 'filtered') tally.filtered[reason] = (tally.filtered[reason] ?? 0) + deliveries;
  else tally[outcome] += deliveries;
  if (outcome === 'dropped') tally.dead += deliveries;
}
