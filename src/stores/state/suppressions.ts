import type { Pool } from 'pg';
import type { Suppression, SuppressionCause } from '../../core/consent/suppression.js';
import { callOf, listsFor } from '../../core/consent/suppression.js';
import type { Identifier } from '../../core/identity/identifier.js';
import { identifierKey, keyOf } from '../../core/identity/identifier.js';
import type { JsonObject } from '../../core/json.js';

/** Somebody to be put on a list. Of one identifier, channel and reason there is one entry. */
export interface NewSuppression extends SuppressionCause {
  /** Normalised. */
  readonly kind: string;
  readonly value: string;
}

/** An entry with where it comes from. */
export interface StoredSuppression extends Suppression {
  /** Its place in the order in which they were made. */
  readonly seq: number;
  readonly source: string;
  readonly proof: JsonObject | null;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
}

/** Which entries; every condition must hold. */
export type SuppressionFilter = { readonly [Field in keyof Suppression]?: Suppression[Field] | undefined };

/** Something that must still be told on a person's timeline. */
export interface UntoldCall {
  readonly messageId: string;
  readonly kind: string;
  readonly value: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** The call, without whom and when. */
  readonly call: JsonObject;
}

const AT = 'round(extract(epoch FROM at) * 1000)::float8 AS at';
const COLUMNS = `seq, kind, value, channel, reason, source, proof, ${AT}`;
const FILTER = `($1::text IS NULL OR kind = $1) AND ($2::text IS NULL OR value = $2)
  AND ($3::text IS NULL OR channel = $3) AND ($4::text IS NULL OR reason = $4)`;

const AMONG = '(kind, value) IN (SELECT * FROM unnest($1::text[], $2::text[]))';

/** An entry, what it tells, and that audiences are to look are one statement: none is there without the others. */
const ADD = `
  WITH given AS (
    SELECT * FROM json_to_recordset($1) AS one (kind text, value text, channel text, reason text, source text, proof json, call json)),
  added AS (
    INSERT INTO suppression (kind, value, channel, reason, source, proof)
    SELECT kind, value, channel, reason, source, proof FROM given
    ON CONFLICT DO NOTHING RETURNING kind, value, channel, reason),
  told AS (
    INSERT INTO suppression_outbox (kind, value, call)
    SELECT kind, value, call FROM added JOIN given USING (kind, value, channel, reason) WHERE call IS NOT NULL),
  looked AS (INSERT INTO suppression_change (kind, value) SELECT DISTINCT kind, value FROM added)
  SELECT kind, value, channel, reason FROM added`;

const REMOVE = `
  WITH gone AS (DELETE FROM suppression WHERE ${FILTER} RETURNING kind, value),
  looked AS (INSERT INTO suppression_change (kind, value) SELECT DISTINCT kind, value FROM gone)
  SELECT count(*)::float8 AS removed FROM gone`;

/** The suppression lists, in PostgreSQL. */
export class Suppressions {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Puts people on lists: it holds for whatever leaves from then on. @returns those who were not on them yet. */
  async add(list: readonly NewSuppression[]): Promise<Suppression[]> {
    const given = new Map(
      list.map((one) => [JSON.stringify([one.kind, one.value, one.channel, one.reason]), one]),
    );
    // In one order everywhere, so that two who add the same never wait for each other in a circle.
    const inOrder = [...given].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
    const { rows } = await this.#pool.query<Suppression>(ADD, [
      JSON.stringify(inOrder.map((one) => ({ ...one, call: callOf(one) }))),
    ]);
    return rows;
  }

  /** Takes entries off their lists. @returns how many there were. */
  async remove(filter: SuppressionFilter & Identifier): Promise<number> {
    const { rows } = await this.#pool.query<{ removed: number }>(REMOVE, valuesOf(filter));
    return rows[0]?.removed ?? 0;
  }

  /** Entries before one, newest first. */
  async list(filter: SuppressionFilter, before: number, limit: number): Promise<StoredSuppression[]> {
    const { rows } = await this.#pool.query<StoredSuppression>(
      `SELECT ${COLUMNS} FROM suppression WHERE ${FILTER} AND seq < $5 ORDER BY seq DESC LIMIT $6`,
      [...valuesOf(filter), before, limit],
    );
    return rows;
  }

  /**
   * Who of these must not be sent to by a channel now, by the key of the identifier (`keyOf`): asked once for all of a batch.
   * What to ask for a delivery, `askedAtDoor` tells.
   */
  async suppressedAmong(
    channel: string,
    identifiers: readonly Identifier[],
  ): Promise<Map<string, StoredSuppression>> {
    const asked = [...new Map(identifiers.map((one) => [keyOf(one), one])).values()];
    if (asked.length === 0) return new Map();
    const { rows } = await this.#pool.query<StoredSuppression>({
      name: 'suppressed-among',
      text: `SELECT ${COLUMNS} FROM suppression
             WHERE ${AMONG} AND channel = ANY ($3::text[]) ORDER BY seq DESC`,
      values: [asked.map(({ kind }) => kind), asked.map(({ value }) => value), listsFor(channel)],
    });
    return new Map(rows.map((row) => [identifierKey(row.kind, row.value), row]));
  }

  /** All entries of some identifiers, newest first. */
  async of(identifiers: readonly Identifier[]): Promise<StoredSuppression[]> {
    const { rows } = await this.#pool.query<StoredSuppression>(
      `SELECT ${COLUMNS} FROM suppression WHERE ${AMONG} ORDER BY seq DESC`,
      [identifiers.map(({ kind }) => kind), identifiers.map(({ value }) => value)],
    );
    return rows;
  }

  /** Adds a call to what is to be told, under a messageId: the same again is the same. */
  async tell({ messageId, kind, value, call }: Omit<UntoldCall, 'at'>): Promise<void> {
    await this.#pool.query(
      'INSERT INTO suppression_outbox (message_id, kind, value, call) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
      [messageId, kind, value, JSON.stringify(call)],
    );
  }

  /** What was not told yet, at most so much. */
  async untold(limit: number): Promise<UntoldCall[]> {
    const { rows } = await this.#pool.query<UntoldCall>(
      `SELECT message_id AS "messageId", kind, value, call, ${AT} FROM suppression_outbox ORDER BY message_id LIMIT $1`,
      [limit],
    );
    return rows;
  }

  /** It is in the log. */
  async told(messageIds: readonly string[]): Promise<void> {
    await this.#pool.query('DELETE FROM suppression_outbox WHERE message_id = ANY ($1::uuid[])', [
      messageIds,
    ]);
  }
}

function valuesOf({ kind, value, channel, reason }: SuppressionFilter): Array<string | null> {
  return [kind, value, channel, reason].map((one) => one ?? null);
}
