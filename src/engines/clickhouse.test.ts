import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileInto, firstLine, runScript } from '../../tests/support/own-process.js';
import { type ClickHouse, exceededLimit, isDataError, isRefusal, openClickHouse } from './clickhouse.js';

const MIB = 1024 * 1024;
const CAPS = { memoryBytesMax: 512 * MIB, threadsMax: 2 };

let dir: string;
let writer: ClickHouse;
let reader: ClickHouse;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ch-'));
  writer = await openClickHouse({ path: join(dir, 'ch'), ...CAPS, role: 'writer' });
  reader = await openClickHouse({ path: join(dir, 'ch'), ...CAPS, role: 'reader' });
  await writer.command(`
    CREATE TABLE events (
      id UInt64, at DateTime64(3, 'UTC'), name LowCardinality(String), tags Array(String), kind Enum('a' = 1), ref UUID,
      properties JSON(max_dynamic_paths = 64)
    ) ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1`);
});
afterAll(async () => {
  await Promise.all([writer.close(), reader.close()]);
  await rm(dir, { recursive: true, force: true });
});

const ROW = {
  id: 1,
  at: 1_700_000_000_123,
  name: 'Order',
  tags: ['x'],
  kind: 'a',
  ref: '0190f7c1-7c5e-7a3b-9d2e-0123456789ab',
};
function lines(...rows: unknown[]): Buffer {
  return Buffer.from(rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'));
}
async function failure(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => expect.unreachable('should have failed'),
    (error: Error) => error,
  );
}

describe('the embedded ClickHouse', () => {
  it('keeps within its caps: the settings took, and a query over them fails alone', async () => {
    const names = [
      'max_server_memory_usage',
      'mark_cache_size',
      'primary_index_cache_size',
      'background_pool_size',
    ];
    const server = await reader.query<{ name: string; value: string }>(
      'SELECT name, value FROM system.server_settings WHERE name IN {names:Array(String)}',
      { names },
    );
    expect(Object.fromEntries(server.map((s) => [s.name, Number(s.value)]))).toEqual({
      max_server_memory_usage: 512 * MIB,
      mark_cache_size: 32 * MIB,
      primary_index_cache_size: 32 * MIB,
      background_pool_size: 2,
    });
    const own = `SELECT toUInt64(getSetting('max_memory_usage')) AS memory, toUInt64(getSetting('max_threads')) AS threads`;
    expect(await reader.query(own)).toEqual([{ memory: 256 * MIB, threads: 2 }]);
    expect(await writer.query(own)).toEqual([{ memory: 384 * MIB, threads: 2 }]);
    const large = 'SELECT length(groupArray(toString(number))) FROM numbers(50000000)';
    const error = await failure(reader.query(large));
    expect(error.message).toMatch(/memory limit exceeded/);
    expect(isDataError(error)).toBe(false);
    expect(await reader.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('gives nothing of a failed answer to the next one', async () => {
    const half = 'SELECT number, throwIf(number = 150000) FROM numbers(300000)';
    for (const fail of [() => reader.query(half), () => reader.table(half), () => reader.command(half)]) {
      expect((await failure(fail())).message).toMatch(/throwIf|Value passed/);
      expect(await reader.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
    }
  });

  it('answers with a table where columns are not known', async () => {
    const sql =
      "SELECT one.n, two.n, 'a' || char(10) AS `b c` FROM (SELECT 1 AS n) AS one, (SELECT [{text:String}] AS n) AS two";
    expect(await reader.table(sql, { text: "it's" })).toEqual({
      columns: [
        { name: 'n', type: 'UInt8' },
        { name: 'two.n', type: 'Array(String)' },
        { name: 'b c', type: 'String' },
      ],
      rows: [[1, ["it's"], 'a\n']],
    });
    const long = `SELECT -9223372036854775808, [9007199254740993], 9007199254740991, 0.1234567890123456, '"12345678901234567890\\\\'`;
    expect((await reader.table(long)).rows).toEqual([
      [
        '-9223372036854775808',
        ['9007199254740993'],
        9007199254740991,
        0.1234567890123456,
        '"12345678901234567890\\',
      ],
    ]);
    expect(await reader.table('SELECT 1 AS n WHERE 0')).toEqual({
      columns: [{ name: 'n', type: 'UInt8' }],
      rows: [],
    });
  });

  it('binds an analyst: nothing is written, no setting changed, limits hold', async () => {
    const analyst = await openClickHouse({ path: join(dir, 'ch'), ...CAPS, role: 'analyst' });
    try {
      for (const sql of ['SET readonly = 0', 'DROP TABLE events', "INSERT INTO events (name) VALUES ('x')"])
        expect((await failure(analyst.command(sql))).message).toMatch(/readonly/);
      const limits = ['max_execution_time', 'max_memory_usage', 'max_result_bytes', 'readonly'];
      const settings = await analyst.query<{ name: string; value: string }>(
        'SELECT name, value FROM system.settings WHERE name IN {limits:Array(String)} ORDER BY name',
        { limits },
      );
      const third = Math.floor((512 * MIB) / 3);
      expect(settings.map(({ value }) => Number(value))).toEqual([30, third, 32 * MIB, 1]);
      const wide = 'SELECT toString(number) FROM numbers(20000000)';
      expect(exceededLimit(await failure(analyst.query(wide)))).toBe('rows');
      const large = 'SELECT length(groupArray(toString(number))) FROM numbers(50000000)';
      expect(exceededLimit(await failure(analyst.query(large)))).toBe('memory');
      const unknown = await failure(analyst.query('SELECT nothing_like_it'));
      expect([isRefusal(unknown), exceededLimit(unknown)]).toEqual([true, undefined]);
    } finally {
      await analyst.close();
    }
  });

  it('keeps its folder to itself', async () => {
    expect((await stat(join(dir, 'ch'))).mode & 0o777).toBe(0o700);
  });

  it('takes JSON objects whole, arrays of objects included, and binds parameters', async () => {
    const properties = {
      total: 12.5,
      products: [{ sku: 'a', price: 1 }, { sku: 'b' }],
      note: `it's "\\ü😀\n`,
    };
    await writer.insertJsonLines('events', lines({ ...ROW, id: 100, properties }));
    const rows = await reader.query<object>(
      'SELECT id, at, name, tags, properties FROM events WHERE id = {id:UInt64} AND properties.note = {note:String}',
      { id: 100, note: properties.note },
    );
    expect(rows).toEqual([
      { id: 100, at: '2023-11-14T22:13:20.123Z', name: 'Order', tags: ['x'], properties },
    ]);
    const odd = { text: `a'b\\c\t\n{x:Int8}`, list: ["'", '\\', ''], none: null, at: new Date(0) };
    expect(
      await reader.query(
        `SELECT {text:String} AS text, {list:Array(String)} AS list, {none:Nullable(String)} AS none, {at:DateTime64(3, 'UTC')} AS at`,
        odd,
      ),
    ).toEqual([{ ...odd, at: '1970-01-01T00:00:00.000Z' }]);
  });

  it('stores one token once, each token apart', async () => {
    const insert = (token: string, id: number) =>
      writer.insertJsonLines('events', lines({ ...ROW, id }), { token });
    await insert(`t'1\\ü`, 200);
    await insert(`t'1\\ü`, 200);
    await insert(`t'1\\ü`, 201); // the token decides, not the rows
    await insert('t2', 200);
    expect(
      await writer.query('SELECT id, count() AS n FROM events WHERE id IN (200, 201) GROUP BY id'),
    ).toEqual([{ id: 200, n: 2 }]);
  });

  it('takes binary blocks, through one file that is gone when it is closed', async () => {
    // One column and two rows: `id`, UInt64, 71 and 72.
    const block = Buffer.concat([
      Buffer.from('\x01\x02\x02id\x06UInt64', 'latin1'),
      Buffer.from(BigUint64Array.of(71n, 72n).buffer),
    ]);
    const [before] = await writer.query(`SELECT toUInt64(getSetting('max_block_size')) AS n`);
    for (const token of ["n'1", "n'1", 'n2']) {
      await writer.insertNative('events', block, { token, settings: { max_block_size: 76 } });
    }
    expect(
      await writer.query('SELECT id, count() AS n FROM events WHERE id IN (71, 72) GROUP BY id'),
    ).toEqual(expect.arrayContaining([71, 72].map((id) => ({ id, n: 2 }))));
    expect(await writer.query(`SELECT toUInt64(getSetting('max_block_size')) AS n`)).toEqual([before]);
    const cut = await failure(writer.insertNative('events', block.subarray(0, -1)));
    expect(isDataError(cut)).toBe(true);
    await expect(writer.insertNative('events; DROP', block)).rejects.toMatchObject({ code: 'internal' });
    const files = async () => (await readdir(join(dir, 'ch'))).filter((name) => name.endsWith('.native'));
    expect(await files()).toHaveLength(1);
    const other = await openClickHouse({ path: join(dir, 'ch'), ...CAPS, role: 'writer' });
    await other.insertNative('events', block, { token: 'n2' });
    expect(await files()).toHaveLength(2);
    await other.close();
    expect(await files()).toHaveLength(1);
  });

  it('makes the file of binary blocks anew after somebody took it away', async () => {
    const block = Buffer.from('\x01\x01\x02id\x06UInt64\x49\0\0\0\0\0\0\0', 'latin1');
    await writer.insertNative('events', block, { token: 'gone-1' });
    for (const name of await readdir(join(dir, 'ch'))) {
      if (name.endsWith('.native')) await rm(join(dir, 'ch', name));
    }
    await failure(writer.insertNative('events', block, { token: 'gone-2' }));
    await writer.insertNative('events', block, { token: 'gone-3' });
    expect(await writer.query('SELECT count() AS n FROM events WHERE id = 73')).toEqual([{ n: 2 }]);
  });

  it('takes binary blocks in a folder whose name looks like a pattern', async () => {
    const script = `
      import { openClickHouse } from '${await compileInto(dir, ['engines/clickhouse.ts'])}/engines/clickhouse.js';
      const ch = await openClickHouse({ path: ${JSON.stringify(join(dir, "{a,b}*?'"))}, ...${JSON.stringify(CAPS)}, role: 'writer' });
      await ch.command('CREATE TABLE t (id UInt8) ENGINE = Memory');
      await ch.insertNative('t', Buffer.from('\\x01\\x01\\x02id\\x05UInt8G', 'latin1'));
      console.log(JSON.stringify(await ch.query('SELECT id FROM t')));
      await ch.close();`;
    expect(await firstLine(runScript(dir, script))).toEqual([{ id: 71 }]);
  });

  it('keeps the settings of one statement to it', async () => {
    const block = `SELECT toUInt64(getSetting('max_block_size')) AS n`;
    const [before] = await writer.query<{ n: number }>(block);
    expect(await writer.query(block, {}, { max_block_size: 77 })).toEqual([{ n: 77 }]);
    expect(await writer.query(`${block} SETTINGS max_threads = 1`, {}, { max_block_size: 78 })).toEqual([
      { n: 78 },
    ]);
    await writer.command(
      "CREATE TABLE seen ENGINE = Memory AS SELECT toUInt64(getSetting('max_threads')) AS n",
      { max_threads: 1 },
    );
    expect(await writer.query('SELECT n FROM seen')).toEqual([{ n: 1 }]);
    await failure(writer.command('SELECT throwIf(1)', { max_block_size: 79, max_threads: 1 }));
    expect(await writer.query(block)).toEqual([before]);
    expect(await writer.query(`SELECT toUInt64(getSetting('max_threads')) AS n`)).toEqual([{ n: 2 }]);
    await expect(writer.query('SELECT 1', {}, { 'a = 1; DROP': 1 })).rejects.toMatchObject({
      code: 'internal',
    });
  });

  it('runs calls in their order, whatever fails between', async () => {
    await writer.command('CREATE TABLE queue (n UInt32) ENGINE = Memory');
    const answers = await Promise.allSettled([
      writer.insertJsonLines('queue', lines({ n: 1 })),
      writer.query<{ n: number }>('SELECT count() AS n FROM queue'),
      writer.query('SELECT nonsense'),
      writer.insertJsonLines('queue', Buffer.alloc(0)),
      writer.insertJsonLines('queue', lines({ n: 2 })),
      writer.query<{ n: number }>('SELECT count() AS n FROM queue'),
    ]);
    expect(answers.map((a) => (a.status === 'fulfilled' ? a.value : 'failed'))).toEqual([
      undefined,
      [{ n: 1 }],
      'failed',
      undefined,
      undefined,
      [{ n: 2 }],
    ]);
  });

  it('does not block the event loop, and answers both connections side by side', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    const slow = writer.query('SELECT sleep(0.4) AS s');
    const quick = reader.query('SELECT 1 AS n');
    expect(await Promise.race([slow, quick])).toEqual([{ n: 1 }]);
    await slow;
    clearInterval(timer);
    expect(turns).toBeGreaterThan(30);
  });
});

describe('isDataError', () => {
  const bad: Record<string, unknown> = {
    'half an object': '{"id":1,',
    'no object': '[1,2]',
    'text for a number': { ...ROW, id: 'abc' },
    'a negative number': { ...ROW, id: -1 },
    'a fraction': { ...ROW, id: 1.5 },
    'no date': { ...ROW, at: 'garbage' },
    'no array': { ...ROW, tags: 'x' },
    'an unknown enum value': { ...ROW, kind: 'zz' },
    'no uuid': { ...ROW, ref: 'zz' },
    'text for an object': { ...ROW, properties: 'x' },
    'an array for an object': { ...ROW, properties: [1] },
    'a lone surrogate': '{"id":1,"properties":{"a":"\\ud800"}}',
    'a number beyond all': '{"id":1,"properties":{"a":1e999}}',
    'an integer beyond 64 bits': '{"id":1,"properties":{"a":123456789012345678901234567890}}',
    'a path twice': '{"id":1,"properties":{"a":{"b":1},"a.b":2}}',
    'nesting too deep': `{"id":1,"properties":${'{"a":'.repeat(1500)}1${'}'.repeat(1501)}`,
  };
  it.each(Object.keys(bad))('blames the row for %s, and stores nothing of the batch', async (name) => {
    const error = await failure(writer.insertJsonLines('events', lines({ ...ROW, id: 300 }, bad[name])));
    expect({ message: error.message, data: isDataError(error) }).toEqual({
      message: error.message,
      data: true,
    });
    expect(await writer.query('SELECT count() AS n FROM events WHERE id = 300')).toEqual([{ n: 0 }]);
  });

  it.each([
    ['an unknown table', () => writer.insertJsonLines('nope', lines(ROW))],
    ['bad SQL', () => writer.command('SELEC 1')],
    ['an unknown setting', () => writer.insertJsonLines('events', lines(ROW), { settings: { nope: 1 } })],
    [
      'too little memory',
      () =>
        writer.insertJsonLines('events', lines(ROW), {
          settings: { max_memory_usage: 1, max_untracked_memory: 1 },
        }),
    ],
    [
      'too little time',
      () =>
        writer.query(
          'SELECT sleepEachRow(1) FROM numbers(3)',
          {},
          { max_execution_time: 1, max_block_size: 1 },
        ),
    ],
    [
      'too many parts',
      async () => {
        await writer.command(
          'CREATE TABLE parts (n UInt8) ENGINE = MergeTree ORDER BY n SETTINGS parts_to_throw_insert = 1, parts_to_delay_insert = 1',
        );
        await writer.command('SYSTEM STOP MERGES parts');
        for (let n = 0; n < 4; n++) await writer.insertJsonLines('parts', lines({ n }));
      },
    ],
  ])('does not blame rows for %s', async (_, work) => {
    expect(isDataError(await failure(work()))).toBe(false);
  });

  it('knows nothing of other errors', () => {
    expect(
      [new Error('x'), Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'x', null].map(isDataError),
    ).toEqual([false, false, false, false]);
  });
});

describe('with processes and threads', () => {
  it('refuses a folder that another process has open, and one that cannot be made', async () => {
    const dist = await compileInto(dir, ['engines/clickhouse.ts']);
    const child = runScript(
      dir,
      `import { openClickHouse } from '${dist}/engines/clickhouse.js';
       const error = await openClickHouse({ path: '${dir}/ch', memoryBytesMax: 2**28, threadsMax: 1, role: 'reader' }).catch((e) => e);
       console.log(JSON.stringify([error.code, error.message]));`,
    );
    expect(await firstLine(child)).toEqual([
      'engine_unavailable',
      expect.stringContaining(`could not open ${dir}/ch`),
    ]);
    await expect(openClickHouse({ path: '/dev/null/ch', ...CAPS, role: 'reader' })).rejects.toMatchObject({
      code: 'engine_unavailable',
      message: expect.stringContaining('CLICKHOUSE_URL'),
    });
  });

  it('serves two threads with bound parameters at once, and the worker ends after the main thread closed', async () => {
    const dist = await compileInto(dir, ['engines/clickhouse.ts']);
    const child = runScript(
      dir,
      `import { isMainThread, parentPort, threadId, Worker } from 'node:worker_threads';
       import { openClickHouse } from '${dist}/engines/clickhouse.js';
       const clickhouse = await openClickHouse({ path: '${dir}/threads', memoryBytesMax: 2**28, threadsMax: 1, role: 'reader' });
       let wrong = 0;
       const work = async () => {
         for (let n = 0; n < 300; n++) {
           const name = 'p' + threadId;
           const [row] = await clickhouse.query('SELECT {' + name + ':String} AS a, {n:UInt32} AS n', { [name]: threadId + '-' + n, n });
           if (row.a !== threadId + '-' + n || row.n !== n) wrong++;
         }
       };
       if (isMainThread) {
         const worker = new Worker(new URL(import.meta.url));
         const done = new Promise((resolve) => worker.once('message', resolve));
         await work();
         wrong += await done;
         await clickhouse.close();
         const end = new Promise((resolve) => worker.once('exit', resolve));
         worker.postMessage('stop');
         await end;
         console.log(JSON.stringify({ wrong }));
       } else {
         await work();
         parentPort.postMessage(wrong);
         await new Promise((resolve) => parentPort.once('message', resolve));
         await clickhouse.close();
       }`,
    );
    const end = new Promise((done) => child.once('exit', done));
    expect(await firstLine(child)).toEqual({ wrong: 0 });
    expect(await end).toBe(0);
  });
});
