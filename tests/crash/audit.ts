/** Holds what the stores contain against what was sent, past the server: by PostgreSQL's socket and ClickHouse's files. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { decodeProfile } from '../../src/core/profile/codec.js';
import type { Profile } from '../../src/core/profile/profile.js';
import { openClickHouse } from '../../src/engines/clickhouse.js';
import { openPostgres } from '../../src/engines/postgres.js';
import type { RunningServer } from '../harness/running-server.js';
import { balances } from '../harness/running-server.js';
import type { SentToSource } from './load.js';

interface EventRow {
  readonly offset: number;
  readonly sourceId: string;
  readonly messageId: string;
  readonly profileId: string;
}

interface State {
  readonly profiles: readonly Profile[];
  /** `kind\nvalue profile` of table `identifier`, sorted. */
  readonly identifiers: readonly string[];
  /** Refused events by source. */
  readonly quarantined: ReadonlyMap<string, number>;
}

/** Checks all of it. The server must have settled; it is stopped on the way. */
export async function audit(server: RunningServer, sent: readonly SentToSource[]): Promise<void> {
  const ledger = await server.ledger();
  const state = await readState(server);
  expect(await server.stop(), 'the exit code of an orderly stop').toBe(0);
  const rows = await readRows(server);
  auditRows(rows, sent);
  auditProfiles(rows, state, sent);
  for (const to of sent) {
    const { id } = to.source;
    const tally = ledger.sources.find(({ sourceId }) => sourceId === id);
    if (!tally) throw new Error(`The ledger does not know source ${id}`);
    expect(balances(tally), `the ledger balances: ${JSON.stringify(tally)}`).toBe(true);
    expect(tally.pending).toBe(0);
    expect(tally.processed).toBe(rows.filter((row) => row.sourceId === id).length);
    expect(tally.rejected).toEqual({ identifier_missing: state.quarantined.get(id) ?? 0 });
    expect(tally.received).toBeGreaterThanOrEqual(to.acknowledged);
    expect(tally.received).toBeLessThanOrEqual(to.acknowledged + to.uncertain);
  }
  expect(balances(ledger.total)).toBe(true);
}

/** Every acknowledged event has a row, none has two, and there is none that nobody sent. */
function auditRows(rows: readonly EventRow[], sent: readonly SentToSource[]): void {
  for (const { source, events } of sent) {
    const times = new Map<string, number>();
    for (const { sourceId, messageId } of rows) {
      if (sourceId === source.id) times.set(messageId, (times.get(messageId) ?? 0) + 1);
    }
    const acknowledged = [...events]
      .filter(([, event]) => event.acknowledged)
      .map(([messageId]) => messageId);
    expect(
      acknowledged.filter((messageId) => !times.has(messageId)),
      'acknowledged, and lost',
    ).toEqual([]);
    expect(
      [...times].filter(([, n]) => n > 1),
      'stored more than once',
    ).toEqual([]);
    expect(
      [...times.keys()].filter((messageId) => !events.has(messageId)),
      'stored, and never sent',
    ).toEqual([]);
  }
}

/** Each person is one profile whose counters are those of their rows, and whose identifiers are its own. */
function auditProfiles(
  rows: readonly EventRow[],
  { profiles, identifiers }: State,
  sent: readonly SentToSource[],
): void {
  const events = new Map(
    sent.flatMap(({ source, events }) => [...events].map(([id, e]) => [`${source.id} ${id}`, e] as const)),
  );
  const counts = new Map<string, Map<string, number>>();
  const people = new Map<string, Set<number>>();
  for (const { sourceId, messageId, profileId } of rows) {
    const event = events.get(`${sourceId} ${messageId}`);
    if (!event) continue; // found by auditRows
    const own = counts.get(profileId) ?? new Map<string, number>();
    counts.set(profileId, own.set(event.name, (own.get(event.name) ?? 0) + 1));
    people.set(profileId, (people.get(profileId) ?? new Set()).add(event.person));
  }
  const sorted = (map: ReadonlyMap<string, number>) => Object.fromEntries([...map].sort());
  const counted = Object.fromEntries([...counts].map(([id, own]) => [id, sorted(own)]));
  expect(Object.fromEntries(profiles.map(({ id, counts: own }) => [id, sorted(own)]))).toEqual(counted);
  expect(
    [...people].filter(([, one]) => one.size > 1),
    'profiles of several people',
  ).toEqual([]);
  expect(people.size, 'one profile a person').toBe(
    new Set([...people.values()].flatMap((one) => [...one])).size,
  );
  const held = profiles.flatMap(({ id, identifiers: own }) => [...own.keys()].map((key) => `${key} ${id}`));
  expect(held.sort()).toEqual(identifiers);
}

async function readState(server: RunningServer): Promise<State> {
  const client = await openPostgres(
    {
      host: join(server.dataDir, 'postgres', 'run'),
      port: 5432,
      user: 'tributary',
      database: 'tributary',
      ssl: false,
    },
    { name: 'audit' },
  );
  try {
    const profiles = await client.query<{ id: string; state: string }>('SELECT id, state FROM profile');
    const identifiers = await client.query<{ line: string }>(
      `SELECT kind || E'\\n' || value || ' ' || profile_id AS line FROM identifier`,
    );
    const rejected = await client.query<{ source_id: string; events: number }>(
      'SELECT source_id, count(*) AS events FROM rejected GROUP BY 1',
    );
    return {
      profiles: profiles.rows.map((row) => decodeProfile(row.id, row.state)),
      identifiers: identifiers.rows.map((row) => row.line).sort(),
      quarantined: new Map(rejected.rows.map((row) => [row.source_id, row.events])),
    };
  } finally {
    await client.end();
  }
}

async function readRows(server: RunningServer): Promise<EventRow[]> {
  const path = join(server.dataDir, 'clickhouse');
  const clickhouse = await openClickHouse({
    path,
    memoryBytesMax: 512 * 1024 * 1024,
    threadsMax: 1,
    role: 'reader',
  });
  try {
    return await clickhouse.query<EventRow>(
      'SELECT offset, source_id AS sourceId, message_id AS messageId, toString(profile_id) AS profileId FROM events_resolved',
    );
  } finally {
    await clickhouse.close();
  }
}
