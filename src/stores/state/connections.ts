/** Connections and their versions, in PostgreSQL. A version is never changed: an edit is a new one. */
import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import {
  type ConnectionDefinition,
  keepsAudience,
  segmentsOf,
  snapshotPlanOf,
} from '../../core/delivery/connection.js';
import type { Prepared } from '../../core/delivery/prepared.js';
import { TributaryError } from '../../core/errors.js';
import { changeActivation } from './change-activation.js';
import { planSnapshots } from './snapshots.js';

/** One version of a connection. Times are milliseconds since 1970 UTC. */
export interface ConnectionVersion {
  /** Rises over all connections; `version` is that of this one alone. */
  readonly number: number;
  readonly version: number;
  readonly definition: ConnectionDefinition;
  readonly prepared: Prepared;
  readonly actor: string;
  readonly createdAt: number;
}

/** A connection, with its newest version. */
export interface Connection {
  readonly id: string;
  /** Gives the order in which they were made. */
  readonly number: number;
  readonly destinationId: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly createdAt: number;
  readonly newest: ConnectionVersion;
}

/** A definition with what its action's kind said of it. */
export interface PreparedDefinition {
  readonly definition: ConnectionDefinition;
  readonly prepared: Prepared;
}

/** A connection to be. */
export interface NewConnection extends PreparedDefinition {
  readonly destinationId: string;
  readonly name: string;
  readonly enabled: boolean;
}

/** What of a connection may change. */
export interface ConnectionChange {
  readonly name?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly version?: PreparedDefinition | undefined;
}

const ms = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::float8`;
const VERSION = `v.number, v.version, v.definition, v.prepared, v.actor, ${ms('v.created_at')} AS "createdAt"`;
const CONNECTIONS = `
  SELECT c.id, c.number, c.destination_id AS "destinationId", c.name, c.enabled, ${ms('c.created_at')} AS "createdAt", row_to_json(newest) AS newest
  FROM connection AS c
  CROSS JOIN LATERAL (
    SELECT ${VERSION} FROM connection_version AS v WHERE v.connection_id = c.id ORDER BY v.version DESC LIMIT 1
  ) AS newest
  WHERE c.deleted_at IS NULL`;

/** See the head of the file. */
export class Connections {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Those made after one, in the order in which they were made; of one destination if wanted. */
  async list(afterNumber: number, limit: number, destinationId?: string): Promise<Connection[]> {
    const { rows } = await this.#pool.query<Connection>(
      `${CONNECTIONS} AND c.number > $1 AND ($3::text IS NULL OR c.destination_id = $3) ORDER BY c.number LIMIT $2`,
      [afterNumber, limit, destinationId ?? null],
    );
    return rows;
  }

  /** @throws TributaryError `not_found` */
  get(id: string): Promise<Connection> {
    return connectionOf(this.#pool, id);
  }

  /** All versions of a connection, newest first. */
  async versions(id: string): Promise<ConnectionVersion[]> {
    const { rows } = await this.#pool.query<ConnectionVersion>(
      `SELECT ${VERSION} FROM connection_version AS v WHERE v.connection_id = $1 ORDER BY v.version DESC`,
      [id],
    );
    return rows;
  }

  /**
   * Makes a connection. One that keeps an audience begins with everybody who is in the segment.
   * @throws TributaryError `not_found` of the destination; `conflict` when another of its connections has the name; `definition_invalid`
   * when it refers to what is not there.
   */
  create(given: NewConnection, actor: string): Promise<Connection> {
    const id = `con_${randomUUID().replaceAll('-', '')}`;
    return changeActivation(this.#pool, taken(given.name), async (db) => {
      const { rowCount } = await db.query('SELECT 1 FROM destination WHERE id = $1 AND deleted_at IS NULL', [
        given.destinationId,
      ]);
      if (rowCount === 0)
        throw new TributaryError('not_found', `There is no destination ${given.destinationId}.`);
      await db.query('INSERT INTO connection (id, destination_id, name, enabled) VALUES ($1, $2, $3, $4)', [
        ...[id, given.destinationId, given.name, given.enabled],
      ]);
      await addVersion(db, id, given, actor);
      return synced(db, await connectionOf(db, id));
    });
  }

  /** Changes what is given. Another definition is a new version. @throws TributaryError as `create` does. */
  change(id: string, { name, enabled, version }: ConnectionChange, actor: string): Promise<Connection> {
    return changeActivation(this.#pool, taken(name ?? ''), async (db) => {
      const before = await connectionOf(db, id);
      await db.query(
        'UPDATE connection SET name = coalesce($2, name), enabled = coalesce($3, enabled) WHERE id = $1',
        [id, name ?? null, enabled ?? null],
      );
      const isOther = version !== undefined && !isSame(version, before.newest);
      if (isOther && formOf(version.definition) !== formOf(before.newest.definition))
        throw new TributaryError(
          'definition_invalid',
          'definition.from: an audience stays one, so does what takes snapshots, and nothing else becomes one: make another connection, and delete this one.',
        );
      if (isOther) await addVersion(db, id, version, actor);
      const after = await connectionOf(db, id);
      return isOther || after.enabled !== before.enabled ? synced(db, after) : after;
    });
  }

  /** Deletes a connection. What waits of it is not sent any more; an audience stays in the tool as it is. @throws TributaryError `not_found` */
  remove(id: string): Promise<void> {
    return changeActivation(this.#pool, '', async (db) => {
      const { number } = await connectionOf(db, id);
      await db.query('UPDATE connection SET deleted_at = now() WHERE id = $1', [id]);
      await db.query('DELETE FROM audience_sync WHERE connection = $1', [number]);
      await db.query('DELETE FROM audience_member WHERE connection = $1', [number]);
      await planSnapshots(db, number, undefined);
    });
  }
}

/** The connections that refer to a segment. */
export async function connectionsOfSegment(db: Pool | PoolClient, segmentId: string): Promise<Connection[]> {
  const { rows } = await db.query<Connection>(CONNECTIONS);
  return rows.filter(({ newest }) => segmentsOf(newest.definition).has(segmentId));
}

async function addVersion(
  db: PoolClient,
  id: string,
  { definition, prepared }: PreparedDefinition,
  actor: string,
): Promise<void> {
  await refuseUnknown(db, definition);
  await db.query(
    `INSERT INTO connection_version (connection_id, version, definition, prepared, actor)
     SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4 FROM connection_version WHERE connection_id = $1`,
    [id, JSON.stringify(definition), JSON.stringify(prepared), actor],
  );
}

/** What it refers to must be there. */
async function refuseUnknown(db: PoolClient, definition: ConnectionDefinition): Promise<void> {
  const segments = [...segmentsOf(definition)];
  const sources = 'sources' in definition.from ? definition.from.sources : [];
  const { rows } = await db.query<{ what: string }>(
    `SELECT 'segment ' || id AS what FROM unnest($1::text[]) AS id WHERE id NOT IN (SELECT id FROM segment WHERE deleted_at IS NULL)
     UNION ALL SELECT 'source ' || id FROM unnest($2::text[]) AS id WHERE id NOT IN (SELECT id FROM source)`,
    [segments, sources],
  );
  const [first] = rows;
  if (first)
    throw new TributaryError('definition_invalid', `definition: there is no ${first.what}. Create it first.`);
}

/** What is kept of it beside its deliveries. */
function formOf(definition: ConnectionDefinition): 'audience' | 'snapshots' | 'neither' {
  if (snapshotPlanOf(definition) !== undefined) return 'snapshots';
  return keepsAudience(definition) ? 'audience' : 'neither';
}

/** Asks for an audience to be compared with its segment, as soon as may be; and notes when snapshots are due. */
async function synced(db: PoolClient, connection: Connection): Promise<Connection> {
  const plan = connection.enabled ? snapshotPlanOf(connection.newest.definition) : undefined;
  await planSnapshots(db, connection.number, plan);
  if (connection.enabled && keepsAudience(connection.newest.definition))
    await requestSync(db, connection.number);
  else await db.query('DELETE FROM audience_sync WHERE connection = $1', [connection.number]);
  return connection;
}

/** Asks for a comparison of an audience with its segment now; one that is at work begins again at its end. */
export async function requestSync(db: Pool | PoolClient, connection: number): Promise<void> {
  await db.query(
    `INSERT INTO audience_sync AS s (connection, due_at) VALUES ($1, 0)
     ON CONFLICT (connection) DO UPDATE SET due_at = 0, again = s.phase IS NOT NULL`,
    [connection],
  );
}

function isSame(a: PreparedDefinition, b: PreparedDefinition): boolean {
  const text = ({ definition, prepared }: PreparedDefinition) => JSON.stringify([definition, prepared]);
  return text(a) === text(b);
}

async function connectionOf(db: Pool | PoolClient, id: string): Promise<Connection> {
  const { rows } = await db.query<Connection>(`${CONNECTIONS} AND c.id = $1`, [id]);
  const [connection] = rows;
  if (!connection) throw new TributaryError('not_found', `There is no connection ${id}.`);
  return connection;
}

function taken(name: string): string {
  return `The destination has a connection named ${name} already.`;
}
