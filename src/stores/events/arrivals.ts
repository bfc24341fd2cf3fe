import type { ClickHouse } from '../../engines/clickhouse.js';

/** How many events came in from a moment on, until another; both in milliseconds. */
export interface Arrived {
  readonly at: number;
  readonly events: number;
}

/** Counts stored events by when they were received; steps in which none came are left out. */
export async function readArrivals(
  clickhouse: ClickHouse,
  asked: { readonly from: number; readonly to: number; readonly step: number; readonly sourceId?: string },
): Promise<Arrived[]> {
  const { sourceId = '', ...period } = asked;
  const rows = await clickhouse.query<{ number: string; events: string }>(
    `SELECT intDiv(toUnixTimestamp64Milli(received_at), {step:Int64}) AS number, count() AS events FROM events
      WHERE received_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
        AND received_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
        AND ({sourceId:String} = '' OR source_id = {sourceId:String})
      GROUP BY number ORDER BY number`,
    { ...period, sourceId },
  );
  return rows.map(({ number, events }) => ({ at: Number(number) * asked.step, events: Number(events) }));
}

/** How many people there are. */
export async function countPeople(clickhouse: ClickHouse): Promise<number> {
  const [row] = await clickhouse.query<{ people: string }>(
    'SELECT count() AS people FROM profiles FINAL WHERE NOT deleted',
  );
  return Number(row?.people ?? 0);
}
