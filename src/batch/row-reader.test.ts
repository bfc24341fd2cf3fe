import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseMapping } from '../core/import/mapping.js';
import type { JsonValue } from '../core/json.js';
import type { ClickHouse } from '../engines/clickhouse.js';
import { openClickHouse } from '../engines/clickhouse.js';
import { convertParquet, describeParquet } from './convert-parquet.js';
import type { FileCursor, ReadRow } from './row-reader.js';
import { FILE_START, readRows } from './row-reader.js';

let dir = '';
let clickhouse: ClickHouse;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tributary-rows-'));
  const path = join(dir, 'engine');
  clickhouse = await openClickHouse({ path, memoryBytesMax: 2 ** 29, threadsMax: 1, role: 'reader' });
});
afterAll(async () => {
  await clickhouse.close();
  await rm(dir, { recursive: true });
});

/** Reads all rows of a text in a format whose column `id` is mapped. */
async function rowsOf(format: JsonValue, content: string, from: FileCursor = FILE_START): Promise<ReadRow[]> {
  const path = join(dir, 'file');
  await writeFile(path, content);
  return readAll(path, format, new Set(), from);
}

async function readAll(
  path: string,
  format: JsonValue,
  integerColumns: ReadonlySet<string>,
  from = FILE_START,
) {
  const mapping = parseMapping({ format, call: 'identify', userId: 'id' });
  const rows: ReadRow[] = [];
  for await (const block of readRows({ path, mapping, clickhouse, integerColumns }, from))
    rows.push(...block.rows);
  return rows;
}

describe('CSV', () => {
  test('every value is a text, as it stands', async () => {
    const rows = await rowsOf('csv', 'id,name,n\r\n007,"A, ""B""\r\nC",1e3\r\n , ,\r\n"",x,"5"\r\n');
    expect(rows).toEqual([
      { line: 2, row: { id: '007', name: 'A, "B"\nC', n: '1e3' } },
      { line: 4, row: { id: '', name: '', n: '' } },
      { line: 5, row: { id: '', name: 'x', n: '5' } },
    ]);
  });

  test('each bad line is bad by itself, with its number', async () => {
    const content = 'id,name\n1,a\n2\n\n3,c,c\n4,"d"d\n5,"e\n6,f\n7,"g\nh"\n8,i';
    const rows = await rowsOf('csv', content);
    expect(rows.map((read) => ('row' in read ? [read.line, read.row.id] : [read.line, read.fault]))).toEqual([
      [2, '1'],
      [3, 'The line has 1 columns instead of 2.'],
      [5, 'The line has 3 or more columns instead of 2.'],
      [6, expect.stringMatching(/^The line cannot be read: Cannot parse input: expected ','/)],
      [7, 'A quote is opened on this line and not closed as it should be.'],
      [8, '6'],
      [9, '7'],
      [11, '8'],
    ]);
    expect(rows[1]).toMatchObject({ text: '2' });
  });

  test('without a header, with another delimiter, after lines that are skipped', async () => {
    const format = { type: 'csv', delimiter: ';', header: false, columns: ['id', 'x'], skipLines: 2 };
    expect(await rowsOf(format, 'Report\n"\n1;"a;b"\n')).toEqual([{ line: 3, row: { id: '1', x: 'a;b' } }]);
    const tabs = { type: 'csv', delimiter: '\t' };
    expect(await rowsOf(tabs, 'id\tx\n1\t"a\tb"\n2\t\n3\n')).toEqual([
      { line: 2, row: { id: '1', x: 'a\tb' } },
      { line: 3, row: { id: '2', x: '' } },
      { line: 4, text: '3', fault: 'The line has 1 columns instead of 2.' },
    ]);
  });

  test('a first row that looks like the header is a row', async () => {
    const format = { type: 'csv', header: false, columns: ['id', 'x'] };
    expect(await rowsOf(format, 'id,x\n1,2\n')).toHaveLength(2);
  });

  test('any name of a column, and any character, comes through', async () => {
    const rows = await rowsOf('csv', "id,__proto__,constructor,it's `\\\n1,a,b\\tc,\\N\u0000'{x:String}😀\n");
    const [read] = rows;
    const row = read && 'row' in read ? read.row : {};
    expect(Object.entries(row)).toEqual([
      ['id', '1'],
      ['__proto__', 'a'],
      ['constructor', 'b\\tc'],
      ["it's `\\", "\\N\u0000'{x:String}😀"],
    ]);
  });

  test('a file without the columns that are mapped is refused with those that it has', async () => {
    await expect(rowsOf('csv', 'ID,name\n1,a\n')).rejects.toThrow(
      'mapping.userId reads the column "id", which there is not. There are: ID, name.',
    );
    await expect(rowsOf('csv', 'id,a,a\n')).rejects.toThrow(
      'Line 1 names the column "a" twice. Rename one of them.',
    );
    expect(await rowsOf('csv', '')).toEqual([]);
    expect(await rowsOf('csv', 'id,a\n')).toEqual([]);
  });

  test('reading goes on at the end of any block', async () => {
    const content = `id,x\n${Array.from({ length: 4500 }, (_, at) => `${at},"a\nb"`).join('\n')}\n`;
    const path = join(dir, 'long');
    await writeFile(path, content);
    const mapping = parseMapping({ format: 'csv', call: 'identify', userId: 'id' });
    const file = { path, mapping, clickhouse, integerColumns: new Set<string>() };
    const blocks = [];
    for await (const block of readRows(file, FILE_START)) blocks.push(block);
    expect(blocks.map(({ rows }) => rows.length)).toEqual([2000, 2000, 500]);
    const again = [];
    for await (const block of readRows(file, blocks[0]?.cursor ?? FILE_START)) again.push(block);
    expect(again).toEqual(blocks.slice(1));
    expect(again[0]?.rows[0]).toEqual({ line: 4002, row: { id: '2000', x: 'a\nb' } });
    expect(blocks.at(-1)?.cursor.bytes).toBe(Buffer.byteLength(content));
  });
});

test('TSV: escapes, missing values, quotes as they are', async () => {
  const rows = await rowsOf('tsv', 'id\tname\n1\ta\\tb\n\\N\t"q"\n3\n4\t5\t6\n5\tx\\\n6\t\n');
  expect(rows).toEqual([
    { line: 2, row: { id: '1', name: 'a\tb' } },
    { line: 3, row: { id: null, name: '"q"' } },
    { line: 4, text: '3', fault: 'The line has 1 columns instead of 2.' },
    { line: 5, text: '4\t5\t6', fault: 'The line has 3 columns instead of 2.' },
    { line: 6, row: { id: '5', name: 'x\n' } },
    { line: 7, row: { id: '6', name: '' } },
  ]);
});

test('regexp: the groups are the columns; what does not match is bad by itself', async () => {
  const format = { type: 'regexp', pattern: '^\\s*(\\d+)\\s+(\\S*)$', columns: ['id', 'x'], skipLines: 1 };
  expect(await rowsOf(format, ' id x\r\n 001 a\r\nnone\r\n 2 \r\n')).toEqual([
    { line: 2, row: { id: '001', x: 'a' } },
    { line: 3, text: 'none', fault: 'The line is not of the pattern of mapping.format.' },
    { line: 4, row: { id: '2', x: '' } },
  ]);
});

test('JSON lines: each is parsed by itself', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const rows = await rowsOf(
    'jsonl',
    `{"id":1,"a":{"b":[1]}}\n\nnope\n[1]\n{"id":1e999}\n{"a":${deep}}\n{"id":"2"}`,
  );
  expect(rows.map((read) => ('row' in read ? [read.line, read.row] : [read.line, read.fault]))).toEqual([
    [1, { id: 1, a: { b: [1] } }],
    [3, expect.stringMatching(/^The line is not JSON: /)],
    [4, 'The line is not a JSON object.'],
    [5, 'A number is beyond 1.8e308. Send it as a string.'],
    [6, 'Objects and arrays may be nested 32 levels deep. Flatten the event.'],
    [7, { id: '2' }],
  ]);
});

test('Parquet: values keep their kind, whole numbers are exact, rows are in their order', async () => {
  const from = join(dir, 'some.parquet');
  const to = join(dir, 'some.rows');
  await clickhouse.command(`INSERT INTO FUNCTION file('${from}', 'Parquet')
    SELECT number AS id, toInt64(9007199254740993) + number AS \`big \\\`one\`, 'n' || number AS name, number / 4 AS price,
      toDateTime64('2024-01-02 03:04:05.678', 3, 'UTC') AS at, if(number = 1, NULL, number) AS maybe, number % 2 = 0 AS odd
    FROM numbers(3000)`);
  const mapping = parseMapping({ format: 'parquet', call: 'identify', userId: 'id' });
  const file = { from, to, mapping, clickhouse };
  const wide = await describeParquet(file);
  expect([...wide].sort()).toEqual(['big `one', 'id', 'maybe']);
  await convertParquet(file, wide);
  const rows = await readAll(to, 'parquet', wide);
  expect(rows.length).toBe(3000);
  expect(rows[1]).toMatchObject({
    line: 2,
    row: {
      id: 1,
      'big `one': '9007199254740994',
      name: 'n1',
      price: 0.25,
      at: '2024-01-02T03:04:05.678Z',
      maybe: null,
    },
  });
  expect(rows.every((read, at) => 'row' in read && read.row.id === at && read.line === at + 1)).toBe(true);
  await writeFile(from, 'no parquet');
  await expect(describeParquet(file)).rejects.toThrow('The file is not a Parquet file that can be read.');
});
