import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMPTY_ENRICHMENT } from '../../src/core/enrich/enrich.js';
import type { Enrichment } from '../../src/core/enrich/enrichment.js';
import type { Event } from '../../src/core/event/event.js';
import type { ClickHouse, ClickHouseOptions } from '../../src/engines/clickhouse.js';
import { openClickHouse } from '../../src/engines/clickhouse.js';
import type { PrintedEvent } from '../../src/stores/events/event-store.js';

/** The embedded ClickHouse alone, with the tables of the event store, on a folder of its own. */
export interface EventTables {
  readonly clickhouse: ClickHouse;
  /** Opens one more connection; the caller closes it. */
  another(role: ClickHouseOptions['role']): Promise<ClickHouse>;
  /** Empties all tables. */
  empty(): Promise<void>;
  /** Stops it and removes the folder. */
  remove(): Promise<void>;
}

const SCHEMA = new URL('../../migrations/events/', import.meta.url);

const TABLES = [
  ...['events', 'event_override', 'profile_override'],
  ...['profiles', 'accounts', 'membership_changes'],
];

/** Starts the engine; takes less than a second. */
export async function openEventTables(): Promise<EventTables> {
  const dir = await mkdtemp(join(tmpdir(), 'event-tables-'));
  const another = (role: ClickHouseOptions['role']) =>
    openClickHouse({ path: dir, memoryBytesMax: 512 * 1024 * 1024, threadsMax: 1, role });
  const clickhouse = await another('writer');
  for (const file of (await readdir(SCHEMA)).sort()) {
    const sql = (await readFile(new URL(file, SCHEMA), 'utf8')).replaceAll(/--.*\n/g, '');
    for (const statement of sql.split(';')) {
      if (statement.trim() !== '') await clickhouse.command(statement);
    }
  }
  return {
    clickhouse,
    another,
    async empty() {
      for (const table of TABLES) await clickhouse.command(`TRUNCATE TABLE ${table}`);
    },
    async remove() {
      await clickhouse.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** An event as the pipeline hands it to the store. */
export function aPrintedEvent(
  event: Event,
  profileId: string,
  enrichment: Partial<Enrichment> = {},
): PrintedEvent {
  return {
    ...{ event, profileId, enrichment: { ...EMPTY_ENRICHMENT, ...enrichment } },
  };
}
