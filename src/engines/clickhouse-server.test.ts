import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Session } from 'chdb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClickHouse, isDataError, openClickHouse } from './clickhouse.js';

/*
 * No ClickHouse server comes with npm, so a small HTTP door in front of the embedded engine plays one: it takes settings,
 * parameters and bodies as a server does, and the engine behind it is the real one.
 */
let dir: string;
let session: Session;
let door: Server;
let clickhouse: ClickHouse;
let asked: URL[];

beforeAll(async () => {
  asked = [];
  dir = await mkdtemp(join(tmpdir(), 'ch-server-'));
  session = new Session(join(dir, 'ch'));
  door = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://door');
    asked.push(url);
    try {
      response.end(await run(url, await bodyOf(request)));
    } catch (error) {
      response.writeHead(500).end(error instanceof Error ? error.message : String(error));
    }
  });
  await new Promise<void>((done) => door.listen(0, '127.0.0.1', done));
  clickhouse = await openClickHouse({
    url: address('tester:secret@'),
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
  await new Promise((done) => door.close(done));
  session.close();
  await rm(dir, { recursive: true, force: true });
});

function address(user = ''): string {
  return `http://${user}127.0.0.1:${(door.address() as AddressInfo).port}`;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

const TRANSPORT = new Set([
  'query',
  'query_id',
  'session_id',
  'role',
  'database',
  'default_format',
  'wait_end_of_query',
  'enable_http_compression',
]);

async function run(url: URL, body: Buffer): Promise<Buffer> {
  const settings: string[] = [];
  const params: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('param_')) params[name.slice('param_'.length)] = value.replace(/\\(.)/g, '$1');
    else if (!TRANSPORT.has(name)) settings.push(`${name} = '${value.replaceAll("'", "\\'")}'`);
  }
  const insert = /^INSERT INTO (\w+) FORMAT (\w+)/.exec(url.searchParams.get('query') ?? '');
  if (insert?.[1] !== undefined) {
    const token = url.searchParams.get('insert_deduplication_token');
    if (insert[2] === 'Native') {
      const file = join(dir, 'body.native');
      await writeFile(file, body);
      const deduplicated = `SETTINGS insert_deduplication_token = '${token}'`;
      await session.queryAsync(
        `INSERT INTO ${insert[1]} FROM INFILE '${file}' ${deduplicated} FORMAT Native`,
      );
      return Buffer.alloc(0);
    }
    await session.insert({
      table: insert[1],
      values: body,
      format: 'JSONEachRow',
      settings: token === null ? {} : { insert_deduplication_token: token },
    });
    return Buffer.alloc(0);
  }
  const format = url.searchParams.get('default_format') ?? 'TSV';
  const sql = `SET ${settings.join(', ')}; ${body.toString()}`;
  const result = await session.queryBindAsync(sql, params, { format });
  return Buffer.from(result.bytes());
}

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
    expect(asked.at(-1)?.searchParams.get('max_block_size')).toBe('100');
  });

  it('inserts a body as it is, once for a token', async () => {
    const rows = lines({ id: 1, properties: { products: [{ sku: 'ü' }] } }, { id: 2, properties: {} });
    for (let n = 0; n < 3; n++) await clickhouse.insertJsonLines('events', rows, { token: 'log-1' });
    await clickhouse.insertJsonLines('events', Buffer.alloc(0));
    expect(await clickhouse.query('SELECT id, properties FROM events ORDER BY id')).toEqual([
      { id: 1, properties: { products: [{ sku: 'ü' }] } },
      { id: 2, properties: {} },
    ]);
    expect(asked.some((url) => url.searchParams.get('async_insert') === '0')).toBe(true);
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
