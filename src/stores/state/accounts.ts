import type { Pool } from 'pg';
import type { Account } from '../../core/account/account.js';
import { decodeAccount } from '../../core/account/account.js';
import { beginsWith } from './begins-with.js';

/** Reads an account. */
export async function findAccount(pool: Pool, groupId: string): Promise<Account | undefined> {
  const { rows } = await pool.query<{ state: string }>('SELECT state FROM account WHERE group_id = $1', [
    groupId,
  ]);
  return rows[0] && decodeAccount(groupId, rows[0].state);
}

/** Reads some accounts, by their ids. */
export async function findAccounts(pool: Pool, groupIds: readonly string[]): Promise<Map<string, Account>> {
  if (groupIds.length === 0) return new Map();
  const { rows } = await pool.query<{ group_id: string; state: string }>(
    'SELECT group_id, state FROM account WHERE group_id = ANY ($1::text[])',
    [[...groupIds]],
  );
  return new Map(rows.map((row) => [row.group_id, decodeAccount(row.group_id, row.state)]));
}

/** Accounts after one, in the order of their ids. */
export async function listAccounts(pool: Pool, after: string, limit: number): Promise<Account[]> {
  const { rows } = await pool.query<{ group_id: string; state: string }>(
    'SELECT group_id, state FROM account WHERE group_id > $1 ORDER BY group_id LIMIT $2',
    [after, limit],
  );
  return rows.map((row) => decodeAccount(row.group_id, row.state));
}

/** Ids of accounts that begin with a text. */
export async function accountsBeginning(pool: Pool, text: string, limit: number): Promise<string[]> {
  const { rows } = await pool.query<{ group_id: string }>(
    'SELECT group_id FROM account WHERE group_id LIKE $1 ORDER BY group_id LIMIT $2',
    [beginsWith(text), limit],
  );
  return rows.map((row) => row.group_id);
}

/** Ids of the profiles that belong to an account, after one, in order. */
export async function membersOf(
  pool: Pool,
  groupId: string,
  after: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await pool.query<{ profile_id: string }>(
    'SELECT profile_id FROM account_member WHERE group_id = $1 AND profile_id > $2::uuid ORDER BY profile_id LIMIT $3',
    [groupId, after, limit],
  );
  return rows.map((row) => row.profile_id);
}

/** How many people belong to an account. */
export async function countMembers(pool: Pool, groupId: string): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    'SELECT count(*) AS n FROM account_member WHERE group_id = $1',
    [groupId],
  );
  return rows[0]?.n ?? 0;
}
