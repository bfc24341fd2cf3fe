/** Destinations, in PostgreSQL. Their secrets are encrypted, and leave this file only for whom sends. */
import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { TributaryError } from '../../core/errors.js';
import type { JsonObject } from '../../core/json.js';
import type { SecretKey } from '../secret-key.js';
import { changeActivation } from './change-activation.js';

/** A configured destination. Times are milliseconds since 1970 UTC. */
export interface Destination {
  readonly id: string;
  /** Stands for the id wherever there are many; gives the order in which they were made. */
  readonly number: number;
  readonly name: string;
  readonly kind: string;
  /** Those that are no secrets. */
  readonly settings: JsonObject;
  /** Names of the settings that are secrets and set, sorted. */
  readonly secretNames: readonly string[];
  /** None only where `consentNotRequired` says why. */
  readonly purposes: readonly string[];
  readonly consentNotRequired: string | null;
  readonly channel: string;
  /** See core/delivery/delivery-options.ts. */
  readonly delivery: JsonObject;
  readonly enabled: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What somebody says of a destination. Settings and secrets together are what its kind asks for. */
export interface DestinationGiven
  extends Pick<
    Destination,
    ('name' | 'kind' | 'settings' | 'purposes') | ('consentNotRequired' | 'channel' | 'delivery' | 'enabled')
  > {
  readonly secrets: JsonObject;
}

/** What of a destination may change. */
export type DestinationChange = {
  readonly [Name in Exclude<keyof DestinationGiven, 'kind' | 'secrets'>]?: DestinationGiven[Name] | undefined;
} & {
  /** Those that are named: null takes one away, others stay as they are. */
  readonly secrets?: JsonObject | undefined;
};

/** A destination's row, as far as its secrets go. */
export interface SealedSettings {
  readonly id: string;
  readonly settings: JsonObject;
  readonly secrets: Buffer | null;
}

const ms = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::float8`;
const COLUMNS = `id, number, name, kind, settings, secret_names AS "secretNames", purposes, consent_not_required AS "consentNotRequired",
  channel, delivery, enabled, ${ms('created_at')} AS "createdAt", ${ms('updated_at')} AS "updatedAt"`;

const SYNC_AUDIENCES = `
  UPDATE audience_sync AS s SET due_at = 0, again = s.phase IS NOT NULL
  FROM connection c WHERE c.number = s.connection AND c.destination_id = $1`;

/** A destination's settings with its secrets. @throws TributaryError `config_invalid` when they were encrypted with another key. */
export function openSettings({ id, settings, secrets }: SealedSettings, key: SecretKey): JsonObject {
  if (secrets === null) return settings;
  return { ...settings, ...(JSON.parse(key.open(secrets, contextOf(id))) as JsonObject) };
}

/** Whether there is any destination, one that was deleted included: something may wait for it still. */
export async function hasDestinations(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query('SELECT FROM destination LIMIT 1');
  return rowCount === 1;
}

/** Ids of all destinations, of those that were deleted too: the books keep them. */
export async function destinationIds(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM destination ORDER BY number');
  return rows.map(({ id }) => id);
}

/** See the head of the file. */
export class Destinations {
  readonly #pool: Pool;
  readonly #key: SecretKey;

  constructor(pool: Pool, key: SecretKey) {
    this.#pool = pool;
    this.#key = key;
  }

  /** Those made after one, in the order in which they were made. */
  async list(afterNumber: number, limit: number): Promise<Destination[]> {
    const { rows } = await this.#pool.query<Destination>(
      `SELECT ${COLUMNS} FROM destination WHERE deleted_at IS NULL AND number > $1 ORDER BY number LIMIT $2`,
      [afterNumber, limit],
    );
    return rows;
  }

  /** @throws TributaryError `not_found` */
  get(id: string): Promise<Destination> {
    return destinationOf(this.#pool, id);
  }

  /** All settings, for whom sends. @throws TributaryError `not_found`, `config_invalid` */
  async settings(id: string): Promise<JsonObject> {
    return openSettings(await this.#sealed(this.#pool, id), this.#key);
  }

  /** @throws TributaryError `conflict` when another destination has the name. */
  create(given: DestinationGiven): Promise<Destination> {
    const id = `dst_${randomUUID().replaceAll('-', '')}`;
    return changeActivation(this.#pool, taken(given.name), async (db) => {
      await db.query(
        `INSERT INTO destination (id, name, kind, settings, secrets, secret_names, purposes, consent_not_required, channel, delivery, enabled)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
        [
          ...[id, given.name, given.kind, JSON.stringify(given.settings), ...this.#seal(id, given.secrets)],
          ...[given.purposes, given.consentNotRequired, given.channel, JSON.stringify(given.delivery)],
          given.enabled,
        ],
      );
      return destinationOf(db, id);
    });
  }

  /** Changes what is given. @throws TributaryError `not_found`, `conflict` */
  change(id: string, change: DestinationChange): Promise<Destination> {
    return changeActivation(this.#pool, taken(change.name ?? ''), async (db) => {
      const next = { ...(await destinationOf(db, id)), ...given(change) };
      const secrets =
        change.secrets === undefined ? undefined : await this.#mergedSecrets(db, id, change.secrets);
      await db.query(
        `UPDATE destination SET name = $2, settings = $3, purposes = $4, consent_not_required = $5, channel = $6, delivery = $7, enabled = $8,
           updated_at = now() WHERE id = $1`,
        [
          ...[
            id,
            next.name,
            JSON.stringify(next.settings),
            next.purposes,
            next.consentNotRequired,
            next.channel,
          ],
          ...[JSON.stringify(next.delivery), next.enabled],
        ],
      );
      if (secrets !== undefined)
        await db.query('UPDATE destination SET secrets = $2, secret_names = $3 WHERE id = $1', [
          id,
          ...this.#seal(id, secrets),
        ]);
      // Who may be in its audiences is another question by now.
      if (change.enabled !== undefined || change.purposes !== undefined) await db.query(SYNC_AUDIENCES, [id]);
      return destinationOf(db, id);
    });
  }

  /** Deletes a destination with its connections. What waits for it is not sent any more. @throws TributaryError `not_found` */
  remove(id: string): Promise<void> {
    return changeActivation(this.#pool, '', async (db) => {
      await destinationOf(db, id);
      await db.query(
        `UPDATE destination SET deleted_at = now(), secrets = NULL, secret_names = '{}' WHERE id = $1`,
        [id],
      );
      await db.query(
        `WITH gone AS (UPDATE connection SET deleted_at = now() WHERE destination_id = $1 AND deleted_at IS NULL RETURNING number),
           synced AS (DELETE FROM audience_sync WHERE connection IN (SELECT number FROM gone))
         DELETE FROM audience_member WHERE connection IN (SELECT number FROM gone)`,
        [id],
      );
    });
  }

  async #mergedSecrets(db: PoolClient, id: string, change: JsonObject): Promise<JsonObject> {
    const { secrets } = await this.#sealed(db, id);
    const before = openSettings({ id, settings: {}, secrets }, this.#key);
    const merged = { ...before, ...change };
    return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
  }

  async #sealed(db: Pool | PoolClient, id: string): Promise<SealedSettings> {
    const { rows } = await db.query<SealedSettings>(
      'SELECT id, settings, secrets FROM destination WHERE id = $1 AND deleted_at IS NULL',
      [id],
    );
    return rows[0] ?? refuse(id);
  }

  #seal(id: string, secrets: JsonObject): [sealed: Buffer | null, names: string[]] {
    const names = Object.keys(secrets).sort();
    return [names.length === 0 ? null : this.#key.seal(JSON.stringify(secrets), contextOf(id)), names];
  }
}

/** What secrets of a destination are sealed for: in another's row they do not open. */
function contextOf(id: string): string {
  return `destination ${id}`;
}

async function destinationOf(db: Pool | PoolClient, id: string): Promise<Destination> {
  const { rows } = await db.query<Destination>(
    `SELECT ${COLUMNS} FROM destination WHERE id = $1 AND deleted_at IS NULL`,
    [id],
  );
  return rows[0] ?? refuse(id);
}

function refuse(id: string): never {
  throw new TributaryError('not_found', `There is no destination ${id}.`);
}

function taken(name: string): string {
  return `There is a destination named ${name} already.`;
}

/** Without fields that say nothing. */
function given(change: DestinationChange): Partial<Destination> {
  const { secrets: _, ...others } = change;
  return Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
}
