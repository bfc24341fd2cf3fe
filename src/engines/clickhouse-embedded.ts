import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { Session } from 'chdb';
import { TributaryError } from '../core/errors.js';
import type { ClickHouse, ClickHouseOptions, ClickHouseSettings, ClickHouseTable } from './clickhouse.js';
import {
  embeddedFlags,
  linesOf,
  settingName,
  settingsSql,
  tableFrom,
  tableName,
  textSql,
} from './clickhouse-settings.js';

/**
 * Opens the embedded ClickHouse. We use chdb's session and not its connection for `@clickhouse/client`, because only the
 * session takes the engine's flags, and because the connection leaves the settings of one statement set for the next.
 * @throws TributaryError `engine_unavailable` when it is not installed or the folder cannot be opened.
 */
export async function openEmbeddedClickHouse(
  path: string,
  options: Omit<ClickHouseOptions, 'url' | 'path'>,
): Promise<ClickHouse> {
  try {
    const chdb = await import('chdb');
    await mkdir(path, { recursive: true, mode: 0o700 });
    const session = new chdb.Session(path, { connectionArgs: embeddedFlags(options) });
    return new EmbeddedClickHouse(session, nativeFile(path));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TributaryError(
      'engine_unavailable',
      `The embedded ClickHouse could not open ${path}: ${reason}. Is the folder writable, and not open in another ` +
        'process? Was npm ci run on this machine? Or set CLICKHOUSE_URL to a ClickHouse server.',
      { cause },
    );
  }
}

let connections = 0;

/**
 * Where a connection puts what it inserts in binary. In the data folder nobody else has that name, and what a crash leaves
 * is written over. ClickHouse would take some characters of a path for a pattern.
 */
function nativeFile(path: string): string {
  connections += 1;
  const name = `insert-${threadId}-${connections}.native`;
  return /[*?{}]/.test(path) ? join(tmpdir(), `tributary-${process.pid}-${name}`) : join(resolve(path), name);
}

/** One connection of the engine. It runs one statement at a time, so calls wait in a line: `#last` is its end. */
class EmbeddedClickHouse implements ClickHouse {
  readonly #session: Session;
  readonly #nativeFile: string;
  /** Of that file, once it is there. */
  #descriptor: number | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(session: Session, nativeFile: string) {
    this.#session = session;
    this.#nativeFile = nativeFile;
  }

  query<T>(
    sql: string,
    params: Readonly<Record<string, unknown>> = {},
    settings?: ClickHouseSettings,
  ): Promise<T[]> {
    return this.#inTurn(async () => {
      const statement =
        settings === undefined ? sql : `${sql}\nFORMAT JSONEachRow SETTINGS ${settingsSql(settings)}`;
      const format = { format: 'JSONEachRow' };
      const result =
        Object.keys(params).length === 0
          ? await this.#session.queryAsync(statement, format)
          : await this.#session.queryBindAsync(statement, params, format);
      return linesOf<T>(result.text());
    });
  }

  table(sql: string, params: Readonly<Record<string, unknown>> = {}): Promise<ClickHouseTable> {
    return this.#inTurn(async () => {
      const format = { format: 'JSONCompactEachRowWithNamesAndTypes' };
      const result =
        Object.keys(params).length === 0
          ? await this.#session.queryAsync(sql, format)
          : await this.#session.queryBindAsync(sql, params, format);
      return tableFrom(result.text());
    });
  }

  command(
    sql: string,
    settings: ClickHouseSettings = {},
    params: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    return this.#inTurn(async () => {
      const names = Object.keys(settings).map(settingName);
      // Not a SETTINGS clause: in CREATE TABLE that is the table's.
      if (names.length > 0) await this.#session.queryAsync(`SET ${settingsSql(settings)}`);
      try {
        if (Object.keys(params).length === 0) await this.#session.queryAsync(sql);
        else await this.#session.queryBindAsync(sql, params);
      } finally {
        if (names.length > 0) {
          await this.#session.queryAsync(`SET ${names.map((name) => `${name} = DEFAULT`).join(', ')}`);
        }
      }
    });
  }

  insertJsonLines(
    table: string,
    body: Buffer,
    { token, settings }: { token?: string; settings?: ClickHouseSettings } = {},
  ): Promise<void> {
    return this.#inTurn(async () => {
      const all = token === undefined ? { ...settings } : { ...settings, insert_deduplication_token: token };
      await this.#session.insert({ table, values: body, format: 'JSONEachRow', settings: all });
    });
  }

  insertNative(
    table: string,
    body: Buffer,
    { token, settings }: { token?: string; settings?: ClickHouseSettings } = {},
  ): Promise<void> {
    return this.#inTurn(async () => {
      const all = token === undefined ? { ...settings } : { ...settings, insert_deduplication_token: token };
      const clause = Object.keys(all).length === 0 ? '' : `SETTINGS ${settingsSql(all)}`;
      // The session takes bytes in text formats only.
      const file = this.#nativeFile;
      this.#fill(body);
      const from = `INSERT INTO ${tableName(table)} FROM INFILE ${textSql(file)}`;
      try {
        await this.#session.queryAsync(`${from} ${clause} FORMAT Native`);
      } catch (error) {
        // Whatever became of the file, the next insert makes it anew.
        this.#closeFile();
        throw error;
      }
    });
  }

  /**
   * Puts bytes into the file. It stays open, and is written over, for the next insert: making and removing one each time, or emptying it,
   * is what costs a file system most. At once, not by promises: those write in pieces, and each would wait until the pipeline pauses.
   */
  #fill(body: Buffer): void {
    this.#descriptor ??= openSync(this.#nativeFile, 'w', 0o600);
    for (let at = 0; at < body.length; ) at += writeSync(this.#descriptor, body, at, body.length - at, at);
    ftruncateSync(this.#descriptor, body.length);
  }

  #closeFile(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  trim(): Promise<void> {
    return this.command('SYSTEM JEMALLOC PURGE');
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#last;
    this.#session.close();
    this.#closeFile();
    await rm(this.#nativeFile, { force: true });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) {
      return Promise.reject(
        new TributaryError('engine_unavailable', 'This connection to ClickHouse is closed.'),
      );
    }
    const result = this.#last.then(work);
    // What a statement had answered before it failed, the engine would put before the answer to the next one.
    this.#last = result.catch(() => this.#session.queryAsync('SELECT 1').catch(() => {}));
    return result;
  }
}
