import { randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { SourceReceipt } from '../../core/delivery/alert.js';
import { TributaryError } from '../../core/errors.js';

/** Where events come from: a website, an app, a till. Its write key lets clients send. */
export interface Source {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly writeKey: string;
  readonly enabled: boolean;
  readonly createdAt: string;
  /** When anything of it was last written to the log; null before its first event. */
  readonly lastReceivedAt: string | null;
}

/** A time as JSON has it. */
const isoOf = (time: string) => `to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const COLUMNS = `id, name, kind, write_key AS "writeKey", enabled, ${isoOf('created_at')} AS "createdAt",
  (SELECT ${isoOf('to_timestamp(last_at / 1000.0)')} FROM log_received WHERE source_id = source.id)
    AS "lastReceivedAt"`;
const UNIQUE_VIOLATION = '23505';

/** The sources, in PostgreSQL and, for the door's sake, in memory. */
export class Sources {
  readonly #pool: Pool;
  #byKey = new Map<string, Source>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Reads all of them again: another process may have changed them. */
  async refresh(): Promise<void> {
    const { rows } = await this.#pool.query<Source>(`SELECT ${COLUMNS} FROM source`);
    this.#byKey = new Map(rows.map((source) => [source.writeKey, source]));
  }

  /** The source of a write key, from memory. */
  byKey(writeKey: string): Source | undefined {
    return this.#byKey.get(writeKey);
  }

  /** In the order in which they were made, those after the one of an id: of none, from the first. */
  async list(after: string, limit: number): Promise<Source[]> {
    // Invariant: sources are never deleted, and their times of making never change, so that a place in the list stays one.
    const { rows } = await this.#pool.query<Source>(
      `SELECT ${COLUMNS} FROM source
       WHERE (created_at, id) > (coalesce((SELECT created_at FROM source WHERE id = $1), '-infinity'), $1)
       ORDER BY created_at, id LIMIT $2`,
      [after, limit],
    );
    return rows;
  }

  /** @throws TributaryError `not_found` */
  async get(id: string): Promise<Source> {
    const { rows } = await this.#pool.query<Source>(`SELECT ${COLUMNS} FROM source WHERE id = $1`, [id]);
    const [source] = rows;
    if (!source) throw new TributaryError('not_found', `There is no source ${id}.`);
    return source;
  }

  /** Of some ids, those of no source. */
  async unknown(ids: readonly string[]): Promise<Set<string>> {
    const { rows } = await this.#pool.query<{ id: string }>('SELECT id FROM source WHERE id = ANY ($1)', [
      ids,
    ]);
    const known = new Set(rows.map(({ id }) => id));
    return new Set(ids.filter((id) => !known.has(id)));
  }

  /** @throws TributaryError `conflict` when another source has the name. */
  async create(given: { name: string; kind: string }): Promise<Source> {
    const id = `src_${randomUUID().replaceAll('-', '')}`;
    const writeKey = randomBytes(24).toString('base64url');
    return this.#write(given.name, `INSERT INTO source (id, name, kind, write_key) VALUES ($1, $2, $3, $4)`, [
      id,
      given.name,
      given.kind,
      writeKey,
    ]);
  }

  /** The source of a name, which is made when there is none. */
  async ensure(given: { name: string; kind: string }): Promise<Source> {
    const sql = `SELECT ${COLUMNS} FROM source WHERE name = $1`;
    const found = async () => (await this.#pool.query<Source>(sql, [given.name])).rows[0];
    const known = await found();
    if (known) return known;
    try {
      return await this.create(given);
    } catch (error) {
      // Somebody else was faster.
      const made = await found();
      if (made) return made;
      throw error;
    }
  }

  /** Changes what is given. @throws TributaryError `not_found`, `conflict` */
  async update(id: string, change: { name?: string; kind?: string; enabled?: boolean }): Promise<Source> {
    await this.get(id);
    return this.#write(
      change.name ?? '',
      `UPDATE source SET name = coalesce($2, name), kind = coalesce($3, kind), enabled = coalesce($4, enabled)
       WHERE id = $1`,
      [id, change.name ?? null, change.kind ?? null, change.enabled ?? null],
    );
  }

  async #write(name: string, sql: string, values: unknown[]): Promise<Source> {
    try {
      const { rows } = await this.#pool.query<Source>(`${sql} RETURNING ${COLUMNS}`, values);
      await this.refresh();
      // Invariant: an insert returns its row, and `update` made sure that there is one.
      return rows[0] as Source;
    } catch (error) {
      if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
      throw new TributaryError('conflict', `There is a source named ${name} already.`, { cause: error });
    }
  }
}

/** Of every source, when it last sent. */
export async function readReceipts(pool: Pool): Promise<SourceReceipt[]> {
  const { rows } = await pool.query<SourceReceipt>(
    `SELECT id AS "sourceId", enabled, last_at AS "lastAt" FROM source LEFT JOIN log_received ON source_id = id`,
  );
  return rows;
}
