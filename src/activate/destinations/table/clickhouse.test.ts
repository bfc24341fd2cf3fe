import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClickHouseDoor, openClickHouseDoor } from '../../../../tests/support/clickhouse-door.js';
import type { JsonObject } from '../../../core/json.js';
import { testContext, testItem } from '../../test-kit.js';
import { clickhouse } from './clickhouse.js';
import { tablesContract } from './tables.contract.js';

let door: ClickHouseDoor;
beforeAll(async () => {
  door = await openClickHouseDoor();
});
afterAll(() => door.close());

const settings = () => ({ url: door.address(), database: 'default', user: 'ann', password: 'pw' });
const quoted = (name: string) => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
const asked = async (sql: string): Promise<JsonObject[]> => {
  const text = (await door.session.queryAsync(sql, { format: 'JSONEachRow' })).text().trim();
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as JsonObject);
};

tablesContract({
  kind: clickhouse,
  settings,
  answer: (request) => fetch(request),
  hasUpsert: false,
  async make(table) {
    await door.session.queryAsync(
      `CREATE TABLE ${quoted(table)} (id String, n Int32) ENGINE = MergeTree ORDER BY id`,
    );
  },
  async rows(table, orderBy) {
    const rows = await asked(`SELECT * FROM ${quoted(table)} ORDER BY ${quoted(orderBy)}`);
    return rows.map((row) =>
      typeof row.at === 'string' ? { ...row, at: `${row.at.replace(' ', 'T')}Z` } : row,
    );
  },
});

describe('ClickHouse', () => {
  const append = async (items: ReturnType<typeof testItem>[], context: ReturnType<typeof testContext>) =>
    (await clickhouse.actions.append?.send(items, context))?.map(({ status }) => status);

  test('has each delivery once in a table of any kind, in whatever company it comes again, also after a restart', async () => {
    await door.session.queryAsync(
      'CREATE TABLE plain (delivery_key String, n Int32) ENGINE = MergeTree ORDER BY n',
    );
    const items = [1, 2, 3, 4, 5].map((n) => testItem({ row: { n } }));
    const answer = (request: Request) => fetch(request);
    const first = testContext({ settings: settings(), options: { table: 'plain' }, answer });
    await append(items.slice(0, 3), first);
    await append(items.slice(1, 4), first);
    // Other settings in memory, the same values that outlive the process: so it is after a restart.
    const second = { ...first, settings: settings() };
    await append([...items.slice(2)].reverse(), second);
    expect(await asked('SELECT n FROM plain ORDER BY n')).toEqual([1, 2, 3, 4, 5].map((n) => ({ n })));
  });

  test('gets what was planned and never arrived', async () => {
    await door.session.queryAsync(
      'CREATE TABLE late (delivery_key String, n Int32) ENGINE = MergeTree ORDER BY n',
    );
    let isAway = true;
    const answer = (request: Request) => {
      if (isAway && request.url.includes('INSERT')) throw new Error('away');
      return fetch(request);
    };
    const context = testContext({ settings: settings(), options: { table: 'late' }, answer });
    const items = [1, 2].map((n) => testItem({ row: { n } }));
    await expect(append(items, context)).rejects.toThrow('away');
    isAway = false;
    expect(await append(items, context)).toEqual(['delivered', 'delivered']);
    expect(await asked('SELECT n FROM late ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('is told who signs in by headers, and the token of the batch', async () => {
    const context = testContext({
      settings: settings(),
      options: { table: 'headed', create: true },
      answer: (request) => fetch(request),
    });
    await append([testItem({ row: { n: 1 } })], context);
    const insert = context.requests.find(({ url }) => url.includes('INSERT'));
    expect(insert?.headers).toMatchObject({ 'x-clickhouse-user': 'ann', 'x-clickhouse-key': 'pw' });
    expect(insert?.url).not.toContain('pw');
    expect(new URL(insert?.url ?? '').searchParams.get('insert_deduplication_token')).toMatch(
      /^[0-9a-f]{32}$/,
    );
  });
});
