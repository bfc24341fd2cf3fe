import type { Pool, PoolClient } from 'pg';
import type { Channel } from '../../core/delivery/channel.js';
import { readDeliveryOptions } from '../../core/delivery/delivery-options.js';
import type { JsonObject } from '../../core/json.js';
import { ADVISORY_LOCKS } from '../../engines/advisory-locks.js';
import { int4Array, int8Array, textArray } from '../../engines/postgres.js';
import type { SecretKey } from '../secret-key.js';
import type {
  ActivationFacts,
  ConnectionFact,
  DeliveryState,
  DeliveryWork,
  DestinationFact,
  Settlement,
  Taken,
  TakeQuery,
} from './delivery-state.js';
import { openSettings } from './destinations.js';
import { sendTogether } from './send-together.js';
import { settleAudience } from './settle-audience.js';
import { takeDeliveries } from './take-deliveries.js';

/** Dead letters that are dropped by one statement. */
const FORGET_MAX = 10_000;
const ERROR_CHARS_MAX = 1_000;

const WORK = `
  SELECT epoch, d.number, (
    SELECT next_at FROM delivery WHERE destination = d.number AND state = 'pending' ORDER BY next_at LIMIT 1
  ) AS due FROM activation_epoch LEFT JOIN destination d ON true`;

const DESTINATIONS = `
  SELECT number, id, kind, settings, secrets, secret_names AS "secretNames", purposes, channel, delivery, enabled, deleted_at IS NOT NULL AS deleted FROM destination`;

const CONNECTIONS = `
  SELECT v.number, c.id, v.version, d.number AS destination, v.definition, v.prepared, c.enabled AND c.deleted_at IS NULL AS "isEnabled"
  FROM connection_version v JOIN connection c ON c.id = v.connection_id JOIN destination d ON d.id = c.destination_id`;

const NEXT_DUE = `
  SELECT next_at FROM delivery WHERE destination = $1 AND state = 'pending' AND next_at > $2 ORDER BY next_at LIMIT 1`;

/** What a tool took is delivered, also where somebody gave it up meanwhile. Only rows that were there count: the same again changes nothing. */
const END = `
  WITH gone AS (
    DELETE FROM delivery d USING unnest($1::int8[], $2::text[], $3::text[]) AS ended (seq, outcome, reason)
    WHERE d.seq = ended.seq AND (ended.outcome = 'delivered' OR d.state = 'pending')
    RETURNING d.destination, d.connection, ended.outcome, ended.reason
  )
  INSERT INTO delivery_balance AS b (destination, connection, outcome, reason, deliveries)
  SELECT destination, connection, outcome, reason, count(*) FROM gone GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
  ON CONFLICT (destination, connection, outcome, reason) DO UPDATE SET deliveries = b.deliveries + excluded.deliveries`;
const FAIL = `
  UPDATE delivery d SET attempts = failed.attempts, state = failed.state, next_at = failed.next_at, error_code = failed.code, error = failed.message
  FROM unnest($1::int8[], $2::int4[], $3::text[], $4::int8[], $5::text[], $6::text[]) AS failed (seq, attempts, state, next_at, code, message)
  WHERE d.seq = failed.seq AND d.state = 'pending' AND d.attempts < failed.attempts`;
const FORGET = `
  WITH gone AS (
    DELETE FROM delivery WHERE seq IN (
      SELECT seq FROM delivery WHERE destination = $1 AND state = 'dead' AND next_at < $2 ORDER BY seq LIMIT $3
    ) AND state = 'dead' RETURNING connection
  ), counted AS (
    INSERT INTO delivery_balance AS b (destination, connection, outcome, reason, deliveries)
    SELECT $1, connection, 'dropped', '', count(*) FROM gone GROUP BY connection ORDER BY connection
    ON CONFLICT (destination, connection, outcome, reason) DO UPDATE SET deliveries = b.deliveries + excluded.deliveries
  )
  SELECT count(*)::int AS dropped FROM gone`;

interface DestinationRow {
  readonly number: number;
  readonly id: string;
  readonly kind: string;
  readonly settings: JsonObject;
  readonly secrets: Buffer | null;
  readonly secretNames: string[];
  readonly purposes: string[];
  readonly channel: string;
  readonly delivery: JsonObject;
  readonly enabled: boolean;
  readonly deleted: boolean;
}

interface ConnectionRow extends Omit<ConnectionFact, 'action' | 'options' | 'holdsLate'> {
  readonly definition: JsonObject;
  readonly prepared: JsonObject;
}

/** Deliveries in PostgreSQL. */
export class PostgresDeliveryState implements DeliveryState {
  readonly #pool: Pool;
  readonly #key: SecretKey;
  #lease: PoolClient | undefined;

  /** @param pool of connections in pipeline mode; two at least, one of which holds the lease and settles. */
  constructor(pool: Pool, key: SecretKey) {
    this.#pool = pool;
    this.#key = key;
  }

  async open(): Promise<void> {
    this.#lease?.release(true);
    this.#lease = undefined;
    const lease = await this.#pool.connect();
    this.#lease = lease;
    await lease.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCKS.deliverer]);
  }

  async work(): Promise<DeliveryWork> {
    const { rows } = await this.#pool.query<{ epoch: number; number: number | null; due: number | null }>({
      name: 'delivery-work',
      text: WORK,
    });
    const due = new Map<number, number>();
    for (const row of rows) if (row.number !== null && row.due !== null) due.set(row.number, row.due);
    return { epoch: rows[0]?.epoch ?? 0, due };
  }

  async facts(): Promise<ActivationFacts> {
    const [destinations, connections] = await Promise.all([
      this.#pool.query<DestinationRow>(DESTINATIONS),
      this.#pool.query<ConnectionRow>(CONNECTIONS),
    ]);
    return {
      destinations: destinations.rows.map((row) => this.#destination(row)),
      connections: connections.rows.map(({ definition, prepared, ...connection }) => ({
        ...connection,
        holdsLate: prepared.holdsLate === true,
        action: String(definition.action),
        options: (definition.options ?? {}) as JsonObject,
      })),
    };
  }

  async take(query: TakeQuery): Promise<Taken> {
    const [deliveries, next] = await Promise.all([
      takeDeliveries(this.#pool, query),
      this.#pool.query<{ next_at: number }>({
        ...{ name: 'delivery-next', text: NEXT_DUE },
        values: [query.destination, Math.min(query.now, Number.MAX_SAFE_INTEGER)],
      }),
    ]);
    return { deliveries, nextDue: next.rows[0]?.next_at };
  }

  async fixLate(values: Parameters<DeliveryState['fixLate']>[0]): Promise<void> {
    if (values.length === 0) return;
    await this.#held('fixLate').query({
      name: 'delivery-late',
      text: `UPDATE delivery d SET late = fixed.late FROM unnest($1::int8[], $2::text[]) AS fixed (seq, late)
             WHERE d.seq = fixed.seq AND d.late IS NULL`,
      values: [
        int8Array(values.map(({ seq }) => seq)),
        textArray(values.map(({ late }) => JSON.stringify(late))),
      ],
    });
  }

  async settle({ delivered, filtered, failed, audiences }: Settlement): Promise<void> {
    await sendTogether(this.#held('settle'), (run) => {
      run('begin', 'BEGIN', []);
      if (delivered.length + filtered.length > 0) {
        run('delivery-end', END, [
          int8Array([...delivered, ...filtered.map(({ seq }) => seq)]),
          textArray([...delivered.map(() => 'delivered'), ...filtered.map(() => 'filtered')]),
          textArray([...delivered.map(() => ''), ...filtered.map(({ reason }) => reason)]),
        ]);
      }
      if (failed.length > 0) {
        run('delivery-fail', FAIL, [
          int8Array(failed.map(({ seq }) => seq)),
          int4Array(failed.map(({ attempts }) => attempts)),
          textArray(failed.map(({ isDead }) => (isDead ? 'dead' : 'pending'))),
          int8Array(failed.map(({ at }) => at)),
          textArray(failed.map(({ code }) => code)),
          textArray(failed.map(({ message }) => storable(message))),
        ]);
      }
      settleAudience(run, audiences.delivered, audiences.filtered);
      // Sent along: after a failure it ends the transaction as a rollback would.
      run('commit', 'COMMIT', []);
    });
  }

  async forgetDead(destination: number, before: number): Promise<number> {
    const { rows } = await this.#pool.query<{ dropped: number }>(FORGET, [destination, before, FORGET_MAX]);
    return rows[0]?.dropped ?? 0;
  }

  async close(): Promise<void> {
    this.#lease?.release(true);
    this.#lease = undefined;
    await this.#pool.end();
  }

  /** The connection with the lease: who has lost it must not settle, since another may be at the same deliveries. */
  #held(asked: string): PoolClient {
    if (!this.#lease) throw new Error(`${asked} before open`);
    return this.#lease;
  }

  #destination(row: DestinationRow): DestinationFact {
    const { number, id, kind, purposes, enabled, deleted } = row;
    const known = {
      ...{ number, id, kind, purposes, isEnabled: enabled, isDeleted: deleted },
      // Invariant: the API lets no other in.
      channel: row.channel as Channel,
    };
    try {
      const { secretNames } = row;
      return {
        ...known,
        settings: openSettings(row, this.#key),
        secretNames,
        options: readDeliveryOptions(row.delivery),
      };
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      return { ...known, settings: {}, secretNames: [], options: readDeliveryOptions({}), fault };
    }
  }
}

/** PostgreSQL's text takes no NUL. */
function storable(message: string): string {
  return message.slice(0, ERROR_CHARS_MAX).replaceAll('\u0000', '\ufffd');
}
