/** Dashboards, in PostgreSQL. Times are milliseconds since 1970 UTC. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { TributaryError } from '../../core/errors.js';
import { cardsAfter, type DashboardCard, type GivenCard } from '../../core/insights/dashboard-card.js';
import { inTransaction } from '../../engines/in-transaction.js';

/** A dashboard. */
export interface Dashboard {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly cards: readonly DashboardCard[];
  /** Moves with every change. */
  readonly version: number;
  readonly changedBy: string;
  readonly createdAt: number;
  readonly changedAt: number;
}

/** A dashboard in a list: how many cards it has. */
export type DashboardSummary = Omit<Dashboard, 'cards'> & { readonly cards: number };

/** What of a dashboard may change. */
export interface DashboardChange {
  readonly name?: string;
  readonly description?: string;
  /** All of them, in their order; see `cardsAfter`. */
  readonly cards?: readonly GivenCard[];
}

const DASHBOARDS_MAX = 500;
const UNIQUE_VIOLATION = '23505';
const ms = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::float8`;
const FIELDS = `id, name, description, version, changed_by AS "changedBy", ${ms('created_at')} AS "createdAt", ${ms('changed_at')} AS "changedAt"`;
const COLUMNS = `${FIELDS}, cards`;

/** See the head of the file. */
export class Dashboards {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Those after a name, in the order of names. */
  async list(after: string, limit: number): Promise<DashboardSummary[]> {
    const { rows } = await this.#pool.query<DashboardSummary>(
      `SELECT ${FIELDS}, json_array_length(cards) AS cards FROM dashboard WHERE name > $1 ORDER BY name LIMIT $2`,
      [after, limit],
    );
    return rows;
  }

  /** @throws TributaryError `not_found` */
  async get(id: string): Promise<Dashboard> {
    const { rows } = await this.#pool.query<Dashboard>(`SELECT ${COLUMNS} FROM dashboard WHERE id = $1`, [
      id,
    ]);
    return rows[0] ?? refuse(id);
  }

  /** @throws TributaryError `conflict` when the name is taken, or there are too many; `request_invalid` for a card. */
  async create({ name, description, cards }: Required<DashboardChange>, actor: string): Promise<Dashboard> {
    const id = `dsh_${newId()}`;
    const { rows } = await this.#pool.query<Dashboard>(
      `INSERT INTO dashboard (id, name, description, cards, changed_by)
       SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM dashboard) < ${DASHBOARDS_MAX}
       ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
      [id, name, description, JSON.stringify(cardsAfter([], cards, newCardId)), actor],
    );
    if (rows[0] !== undefined) return rows[0];
    const { rowCount } = await this.#pool.query('SELECT FROM dashboard WHERE name = $1', [name]);
    throw new TributaryError(
      'conflict',
      rowCount === 1 ? taken(name) : `There are ${DASHBOARDS_MAX} dashboards, the most allowed.`,
    );
  }

  /** Adds a card at the end: no change of somebody else is in its way. @throws TributaryError `not_found`, `request_invalid` */
  addCard(id: string, card: Omit<GivenCard, 'id'>, actor: string): Promise<Dashboard> {
    return this.#change(id, actor, ({ cards }) => ({ cards: [...cards, card] }));
  }

  /**
   * Changes what is given.
   * @param expectedVersion the version that was looked at, where there is one.
   * @throws TributaryError `not_found`; `conflict` when the version is another one by now, or a name is taken; `request_invalid` for a card.
   */
  async change(
    id: string,
    change: DashboardChange,
    expectedVersion: number | undefined,
    actor: string,
  ): Promise<Dashboard> {
    try {
      return await this.#change(id, actor, ({ version, changedBy }) => {
        if (expectedVersion === undefined || expectedVersion === version) return change;
        throw new TributaryError(
          'conflict',
          `This is version ${version} by now, of ${changedBy}, not ${expectedVersion}. Look at it, then change it again.`,
        );
      });
    } catch (error) {
      if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
      throw new TributaryError('conflict', taken(change.name ?? ''), { cause: error });
    }
  }

  /** @throws TributaryError `not_found` */
  async remove(id: string): Promise<void> {
    const { rowCount } = await this.#pool.query('DELETE FROM dashboard WHERE id = $1', [id]);
    if (rowCount === 0) refuse(id);
  }

  /** Reads, decides and writes while nobody else can. */
  #change(id: string, actor: string, decide: (before: Dashboard) => DashboardChange): Promise<Dashboard> {
    return inTransaction(this.#pool, async (db) => {
      const found = await db.query<Dashboard>(`SELECT ${COLUMNS} FROM dashboard WHERE id = $1 FOR UPDATE`, [
        id,
      ]);
      const before = found.rows[0] ?? refuse(id);
      const { name = before.name, description = before.description, cards } = decide(before);
      const after = cards === undefined ? before.cards : cardsAfter(before.cards, cards, newCardId);
      const { rows } = await db.query<Dashboard>(
        `UPDATE dashboard SET name = $2, description = $3, cards = $4, changed_by = $5, version = version + 1, changed_at = now()
         WHERE id = $1 RETURNING ${COLUMNS}`,
        [id, name, description, JSON.stringify(after), actor],
      );
      return rows[0] ?? refuse(id);
    });
  }
}

function newCardId(): string {
  return `crd_${newId()}`;
}

function newId(): string {
  return randomUUID().replaceAll('-', '');
}

function refuse(id: string): never {
  throw new TributaryError('not_found', `There is no dashboard ${id}.`);
}

function taken(name: string): string {
  return `There is a dashboard named ${name} already.`;
}
