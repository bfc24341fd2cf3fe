import type { Pool, PoolClient } from 'pg';
import type { Admission, Rights } from '../../core/access/admission.js';
import type { OidcIdentity } from '../../core/access/oidc-identity.js';
import { SignInRefusal } from '../../core/access/sign-in-failure.js';
import { TributaryError } from '../../core/errors.js';
import { inTransaction } from '../../engines/in-transaction.js';
import { insertUser, refuseNoOwner, USER_COLUMNS, type User } from './users.js';

/** Somebody who came by a provider. */
export interface Arrived {
  readonly user: Pick<User, 'id' | 'email' | 'name' | 'role' | 'personalData'>;
  /** What coming did: nothing else, tied the account to somebody who was here, or added somebody. */
  readonly did: 'signed in' | 'linked' | 'added';
}

type Known = User & { readonly hasOther?: boolean };

const LINKED = `SELECT ${USER_COLUMNS} FROM app_user WHERE id = (SELECT user_id FROM oidc_link WHERE issuer = $1 AND subject = $2)`;
const BY_EMAIL = `
  SELECT ${USER_COLUMNS}, EXISTS (SELECT FROM oidc_link WHERE user_id = app_user.id AND issuer = $2) AS "hasOther"
  FROM app_user WHERE lower(email) = lower($1)`;

/** Which accounts of providers belong to whom. */
export class OidcLinks {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Lets somebody in: who is linked with the account; else who has the address that the provider vouches for, and is linked from then on; else
   * somebody new, where newcomers are let in.
   * @throws SignInRefusal `email_unverified`, `other_account` or `not_admitted`; TributaryError `conflict` when no owner would be left, or there is none yet.
   */
  async letIn(identity: OidcIdentity, { newcomer, each }: Admission): Promise<Arrived> {
    return inTransaction(this.#pool, async (client) => {
      // Of two who come at once the second waits here, and finds what the first did.
      await client.query('LOCK TABLE app_user IN SHARE ROW EXCLUSIVE MODE');
      const arrived =
        (await linkedUser(client, identity)) ??
        (await byEmail(client, identity)) ??
        (await added(client, identity, newcomer));
      const user = each === undefined ? arrived.user : await given(client, arrived.user, each);
      await refuseNoOwner(client);
      const { id, email, name, role, personalData } = user;
      return { user: { id, email, name, role, personalData }, did: arrived.did };
    });
  }

  /** Forgets with which accounts somebody signs in, and signs them out. @throws TributaryError `not_found` when there is none. */
  async unlink(userId: string): Promise<void> {
    const { rows } = await this.#pool.query(
      `WITH gone AS (DELETE FROM oidc_link WHERE user_id = $1 RETURNING user_id),
         out AS (DELETE FROM session WHERE user_id IN (SELECT user_id FROM gone))
       SELECT 1 FROM gone`,
      [userId],
    );
    if (rows.length === 0)
      throw new TributaryError('not_found', `User ${userId} is linked with no account of a provider.`);
  }
}

async function linkedUser(client: PoolClient, identity: OidcIdentity): Promise<Arrived | undefined> {
  const { rows } = await client.query<Known>(LINKED, [identity.issuer, identity.subject]);
  const [user] = rows;
  if (user === undefined) return undefined;
  refuseDisabled(user);
  return { user, did: 'signed in' };
}

/** An address alone is no proof, since providers give it to others and let people write what they like: it must be vouched for, and ties only once. */
async function byEmail(client: PoolClient, identity: OidcIdentity): Promise<Arrived | undefined> {
  const { issuer, verifiedEmail } = identity;
  if (verifiedEmail === undefined)
    throw new SignInRefusal('email_unverified', 'The provider does not say email_verified of an address.');
  const { rows } = await client.query<Known>(BY_EMAIL, [verifiedEmail, issuer]);
  const [user] = rows;
  if (user === undefined) return undefined;
  refuseDisabled(user);
  if (user.hasOther)
    throw new SignInRefusal('other_account', `User ${user.id} is linked with another account there.`);
  await link(client, identity, user);
  return { user, did: 'linked' };
}

async function added(
  client: PoolClient,
  identity: OidcIdentity,
  rights: Rights | undefined,
): Promise<Arrived> {
  const { verifiedEmail: email, name } = identity;
  const user =
    rights && email ? await insertUser(client, { email, name, password: null, ...rights }) : undefined;
  if (user === undefined) throw new SignInRefusal('not_admitted', 'Nobody was added with this address.');
  await link(client, identity, user);
  return { user, did: 'added' };
}

async function link(client: PoolClient, { issuer, subject }: OidcIdentity, user: User): Promise<void> {
  await client.query('INSERT INTO oidc_link (issuer, subject, user_id) VALUES ($1, $2, $3)', [
    ...[issuer, subject, user.id],
  ]);
}

/** Who may do less or other things than before is signed out everywhere else. */
async function given(
  client: PoolClient,
  user: Arrived['user'],
  { role, personalData }: Rights,
): Promise<Arrived['user']> {
  if (user.role === role && user.personalData === personalData) return user;
  await client.query('UPDATE app_user SET role = $2, personal_data = $3 WHERE id = $1', [
    ...[user.id, role, personalData],
  ]);
  await client.query('DELETE FROM session WHERE user_id = $1', [user.id]);
  return { ...user, role, personalData };
}

function refuseDisabled({ id, enabled }: User): void {
  if (!enabled) throw new SignInRefusal('not_admitted', `User ${id} is switched off.`);
}
