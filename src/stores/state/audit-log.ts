import type { Pool } from 'pg';
import type { JsonValue } from '../../core/json.js';

/** A change that somebody made, or tried to. */
export interface AuditEntry {
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly path: string;
  /** The HTTP status; null while it runs, or where a crash ended it. */
  readonly status: number | null;
  readonly request: JsonValue;
  readonly before: JsonValue;
  readonly after: JsonValue;
}

/** Which changes to list. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  /** A text that occurs in what was asked, was there before, or after. */
  readonly text?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const LIST = `
  SELECT seq, at, actor, action, path, status, request, before, after FROM audit_log
  WHERE seq < $1 AND ($3::text IS NULL OR actor = $3) AND ($4::text IS NULL OR starts_with(action, $4))
    AND ($5::text IS NULL OR strpos(lower(concat_ws(' ', actor, path, request::text, before::text, after::text)), lower($5)) > 0)
    AND ($6::timestamptz IS NULL OR at >= $6) AND ($7::timestamptz IS NULL OR at < $7)
  ORDER BY seq DESC LIMIT $2`;

/** Every change, with what was before and after it. */
export class AuditLog {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Notes a change that is about to be made; resolves with its number. */
  async begin(entry: Pick<AuditEntry, 'actor' | 'action' | 'path' | 'request' | 'before'>): Promise<number> {
    const { actor, action, path, request, before } = entry;
    const { rows } = await this.#pool.query<{ seq: number }>(
      'INSERT INTO audit_log (actor, action, path, request, before) VALUES ($1, $2, $3, $4, $5) RETURNING seq',
      [actor, action, path, JSON.stringify(request), JSON.stringify(before)],
    );
    // Invariant: an INSERT of one row returns it.
    return (rows[0] as { seq: number }).seq;
  }

  async end(seq: number, status: number, after: JsonValue): Promise<void> {
    await this.#pool.query('UPDATE audit_log SET status = $2, after = $3 WHERE seq = $1', [
      seq,
      status,
      JSON.stringify(after),
    ]);
  }

  /** Changes before a number, the newest first. */
  async list(
    before: number,
    limit: number,
    { actor, action, text, from, to }: AuditFilter,
  ): Promise<AuditEntry[]> {
    const { rows } = await this.#pool.query<AuditEntry>(LIST, [
      ...[before, limit, actor ?? null, action ?? null, text ?? null, from ?? null, to ?? null],
    ]);
    return rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() }));
  }
}
