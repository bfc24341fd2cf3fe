import type { Pool } from 'pg';
import type { JsonValue } from '../../core/json.js';
import type { DestinationValues } from './destination-values.js';

/** Destinations' small values in PostgreSQL. */
export class PostgresDestinationValues implements DestinationValues {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async get(destination: number, key: string, now: number): Promise<JsonValue | undefined> {
    const { rows } = await this.#pool.query<{ value: JsonValue }>({
      name: 'destination-value',
      text: `SELECT value FROM destination_state
             WHERE destination = $1 AND key = $2 AND (expires_at IS NULL OR expires_at > to_timestamp($3::float8 / 1000))`,
      values: [destination, key, now],
    });
    return rows[0]?.value;
  }

  async set(
    destination: number,
    key: string,
    value: JsonValue,
    expiresAt: number | undefined,
  ): Promise<void> {
    await this.#pool.query({
      name: 'destination-value-set',
      text: `INSERT INTO destination_state (destination, key, value, expires_at) VALUES ($1, $2, $3, to_timestamp($4::float8 / 1000))
             ON CONFLICT (destination, key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`,
      values: [destination, key, JSON.stringify(value), expiresAt ?? null],
    });
  }
}
