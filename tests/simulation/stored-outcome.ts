import type { Pool } from 'pg';
import { expect } from 'vitest';
import type { Mark } from '../../src/core/identity/mark.js';
import type { Owner } from '../../src/core/identity/population.js';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import { PostgresIdentityState } from '../../src/stores/state/postgres-identity-state.js';
import type { Outcome, SaidByOperators } from './naive-pipeline.js';
import { sortedForm } from './naive-pipeline.js';

/** Both stores of a run. */
export interface OutcomeStores {
  readonly pool: Pool;
  readonly clickhouse: ClickHouse;
}

/** Reads everything back, past the code under test. */
export async function storedOutcome(stores: OutcomeStores): Promise<Outcome> {
  const { pool } = stores;
  const { rows: profiles } = await pool.query<{ id: string; state: string }>('SELECT id, state FROM profile');
  const { rows: seenTwice } = await pool.query(
    'SELECT "offset" FROM rejected GROUP BY 1 HAVING count(*) > 1',
  );
  expect(seenTwice).toEqual([]);
  const states = profiles.map(({ id, state }) => {
    const { k = [], ...told } = JSON.parse(state) as Record<string, unknown> & { k?: unknown[][] };
    return { id, told, keys: k.map((key) => `${id} ${key.join(' ')}`) };
  });
  const matches = await matchRows(stores);
  // The table is an index of what the profiles tell.
  expect(matches.map((row) => row.replace(/ (true|false)$/, ''))).toEqual(
    states.flatMap(({ keys }) => keys).sort(),
  );
  return {
    rows: await lines(stores, 'SELECT offset, source_id, message_id FROM events ORDER BY offset'),
    resolved: await lines(
      stores,
      'SELECT offset, toString(profile_id) AS p FROM events_resolved ORDER BY offset',
    ),
    profiles: Object.fromEntries(states.map(({ id, told }) => [id, sortedForm(told)])),
    identifiers: await pairs<string | null>(
      stores,
      "SELECT kind || E'\\n' || value, profile_id FROM identifier",
    ),
    merges: await pairs(stores, 'SELECT from_id, into_id FROM profile_merge'),
    edges: (await edges(stores)).sort(),
    refusals: Object.keys(
      await pairs(stores, "SELECT concat_ws(' ', profile_id, kind, rule, times), 1 FROM identity_refusal"),
    ).sort(),
    matches,
    redemptions: Object.keys(
      await pairs(
        stores,
        `SELECT concat_ws(' ', "offset", coupon_key, coalesce(into_id, profile_id)), 1
         FROM coupon_redemption LEFT JOIN profile_merge ON from_id = profile_id ORDER BY "offset"`,
      ),
    ),
    ledger: Object.fromEntries(
      Object.entries(
        await pairs<number>(stores, "SELECT source_id || ' ' || verdict, events FROM ledger"),
      ).filter(([, n]) => n > 0),
    ),
    quarantine: Object.keys(
      await pairs(stores, `SELECT "offset" || ' ' || code, 1, "offset" FROM rejected ORDER BY "offset"`),
    ),
  };
}

/** What operators said, and what is known of identifiers. */
export async function saidByOperators({ pool }: OutcomeStores): Promise<SaidByOperators> {
  const { rows } = await pool.query<{ kind: string; value: string; mark: string }>(
    'SELECT kind, value, mark FROM identifier WHERE mark IS NOT NULL',
  );
  return {
    facts: await new PostgresIdentityState(pool).facts(),
    marks: new Map(
      rows.map(({ kind, value, mark }): [string, Owner] => [
        `${kind}\n${value}`,
        { profileId: undefined, mark: JSON.parse(mark) as Mark },
      ]),
    ),
  };
}

async function lines({ clickhouse }: OutcomeStores, sql: string): Promise<string[]> {
  return (await clickhouse.query<object>(sql)).map((row) => Object.values(row).join(' '));
}

async function pairs<T = string>({ pool }: OutcomeStores, text: string): Promise<Record<string, T>> {
  const { rows } = await pool.query<unknown[]>({ text, rowMode: 'array' });
  return Object.fromEntries(rows.map(([key, value]) => [String(key), value as T]));
}

async function edges({ pool }: OutcomeStores): Promise<string[]> {
  const { rows } = await pool.query<Record<string, string>>(
    'SELECT "offset", verdict, kind, value, other_profile_id FROM identity_edge',
  );
  return rows.map((row) => {
    const what = row.verdict === 'merged' ? row.other_profile_id : `${row.kind}\n${row.value}`;
    return `${row.offset} ${row.verdict} ${what}`;
  });
}

async function matchRows(stores: OutcomeStores): Promise<string[]> {
  const rows = await pairs(
    stores,
    `SELECT concat_ws(' ', profile_id, rule, hash, source_id, "offset", day - date '1970-01-01',
       CASE WHEN shared THEN 'true' ELSE 'false' END), 1 FROM match_key`,
  );
  return Object.keys(rows).sort();
}
