import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Role } from '../../core/access/role.js';
import { TributaryError } from '../../core/errors.js';
import { inTransaction } from '../../engines/in-transaction.js';
import { hashPassword, isPassword } from './password-hash.js';

/** Somebody who may sign in. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly personalData: boolean;
  readonly enabled: boolean;
  readonly createdAt: string;
  readonly lastSeenAt: string | null;
  /** Neither for those who were added without a password and have not come by a provider yet. */
  readonly signsInBy: ReadonlyArray<'password' | 'oidc'>;
}

/** What somebody new is given. */
export type NewUser = Pick<User, 'email' | 'name' | 'role' | 'personalData'> & {
  readonly password: string | null;
};
/** What may be changed of somebody. */
export type UserChange = Partial<
  Pick<User, 'name' | 'role' | 'personalData' | 'enabled'> & { password: string }
>;

/** What is read of `app_user` for a `User`. */
export const USER_COLUMNS = `id, email, name, role, personal_data AS "personalData", enabled, created_at AS "createdAt", last_seen_at AS "lastSeenAt",
  array_remove(ARRAY[CASE WHEN password IS NOT NULL THEN 'password' END,
    CASE WHEN EXISTS (SELECT FROM oidc_link WHERE user_id = app_user.id) THEN 'oidc' END], NULL) AS "signsInBy"`;
/** Those who could let others in: one must stay. */
const OWNERS = `SELECT count(*)::int AS owners FROM app_user WHERE role = 'owner' AND enabled`;

/** People who may sign in. */
export class Users {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** True while nobody exists: the first one to come becomes the owner. */
  async isEmpty(): Promise<boolean> {
    const { rows } = await this.#pool.query('SELECT 1 FROM app_user LIMIT 1');
    return rows.length === 0;
  }

  async list(): Promise<User[]> {
    const { rows } = await this.#pool.query<User>(
      `SELECT ${USER_COLUMNS} FROM app_user ORDER BY lower(email)`,
    );
    return rows.map(printed);
  }

  /** @throws TributaryError `not_found`. */
  async get(id: string): Promise<User> {
    const { rows } = await this.#pool.query<User>(`SELECT ${USER_COLUMNS} FROM app_user WHERE id = $1`, [id]);
    return found(rows[0], id);
  }

  /** @throws TributaryError `conflict` when the address is taken. */
  async create(given: NewUser): Promise<User> {
    const user = await insertUser(this.#pool, given);
    if (user !== undefined) return user;
    throw new TributaryError('conflict', `email: there is already somebody with ${given.email}.`);
  }

  /** Creates the owner, unless somebody exists. @throws TributaryError `conflict` when somebody does. */
  async createFirst(given: Omit<NewUser, 'role' | 'personalData'>): Promise<User> {
    return inTransaction(this.#pool, async (client) => {
      // Of two who come at once the second waits here, and finds the first.
      await client.query('LOCK TABLE app_user IN SHARE ROW EXCLUSIVE MODE');
      const { rows } = await client.query('SELECT 1 FROM app_user LIMIT 1');
      const owner = { ...given, role: 'owner', personalData: true } as const;
      const user = rows.length > 0 ? undefined : await insertUser(client, owner);
      if (user !== undefined) return user;
      throw new TributaryError(
        'conflict',
        'There is an owner already: sign in, or ask the owner to add you.',
      );
    });
  }

  /** @throws TributaryError `not_found`; `conflict` when no owner would be left. */
  async update(id: string, { name, role, personalData, enabled, password }: UserChange): Promise<User> {
    const hash = password === undefined ? null : await hashPassword(password);
    return inTransaction(this.#pool, async (client) => {
      await client.query('LOCK TABLE app_user IN SHARE ROW EXCLUSIVE MODE');
      const { rows } = await client.query<User>(
        `UPDATE app_user SET name = coalesce($2, name), role = coalesce($3, role), personal_data = coalesce($4, personal_data),
           enabled = coalesce($5, enabled), password = coalesce($6, password) WHERE id = $1 RETURNING ${USER_COLUMNS}`,
        [id, name ?? null, role ?? null, personalData ?? null, enabled ?? null, hash],
      );
      const user = found(rows[0], id);
      await refuseNoOwner(client);
      // Whoever had the old password, or may do less now, is signed out.
      await client.query('DELETE FROM session WHERE user_id = $1', [id]);
      return user;
    });
  }

  /** Who the address and password belong to; undefined when they are wrong, or the person is switched off. */
  async bySignIn(email: string, password: string): Promise<User | undefined> {
    const { rows } = await this.#pool.query<User & { password: string | null }>(
      `SELECT ${USER_COLUMNS}, password FROM app_user WHERE lower(email) = lower($1) AND enabled`,
      [email],
    );
    const [user] = rows;
    return (await isPassword(password, user?.password)) && user ? printed(user) : undefined;
  }
}

/** Adds somebody; undefined when the address is taken. */
export async function insertUser(
  db: { query: Pool['query'] },
  { email, name, password, role, personalData }: NewUser,
): Promise<User | undefined> {
  const hash = password === null ? null : await hashPassword(password);
  const { rows } = await db.query<User>(
    `INSERT INTO app_user (id, email, name, password, role, personal_data) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (lower(email)) DO NOTHING RETURNING ${USER_COLUMNS}`,
    [`usr_${randomUUID().replaceAll('-', '')}`, email.trim(), name.trim(), hash, role, personalData],
  );
  return rows[0] && printed(rows[0]);
}

/** @throws TributaryError `conflict` when nobody is left who could let others in: to be asked at the end of a transaction. */
export async function refuseNoOwner(client: { query: Pool['query'] }): Promise<void> {
  const { rows } = await client.query<{ owners: number }>(OWNERS);
  if ((rows[0]?.owners ?? 0) > 0) return;
  throw new TributaryError('conflict', 'role: this is the last owner. Make somebody else an owner first.');
}

function found(user: User | undefined, id: string): User {
  if (user === undefined) throw new TributaryError('not_found', `There is no user ${id}.`);
  return printed(user);
}

function printed(user: User): User {
  const { id, email, name, role, personalData, enabled, createdAt, lastSeenAt, signsInBy } = user;
  return {
    ...{ id, email, name, role, personalData, enabled, signsInBy },
    createdAt: new Date(createdAt).toISOString(),
    lastSeenAt: lastSeenAt === null ? null : new Date(lastSeenAt).toISOString(),
  };
}
