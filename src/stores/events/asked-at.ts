import type { AskedAt } from '../../core/segments/sql/sql-context.js';
import type { ClickHouse } from '../../engines/clickhouse.js';

/**
 * What the answer to a question over everybody depends on beside its own text.
 * @param zones whether the question looks at the person's own clock: finding all zones reads a column of all events.
 */
export async function askedAt(clickhouse: ClickHouse, now: number, zones: boolean): Promise<AskedAt> {
  const [counts] = await clickhouse.query<{ merged: number; moved: number }>(
    'SELECT (SELECT count() FROM profile_override) AS merged, (SELECT count() FROM event_override) AS moved',
  );
  const found = zones
    ? await clickhouse.query<{ zone: string }>(
        `SELECT DISTINCT assumeNotNull(context.timezone.:String) AS zone FROM events
         WHERE isNotNull(context.timezone.:String) AND zone IN (SELECT time_zone FROM system.time_zones) ORDER BY zone`,
      )
    : [];
  return {
    now,
    zones: found.map(({ zone }) => zone),
    merged: (counts?.merged ?? 0) > 0,
    moved: (counts?.moved ?? 0) > 0,
  };
}
