/** What people may not ask in SQL, on the real embedded engine: it runs with all rights of the process. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TributaryError } from '../../src/core/errors.js';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import { Analyst } from '../../src/stores/events/analyst.js';
import { ClickHouseEventStore } from '../../src/stores/events/clickhouse-event-store.js';
import { QueryConsole } from '../../src/stores/events/query-console.js';
import { anEvent } from '../support/an-event.js';
import { aPrintedEvent, type EventTables, openEventTables } from '../support/event-tables.js';
import { CALLS, OTHER_STATEMENTS, OTHER_TABLES, PLACES, tableFunctions } from '../support/hostile-sql.js';

/** What nobody may ever see: the content of a file beside the data, and of what listens. */
const SECRET = 'the-secret-of-the-house';
const PERSON = '0190f7c1-7c5e-8a3b-9d2e-00000000000a';
const REFUSALS = ['query_forbidden', 'query_invalid'];

let tables: EventTables;
let connection: ClickHouse;
let queries: QueryConsole;
let dir: string;
let file: string;
let door: Server;
let knocks = 0;
beforeAll(async () => {
  tables = await openEventTables();
  connection = await tables.another('analyst');
  queries = new QueryConsole(new Analyst(connection));
  dir = await mkdtemp(join(tmpdir(), 'query-console-'));
  file = join(dir, 'secret.txt');
  await writeFile(file, SECRET);
  door = createServer((_, response) => {
    knocks += 1;
    response.end(SECRET);
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const store = new ClickHouseEventStore(tables.clickhouse);
  const rows = [0, 1, 2].map((offset) => aPrintedEvent(anEvent({ offset, messageId: `m${offset}` }), PERSON));
  await store.insert({ token: 'q', rows, offsets: [0, 1, 2], again: false, overrides: [], version: 1 });
});
afterAll(async () => {
  door.close();
  await connection.close();
  await tables.remove();
  await rm(dir, { recursive: true, force: true });
});

function run(sql: string, params: Record<string, unknown> = {}) {
  return queries.run({ sql, params, limit: 1_000 });
}

/** The code of the refusal; fails when the query was answered. */
async function refusal(sql: string, params: Record<string, unknown> = {}): Promise<string> {
  try {
    const answer = await run(sql, params);
    return expect.unreachable(`${sql} was answered: ${JSON.stringify(answer).slice(0, 200)}`);
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    expect(error.message).not.toContain(SECRET);
    return error.code;
  }
}

test.each(OTHER_STATEMENTS)('refuses what is not one SELECT: %s', async (sql) => {
  expect(REFUSALS).toContain(await refusal(sql));
});

test.each([
  'SELECT 1 FORMAT CSV',
  'SELECT 1 FORMAT Null',
  'SELECT 1 SETTINGS readonly = 0',
  'SELECT 1 FROM (SELECT 1 SETTINGS max_execution_time = 0)',
  'SELECT 1 IN (SELECT 1 SETTINGS readonly = 0)',
  'WITH a AS (SELECT 1 SETTINGS readonly = 0) SELECT * FROM a',
  'SELECT 1 UNION ALL SELECT 2 SETTINGS max_memory_usage = 0',
  'SELECT 1 FORMAT JSON SETTINGS readonly = 0',
])('refuses formats and settings: %s', async (sql) => {
  expect(await refusal(sql)).toBe('query_forbidden');
});

test('refuses to write files', async () => {
  const out = join(dir, 'out.txt');
  for (const tail of ['', ' TRUNCATE', ' APPEND', " COMPRESSION 'gzip'", ' FORMAT CSV', ' AND STDOUT']) {
    expect(REFUSALS).toContain(await refusal(`SELECT 1 INTO OUTFILE '${out}'${tail}`));
  }
  expect(existsSync(out)).toBe(false);
});

test.each(PLACES)('refuses to read a file from: %s', async (place) => {
  for (const call of [
    `file('${file}')`,
    `FILE('${file}')`,
    `\`file\`('${file}')`,
    `"file"('${file}')`,
    `/**/ file /**/ ('${file}')`,
  ]) {
    expect(REFUSALS).toContain(await refusal(place.replaceAll('@', call)));
  }
});

test('the places are places: a harmless call is answered at most of them', async () => {
  const answered: string[] = [];
  for (const place of PLACES) {
    const sql = place.replaceAll('@', "lower('1')");
    await run(sql).then(
      () => answered.push(place),
      () => {},
    );
  }
  expect(answered.length).toBeGreaterThan(PLACES.length / 2);
});

test('refuses table functions, wherever tables stand', async () => {
  const { port } = door.address() as AddressInfo;
  const functions = tableFunctions(file, `http://127.0.0.1:${port}/`);
  for (const call of functions) {
    for (const sql of [
      `SELECT * FROM ${call}`,
      `SELECT * FROM events JOIN ${call} AS x ON 1`,
      `SELECT 1 IN ${call}`,
      `WITH x AS (SELECT * FROM ${call}) SELECT * FROM x`,
      `SELECT (SELECT count() FROM ${call})`,
      `SELECT * FROM ${call} SETTINGS readonly = 0`,
    ])
      expect(REFUSALS, sql).toContain(await refusal(sql));
  }
  expect(knocks).toBe(0);
});

test.each(OTHER_TABLES)('refuses other tables: %s', async (sql) => {
  expect(REFUSALS).toContain(await refusal(sql));
});

test('refuses files of the working folder by a name out of the scope of WITH', async () => {
  // The name is known, but not where it is used: the engine would look for a file.
  const sql = 'SELECT * FROM (WITH LICENSE AS (SELECT 1) SELECT * FROM LICENSE) AS x, LICENSE';
  expect(REFUSALS).toContain(await refusal(sql));
  expect(existsSync('LICENSE')).toBe(true);
});

test('refuses functions that do more than compute', async () => {
  for (const call of CALLS)
    expect([call, await refusal(`SELECT ${call}`)]).toEqual([call, 'query_forbidden']);
  expect(knocks).toBe(0);
});

test('refuses parameters that are names, or that break out', async () => {
  expect(await refusal('SELECT * FROM {t:Identifier}', { t: 'event_override' })).toBe('query_forbidden');
  expect(await refusal('SELECT * FROM {d:Identifier}.{t:Identifier}', { d: 'system', t: 'one' })).toBe(
    'query_forbidden',
  );
  expect(await refusal('SELECT 1 IN {t : identifier }', { t: 'event_override' })).toBe('query_forbidden');
  expect(await refusal('SELECT {missing:String}')).toBe('query_invalid');
  for (const n of ['x', '', 1e300, [1], { a: 1 }])
    expect(await refusal('SELECT {n:UInt8}', { n })).toBe('query_invalid');
  expect(await refusal('SELECT {s:AggregateFunction(groupBitmap, UInt32)}', { s: 'x' })).toMatch(/query_/);
  const hostile = `'); DROP TABLE events; -- \n Function file (children 1)\\`;
  expect((await run('SELECT {s:String} AS s, [{s:String}]', { s: hostile })).rows).toEqual([
    [hostile, [hostile]],
  ]);
  expect((await run('SELECT count() FROM events')).rows).toEqual([[3]]);
});

test('refuses what would cost too much, and goes on after it', async () => {
  expect(
    await refusal(
      'SELECT groupArray(a.offset + b.x) FROM events AS a, (SELECT arrayJoin(range(50000000)) AS x) AS b',
    ),
  ).toBe('query_too_costly');
  expect(await refusal("SELECT arrayJoin(range(5000)), repeat('x', 1000000)")).toBe('query_too_costly');
  expect(await refusal(`SELECT ${'('.repeat(5_000)}1${')'.repeat(5_000)}`)).toBe('query_invalid');
  expect((await run('SELECT count() FROM events')).rows).toEqual([[3]]);
});
