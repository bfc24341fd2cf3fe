/** What people may ask in SQL, and what they may not, on the real embedded engine: it runs with all rights of the process. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TributaryError } from '../../src/core/errors.js';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import { Analyst } from '../../src/stores/events/analyst.js';
import { ClickHouseEventStore } from '../../src/stores/events/clickhouse-event-store.js';
import { type ConsoleAnswer, QueryConsole } from '../../src/stores/events/query-console.js';
import { anEvent } from '../support/an-event.js';
import { aPrintedEvent, type EventTables, openEventTables } from '../support/event-tables.js';

const ANN = '0190f7c1-7c5e-8a3b-9d2e-00000000000a';
const BOB = '0190f7c1-7c5e-8a3b-9d2e-00000000000b';
/** What nobody may ever see: the content of a file beside the data. */
const SECRET = 'the-secret-of-the-house';

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
  const rows = [
    aPrintedEvent(
      anEvent({ offset: 0, name: 'Order', timestamp: 1_000, properties: { total: 12.5, 'a.b': 1 } }),
      ANN,
    ),
    aPrintedEvent(anEvent({ offset: 1, name: 'Order', timestamp: 2_000, properties: { total: 7.5 } }), BOB),
    aPrintedEvent(anEvent({ offset: 2, name: 'Seen', timestamp: 3_000 }), BOB),
  ];
  const store = new ClickHouseEventStore(tables.clickhouse);
  const overrides = [{ fromId: BOB, intoId: ANN }];
  await store.insert({ token: 'q', rows, offsets: [0, 1, 2], again: false, overrides, version: 1 });
});
afterAll(async () => {
  door.close();
  await connection.close();
  await tables.remove();
  await rm(dir, { recursive: true, force: true });
});

function run(sql: string, params: Record<string, unknown> = {}, limit = 1_000): Promise<ConsoleAnswer> {
  return queries.run({ sql, params, limit });
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

describe('the query console answers', () => {
  test('with columns, types and rows', async () => {
    const sql = `
      SELECT profile_id, name, count() AS n, sum(properties.total.:Float64) AS total, max(offset) AS last -- a comment; with a semicolon
      FROM events_resolved WHERE name = {name:String} AND timestamp < {until:DateTime64(3)} GROUP BY profile_id, name;`;
    expect(await run(sql, { name: 'Order', until: '2026-01-01 00:00:00', unused: 1 })).toEqual({
      columns: [
        { name: 'profile_id', type: 'UUID' },
        { name: 'name', type: 'LowCardinality(String)' },
        { name: 'n', type: 'UInt64' },
        { name: 'total', type: 'Nullable(Float64)' },
        { name: 'last', type: 'UInt64' },
      ],
      rows: [[ANN, 'Order', 2, 20, 1]],
      truncated: false,
    });
  });

  test('with keys, times and large numbers as they are', async () => {
    const { rows } = await run(
      'SELECT timestamp, properties, toUInt64(18446744073709551615) AS large, -5::Int64, NULL FROM events WHERE offset = 0',
    );
    expect(rows).toEqual([
      ['1970-01-01T00:00:01.000Z', { total: 12.5, 'a.b': 1 }, '18446744073709551615', -5, null],
    ]);
  });

  test('in the order asked for, and says when there is more', async () => {
    const sql = 'SELECT offset FROM events ORDER BY offset DESC';
    expect(await run(sql, {}, 2)).toMatchObject({ rows: [[2], [1]], truncated: true });
    expect(await run(sql, {}, 3)).toMatchObject({ rows: [[2], [1], [0]], truncated: false });
  });

  test.each([
    [
      'subqueries of WITH',
      'WITH firsts AS (SELECT profile_id, min(timestamp) AS at FROM events GROUP BY profile_id), 2 AS two SELECT count(), two FROM firsts GROUP BY two',
    ],
    [
      'joins',
      'SELECT count() FROM events AS a INNER JOIN events AS b USING (profile_id) LEFT JOIN profiles AS p FINAL ON p.profile_id = a.profile_id',
    ],
    [
      'sets',
      "SELECT count() FROM events WHERE name IN ('Order', 'Seen') AND profile_id IN (SELECT profile_id FROM events) AND (type, name) IN (('track', 'Seen'))",
    ],
    [
      'windows',
      'SELECT sum(offset) OVER (PARTITION BY name ORDER BY offset ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM events WINDOW w AS (ORDER BY offset) QUALIFY row_number() OVER w < 3',
    ],
    ['unions', '(SELECT 1 AS n) UNION ALL SELECT 2 INTERSECT SELECT 2'],
    [
      'combined and parametric aggregates',
      "SELECT quantileExact(0.5)(offset), countIf(name = 'Seen'), uniqExactIfOrNull(name, true), sumArrayIf([offset], 1), sum(offset) FILTER (WHERE offset > 1) FROM events",
    ],
    [
      'lambdas and arrays',
      'SELECT arrayMap((x, y) -> x + y, [1, 2], [3, 4])[1], [1, 2][1], tuple(1, 2).1, arrayJoin([1, 2])',
    ],
    [
      'any case of names',
      "SELECT Coalesce(NULL, 1), DATE_TRUNC('day', now()), SUBSTRING('abc', 2), cast(1 AS String), CASE WHEN 1 THEN 2 ELSE 3 END, CASE 1 WHEN 1 THEN 2 END, extract(YEAR FROM now()), x BETWEEN 1 AND 2 FROM (SELECT 1 AS x)",
    ],
    ['columns by pattern', "SELECT COLUMNS('^off'), * EXCEPT (offset) REPLACE ('x' AS name) FROM events"],
    [
      'groups and gaps',
      'SELECT toDate(timestamp) AS d, count() FROM events GROUP BY d WITH ROLLUP ORDER BY d WITH FILL STEP 1 LIMIT 1 BY d LIMIT 5',
    ],
    [
      'exists, tuples and intervals',
      'SELECT exists(SELECT 1), (1, 2), now() - INTERVAL 1 DAY, untuple((1, 2)), not(true)',
    ],
    [
      'memberships',
      "SELECT profile_id FROM membership_changes WHERE segment_id = 's' GROUP BY profile_id HAVING argMax(entered, seq)",
    ],
    ['array joins', 'SELECT n FROM events ARRAY JOIN [1, 2] AS n'],
  ])('%s', async (_, sql) => {
    expect((await run(sql)).columns.length).toBeGreaterThan(0);
  });

  test('what it can be asked: tables, columns, types and meanings', async () => {
    const shown = await queries.schema();
    expect(shown.map(({ name }) => name)).toEqual([
      'events',
      'events_resolved',
      'profiles',
      'accounts',
      'membership_changes',
    ]);
    for (const table of shown)
      expect((await run(`SELECT * FROM ${table.name} LIMIT 0`)).columns.length).toBe(table.columns.length);
    expect(shown[1]?.columns[1]).toEqual({
      ...{ name: 'timestamp', type: "DateTime64(3, 'UTC')" },
      description: 'When it happened, in UTC.',
    });
  });
});

describe('the query console refuses', () => {
  test.each([
    'DROP TABLE events',
    "INSERT INTO events (name) VALUES ('x')",
    'TRUNCATE TABLE events',
    'ALTER TABLE events DELETE WHERE 1',
    'CREATE TABLE t (a Int8) ENGINE = Memory',
    'CREATE VIEW v AS SELECT 1',
    'SET readonly = 0',
    'SET max_execution_time = 0',
    'SYSTEM SHUTDOWN',
    'KILL QUERY WHERE 1',
    'GRANT ALL ON *.* TO default',
    'ATTACH TABLE x',
    'SHOW TABLES',
    'SHOW CREATE TABLE events',
    'DESCRIBE TABLE events',
    'EXISTS TABLE events',
    'EXPLAIN SELECT 1',
    'USE system',
    'BACKUP TABLE events TO Disk(1)',
    'OPTIMIZE TABLE events',
    'CHECK TABLE events',
    'RENAME TABLE events TO x',
    'SELECT 1; DROP TABLE events',
    'SELECT 1;; SELECT 2',
    '; SELECT 1',
    'SELECT 1 PARALLEL WITH SELECT 2',
    'SELECT 1) UNION ALL (SELECT 2',
    'SELECT 1) ; DROP TABLE events; (SELECT 2',
    "SELECT 'unfinished",
    'SELECT 1 /* unfinished',
    '',
    '--',
  ])('what is not one SELECT: %s', async (sql) => {
    expect(['query_forbidden', 'query_invalid']).toContain(await refusal(sql));
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
  ])('formats and settings: %s', async (sql) => {
    expect(await refusal(sql)).toBe('query_forbidden');
  });

  test('to write files', async () => {
    const out = join(dir, 'out.txt');
    for (const tail of ['', ' TRUNCATE', ' APPEND', " COMPRESSION 'gzip'", ' FORMAT CSV', ' AND STDOUT']) {
      expect(['query_forbidden', 'query_invalid']).toContain(
        await refusal(`SELECT 1 INTO OUTFILE '${out}'${tail}`),
      );
    }
    expect(existsSync(out)).toBe(false);
  });

  /** Every place of a query that an expression may stand at. */
  const PLACES = [
    'SELECT @',
    'SELECT 1 AS a, @ AS b',
    'WITH @ AS x SELECT x',
    'WITH x AS (SELECT @) SELECT * FROM x',
    'SELECT (SELECT @)',
    'SELECT * FROM (SELECT @)',
    'SELECT 1 FROM events WHERE @ = 1',
    'SELECT 1 FROM events PREWHERE @ = 1',
    'SELECT 1 GROUP BY @',
    'SELECT 1 GROUP BY GROUPING SETS ((1), (@))',
    'SELECT 1 HAVING @ = 1',
    'SELECT count() OVER (PARTITION BY @)',
    'SELECT count() OVER (ORDER BY @)',
    'SELECT count() OVER (ORDER BY 1 ROWS BETWEEN length(@) PRECEDING AND CURRENT ROW)',
    'SELECT count() OVER w WINDOW w AS (ORDER BY @)',
    'SELECT count() OVER w FROM events WINDOW w AS (ORDER BY 1 ROWS BETWEEN 1 PRECEDING AND length(@) FOLLOWING)',
    'SELECT 1 QUALIFY @ = 1',
    'SELECT 1 ORDER BY @',
    'SELECT 1 AS a ORDER BY a WITH FILL FROM length(@) TO 5',
    'SELECT 1 AS a ORDER BY a WITH FILL TO length(@)',
    'SELECT 1 AS a ORDER BY a WITH FILL TO 5 STEP length(@)',
    'SELECT 1 AS a ORDER BY a WITH FILL STALENESS length(@)',
    'SELECT 1 AS a, 2 AS b ORDER BY a WITH FILL TO 5 INTERPOLATE (b AS @)',
    'SELECT 1 LIMIT length(@)',
    'SELECT 1 LIMIT 1 OFFSET length(@)',
    'SELECT 1 LIMIT 1 BY @',
    'SELECT DISTINCT ON (@) 1',
    'SELECT 1 FROM events SAMPLE length(@)',
    'SELECT 1 FROM events AS a JOIN events AS b ON @ = 1',
    'SELECT 1 FROM events ARRAY JOIN [@] AS x',
    'SELECT * REPLACE (@ AS name) FROM events',
    'SELECT * APPLY (x -> @) FROM events',
    'SELECT * EXCEPT name APPLY (x -> @) FROM events',
    "SELECT COLUMNS('name') APPLY (x -> @) FROM events",
    'SELECT arrayMap(x -> @, [1])',
    'SELECT quantile(length(@))(1)',
    'SELECT sum(1) FILTER (WHERE @ = 1)',
    'SELECT [@][1], (1, @).2',
    'SELECT CASE WHEN 1 THEN @ ELSE 2 END',
    'SELECT CASE @ WHEN 1 THEN 2 END',
    'SELECT CAST(@ AS String)',
    "SELECT CAST('x', @)",
    'SELECT @::String',
    'SELECT 1 IN (@)',
    'SELECT @ IN (1)',
    'SELECT 1 UNION ALL SELECT @',
    'SELECT 1 INTERSECT SELECT @',
    'SELECT 1 EXCEPT (SELECT @)',
    'SELECT 1 BETWEEN @ AND 2',
    "SELECT @ LIKE '%'",
    'SELECT INTERVAL length(@) DAY',
    'SELECT exists(SELECT @)',
    'SELECT -length(@), NOT @, @ || @',
    'SELECT transform(1, [1], [@])',
    'SELECT tupleElement(tuple(@), 1)',
    'SELECT untuple(tuple(@))',
    'SELECT @ AS `x (children 0)`',
    'SELECT @ AS `a\nLiteral 1`',
  ];
  test.each(PLACES)('to read a file from: %s', async (place) => {
    for (const call of [
      `file('${file}')`,
      `FILE('${file}')`,
      `\`file\`('${file}')`,
      `"file"('${file}')`,
      `/**/ file /**/ ('${file}')`,
    ]) {
      expect(['query_forbidden', 'query_invalid']).toContain(await refusal(place.replaceAll('@', call)));
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

  test('table functions, wherever tables stand', async () => {
    const { port } = door.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/`;
    const functions = [
      `file('${file}', 'LineAsString')`,
      `fileCluster('default', '${file}', 'LineAsString')`,
      `url('${url}', 'LineAsString')`,
      `urlCluster('default', '${url}', 'LineAsString')`,
      `s3('${url}x.csv', 'LineAsString')`,
      `gcs('${url}x.csv')`,
      `hdfs('hdfs://127.0.0.1:${port}/x', 'LineAsString')`,
      `azureBlobStorage('${url}', 'c', 'b')`,
      `deltaLake('${url}')`,
      `iceberg('${url}')`,
      `icebergLocal('${dir}')`,
      `deltaLakeLocal('${dir}')`,
      `hudi('${url}')`,
      `remote('127.0.0.1:${port}', 'system', 'one')`,
      `remoteSecure('127.0.0.1:${port}', 'system', 'one')`,
      `cluster('default', 'system', 'one')`,
      `clusterAllReplicas('default', 'system', 'one')`,
      `mysql('127.0.0.1:${port}', 'd', 't', 'u', 'p')`,
      `postgresql('127.0.0.1:${port}', 'd', 't', 'u', 'p')`,
      `mongodb('127.0.0.1:${port}', 'd', 't', 'u', 'p', 'a Int8')`,
      `redis('127.0.0.1:${port}', 'k', 'k String')`,
      `sqlite('${file}', 't')`,
      `jdbc('jdbc:x', 't')`,
      `odbc('DSN=x', 't')`,
      `executable('cat', 'LineAsString', 'x String')`,
      `dictionary('d')`,
      `merge('system', '.*')`,
      `merge('event_override')`,
      `loop(events)`,
      `view(SELECT 1)`,
      `viewExplain('EXPLAIN', '', (SELECT 1))`,
      `viewIfPermitted(SELECT 1 ELSE null('x Int8'))`,
      `input('a Int8')`,
      `format('CSV', '1')`,
      `values('a Int8', 1)`,
      `null('a Int8')`,
      `numbers(5)`,
      `zeros(5)`,
      `generateRandom('a Int8')`,
      `eval('SELECT 1')`,
      `filesystem('${dir}')`,
      `arrowstream('x')`,
      `mergeTreeIndex(currentDatabase(), 'events')`,
      `timeSeriesData('x')`,
      `ytsaurus('x', 'y', 'z', 'a')`,
    ];
    for (const call of functions) {
      for (const sql of [
        `SELECT * FROM ${call}`,
        `SELECT * FROM events JOIN ${call} AS x ON 1`,
        `SELECT 1 IN ${call}`,
        `WITH x AS (SELECT * FROM ${call}) SELECT * FROM x`,
        `SELECT (SELECT count() FROM ${call})`,
        `SELECT * FROM ${call} SETTINGS readonly = 0`,
      ])
        expect(['query_forbidden', 'query_invalid'], sql).toContain(await refusal(sql));
    }
    expect(knocks).toBe(0);
  });

  test.each([
    'SELECT * FROM system.tables',
    'SELECT * FROM `system`.`tables`',
    'SELECT * FROM "system".tables',
    'SELECT * FROM `system.tables`',
    'SELECT * FROM information_schema.tables',
    'SELECT * FROM INFORMATION_SCHEMA.TABLES',
    'SELECT * FROM event_override',
    'SELECT * FROM profile_override',
    'SELECT * FROM events_probe',
    'SELECT * FROM default.event_override',
    'SELECT * FROM default.events',
    'SELECT * FROM EVENTS',
    'SELECT * FROM events JOIN system.one ON 1',
    'SELECT * FROM events, system.one',
    'SELECT * FROM events WHERE 1 IN system.one',
    'SELECT 1 IN (system.one)',
    'SELECT 1 NOT IN system.one',
    'SELECT 1 GLOBAL IN system.one',
    'SELECT in(1, system.one)',
    'SELECT nullIn(1, system.one), globalNotNullIn(1, `system.one`)',
    'SELECT inIgnoreSet(1, system.one)',
    "SELECT joinGet('x', 'y', 1)",
    'SELECT 1 IN event_override',
    'SELECT 1 IN `event_override`',
    'SELECT (1, 2, 3, 4) IN (event_override)',
    'SELECT (SELECT count() FROM system.one)',
    'WITH x AS (SELECT * FROM system.one) SELECT * FROM x',
    'WITH event_override AS (SELECT 1) SELECT * FROM event_override',
    'SELECT * FROM (WITH event_override AS (SELECT 1) SELECT 1), event_override',
    'WITH `system.one` AS (SELECT 1) SELECT * FROM (SELECT * FROM `system.one`)',
    'WITH x(a) AS (SELECT 1) SELECT * FROM x',
    'WITH x AS (SELECT 1) SELECT * FROM system.x',
    'SELECT * FROM /etc/passwd',
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM `/etc/passwd`',
    'SELECT 1 IN `/etc/passwd`',
    'SELECT * FROM package',
    'WITH LICENSE AS (SELECT 1) SELECT * FROM (WITH b AS (SELECT 1) SELECT 1), `LICENSE.txt`',
    "SELECT * FROM events UUID '00000000-0000-0000-0000-000000000000' JOIN system.one ON 1",
    'SELECT * FROM events AS x (children 0)',
    'SELECT * FROM `events (alias x)`',
    'SELECT * FROM `events\\n`',
  ])('other tables: %s', async (sql) => {
    expect(['query_forbidden', 'query_invalid']).toContain(await refusal(sql));
  });

  test('files of the working folder by a name out of the scope of WITH', async () => {
    // The name is known, but not where it is used: the engine would look for a file.
    const sql = 'SELECT * FROM (WITH LICENSE AS (SELECT 1) SELECT * FROM LICENSE) AS x, LICENSE';
    expect(['query_forbidden', 'query_invalid']).toContain(await refusal(sql));
    expect(existsSync('LICENSE')).toBe(true);
  });

  test('functions that do more than compute', async () => {
    const calls = [
      ...[
        "dictGet('d', 'a', 1)",
        "dictHas('d', 1)",
        "joinGetOrNull('t', 'c', 1)",
        "hasColumnInTable('system', 'one', 'dummy')",
      ],
      ...[
        "hasColumnInTable('127.0.0.1', 'system', 'one', 'dummy')",
        'sleep(1)',
        'sleepEachRow(1)',
        "getSetting('readonly')",
      ],
      ...[
        "getServerSetting('path')",
        "getMacro('x')",
        'hostName()',
        'FQDN()',
        'fullHostName()',
        'tcpPort()',
        'serverUUID()',
      ],
      ...[
        'currentUser()',
        'version()',
        'uptime()',
        'buildId()',
        'filesystemAvailable()',
        'currentDatabase()',
        'getOSKernelVersion()',
      ],
      ...[
        "aiGenerate('x', 'y')",
        "AIGenerate('x')",
        "catboostEvaluate('/x', 1)",
        "evalMLMethod('m', 1)",
        'addressToLine(1)',
      ],
      ...[
        "demangle('x')",
        "logTrace('x')",
        'showCertificate()',
        'regionToName(1)',
        "formatQuery('x')",
        "formatRow('CSV', 1)",
      ],
      ...[
        "naiveBayesClassifier('m', 'x')",
        "generateSerialID('x')",
        'throwIf(1)',
        "structureToProtobufSchema('a Int8')",
      ],
      ...[
        "initializeAggregation('sumState', 1)",
        "CAST(unhex('0a'), 'AggregateFunction(groupBitmap, UInt32)')",
      ],
      ...[
        "unhex('0a')::AggregateFunction(groupBitmap, UInt32)",
        "CAST(unhex('0a'), concat('Aggregate', 'Function(groupBitmap, UInt32)'))",
      ],
      ...[
        "accurateCast(unhex('0a'), concat('Aggregate', 'Function(groupBitmap, UInt32)'))",
        "reinterpret('x', 'UInt8')",
      ],
      ...[
        '__getScalar(1)',
        "__applyFilter('x', 1)",
        'noSuchFunction(1)',
        'flameGraph(1)',
        "getSubcolumn(1, 'x')",
      ],
    ].filter((call) => !call.startsWith('flameGraph'));
    for (const call of calls)
      expect([call, await refusal(`SELECT ${call}`)]).toEqual([call, 'query_forbidden']);
    expect(knocks).toBe(0);
  });

  test('parameters that are names, or that break out', async () => {
    expect(await refusal('SELECT * FROM {t:Identifier}', { t: 'event_override' })).toBe('query_forbidden');
    expect(await refusal('SELECT * FROM {d:Identifier}.{t:Identifier}', { d: 'system', t: 'one' })).toBe(
      'query_forbidden',
    );
    expect(await refusal('SELECT 1 IN {t : identifier }', { t: 'event_override' })).toBe('query_forbidden');
    expect(await refusal('SELECT {missing:String}')).toBe('query_invalid');
    expect(await refusal('SELECT {n:UInt8}', { n: 'x' })).toBe('query_invalid');
    expect(await refusal('SELECT {s:AggregateFunction(groupBitmap, UInt32)}', { s: 'x' })).toMatch(/query_/);
    const hostile = `'); DROP TABLE events; -- \n Function file (children 1)\\`;
    expect((await run('SELECT {s:String} AS s, [{s:String}]', { s: hostile })).rows).toEqual([
      [hostile, [hostile]],
    ]);
    expect((await run('SELECT count() FROM events')).rows).toEqual([[3]]);
  });

  test('what would cost too much, and goes on after it', async () => {
    expect(
      await refusal(
        'SELECT groupArray(a.offset + b.x) FROM events AS a, (SELECT arrayJoin(range(50000000)) AS x) AS b',
      ),
    ).toBe('query_too_costly');
    expect(await refusal("SELECT arrayJoin(range(5000)), repeat('x', 1000000)")).toBe('query_too_costly');
    expect(await refusal(`SELECT ${'('.repeat(5_000)}1${')'.repeat(5_000)}`)).toBe('query_invalid');
    expect((await run('SELECT count() FROM events')).rows).toEqual([[3]]);
  });
});
