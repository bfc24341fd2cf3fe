import type { ClickHouse } from '../../engines/clickhouse.js';

/** The tables of the event store, the largest first. */
export async function storedTables(
  clickhouse: ClickHouse,
): Promise<Array<{ readonly table: string; readonly rows: number; readonly bytes: number }>> {
  const found = await clickhouse.query<{ name: string; held: string; bytes: string }>(
    `SELECT table AS name, sum(rows) AS held, sum(bytes_on_disk) AS bytes FROM system.parts
      WHERE active AND database = currentDatabase() GROUP BY table ORDER BY sum(bytes_on_disk) DESC`,
  );
  return found.map(({ name, held, bytes }) => ({ table: name, rows: Number(held), bytes: Number(bytes) }));
}
