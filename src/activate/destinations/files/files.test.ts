import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../../core/json.js';
import { type ClickHouse, openClickHouse } from '../../../engines/clickhouse.js';
import { ParquetWriter } from '../../../stores/events/parquet-writer.js';
import { testContext, testItem } from '../../test-kit.js';
import type { Files } from '../destination.js';
import { files } from './files.js';

let dir: string;
let clickhouse: ClickHouse;
let door: Files;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'files-'));
  const path = join(dir, 'ch');
  const open = () =>
    openClickHouse({ path, memoryBytesMax: 512 * 1024 * 1024, threadsMax: 1, role: 'reader' });
  clickhouse = await open();
  const parquet = new ParquetWriter(async () => clickhouse);
  door = { root: join(dir, 'exports'), parquet: (rows, columns) => parquet.write(rows, columns) };
});
afterAll(async () => {
  await clickhouse.close();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(() => rm(door.root, { recursive: true, force: true }));

const contextOf = (options: JsonObject, settings: JsonObject = {}, dryRun = false) =>
  testContext({ settings, options, files: door, dryRun });
const write = async (items: ReturnType<typeof testItem>[], context: ReturnType<typeof testContext>) =>
  await files.actions.write?.send(items, context);
const written = async () =>
  (await readdir(door.root, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

test('each snapshot has a folder, with its marker beside its rows; of others nothing is there', async () => {
  const of = (id: string, part: 'row' | 'closing') => ({ snapshot: { id, part } });
  const items = [
    testItem({ row: { who: 'ann' } }, of('snap-1', 'row')),
    testItem({ row: { who: 'bob' } }, of('snap-2', 'row')),
    testItem({ manifest: { written: 1 } }, of('snap-1', 'closing')),
    testItem({ row: { who: 'cid' } }),
  ];
  const context = contextOf({ name: '{batch}', audience_key: 'big/spenders' });
  expect(await write(items, context)).toEqual(items.map(() => ({ status: 'delivered' })));
  // Again, as after a crash: nothing is written twice.
  expect(await write(items, context)).toEqual(items.map(() => ({ status: 'delivered' })));
  const texts = new Map<string, string>();
  for (const path of await written())
    texts.set(path.slice(door.root.length + 1).replace(/[0-9a-f]{32}/, '*'), await readFile(path, 'utf8'));
  expect([...texts.keys()].sort()).toEqual([
    ...['*.jsonl', 'big%2Fspenders/snap-1/*.jsonl', 'big%2Fspenders/snap-1/_complete.json'],
    'big%2Fspenders/snap-2/*.jsonl',
  ]);
  expect(JSON.parse(texts.get('big%2Fspenders/snap-1/*.jsonl') ?? '')).toMatchObject({
    ...{ snapshot_id: 'snap-1', who: 'ann' },
  });
  expect(await write(items, contextOf({ audience_key: '..' })).catch(({ failure }) => failure)).toMatchObject(
    {
      code: 'options_invalid',
    },
  );
});

test('writes CSV that any reader of RFC 4180 takes apart again', async () => {
  const values = ['plain', 'a,b', 'say "hi"', 'two\nlines', '', null, 'ü 💧', { a: [1] }];
  const items = values.map((value, n) => testItem({ row: { n, 'a "name"': value } }));
  const context = contextOf({ format: 'csv', name: '{batch}' }, { folder: 'shop/orders' });
  expect(await write(items, context)).toEqual(items.map(() => ({ status: 'delivered' })));
  const [path = ''] = await written();
  expect(path.startsWith(join(door.root, 'shop/orders/'))).toBe(true);
  const rows = await clickhouse.query(
    `SELECT n, \`a "name"\` AS value FROM file({path:String}, 'CSVWithNames', 'delivery_key String, n Int32, \`a "name"\` Nullable(String)') ORDER BY n`,
    { path },
  );
  const texts = values.map((value) => (typeof value === 'object' && value !== null ? '{"a":[1]}' : value));
  // ClickHouse, as most, takes an empty text without quotes for null.
  expect(rows).toEqual(texts.map((value, n) => ({ n, value })));
});

test('writes Parquet with the types of its columns, and says which row does not fit', async () => {
  const items = [
    testItem({
      row: { n: 1, at: '2026-03-01T09:30:00.250+01:00', yes: true, raw: { a: 1 }, '`odd\\ name': 'ü' },
    }),
    testItem({ row: { n: 'two' } }),
    testItem({ row: { n: '3', raw: [1] } }),
  ];
  const context = contextOf({ format: 'parquet', gzip: true, types: { n: 'integer' } });
  const results = await write(items, context);
  expect(results).toEqual([
    { status: 'delivered' },
    { status: 'failed', code: 'row_refused', message: '"n" is no integer.', retry: false },
    { status: 'delivered' },
  ]);
  const [path = ''] = await written();
  expect(path).toMatch(/\/2026\/03\/01\/1200-[0-9a-f]{32}\.parquet$/);
  expect(await clickhouse.query(`SELECT * FROM file({path:String}, 'Parquet') ORDER BY n`, { path })).toEqual(
    [
      {
        ...{ delivery_key: items[0]?.key, n: 1, at: '2026-03-01T08:30:00.250Z', yes: true },
        ...{ raw: '{"a":1}', '`odd\\ name': 'ü' },
      },
      { delivery_key: items[2]?.key, n: 3, at: null, yes: null, raw: '[1]', '`odd\\ name': null },
    ],
  );
});

test('has each row in one file, in whatever company it comes again, and leaves no half of one', async () => {
  const items = [1, 2, 3].map((n) => testItem({ row: { n } }));
  const context = contextOf({});
  await write(items.slice(0, 2), context);
  await write(items, { ...context, settings: {} });
  const texts = await Promise.all((await written()).map((path) => readFile(path, 'utf8')));
  const rows = texts
    .flatMap((text) => text.trim().split('\n'))
    .map((row) => (JSON.parse(row) as JsonObject).n);
  expect(rows.sort()).toEqual([1, 2, 3]);
  expect((await written()).every((path) => path.endsWith('.jsonl'))).toBe(true);
});

test('leads out of the folder for exports neither by a name nor by a link', async () => {
  for (const [options, settings] of [
    [{ name: '../{batch}' }, {}],
    [{ name: '/etc/{batch}' }, {}],
    [{ name: 'all' }, {}],
    [{ name: '{batch}{what}' }, {}],
    [{}, { folder: '..' }],
  ] as const) {
    await expect(write([testItem({ row: {} })], contextOf(options, settings))).rejects.toMatchObject({
      failure: { retry: false },
    });
  }
  await files.test?.(contextOf({}));
  const outside = await mkdtemp(join(dir, 'outside-'));
  await symlink(outside, join(door.root, 'out'));
  for (const name of ['{batch}', '{date}/{batch}'])
    await expect(
      write([testItem({ row: {} })], contextOf({ name }, { folder: 'out' })),
    ).rejects.toMatchObject({
      failure: { code: 'folder_refused' },
    });
  expect(await readdir(outside)).toEqual([]);
});

test('shows in a dry run what it would write, and writes nothing', async () => {
  const context = contextOf({ format: 'csv', name: '{date}-{batch}' }, {}, true);
  await write([testItem({ row: { n: 1 } }, { key: 'k1' })], context);
  expect(context.exchanges.map(({ request }) => [request.url, request.body])).toEqual([
    [expect.stringMatching(/^file:2026-03-01-[0-9a-f]{32}\.csv$/), 'delivery_key,n\r\nk1,1\r\n'],
  ]);
  await expect(written()).rejects.toThrow('ENOENT');
});
