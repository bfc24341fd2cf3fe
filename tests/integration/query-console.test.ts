/** What people may ask in SQL, on the real embedded engine. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import { Analyst } from '../../src/stores/events/analyst.js';
import { ClickHouseEventStore } from '../../src/stores/events/clickhouse-event-store.js';
import { type ConsoleAnswer, QueryConsole } from '../../src/stores/events/query-console.js';
import { anEvent } from '../support/an-event.js';
import { aPrintedEvent, type EventTables, openEventTables } from '../support/event-tables.js';

const ANN = '0190f7c1-7c5e-8a3b-9d2e-00000000000a';
const BOB = '0190f7c1-7c5e-8a3b-9d2e-00000000000b';

let tables: EventTables;
let connection: ClickHouse;
let queries: QueryConsole;
beforeAll(async () => {
  tables = await openEventTables();
  connection = await tables.another('analyst');
  queries = new QueryConsole(new Analyst(connection));
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
  await connection.close();
  await tables.remove();
});

function run(sql: string, params: Record<string, unknown> = {}, limit = 1_000): Promise<ConsoleAnswer> {
  return queries.run({ sql, params, limit });
}

describe('the query console answers', () => {
  test('with columns, types and rows', async () => {
    const sql = `
      SELECT profile_id, name, count() AS n, sum(properties.total.:Float64) AS total, max(offset) AS last -- a comment; with a semicolon
      FROM events_resolved WHERE name = {name:String} AND timestamp < {until:DateTime64(3)} GROUP BY profile_id, name;`;
    expect(await run(sql, { name: 'Order', until: '1970-01-01T00:00:03Z', unused: 1 })).toEqual({
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

test('when too many wait, further questions are turned away, and later ones are not', async () => {
  const analyst = new Analyst(connection);
  const asked = Array.from({ length: 23 }, () => analyst.rows({ sql: 'SELECT 1 AS n', params: {} }));
  const settled = await Promise.allSettled(asked);
  const refused = settled.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  expect(refused).toHaveLength(3);
  for (const error of refused)
    expect(error).toMatchObject({ code: 'queries_full', status: 429, retry: true });
  expect(await analyst.rows({ sql: 'SELECT 1 AS n', params: {} })).toEqual([{ n: 1 }]);
});
