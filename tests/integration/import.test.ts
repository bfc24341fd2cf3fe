/** Imports on the real server: real files to the cent, twice, killed half way, and bad rows by their lines. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openClickHouse } from '../../src/engines/clickhouse.js';
import type { Tally } from '../harness/running-server.js';
import { ADMIN_TOKEN, balances, RunningServer } from '../harness/running-server.js';

const ROOT = new URL('../../', import.meta.url);
const MAIN = fileURLToPath(new URL('dist/main.js', ROOT));
const TEST_MS_MAX = 240_000;

let server: RunningServer;
beforeAll(async () => {
  server = await RunningServer.start();
});
afterAll(() => server.remove());

interface ShownImport {
  readonly id: string;
  readonly sourceId: string;
  readonly status: string;
  readonly rowsRead: number;
  readonly rowsTotal: number | null;
  readonly rejected: number;
  readonly doneShare: number;
  readonly error: string | null;
}

/** The command, as a process of its own; `kill` ends it at once. */
function runCommand(...args: readonly string[]) {
  const env = { ...process.env, TRIBUTARY_URL: server.url, TRIBUTARY_ADMIN_TOKEN: ADMIN_TOKEN };
  const child = spawn(process.execPath, [MAIN, 'import', ...args], { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text));
  const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, output })),
  );
  return { ended, kill: () => child.kill('SIGKILL') };
}

async function untilImport(id: string, holds: (shown: ShownImport) => boolean): Promise<ShownImport> {
  for (;;) {
    const shown = await server.admin<ShownImport>(`/imports/${id}`);
    if (holds(shown)) return shown;
    await sleep(10);
  }
}
const hasEnded = ({ status }: ShownImport) => ['done', 'failed', 'cancelled'].includes(status);

async function newestImport(): Promise<ShownImport | undefined> {
  return (await server.admin<{ data: ShownImport[] }>('/imports?limit=1')).data[0];
}

async function tallyOf(sourceId: string): Promise<Tally | undefined> {
  return (await server.ledger()).sources.find((source) => source.sourceId === sourceId);
}

function put(id: string, content: string | Buffer, headers: Record<string, string> = {}): Promise<Response> {
  const authorization = `Bearer ${ADMIN_TOKEN}`;
  const body = new Uint8Array(Buffer.from(content));
  return fetch(`${server.url}/api/v1/imports/${id}/content`, {
    method: 'PUT',
    headers: { authorization, ...headers },
    body,
  });
}

/** Imports a content into a source of its own name; resolves when it has ended. */
async function importContent(name: string, mapping: unknown, content: string | Buffer): Promise<ShownImport> {
  const { id } = await server.admin<ShownImport>('/imports', {
    source: { name },
    file: `${name}.txt`,
    mapping,
  });
  expect((await put(id, content)).status).toBe(202);
  return untilImport(id, hasEnded);
}

async function rejectedOf(
  id: string,
): Promise<Array<{ line: number; code: string; message: string; event: unknown }>> {
  const { data } = await server.admin<{ data: [] }>(`/rejected?receipt=${id}&limit=500`);
  return data;
}

interface RealFile {
  readonly path: URL;
  readonly mapping: string;
  readonly rows: number;
  readonly people: number;
  /** A line's amount of money, in cents; undefined for the header. */
  readonly centsOf: (line: string) => number | undefined;
}

const cents = (text: string | undefined) =>
  text === undefined || Number.isNaN(Number(text)) ? undefined : Math.round(Number(text) * 100);
const REAL: Readonly<Record<string, RealFile>> = {
  cdnow: {
    path: new URL('../shared/data/cdnow/CDNOW_master.txt', ROOT),
    mapping: 'docs/examples/cdnow.mapping.json',
    rows: 69_659,
    people: 23_570,
    centsOf: (line) => cents(line.trim().split(/\s+/)[3]),
  },
  completejourney: {
    path: new URL('../shared/data/completejourney/transactions_sample.csv', ROOT),
    mapping: 'docs/examples/completejourney-transactions.mapping.json',
    rows: 75_000,
    people: 2_377,
    centsOf: (line) => cents(line.split(',')[5]),
  },
};

/** What ClickHouse holds of a source, read from the data folder while the server is stopped. */
async function storedOf(sourceId: string) {
  const clickhouse = await openClickHouse({
    ...{ path: join(server.dataDir, 'clickhouse'), memoryBytesMax: 2 ** 30, threadsMax: 1, role: 'reader' },
  });
  try {
    const [row] = await clickhouse.query<{ events: number; people: number; cents: number }>(
      `SELECT count() AS events, uniqExact(profile_id) AS people,
         sum(toInt64(round(properties.revenue::Float64 * 100))) AS cents
       FROM events_resolved WHERE source_id = {sourceId:String}`,
      { sourceId },
    );
    return row;
  } finally {
    await clickhouse.close();
  }
}

describe.each(Object.entries(REAL))('%s', (name, real) => {
  const missing = !existsSync(real.path);

  test.skipIf(missing)(
    `is exact, after a kill half way as after a repeat${missing ? ` (skipped: ${real.path.pathname} is missing)` : ''}`,
    async () => {
      const args = [
        fileURLToPath(real.path),
        '--mapping',
        fileURLToPath(new URL(real.mapping, ROOT)),
        '--source',
        name,
      ];
      const killed = runCommand(...args);
      const before = (await newestImport())?.id;
      let job = await newestImport();
      while (job === undefined || job.id === before || job.rowsRead < real.rows / 4) {
        await sleep(10);
        job = await newestImport();
      }
      expect(job).toMatchObject({ status: 'running', error: null });
      expect(job.rowsRead).toBeLessThan(real.rows);
      killed.kill();
      await server.kill();
      await server.launch();
      await server.ready();

      const done = await untilImport(job.id, hasEnded);
      expect(done).toMatchObject({
        status: 'done',
        rowsRead: real.rows,
        rowsTotal: real.rows,
        rejected: 0,
        doneShare: 1,
      });
      const first = await tallyOf(done.sourceId);
      expect(first).toMatchObject({ processed: real.rows, rejected: {}, pending: 0 });
      // At most the block in flight was sent twice.
      expect(first?.duplicate).toBeLessThanOrEqual(2_000);

      const { code, output } = await runCommand(...args).ended;
      expect(output).toContain(`Done: ${real.rows} rows read, 0 of them rejected.`);
      expect(code).toBe(0);
      const second = await tallyOf(done.sourceId);
      expect(second).toMatchObject({
        processed: real.rows,
        duplicate: (first?.duplicate ?? 0) + real.rows,
        rejected: {},
      });
      expect(balances((await server.ledger()).total)).toBe(true);

      const amounts = (await readFile(real.path, 'utf8')).split('\n').map(real.centsOf);
      expect(await server.stop()).toBe(0);
      expect(await storedOf(done.sourceId)).toEqual({
        events: real.rows,
        people: real.people,
        cents: amounts.reduce<number>((sum, amount) => sum + (amount ?? 0), 0),
      });
      await server.launch();
      await server.ready();
    },
    TEST_MS_MAX,
  );
});

const CONTACTS = {
  format: 'csv',
  call: 'identify',
  userId: 'id',
  traits: { email: 'email', age: { column: 'age', type: 'integer' } },
};

test('contacts in CSV: profiles, and each bad row by its line', async () => {
  const lines = [
    'id,email,age',
    '1,ann@example.com,31',
    '2,bob@example.com,old',
    '',
    '3,"cy\n@example.com",33',
    '4,dee@example.com',
    ',,40',
    '5,"eve@example.com",35',
    '6,"fay"@example.com,36',
    '7,gus@example.com,37,extra',
    '8,"hal@example.com,38',
    `${'9'.repeat(600)},ida@example.com,39`,
    '10,jo@example.com,40',
  ];
  const done = await importContent('contacts', CONTACTS, `\uFEFF${lines.join('\r\n')}\r\n`);
  expect(done).toMatchObject({ status: 'done', rowsRead: 11, rejected: 7, error: null });
  const rejected = await rejectedOf(done.id);
  expect(rejected.map(({ line, code, message }) => [line, code, message]).reverse()).toEqual([
    [3, 'row_invalid', 'Column "age" holds "old", which is not a whole number.'],
    [7, 'row_invalid', 'The line has 2 columns instead of 3.'],
    [8, 'identifier_missing', expect.any(String)],
    [10, 'row_invalid', expect.stringMatching(/^The line cannot be read: /)],
    [11, 'row_invalid', 'The line has 4 or more columns instead of 3.'],
    [12, 'row_invalid', 'A quote is opened on this line and not closed as it should be.'],
    [13, 'identifier_invalid', 'userId is over 512 characters.'],
  ]);
  expect(rejected.at(-1)?.event).toMatchObject({ row: { id: '2', email: 'bob@example.com', age: 'old' } });
  const ann = await server.admin<{ traits: unknown }>('/profiles/email:ann@example.com');
  expect(ann.traits).toEqual({ email: 'ann@example.com', age: 31 });
  expect((await server.adminAnswer('/profiles/user_id:10')).status).toBe(200);
  expect((await server.adminAnswer('/profiles/user_id:8')).status).toBe(404);
  expect(await tallyOf(done.sourceId)).toMatchObject({
    ...{
      received: 11,
      processed: 4,
      rejected: { row_invalid: 5, identifier_missing: 1, identifier_invalid: 1 },
    },
  });
});

test('the example of a German spreadsheet: semicolons, local times, decimal commas, consent', async () => {
  const mapping = JSON.parse(
    await readFile(new URL('docs/examples/contacts.mapping.json', ROOT), 'utf8'),
  ) as unknown;
  const lines = [
    'Customer no;First name;Last name;E-mail;Born;City;Postcode;Revenue;Newsletter;Changed',
    '0815;Jürgen;Groß;J.Gross@example.de;24.12.1970;Köln;01234;1.234,50;Yes;31.03.2024 03:00',
    '0816;Eva;;;;;;;no;',
  ];
  expect(await importContent('crm', mapping, lines.join('\n'))).toMatchObject({
    status: 'done',
    rowsRead: 2,
    rejected: 0,
  });
  expect(await server.admin('/profiles/email:j.gross@example.de')).toMatchObject({
    identifiers: expect.arrayContaining([expect.objectContaining({ kind: 'user_id', value: 'crm-0815' })]),
    traits: {
      ...{
        email: 'J.Gross@example.de',
        firstName: 'Jürgen',
        lastName: 'Groß',
        birthday: '1970-12-24T00:00:00.000Z',
      },
      ...{ address: { city: 'Köln', postalCode: '01234' }, totalSpent: 1234.5 },
    },
    consent: { newsletter: true },
    firstSeenAt: '2024-03-31T01:00:00.000Z',
  });
  expect(await server.admin('/profiles/user_id:crm-0816')).toMatchObject({
    traits: { firstName: 'Eva' },
    consent: { newsletter: false },
  });
});

test('JSON lines: nested columns, times, constants, ids that are columns', async () => {
  const mapping = {
    format: 'jsonl',
    ...{
      call: 'track',
      event: { column: 'kind' },
      userId: { column: 'who.id', prefix: 'app-' },
      messageId: 'no',
    },
    properties: { items: 'items', 'app.version': { column: 'v', type: 'string' }, channel: { value: 'app' } },
    timestamp: { column: 'at', format: 'unix' },
  };
  const rows = [
    { no: 'j1', kind: 'Opened', who: { id: 77 }, at: 1_700_000_000, v: 3, items: [{ sku: 'a' }] },
    { no: 'j2', kind: 'Closed', who: { id: 77 }, at: 1_700_000_060, items: [] },
  ];
  const content = `${rows.map((row) => JSON.stringify(row)).join('\n')}\n{"no":"j3"\n`;
  const done = await importContent('app log', mapping, content);
  expect(done).toMatchObject({ status: 'done', rowsRead: 3, rejected: 1 });
  expect(await rejectedOf(done.id)).toMatchObject([{ line: 3, code: 'row_invalid' }]);
  const { data } = await server.admin<{ data: unknown[] }>('/profiles/user_id:app-77/events');
  expect(data).toMatchObject([
    { messageId: 'j2', name: 'Closed', timestamp: '2023-11-14T22:14:20.000Z' },
    {
      ...{ messageId: 'j1', name: 'Opened', timestamp: '2023-11-14T22:13:20.000Z' },
      properties: { items: [{ sku: 'a' }], app: { version: '3' }, channel: 'app' },
    },
  ]);
});

test('Parquet', async () => {
  const path = join(server.dataDir, 'members.parquet');
  const clickhouse = await openClickHouse({
    ...{ path: join(server.dataDir, 'maker'), memoryBytesMax: 2 ** 29, threadsMax: 1, role: 'writer' },
  });
  await clickhouse.command(`INSERT INTO FUNCTION file('${path}', 'Parquet')
    SELECT number AS id, 'member' || number || '@example.com' AS mail, if(number = 7, NULL, number / 2) AS points,
      toDateTime64('2024-01-02 03:04:05', 3, 'UTC') AS joined FROM numbers(5000)`);
  await clickhouse.close();
  const mapping = {
    ...{
      format: 'parquet',
      call: 'identify',
      userId: { column: 'id', prefix: 'member-' },
      timestamp: 'joined',
    },
    traits: { email: 'mail', points: { column: 'points', type: 'integer' } },
  };
  const done = await importContent('members', mapping, await readFile(path));
  expect(done).toMatchObject({ status: 'done', rowsRead: 5000, rejected: 2499 });
  const { data } = await server.admin<{ data: Array<{ line: number; message: string }> }>(
    `/rejected?receipt=${done.id}&limit=1`,
  );
  expect(data).toMatchObject([
    { line: 5000, message: 'Column "points" holds 2499.5, which is not a whole number.' },
  ]);
  const profile = await server.admin<{ traits: unknown; firstSeenAt: string }>('/profiles/user_id:member-8');
  expect(profile).toMatchObject({
    traits: { email: 'member8@example.com', points: 4 },
    firstSeenAt: '2024-01-02T03:04:05.000Z',
  });
  const seventh = await server.admin<{ traits: unknown }>('/profiles/user_id:member-7');
  expect(seventh.traits).toEqual({ email: 'member7@example.com' });
});

describe('the API', () => {
  test('refuses a mapping with the path and the fix', async () => {
    const answer = await server.adminAnswer('/imports', {
      source: { name: 'x' },
      mapping: { ...CONTACTS, userId: { col: 'id' } },
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      code: 'request_invalid',
      detail: 'mapping.userId.col does not exist. Known in mapping.userId are: column, prefix.',
    });
  });

  test.each([
    [{ mapping: CONTACTS }, 'Give either source, with a name, or sourceId.'],
    [{ source: { name: 'x' } }, 'mapping must be a JSON object. See docs/import.md.'],
    [
      { source: { name: 'x' }, mapping: CONTACTS, path: '/etc/passwd' },
      'body must NOT have additional properties.',
    ],
    [{ source: { name: '' }, mapping: CONTACTS }, 'body/source/name must NOT have fewer than 1 characters.'],
    [5, 'mapping must be a JSON object. See docs/import.md.'],
  ])('refuses %j', async (body, detail) => {
    const answer = await server.adminAnswer('/imports', body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ detail });
  });

  test('knows no import that there is not', async () => {
    for (const path of ['/imports/imp_none', '/imports/..%2f..%2fetc']) {
      expect((await server.adminAnswer(path)).status).toBe(404);
    }
    expect((await put('imp_none', 'x')).status).toBe(404);
    expect((await server.adminAnswer('/imports', { sourceId: 'src_none', mapping: CONTACTS })).status).toBe(
      404,
    );
  });

  test('takes gzip, and a file only once', async () => {
    const { id } = await server.admin<ShownImport>('/imports', {
      source: { name: 'zipped' },
      mapping: CONTACTS,
    });
    const content = 'id,email,age\nz1,z@example.com,5\n';
    expect((await put(id, content, { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await put(id, content, { 'content-encoding': 'zstd' })).status).toBe(415);
    expect((await put(id, gzipSync(content), { 'content-encoding': 'gzip' })).status).toBe(202);
    expect(await untilImport(id, hasEnded)).toMatchObject({ status: 'done', rowsRead: 1, rejected: 0 });
    expect((await put(id, content)).status).toBe(409);
  });

  test('forgets an upload that breaks off', async () => {
    const { id } = await server.admin<ShownImport>('/imports', {
      source: { name: 'broken off' },
      mapping: CONTACTS,
    });
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-length': 1000 };
    const upload = request(`${server.url}/api/v1/imports/${id}/content`, { method: 'PUT', headers });
    upload.on('error', () => {});
    upload.write('id,email,age\n');
    const folder = join(server.dataDir, 'imports');
    while (!(await readdir(folder)).includes(`${id}.part`)) await sleep(10);
    upload.destroy();
    while ((await readdir(folder)).includes(`${id}.part`)) await sleep(10);
    expect(await server.admin(`/imports/${id}`)).toMatchObject({ status: 'waiting_for_file', bytes: null });
    expect((await put(id, 'id,email,age\nb1,b@example.com,5\n')).status).toBe(202);
    expect(await untilImport(id, hasEnded)).toMatchObject({ status: 'done', rowsRead: 1 });
    // Done is said first, so that a crash between the two leaves a file and not an import without one.
    await expect
      .poll(async () => (await readdir(folder)).filter((name) => name.startsWith('imp_')))
      .toEqual([]);
  });

  test('tells why an import failed', async () => {
    expect(await importContent('contacts', CONTACTS, 'ID,email,age\n1,a,2\n')).toMatchObject({
      status: 'failed',
      error: 'mapping.userId reads the column "id", which there is not. There are: ID, email, age.',
    });
    expect(await importContent('contacts', { ...CONTACTS, format: 'parquet' }, 'no parquet')).toMatchObject({
      status: 'failed',
      error: 'The file is not a Parquet file that can be read.',
    });
    const format = { type: 'regexp', pattern: '(', columns: ['id', 'email', 'age'] };
    expect(await importContent('contacts', { ...CONTACTS, format }, 'x\n')).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/^mapping\.format\.pattern is not valid: /),
    });
  });

  test('cancels what has not ended', async () => {
    const { id } = await server.admin<ShownImport>('/imports', {
      source: { name: 'contacts' },
      mapping: CONTACTS,
    });
    const cancel = () => server.adminAnswer(`/imports/${id}/cancel`, undefined, 'POST');
    expect(await (await cancel()).json()).toMatchObject({ id, status: 'cancelled' });
    expect((await cancel()).status).toBe(409);
    expect((await put(id, 'x')).status).toBe(409);
  });
});

test('the command says what is wrong before it sends anything', async () => {
  const path = join(server.dataDir, 'wrong.mapping.json');
  await writeFile(path, JSON.stringify({ ...CONTACTS, trait: {} }));
  const wrong = await runCommand(path, '--mapping', path).ended;
  expect(wrong.code).toBe(1);
  expect(wrong.output).toContain('mapping.trait does not exist.');
  const gone = await runCommand(
    '/nowhere.csv',
    '--mapping',
    fileURLToPath(new URL('docs/examples/contacts.mapping.json', ROOT)),
  ).ended;
  expect(gone).toMatchObject({
    code: 1,
    output: expect.stringContaining('The file /nowhere.csv cannot be read'),
  });
});

test('the command shows rejected rows, and fails when the import does', async () => {
  const mapping = join(server.dataDir, 'people.mapping.json');
  const file = join(server.dataDir, 'people.csv');
  await writeFile(mapping, JSON.stringify(CONTACTS));
  await writeFile(file, 'id,email,age\n20,k@example.com,x\n21,l@example.com,4\n');
  const some = await runCommand(file, '--mapping', mapping).ended;
  expect(some.output).toContain('into the source "people"');
  expect(some.output).toContain('Done: 2 rows read, 1 of them rejected.');
  expect(some.output).toContain('/api/v1/rejected?receipt=imp_');
  expect(some.code).toBe(0);
  await writeFile(file, 'nothing\n1\n');
  const failed = await runCommand(file, '--mapping', mapping).ended;
  expect(failed.output).toContain('reads the column "id", which there is not. There are: nothing.');
  expect(failed.code).toBe(1);
});
