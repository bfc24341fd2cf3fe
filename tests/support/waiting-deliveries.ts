/** Destinations, connections and deliveries that wait, put into the stores as the API and the pipeline do. */
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { JsonObject } from '../../src/core/json.js';
import { secretKey } from '../../src/stores/secret-key.js';
import { Connections } from '../../src/stores/state/connections.js';
import type { DestinationGiven } from '../../src/stores/state/destinations.js';
import { Destinations } from '../../src/stores/state/destinations.js';

/** Seals the secrets of tests. */
export const TEST_KEY = secretKey(Buffer.alloc(32, 7));

/** A connection of a destination: the numbers that deliveries name them by, and the ids that people do. */
export interface TestConnection {
  readonly destinationId: string;
  readonly destination: number;
  readonly connectionId: string;
  readonly connection: number;
}

/** Makes a destination with one connection. */
export async function connect(
  pool: Pool,
  given: Partial<DestinationGiven> & {
    readonly name: string;
    readonly action: string;
    readonly holdsLate?: boolean;
    readonly options?: JsonObject;
  },
): Promise<TestConnection> {
  const { action, holdsLate = false, options = {}, ...of } = given;
  const destination = await new Destinations(pool, TEST_KEY).create({
    ...{ kind: 'webhook', settings: {}, secrets: {}, purposes: [], consentNotRequired: 'a test' },
    ...{ channel: 'other', delivery: {}, enabled: true, ...of },
  });
  const { id, newest } = await new Connections(pool).create(
    {
      ...{ destinationId: destination.id, name: 'all', enabled: true },
      definition: { from: { sources: [] }, action, mapping: {}, options },
      prepared: { mapping: {}, fields: {}, needsGiven: false, holdsLate },
    },
    'a test',
  );
  return {
    ...{ destinationId: destination.id, destination: destination.number },
    ...{ connectionId: id, connection: newest.number },
  };
}

/** A delivery to be. */
export interface TestDelivery {
  readonly name: string;
  readonly person: number;
  readonly at: number;
  readonly payload?: object;
  readonly kind?: string;
}

/** A UUID of a name. */
export function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** Decides deliveries: their rows, and the left side of the books. */
export async function decide(
  pool: Pool,
  { destination, connection }: TestConnection,
  deliveries: readonly TestDelivery[],
): Promise<void> {
  const values = deliveries.map(
    ({ name, person, at, payload = { body: { name } }, kind = 'event' }, nth) => ({
      ...{
        key: uuidOf(name),
        kind,
        profile_id: uuidOf(`person ${person}`),
        log_offset: nth,
        message_id: name,
      },
      ...{ payload: JSON.stringify(payload), at },
    }),
  );
  await pool.query(
    `WITH given AS (
       SELECT * FROM json_to_recordset($3) AS one (key uuid, kind text, profile_id uuid, log_offset bigint, message_id text, payload text, at bigint)
     ), added AS (
       INSERT INTO delivery (key, destination, connection, kind, profile_id, log_offset, message_id, segment_id, payload, received_at, decided_at, next_at)
       SELECT key, $1, $2, kind, profile_id, log_offset, message_id, '', payload, at, at, at FROM given ORDER BY log_offset
     )
     INSERT INTO delivery_balance AS b (destination, connection, outcome, deliveries) SELECT $1, $2, 'matched', count(*) FROM given
     ON CONFLICT (destination, connection, outcome, reason) DO UPDATE SET deliveries = b.deliveries + excluded.deliveries`,
    [destination, connection, JSON.stringify(values)],
  );
}

/** A person of whom something is known. */
export async function person(
  pool: Pool,
  number: number,
  consent: Readonly<Record<string, boolean>>,
  identifiers: ReadonlyArray<readonly [kind: string, value: string]> = [],
): Promise<void> {
  const state = {
    i: identifiers.map(([kind, value]) => [kind, value, 0, 0]),
    t: [],
    c: Object.entries(consent).map(([name, value]) => [name, value, 'a source', 'a message', 0, 0]),
    ...{ m: [], n: [['E', 1]], first: 0, last: 0 },
  };
  await pool.query(
    'INSERT INTO profile (id, state) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET state = excluded.state',
    [uuidOf(`person ${number}`), JSON.stringify(state)],
  );
}

/** The books of all destinations: outcome, with its reason, to how many. Pending and dead ones as their rows tell. */
export async function books(pool: Pool, destination: number): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ name: string; n: number }>(
    `SELECT outcome || CASE WHEN reason = '' THEN '' ELSE ' ' || reason END AS name, sum(deliveries)::int AS n FROM delivery_balance
     WHERE destination = $1 GROUP BY 1
     UNION ALL SELECT state, count(*)::int FROM delivery WHERE destination = $1 GROUP BY 1 ORDER BY 1`,
    [destination],
  );
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
}

/** Both sides of the books. */
export function sides(of: Readonly<Record<string, number>>): readonly [matched: number, rest: number] {
  const rest = Object.entries(of).filter(([name]) => name !== 'matched');
  return [of.matched ?? 0, rest.reduce((sum, [, n]) => sum + n, 0)];
}
