import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClickHouseDoor, openClickHouseDoor } from '../../tests/support/clickhouse-door.js';
import { type ClickHouse, isDataError, openClickHouse } from './clickhouse.js';

let door: ClickHouseDoor;
let clickhouse: ClickHouse;

beforeAll(async () => {
  door = await openClickHouseDoor();
  clickhouse = await openClickHouse({
    url: door.address('tester:secret@'),
    memoryBytesMax: 1,
    threadsMax: 1,
    role: 'writer',
  });
  await clickhouse.command(
    'CREATE TABLE events (id UInt64, properties JSON) ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 100',
  );
});
afterAll(async () => {
  await clickhouse.close();
  await door.close();
});

const lines = (...rows: object[]) => Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'));

describe('a ClickHouse server behind the same interface', () => {
  it('answers with a table, and explains a statement without adding to it', async () => {
    expect(await clickhouse.table('SELECT {n:UInt8} AS n, 9007199254740993 AS long', { n: 5 })).toEqual({
      columns: [
        { name: 'n', type: 'UInt8' },
        { name: 'long', type: 'UInt64' },
      ],
      rows: [[5, '9007199254740993']],
    });
    const { rows } = await clickhouse.table('EXPLAIN AST SELECT {n:UInt8}', { n: 5 });
    expect(rows[0]).toEqual(['SelectWithUnionQuery (children 1)']);
  });

  it('answers rows, binds parameters, and formats as the embedded engine does', async () => {
    expect(
      await clickhouse.query(
        `SELECT {text:String} AS text, toUInt64({n:UInt8}) AS n, toDateTime64(0, 3, 'UTC') AS at, nan AS nan`,
        { text: `it's`, n: 7 },
        { max_block_size: 100 },
      ),
    ).toEqual([{ text: `it's`, n: 7, at: '1970-01-01T00:00:00.000Z', nan: null }]);
    expect(door.asked.at(-1)?.searchParams.get('max_block_size')).toBe('100');
  });

  it('inserts a body as it is, once for a token', async () => {
    const rows = lines({ id: 1, properties: { products: [{ sku: 'ü' }] } }, { id: 2, properties: {} });
    for (let n = 0; n < 3; n++) await clickhouse.insertJsonLines('events', rows, { token: 'log-1' });
    await clickhouse.insertJsonLines('events', Buffer.alloc(0));
    expect(await clickhouse.query('SELECT id, properties FROM events ORDER BY id')).toEqual([
      { id: 1, properties: { products: [{ sku: 'ü' }] } },
      { id: 2, properties: {} },
    ]);
    expect(door.asked.some((url) => url.searchParams.get('async_insert') === '0')).toBe(true);
    await expect(clickhouse.insertJsonLines('events; DROP', rows)).rejects.toMatchObject({
      code: 'internal',
    });
  });

  it('inserts binary blocks, once for a token', async () => {
    // One column and two rows: `id`, UInt64, 71 and 72.
    const block = Buffer.concat([
      Buffer.from('\x01\x02\x02id\x06UInt64', 'latin1'),
      Buffer.from(BigUint64Array.of(71n, 72n).buffer),
    ]);
    for (let n = 0; n < 3; n++) await clickhouse.insertNative('events', block, { token: 'native-1' });
    expect(await clickhouse.query('SELECT id FROM events WHERE id > 70 ORDER BY id')).toEqual([
      { id: 71 },
      { id: 72 },
    ]);
    await expect(clickhouse.insertNative('events; DROP', block)).rejects.toMatchObject({ code: 'internal' });
  });

  it('tells data errors from others', async () => {
    const bad = await clickhouse
      .insertJsonLines('events', lines({ id: 'x' }))
      .catch((error: unknown) => error);
    expect(isDataError(bad)).toBe(true);
    const other = await clickhouse.query('SELECT * FROM nope').catch((error: unknown) => error);
    expect(other).toBeInstanceOf(Error);
    expect(isDataError(other)).toBe(false);
  });

  it('says which server does not answer, and keeps the password to itself', async () => {
    const opening = openClickHouse({
      url: 'http://u:secret@127.0.0.1:9',
      memoryBytesMax: 1,
      threadsMax: 1,
      role: 'reader',
    });
    const error = await opening.catch((e: Error) => e);
    expect(error).toMatchObject({
      code: 'engine_unavailable',
      message: expect.stringContaining('http://u:***@127.0.0.1:9'),
    });
    expect((error as Error).message).not.toContain('secret');
  });
});
