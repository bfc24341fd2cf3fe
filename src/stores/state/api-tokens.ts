import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Actor, Role } from '../../core/access/role.js';
import { TributaryError } from '../../core/errors.js';

/** What a program may do, and until when. The token itself is told once. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly personalData: boolean;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
}

const COLUMNS = `id, name, role, personal_data AS "personalData", created_by AS "createdBy", created_at AS "createdAt", expires_at AS "expiresAt", last_used_at AS "lastUsedAt"`;
const VALID = `revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`;

/** Tokens of programs, kept as hashes. */
export class ApiTokens {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async list(): Promise<ApiToken[]> {
    const { rows } = await this.#pool.query<ApiToken>(
      `SELECT ${COLUMNS} FROM api_token WHERE revoked_at IS NULL ORDER BY created_at DESC, id`,
    );
    return rows.map(printed);
  }

  async create(
    given: Pick<ApiToken, 'name' | 'role' | 'personalData' | 'createdBy' | 'expiresAt'>,
  ): Promise<{ readonly made: ApiToken; readonly token: string }> {
    const token = `trb_${randomBytes(24).toString('base64url')}`;
    const { rows } = await this.#pool.query<ApiToken>(
      `INSERT INTO api_token (id, name, hash, role, personal_data, created_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
      [
        ...[`tok_${randomUUID().replaceAll('-', '')}`, given.name, hashOf(token), given.role],
        ...[given.personalData, given.createdBy, given.expiresAt],
      ],
    );
    // Invariant: an INSERT of one row returns it.
    return { made: printed(rows[0] as ApiToken), token };
  }

  /** @throws TributaryError `not_found`. */
  async revoke(id: string): Promise<void> {
    const { rowCount } = await this.#pool.query(
      'UPDATE api_token SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL',
      [id],
    );
    if (rowCount === 0) throw new TributaryError('not_found', `There is no token ${id}.`);
  }

  /** Who a token stands for; undefined when it is unknown, revoked or expired. */
  async actorOf(token: string): Promise<Actor | undefined> {
    const { rows } = await this.#pool.query<Pick<ApiToken, 'name' | 'role' | 'personalData'>>(
      `WITH used AS (UPDATE api_token SET last_used_at = now() WHERE hash = $1 AND coalesce(last_used_at, '-infinity') < now() - interval '1 minute')
       SELECT name, role, personal_data AS "personalData" FROM api_token WHERE hash = $1 AND ${VALID}`,
      [hashOf(token)],
    );
    const [row] = rows;
    return row && { label: `token ${row.name}`, role: row.role, personalData: row.personalData };
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function printed(row: ApiToken): ApiToken {
  const iso = (at: string | null) => (at === null ? null : new Date(at).toISOString());
  return {
    ...row,
    createdAt: new Date(row.createdAt).toISOString(),
    expiresAt: iso(row.expiresAt),
    lastUsedAt: iso(row.lastUsedAt),
  };
}
