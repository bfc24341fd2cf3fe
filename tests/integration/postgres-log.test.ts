import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/engines/embedded-postgres.js';
import { openPool, openPostgres } from '../../src/engines/postgres.js';
import { describeLog } from '../../src/log/log.contract.js';
import type { Retention } from '../../src/log/log.js';
import { PostgresLog } from '../../src/log/postgres-log.js';
import { aRecord } from '../support/a-record.js';

const KEEP_ALL: Retention = { processed: 0, closedBefore: 0, bytesMax: Number.MAX_SAFE_INTEGER };

let dir: string;
let server: EmbeddedPostgres;
let schema: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pg-log-'));
  server = await startEmbeddedPostgres({ dir: join(dir, 'pg'), onExit: () => {} });
  const read = (name: string) => readFile(new URL(`../../migrations/state/${name}`, import.meta.url), 'utf8');
  schema = (await Promise.all(['0001-log.sql', '0022-last-received.sql'].map(read))).join('');
});
afterAll(async () => {
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

async function run<Row extends object>(sql: string): Promise<Row[]> {
  const client = await openPostgres(server.connection, { name: 'test' });
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Makes the log's empty tables. In place: a database for each test would take most of the time. */
async function empty(): Promise<void> {
  await run(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${schema}`);
}

function openLog(limits?: { segmentBytesMax?: number; segmentHoursMax?: number }): PostgresLog {
  return new PostgresLog(openPool(server.connection, { name: 'test-log', max: 3 }), limits);
}

async function segments(): Promise<number> {
  const [row] = await run<{ segments: number }>('SELECT count(*)::int AS segments FROM log_segment');
  return row?.segments ?? 0;
}

describeLog('PostgresLog', async (limits) => {
  await empty();
  let log = openLog(limits);
  return {
    log,
    async reopen() {
      await log.close();
      log = openLog(limits);
      return log;
    },
    close: () => log.close(),
  };
});

describe('segments', () => {
  test('close by age, and never while they are empty', async () => {
    await empty();
    const log = openLog({ segmentHoursMax: 0 });
    await log.prune(KEEP_ALL);
    expect(await segments()).toBe(1);
    await log.append([aRecord()]);
    await log.prune(KEEP_ALL);
    await log.prune(KEEP_ALL);
    expect(await segments()).toBe(2);
    await log.close();
  });

  test('stay open for long by default', async () => {
    await empty();
    const log = openLog();
    await log.append([aRecord({ body: 'x'.repeat(1_000_000) })]);
    await log.prune(KEEP_ALL);
    expect(await segments()).toBe(1);
    await log.close();
  });
});

test('when a source last sent is kept with the count, the latest of what any append tells', async () => {
  await empty();
  const log = openLog();
  const at = (sourceId: string, receivedAt: number) => aRecord({ sourceId, receivedAt });
  await log.append([at('a', 5), at('b', 9), at('a', 7), at('a', 6)]);
  await log.append([at('b', 3)]);
  await run("UPDATE log_received SET last_at = NULL WHERE source_id = 'a'");
  await log.append([at('a', 2), at('b', 11)]);
  expect(await run('SELECT source_id, events, last_at FROM log_received ORDER BY 1')).toEqual([
    { source_id: 'a', events: 4, last_at: 2 },
    { source_id: 'b', events: 3, last_at: 11 },
  ]);
  await log.close();
});

test('an append that fails leaves nothing of itself: no event, no count, no gap', async () => {
  await empty();
  const log = openLog();
  await log.append([aRecord({ count: 3 })]);
  await expect(log.append([aRecord({ count: 5 }), aRecord({ count: 2 ** 31 })])).rejects.toThrow();
  expect(await log.received()).toEqual(new Map([['src_test', 3]]));
  expect(await log.append([aRecord()])).toBe(3);
  await log.close();
});

test('two processes append, read and prune at once while segments roll: no gap, no deadlock, nothing lost', async () => {
  await empty();
  const limits = { segmentBytesMax: 1 };
  const logs = [openLog(limits), openLog(limits)] as const;
  let appending = true;
  const prune = async (log: PostgresLog) => {
    while (appending) {
      await log.prune(KEEP_ALL);
      await sleep(5);
    }
  };
  const seen: string[] = [];
  const read = async (log: PostgresLog) => {
    for (let next = 0; ; ) {
      const last = !appending;
      const chunks = await log.read(next, 10_000);
      for (const chunk of chunks) {
        expect(chunk.offset).toBe(next);
        next = chunk.offset + chunk.count;
        seen.push(...chunk.records.map((record) => record.receipt));
      }
      if (chunks.length === 0 && last) return;
    }
  };
  const append = async (log: PostgresLog, name: string) => {
    const offsets: number[] = [];
    for (let n = 0; n < 150; n += 1) {
      // Sources in either order: both write the same rows of log_received.
      const sources = name === 'a' ? ['x', 'y'] : ['y', 'x'];
      const records = sources.map((sourceId) => aRecord({ sourceId, receipt: `${name}${n}${sourceId}` }));
      offsets.push(await log.append(records));
    }
    return offsets;
  };
  const others = [prune(logs[0]), prune(logs[1]), read(logs[1])];
  const offsets = await Promise.all(['a', 'b'].map((name, n) => append(logs[n] as PostgresLog, name)));
  appending = false;
  await Promise.all(others);
  expect(offsets.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, n) => n * 2));
  expect(new Set(seen).size).toBe(600);
  expect(await segments()).toBeGreaterThan(5);
  expect(Object.fromEntries(await logs[0].received())).toEqual({ x: 300, y: 300 });
  await Promise.all(logs.map((log) => log.close()));
});
