import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseMapping } from '../core/import/mapping.js';
import { isObject, type JsonObject } from '../core/json.js';
import type { ClickHouse } from '../engines/clickhouse.js';
import type { LogRecord } from '../log/log.js';
import { MemoryLog } from '../log/memory-log.js';
import type { Import, ImportStep } from '../stores/state/imports.js';
import type { TelemetryEvent } from '../telemetry/telemetry.js';
import { ImportFiles } from './import-files.js';
import { type ImportParts, ImportRunner } from './import-runner.js';

/** One import in memory, which may fail to move its cursor: as a crash after the append does. */
class OneImport {
  readonly #log: () => Promise<JsonObject[]>;
  state: Import;
  /** Calls of `advance` that still fail. */
  failures = 0;

  constructor(file: string, log: () => Promise<JsonObject[]>) {
    this.#log = log;
    const mapping = parseMapping({ format: 'jsonl', call: 'identify', userId: 'id' });
    this.state = {
      ...{
        id: file,
        seq: 1,
        sourceId: 's',
        file,
        mapping,
        status: 'queued',
        bytes: 1,
        rowsBytes: null,
        rowsTotal: null,
      },
      ...{
        bytesRead: 0,
        nextLine: 1,
        rowsRead: 0,
        rejected: 0,
        createdAt: '',
        startedAt: null,
        endedAt: null,
        error: null,
      },
    };
  }

  async open(): Promise<string[]> {
    return this.state.endedAt === null ? [this.state.id] : [];
  }
  async get(): Promise<Import> {
    return this.state;
  }
  async begin(_id: string, rowsBytes: number): Promise<boolean> {
    this.state = { ...this.state, status: 'running', rowsBytes };
    return true;
  }
  async advance(_id: string, { bytesRead, nextLine, rows, rejected }: ImportStep): Promise<boolean> {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('the database is away');
    }
    if (this.state.endedAt !== null) return false;
    const { rowsRead, rejected: before } = this.state;
    this.state = {
      ...this.state,
      bytesRead,
      nextLine,
      rowsRead: rowsRead + rows,
      rejected: before + rejected,
    };
    return true;
  }
  async end(_id: string, status: 'done' | 'failed', error: string | null): Promise<boolean> {
    if (this.state.endedAt !== null) return false;
    this.state = { ...this.state, status, error, endedAt: 'now' };
    return true;
  }
  async quarantinedLines(_id: string, fromLine: number): Promise<Set<number>> {
    const lines = (await this.#log())
      .filter(({ type }) => type === 'row_error')
      .map(({ line }) => line as number);
    return new Set(lines.filter((line) => line >= fromLine));
  }
}

let dir = '';
let files: ImportFiles;
let log: MemoryLog;
let told: TelemetryEvent[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tributary-runner-'));
  files = await ImportFiles.open(dir, 0);
  log = new MemoryLog({ segmentBytesMax: 2 ** 40, now: () => 0 });
  told = [];
});
afterEach(() => rm(dir, { recursive: true }));

async function itemsOfLog(): Promise<JsonObject[]> {
  const chunks = await log.read(0, Number.MAX_SAFE_INTEGER);
  return chunks.flatMap(({ records }) =>
    records.flatMap(
      ({ body }) => (JSON.parse(Buffer.from(body).toString()) as { batch: JsonObject[] }).batch,
    ),
  );
}

async function appendTo(records: readonly LogRecord[]): Promise<number> {
  return (await log.append(records)) + records.reduce((sum, { count }) => sum + count, 0);
}

/** A runner of this import; JSON lines need no ClickHouse. */
function runnerOf(imports: OneImport, given: Partial<ImportParts> = {}): ImportRunner {
  return new ImportRunner({
    ...{ imports, files, now: Date.now, eventBytesMax: 2 ** 18, backlog: () => 0 },
    openReader: async () => ({ close: async () => {} }) as unknown as ClickHouse,
    append: appendTo,
    logEnd: async () => (await log.extent()).next,
    processedUntil: () => Number.POSITIVE_INFINITY,
    tell: (event) => told.push(event),
    ...given,
  });
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Rows of which every tenth is bad. */
const rows = (count: number) =>
  Array.from({ length: count }, (_, at) => (at % 10 === 0 ? 'bad' : `{"id":"u${at}"}`)).join('\n');

async function importOf(content: string): Promise<OneImport> {
  const imports = new OneImport('imp_one', itemsOfLog);
  await files.save('imp_one', Readable.from([Buffer.from(content)]), 0);
  return imports;
}

test('a block whose cursor did not move is sent again: good rows under the same ids, bad ones not', async () => {
  const imports = await importOf(rows(5000));
  imports.failures = 2;
  const runner = runnerOf(imports);
  await runner.start();
  await until(() => imports.state.endedAt !== null);
  await runner.stop();
  expect(imports.state).toMatchObject({ status: 'done', rowsRead: 5000, rejected: 500 });
  const items = await itemsOfLog();
  const errors = items.filter(({ type }) => type === 'row_error').map(({ line }) => line);
  expect(errors).toEqual(Array.from({ length: 500 }, (_, at) => at * 10 + 1));
  const good = items.filter(({ type }) => type === 'identify');
  expect(good.length).toBe(4500 + 2 * 1800);
  expect(new Set(good.map(({ messageId }) => messageId)).size).toBe(4500);
  expect(told.filter(({ name }) => name === 'import_stumbled')).toHaveLength(2);
  expect(await files.sizeOf(files.pathOf('imp_one'))).toBeUndefined();
});

test('a stopped runner leaves the import where it is, and the next one goes on', async () => {
  const imports = await importOf(rows(10_000));
  const first: ImportRunner = runnerOf(imports, {
    async append(records) {
      void first.stop();
      return appendTo(records);
    },
  });
  await first.start();
  await until(() => imports.state.rowsRead > 0);
  await first.stop();
  expect(imports.state).toMatchObject({ status: 'running', rowsRead: 2000, nextLine: 2001 });
  const second = runnerOf(imports);
  await second.start();
  await until(() => imports.state.endedAt !== null);
  await second.stop();
  expect(imports.state).toMatchObject({ status: 'done', rowsRead: 10_000, rejected: 1000 });
  const lines = (await itemsOfLog()).map(({ line }) => line);
  expect(lines).toEqual(Array.from({ length: 10_000 }, (_, at) => at + 1));
});

test('an import holds still while much waits, and is done only when its events are processed', async () => {
  const imports = await importOf(rows(10));
  let backlog = 1_000_000;
  let processed = 0;
  const runner = runnerOf(imports, { backlog: () => backlog, processedUntil: () => processed });
  await runner.start();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await itemsOfLog()).toEqual([]);
  backlog = 0;
  await until(() => imports.state.rowsRead === 10);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(imports.state.status).toBe('running');
  processed = 10;
  await until(() => imports.state.status === 'done');
  await runner.stop();
});

test('a cancelled import is left, and its file removed', async () => {
  const imports = await importOf(rows(10_000));
  const runner = runnerOf(imports, {
    async append(records) {
      imports.state = { ...imports.state, status: 'cancelled', endedAt: 'now' };
      return appendTo(records);
    },
  });
  await runner.start();
  await until(() => told.some(({ name }) => name === 'import_ended'));
  await runner.stop();
  expect(imports.state).toMatchObject({ status: 'cancelled', rowsRead: 0 });
  expect((await itemsOfLog()).length).toBe(2000);
  expect(await files.sizeOf(files.pathOf('imp_one'))).toBeUndefined();
});

test('an import whose file is gone fails with a sentence', async () => {
  const imports = new OneImport('imp_gone', itemsOfLog);
  const runner = runnerOf(imports);
  await runner.start();
  await until(() => imports.state.endedAt !== null);
  await runner.stop();
  expect(imports.state).toMatchObject({
    status: 'failed',
    error: 'The uploaded file is gone from the data folder. Import it again.',
  });
});

test('at the start, files that no import needs are removed', async () => {
  await writeFile(join(dir, 'imp_old'), 'x');
  await writeFile(join(dir, 'imp_old.part'), 'x');
  const imports = await importOf(rows(1));
  const runner = runnerOf(imports, { backlog: () => 1_000_000 });
  await runner.start();
  expect(await files.sizeOf(join(dir, 'imp_old'))).toBeUndefined();
  expect(await files.sizeOf(join(dir, 'imp_old.part'))).toBeUndefined();
  expect(await files.sizeOf(files.pathOf('imp_one'))).toBe(3);
  await runner.stop();
});

test('every item of a block says its line, and bad ones their text', async () => {
  const imports = await importOf('{"id":"a"}\n\nbad\n{"id":5}');
  const runner = runnerOf(imports);
  await runner.start();
  await until(() => imports.state.endedAt !== null);
  await runner.stop();
  const items = await itemsOfLog();
  expect(items.every(isObject)).toBe(true);
  expect(items).toMatchObject([
    { type: 'identify', userId: 'a', line: 1 },
    { type: 'row_error', row: 'bad', line: 3, error: expect.stringMatching(/^The line is not JSON: /) },
    { type: 'identify', userId: '5', line: 4 },
  ]);
});
