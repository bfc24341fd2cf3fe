import type { Pool } from 'pg';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import { unpacked } from '../../src/stores/state/message-pack.js';

/** Who is in which segment, as `segment profile`. */
export interface StoredMembers {
  /** By the states that the pipeline keeps in PostgreSQL. A version that is not in a state yet is what ClickHouse was told. */
  readonly remembered: ReadonlySet<string>;
  /** By the changes that ClickHouse was told. */
  readonly told: ReadonlySet<string>;
}

/** Reads it, past the code under test. */
export async function storedMembers(pool: Pool, clickhouse: ClickHouse): Promise<StoredMembers> {
  const rows = await clickhouse.query<{ key: string }>(
    `SELECT concat(segment_id, ' ', toString(profile_id)) AS key FROM membership_changes
     GROUP BY segment_id, profile_id HAVING argMax(entered, seq)`,
  );
  const told = new Set(rows.map(({ key }) => key));
  const { rows: segments } = await pool.query<{ id: string; number: number; version: number }>(
    `SELECT s.id, s.number, max(v.number) AS version FROM segment s JOIN segment_version v ON v.segment_id = s.id
     WHERE v.status IN ('backfilling', 'live') GROUP BY s.id`,
  );
  const { rows: states } = await pool.query<{ id: string; state: Buffer | null; settled: number | null }>(
    'SELECT p.id, s.state, s.settled FROM profile p LEFT JOIN segment_state s ON s.profile_id = p.id',
  );
  const remembered = new Set<string>();
  for (const { id: profileId, state, settled } of states) {
    const isKnown = state !== null && state.length > 0;
    const [, numbers] = (isKnown ? unpacked(state) : [0, []]) as [hydrated: number, members: number[]];
    for (const { id, number, version } of segments) {
      const key = `${id} ${profileId}`;
      const isIn = (settled ?? 0) >= version ? numbers.includes(number) : told.has(key);
      if (isIn) remembered.add(key);
    }
  }
  return { remembered, told };
}

/** A change of membership that a timer made. */
export interface TimerChange {
  readonly segmentId: string;
  readonly profileId: string;
  readonly at: number;
  readonly entered: boolean;
}

/** The changes that timers made after one time, up to another. */
export async function timerChanges(
  clickhouse: ClickHouse,
  after: number,
  until: number,
): Promise<readonly TimerChange[]> {
  return clickhouse.query<TimerChange & Record<string, unknown>>(
    `SELECT segment_id AS segmentId, toString(profile_id) AS profileId, toUnixTimestamp64Milli(c.at) AS at, entered
     FROM membership_changes AS c FINAL
     WHERE cause = 'timer' AND toUnixTimestamp64Milli(c.at) > {after:Int64} AND toUnixTimestamp64Milli(c.at) <= {until:Int64}`,
    { after, until },
  );
}

/** Who entered or left a segment more than once since a place in the order of all changes, as `segment profile`; and the place of the last change. */
export async function changedTwice(
  clickhouse: ClickHouse,
  after: number,
): Promise<{ readonly keys: readonly string[]; readonly last: number }> {
  const rows = await clickhouse.query<{ key: string; times: number; last: number }>(
    `SELECT concat(segment_id, ' ', toString(profile_id)) AS key, count() AS times, max(seq) AS last
     FROM membership_changes FINAL WHERE seq > {after:UInt64} GROUP BY key`,
    { after },
  );
  const keys = rows.filter(({ times }) => times > 1).map(({ key }) => key);
  return { keys, last: Math.max(after, ...rows.map(({ last }) => last)) };
}
