import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { User } from './users.js';

/** How long somebody stays signed in without coming back, and at most. */
const IDLE_HOURS = 24 * 7;

/** Somebody's being signed in. */
export interface Session {
  readonly user: Pick<User, 'id' | 'email' | 'name' | 'role' | 'personalData'>;
  /** To be given back as a header with whatever changes something. */
  readonly csrf: string;
}

const FIND = `
  SELECT s.csrf, u.id, u.email, u.name, u.role, u.personal_data AS "personalData", s.expires_at < least(now() + $2::interval * 0.9, s.ends_at) AS ages
  FROM session s JOIN app_user u ON u.id = s.user_id WHERE s.hash = $1 AND s.expires_at > now() AND u.enabled`;

/** Who is signed in. The cookie's value is kept as a hash alone. */
export class Sessions {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Signs somebody in; resolves with what the cookie is to hold, and for how many seconds.
   * @param hoursMax after how many hours it ends even if it is used; without, it goes on.
   */
  async open(
    userId: string,
    hoursMax?: number,
  ): Promise<{ readonly secret: string; readonly csrf: string; readonly seconds: number }> {
    const [secret, csrf] = [randomBytes(32).toString('base64url'), randomBytes(24).toString('base64url')];
    await this.#pool.query(
      `WITH old AS (DELETE FROM session WHERE expires_at < now()), seen AS (UPDATE app_user SET last_seen_at = now() WHERE id = $2)
       INSERT INTO session (hash, user_id, csrf, expires_at, ends_at)
       VALUES ($1, $2, $3, least(now() + $4::interval, now() + $5::interval), now() + $5::interval)`,
      [
        ...[hashOf(secret), userId, csrf, `${IDLE_HOURS} hours`],
        hoursMax === undefined ? null : `${hoursMax} hours`,
      ],
    );
    return { secret, csrf, seconds: Math.min(IDLE_HOURS, hoursMax ?? IDLE_HOURS) * 3600 };
  }

  async find(secret: string): Promise<Session | undefined> {
    const { rows } = await this.#pool.query<Session['user'] & { csrf: string; ages: boolean }>(FIND, [
      hashOf(secret),
      `${IDLE_HOURS} hours`,
    ]);
    const [row] = rows;
    if (row === undefined) return undefined;
    const { csrf, ages, ...user } = row;
    if (ages)
      await this.#pool.query(
        `WITH seen AS (UPDATE app_user SET last_seen_at = now() WHERE id = $3)
         UPDATE session SET expires_at = least(now() + $2::interval, ends_at) WHERE hash = $1`,
        [hashOf(secret), `${IDLE_HOURS} hours`, user.id],
      );
    return { user, csrf };
  }

  async close(secret: string): Promise<void> {
    await this.#pool.query('DELETE FROM session WHERE hash = $1', [hashOf(secret)]);
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
