/**
 * Runs imports, one at a time, through the same log and pipeline as everything else. A block of rows is read, mapped and
 * appended to the log; then the cursor moves. A crash in between sends the block once more, and since the ids of its rows
 * are the same, nothing changes. An import is done when the last of its rows has been processed.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { TributaryError } from '../core/errors.js';
import type { Identifies } from '../core/event/check.js';
import type { JsonObject } from '../core/json.js';
import type { ClickHouse } from '../engines/clickhouse.js';
import type { LogRecord } from '../log/log.js';
import type { Import, Imports } from '../stores/state/imports.js';
import type { Tell } from '../telemetry/telemetry.js';
import { convertParquet, describeParquet } from './convert-parquet.js';
import { BlockMapper, countRefused, recordsOf } from './import-block.js';
import type { ImportFiles } from './import-files.js';
import { oneAhead } from './one-ahead.js';
import type { RowBlock, RowFile } from './row-reader.js';
import { readRows } from './row-reader.js';

/** Events that may wait to be processed before an import holds still, so that live events do not wait behind it. */
const BACKLOG_EVENTS_MAX = 10_000;
const POLL_MS = 20;
const RETRY_DELAY_MS_MIN = 200;
const RETRY_DELAY_MS_MAX = 10_000;
/** Failures without any progress between them, after which an import is given up: about two minutes. */
const FAILURES_MAX = 20;

/** What the runner leans on. */
export interface ImportParts {
  readonly imports: Pick<Imports, 'open' | 'get' | 'begin' | 'advance' | 'end' | 'quarantinedLines'>;
  readonly files: Pick<ImportFiles, 'folder' | 'pathOf' | 'rowsPathOf' | 'sizeOf' | 'keepOnly' | 'remove'>;
  /** Opens the engine that takes files apart: always in this process, where the files are. */
  readonly openReader: () => Promise<ClickHouse>;
  /** Appends to the log; resolves with the offset after the records when they are durable. */
  readonly append: (records: readonly LogRecord[]) => Promise<number>;
  /** How far the log reaches, and how far it has been processed. */
  readonly logEnd: () => Promise<number>;
  readonly processedUntil: () => number;
  readonly backlog: () => number;
  readonly tell: Tell;
  readonly now: () => number;
  readonly eventBytesMax: number;
  /** See `checkEvent`: by the rules in force. */
  readonly identifies?: Identifies;
}

/** Thrown to leave an import that was cancelled, or whose server stops. */
class Left extends Error {}

/** See the head of the file. */
export class ImportRunner {
  readonly #parts: ImportParts;
  #stopped = false;
  #ring: () => void = () => {};
  #rung = false;
  #ended: Promise<void> = Promise.resolve();
  #reader: ClickHouse | undefined;
  /** The import in work: how many rows this process has read of it, and since when. */
  #current: { readonly id: string; readonly since: number; rows: number } | undefined;

  constructor(parts: ImportParts) {
    this.#parts = parts;
  }

  /** Takes up what an earlier life left, then works on what comes. */
  async start(): Promise<void> {
    const { imports, files } = this.#parts;
    await files.keepOnly(await imports.open(files.folder));
    this.#ended = this.#run();
  }

  /** There is a new import. */
  wake(): void {
    this.#rung = true;
    this.#ring();
  }

  /** Ends the work after the block at hand; it goes on at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#ring();
    await this.#ended;
  }

  /** Rows a second of an import, as far as this process is working on it. */
  rowsPerSecond(id: string): number | undefined {
    if (this.#current?.id !== id) return undefined;
    const { since, rows } = this.#current;
    return rows / Math.max(0.001, (this.#parts.now() - since) / 1000);
  }

  async #run(): Promise<void> {
    const { imports, files, tell } = this.#parts;
    let failures = 0;
    let delay = RETRY_DELAY_MS_MIN;
    while (!this.#stopped) {
      let id: string | undefined;
      try {
        [id] = await imports.open(files.folder);
        if (id === undefined) {
          await this.#closeReader();
          await this.#more();
        } else {
          await this.#work(id);
        }
        failures = 0;
        delay = RETRY_DELAY_MS_MIN;
      } catch (error) {
        if (this.#current !== undefined && this.#current.rows > 0) failures = 0;
        failures += 1;
        tell({ name: 'import_stumbled', importId: id ?? '', error, failures });
        if (id !== undefined && failures >= FAILURES_MAX && (await this.#giveUp(id, error))) failures = 0;
        await this.#rest(delay);
        delay = Math.min(delay * 2, RETRY_DELAY_MS_MAX);
      } finally {
        this.#current = undefined;
      }
    }
    await this.#closeReader();
  }

  /** Works on an import until it has ended or is left. Rejects when trying again may help. */
  async #work(id: string): Promise<void> {
    const { imports, files, tell } = this.#parts;
    try {
      await this.#importAll(await imports.get(id));
      await imports.end(id, 'done', null);
    } catch (error) {
      if (!(error instanceof Left) && (!(error instanceof TributaryError) || error.retry)) throw error;
      if (!(error instanceof Left)) await imports.end(id, 'failed', error.message);
    }
    const { status, rowsRead, rejected, endedAt } = await imports.get(id);
    if (endedAt === null) return;
    tell({ name: 'import_ended', importId: id, status, rows: rowsRead, rejected });
    await files.remove(id);
  }

  async #importAll(job: Import): Promise<void> {
    const { imports, now } = this.#parts;
    const file = await this.#open(job);
    const rowsBytes = await this.#parts.files.sizeOf(file.path);
    if (!(await imports.begin(job.id, rowsBytes ?? 0))) throw new Left();
    const resumed = job.status === 'running';
    let known = resumed ? await this.#quarantined(job) : new Set<number>();
    const current = { id: job.id, since: now(), rows: 0 };
    this.#current = current;
    const mapper = new BlockMapper(job.sourceId, job.mapping);
    let until = 0;
    const from = { bytes: job.bytesRead, line: job.nextLine };
    for await (const block of oneAhead(readRows(file, from))) {
      await this.#until(() => this.#parts.backlog() < BACKLOG_EVENTS_MAX);
      until = await this.#append(job, block, mapper.map(block.rows), known);
      current.rows += block.rows.length;
      known = new Set();
    }
    await this.#until(() => this.#parts.processedUntil() >= until);
  }

  /** @returns the offset after the block's events. */
  async #append(
    job: Import,
    block: RowBlock,
    items: readonly JsonObject[],
    known: ReadonlySet<number>,
  ): Promise<number> {
    const { imports, append, tell, now, eventBytesMax } = this.#parts;
    const { id, sourceId } = job;
    const origin = { importId: id, sourceId, receivedAt: now() };
    const all = recordsOf(items, origin, eventBytesMax);
    const rejected = countRefused(items, all, eventBytesMax, this.#parts.identifies);
    // Good rows of a block that is sent again are known by their ids; refused ones would be refused once more.
    const left = known.size === 0 ? items : items.filter(({ line }) => !known.has(line as number));
    const records = left === items ? all : recordsOf(left, origin, eventBytesMax);
    const until = records.length === 0 ? 0 : await append(records);
    const bytes = records.reduce((sum, { body }) => sum + body.length, 0);
    tell({ name: 'import_block_appended', sourceId, events: left.length, bytes });
    const { bytes: bytesRead, line: nextLine } = block.cursor;
    if (!(await imports.advance(id, { bytesRead, nextLine, rows: items.length, rejected }))) throw new Left();
    return until;
  }

  /** Finds the file, and makes it readable row by row. */
  async #open({ id, mapping }: Import): Promise<RowFile> {
    const { files } = this.#parts;
    const from = files.pathOf(id);
    if ((await files.sizeOf(from)) === undefined) {
      throw new TributaryError(
        'not_found',
        'The uploaded file is gone from the data folder. Import it again.',
      );
    }
    this.#reader ??= await this.#parts.openReader();
    const clickhouse = this.#reader;
    if (mapping.format.type !== 'parquet')
      return { path: from, mapping, clickhouse, integerColumns: new Set() };
    const to = files.rowsPathOf(id);
    const parquet = { from, to, mapping, clickhouse };
    const integerColumns = await describeParquet(parquet);
    if ((await files.sizeOf(to)) === undefined) await convertParquet(parquet, integerColumns);
    return { path: to, mapping, clickhouse, integerColumns };
  }

  /** The lines after the cursor that a block had sent into the quarantine when a crash kept the cursor from moving. */
  async #quarantined({ id, nextLine }: Import): Promise<Set<number>> {
    const end = await this.#parts.logEnd();
    await this.#until(() => this.#parts.processedUntil() >= end);
    return this.#parts.imports.quarantinedLines(id, nextLine);
  }

  /** @throws Left when the server stops meanwhile. */
  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#stopped) throw new Left();
      await sleep(POLL_MS);
    }
    if (this.#stopped) throw new Left();
  }

  /** False when not even that can be written down now: then it is tried again after all. */
  async #giveUp(id: string, error: unknown): Promise<boolean> {
    const reason = error instanceof Error ? error.message : String(error);
    const { imports, files } = this.#parts;
    try {
      if (await imports.end(id, 'failed', `It failed ${FAILURES_MAX} times in a row: ${reason}`))
        await files.remove(id);
      return true;
    } catch {
      return false;
    }
  }

  /** Resolves after a time, or when stopped. */
  async #rest(ms: number): Promise<void> {
    const end = this.#parts.now() + ms;
    while (!this.#stopped && this.#parts.now() < end) await sleep(POLL_MS);
  }

  /** Resolves when woken or stopped. */
  async #more(): Promise<void> {
    if (!this.#rung && !this.#stopped) {
      await new Promise<void>((resolve) => {
        this.#ring = resolve;
      });
    }
    this.#rung = false;
  }

  async #closeReader(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.close();
  }
}
