import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { TributaryError } from '../../core/errors.js';
import type { Mapping } from '../../core/import/mapping.js';

/**
 * The states of an import, in their order:
 *
 *     waiting_for_file -> queued -> running -> done
 *                                           -> failed
 *
 * and from each of the first three to `cancelled`. A running one stays so over a crash: it is taken up where it was.
 */
export type ImportStatus = 'waiting_for_file' | 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

/** One import. Times are ISO 8601. */
export interface Import {
  readonly id: string;
  readonly seq: number;
  readonly sourceId: string;
  /** Of the file, for people. */
  readonly file: string;
  readonly mapping: Mapping;
  readonly status: ImportStatus;
  /** Of the uploaded file. */
  readonly bytes: number | null;
  /** Of what is read row by row. */
  readonly rowsBytes: number | null;
  readonly rowsTotal: number | null;
  readonly bytesRead: number;
  readonly nextLine: number;
  readonly rowsRead: number;
  readonly rejected: number;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly error: string | null;
}

/** What one block adds: where the file goes on, and how many rows it was. */
export interface ImportStep {
  readonly bytesRead: number;
  readonly nextLine: number;
  readonly rows: number;
  readonly rejected: number;
}

const moment = (column: string, name: string) =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "${name}"`;
const COLUMNS = `id, seq, source_id AS "sourceId", name AS file, mapping, status, bytes, rows_bytes AS "rowsBytes",
  rows_total AS "rowsTotal", bytes_read AS "bytesRead", next_line AS "nextLine", rows_read AS "rowsRead",
  rows_rejected AS rejected, ${moment('created_at', 'createdAt')}, ${moment('started_at', 'startedAt')},
  ${moment('ended_at', 'endedAt')}, error`;

/** Imports and their progress, in PostgreSQL. */
export class Imports {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Makes an import that waits for its file. */
  async create(given: { sourceId: string; file: string; mapping: Mapping }): Promise<Import> {
    const id = `imp_${randomUUID().replaceAll('-', '')}`;
    const rows = await this.#rows(
      `INSERT INTO import (id, source_id, name, mapping) VALUES ($1, $2, $3, $4) RETURNING ${COLUMNS}`,
      [id, given.sourceId, given.file, JSON.stringify(given.mapping)],
    );
    // Invariant: an insert returns its row.
    return rows[0] as Import;
  }

  /** @throws TributaryError `not_found` */
  async get(id: string): Promise<Import> {
    const [found] = await this.#rows(`SELECT ${COLUMNS} FROM import WHERE id = $1`, [id]);
    if (!found) throw new TributaryError('not_found', `There is no import ${id}.`);
    return found;
  }

  /** Imports made before another, newest first. */
  list(beforeSeq: number, limit: number): Promise<Import[]> {
    return this.#rows(`SELECT ${COLUMNS} FROM import WHERE seq < $1 ORDER BY seq DESC LIMIT $2`, [
      beforeSeq,
      limit,
    ]);
  }

  /** The file is here: the import waits for its turn. False when it does not wait for a file. */
  queue(id: string, folder: string, bytes: number): Promise<boolean> {
    return this.#change(
      `UPDATE import SET status = 'queued', folder = $2, bytes = $3 WHERE id = $1 AND status = 'waiting_for_file'`,
      [id, folder, bytes],
    );
  }

  /** The ids of imports whose files a folder must keep, in the order in which they are to be worked on. */
  async open(folder: string): Promise<string[]> {
    const { rows } = await this.#pool.query<{ id: string }>(
      `SELECT id FROM import WHERE status IN ('queued', 'running') AND folder = $1
       ORDER BY status = 'running' DESC, seq`,
      [folder],
    );
    return rows.map(({ id }) => id);
  }

  /** Work begins. False when it was cancelled meanwhile. */
  begin(id: string, rowsBytes: number): Promise<boolean> {
    return this.#change(
      `UPDATE import SET status = 'running', rows_bytes = $2, started_at = coalesce(started_at, now())
       WHERE id = $1 AND status IN ('queued', 'running')`,
      [id, rowsBytes],
    );
  }

  /** Moves the cursor after a block is in the log. False when it was cancelled meanwhile. */
  advance(id: string, { bytesRead, nextLine, rows, rejected }: ImportStep): Promise<boolean> {
    return this.#change(
      `UPDATE import SET bytes_read = $2, next_line = $3, rows_read = rows_read + $4, rows_rejected = rows_rejected + $5
       WHERE id = $1 AND status = 'running'`,
      [id, bytesRead, nextLine, rows, rejected],
    );
  }

  /** Ends an import that is queued or running. False when it had ended already. */
  end(id: string, status: 'done' | 'failed', error: string | null): Promise<boolean> {
    return this.#change(
      `UPDATE import SET status = $2, error = $3, ended_at = now(),
         rows_total = CASE WHEN $2 = 'done' THEN rows_read END
       WHERE id = $1 AND status IN ('queued', 'running')`,
      [id, status, error],
    );
  }

  /** Cancels an import. False when it had ended already. */
  cancel(id: string): Promise<boolean> {
    return this.#change(
      `UPDATE import SET status = 'cancelled', ended_at = now()
       WHERE id = $1 AND status IN ('waiting_for_file', 'queued', 'running')`,
      [id],
    );
  }

  /** The lines of an import, from one on, that are in the quarantine already. */
  async quarantinedLines(id: string, fromLine: number): Promise<Set<number>> {
    const { rows } = await this.#pool.query<{ line: number }>(
      `SELECT line FROM rejected
       WHERE receipt = $1 AND line >= $2 AND received_at >= (SELECT started_at FROM import WHERE id = $1)`,
      [id, fromLine],
    );
    return new Set(rows.map(({ line }) => line));
  }

  async #rows(sql: string, values: unknown[]): Promise<Import[]> {
    return (await this.#pool.query<Import>(sql, values)).rows;
  }

  async #change(sql: string, values: unknown[]): Promise<boolean> {
    return (await this.#pool.query(sql, values)).rowCount === 1;
  }
}
