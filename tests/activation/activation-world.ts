import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { DeliveryKind } from '../../src/core/delivery/delivery.js';
import type { JsonObject } from '../../src/core/json.js';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import { openPool } from '../../src/engines/postgres.js';
import { ClickHouseDeliveryLog } from '../../src/stores/events/clickhouse-delivery-log.js';
import type { LoggedAttempt } from '../../src/stores/events/delivery-log.js';
import { migrate } from '../../src/stores/migrate.js';
import { secretKey } from '../../src/stores/secret-key.js';
import { type Connection, Connections } from '../../src/stores/state/connections.js';
import { type Destination, Destinations } from '../../src/stores/state/destinations.js';
import { Segments } from '../../src/stores/state/segments.js';
import { SteppedPipeline } from '../segments/stepped-pipeline.js';
import { type FreshStores, startFreshStores } from '../support/fresh-stores.js';
import { preparedOf } from './prepared-of.js';

/** A delivery as it waits. */
export interface Waiting {
  readonly key: string;
  readonly kind: DeliveryKind;
  readonly profileId: string;
  readonly connection: number;
  readonly offset: number;
  readonly messageId: string;
  readonly segmentId: string;
  readonly receivedAt: number;
  readonly payload: JsonObject;
}

/** The books of one version of a connection: counts by outcome, or by the reason of what was filtered. */
export type Books = Readonly<Record<string, number>>;

/** The real pipeline on the real engines, with destinations of which nobody sends: what was decided stays where it can be looked at. */
export class ActivationWorld {
  readonly pool: Pool;
  readonly clickhouse: ClickHouse;
  readonly pipeline: SteppedPipeline;
  readonly destinations: Destinations;
  readonly connections: Connections;
  readonly segments: Segments;
  readonly #stores: FreshStores;
  readonly #log: ClickHouseDeliveryLog;
  #made = 0;

  private constructor(stores: FreshStores, pool: Pool, now: number) {
    this.#stores = stores;
    this.pool = pool;
    this.clickhouse = stores.clickhouse;
    this.#log = new ClickHouseDeliveryLog(stores.clickhouse);
    this.pipeline = new SteppedPipeline({ ...stores, pool }, now);
    this.destinations = new Destinations(pool, secretKey(randomBytes(32)));
    this.connections = new Connections(pool);
    this.segments = new Segments(pool);
  }

  static async start(now: number): Promise<ActivationWorld> {
    const stores = await startFreshStores();
    const pool = openPool(stores.postgres, { name: 'world', max: 3 });
    await migrate(pool, stores.clickhouse);
    return new ActivationWorld(stores, pool, now);
  }

  async stop(): Promise<void> {
    await this.pipeline.stop();
    await this.pool.end();
    await this.#stores.remove();
  }

  /** Makes a destination; by default it wants consent to `ads`. */
  destination(change: { purposes?: string[]; delivery?: JsonObject } = {}): Promise<Destination> {
    this.#made += 1;
    const { purposes = ['ads'], delivery = {} } = change;
    return this.destinations.create({
      ...{
        name: `Tool ${this.#made}`,
        kind: 'webhook',
        settings: {},
        secrets: {},
        channel: 'other',
        enabled: true,
      },
      ...{ purposes, delivery, consentNotRequired: purposes.length === 0 ? 'For this test' : null },
    });
  }

  /** Makes a connection. Its action takes any field. */
  async connection(destination: Destination, definition: JsonObject): Promise<Connection> {
    this.#made += 1;
    return this.connections.create(
      {
        destinationId: destination.id,
        name: `Connection ${this.#made}`,
        enabled: true,
        ...preparedOf(definition),
      },
      'test',
    );
  }

  /** Somebody's calls come in, and the pipeline does all that there is to do. */
  async calls(...calls: JsonObject[]): Promise<void> {
    await this.pipeline.perform({ kind: 'calls', sourceId: 'src_1', calls });
  }

  async pass(ms: number): Promise<void> {
    await this.pipeline.perform({ kind: 'time_passes', ms });
  }

  /** What waits for a connection, in the order in which it was decided. */
  async waiting({ id }: Connection): Promise<Waiting[]> {
    const { rows } = await this.pool.query<Omit<Waiting, 'payload'> & { payload: string }>(
      `SELECT key, kind, profile_id AS "profileId", connection, log_offset AS "offset", message_id AS "messageId", segment_id AS "segmentId",
         received_at AS "receivedAt", payload FROM delivery
       WHERE connection IN (SELECT number FROM connection_version WHERE connection_id = $1) ORDER BY seq`,
      [id],
    );
    return rows.map((row) => ({ ...row, payload: JSON.parse(row.payload) as JsonObject }));
  }

  /** As if the tool had taken all that waits for a connection: it is settled as the deliverer does. @returns what it was. */
  async deliver(connection: Connection): Promise<Waiting[]> {
    const taken = await this.waiting(connection);
    const keys = taken.map(({ key }) => key);
    await this.#log.write(taken.map((one) => ({ ...one, ...attemptBy(connection, this.pipeline.now) })));
    await this.pool.query('DELETE FROM delivery WHERE key = ANY ($1::uuid[])', [keys]);
    await this.pool.query('DELETE FROM audience_member WHERE key = ANY ($1::uuid[]) AND NOT is_added', [
      keys,
    ]);
    await this.pool.query('UPDATE audience_member SET confirmed_key = key WHERE key = ANY ($1::uuid[])', [
      keys,
    ]);
    return taken;
  }

  /** The books of all versions of a connection. */
  async books({ id }: Connection): Promise<Books> {
    const { rows } = await this.pool.query<{ name: string; deliveries: number }>(
      `SELECT CASE outcome WHEN 'filtered' THEN reason ELSE outcome END AS name, sum(deliveries)::float8 AS deliveries FROM delivery_balance
       WHERE connection IN (SELECT number FROM connection_version WHERE connection_id = $1) GROUP BY 1`,
      [id],
    );
    return Object.fromEntries(rows.map(({ name, deliveries }) => [name, deliveries]));
  }

  /** What the log of deliveries has of a connection: reasons by the key of what was filtered. */
  async filtered({ id }: Connection): Promise<string[]> {
    const rows = await this.clickhouse.query<{ reason: string }>(
      `SELECT reason FROM deliveries FINAL WHERE connection_id = {id:String} AND attempt = 0 AND outcome = 'filtered' ORDER BY reason`,
      { id },
    );
    return rows.map(({ reason }) => reason);
  }
}

/** The first attempt of a delivery, which the tool took. */
function attemptBy({ id, destinationId, newest }: Connection, at: number) {
  return {
    ...{ destinationId, connectionId: id, connectionVersion: newest.version, attempt: 1, at, tookMs: 0 },
    ...{ outcome: 'delivered', reason: '', error: '', request: '', response: '' },
  } as const satisfies Partial<LoggedAttempt>;
}
