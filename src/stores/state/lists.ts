import type { Pool } from 'pg';
import { TributaryError } from '../../core/errors.js';

/** A list of people that was uploaded. */
export interface List {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number;
}

const COLUMNS = 'id, name, round(extract(epoch FROM created_at) * 1000)::float8 AS "createdAt"';

/** Makes a list. @throws TributaryError `conflict` when the id is taken. */
export async function createList(pool: Pool, { id, name }: Pick<List, 'id' | 'name'>): Promise<List> {
  const { rows } = await pool.query<List>(
    `INSERT INTO list (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    [id, name],
  );
  const [made] = rows;
  if (!made) throw new TributaryError('conflict', `There is a list ${id} already.`);
  return made;
}

/** @throws TributaryError `not_found` */
export async function readList(pool: Pool, id: string): Promise<List> {
  const { rows } = await pool.query<List>(`SELECT ${COLUMNS} FROM list WHERE id = $1`, [id]);
  const [found] = rows;
  if (!found) throw new TributaryError('not_found', `There is no list ${id}.`);
  return found;
}

/** Lists after an id, in the order of ids. */
export async function listLists(pool: Pool, after: string, limit: number): Promise<List[]> {
  const { rows } = await pool.query<List>(`SELECT ${COLUMNS} FROM list WHERE id > $1 ORDER BY id LIMIT $2`, [
    after,
    limit,
  ]);
  return rows;
}
