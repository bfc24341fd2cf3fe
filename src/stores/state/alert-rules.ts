/** Alert rules, and whether they fire. Times are milliseconds since 1970 UTC. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { AlertDefinition } from '../../core/delivery/alert.js';
import { TributaryError } from '../../core/errors.js';

/** A rule. */
export interface AlertRule {
  readonly id: string;
  readonly seq: number;
  readonly definition: AlertDefinition;
  readonly enabled: boolean;
  readonly createdAt: number;
  /** Null while all is well. */
  readonly firingSince: number | null;
  /** When it was last looked at; null before. */
  readonly figure: number | null;
  /** The last change is not told yet. */
  readonly untold: boolean;
  /** When it began to fire, or ceased to; null before. */
  readonly changedAt: number | null;
}

const COLUMNS = `id, seq, definition, enabled, round(extract(epoch FROM created_at) * 1000)::float8 AS "createdAt",
  firing_since AS "firingSince", figure, untold, changed_at AS "changedAt"`;

/** Whether there is any rule, one that is switched off included. */
export async function hasAlertRules(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query('SELECT FROM alert_rule LIMIT 1');
  return rowCount === 1;
}

/** See the head of the file. */
export class AlertRules {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** All, in the order in which they were made. */
  async list(): Promise<AlertRule[]> {
    const { rows } = await this.#pool.query<AlertRule>(`SELECT ${COLUMNS} FROM alert_rule ORDER BY seq`);
    return rows;
  }

  async create(definition: AlertDefinition): Promise<AlertRule> {
    const id = `alr_${randomUUID().replaceAll('-', '')}`;
    const { rows } = await this.#pool.query<AlertRule>(
      `INSERT INTO alert_rule (id, definition) VALUES ($1, $2) RETURNING ${COLUMNS}`,
      [id, JSON.stringify(definition)],
    );
    return rows[0] ?? refuse(id);
  }

  /** Changes what is given. A rule that is switched off fires no longer, and tells nothing. @throws TributaryError `not_found` */
  async change(
    id: string,
    change: { readonly definition?: AlertDefinition; readonly enabled?: boolean },
  ): Promise<AlertRule> {
    const { rows } = await this.#pool.query<AlertRule>(
      `UPDATE alert_rule SET definition = coalesce($2, definition), enabled = coalesce($3, enabled),
         firing_since = CASE WHEN $3 = false THEN NULL ELSE firing_since END, untold = untold AND coalesce($3, true)
       WHERE id = $1 RETURNING ${COLUMNS}`,
      [
        id,
        change.definition === undefined ? null : JSON.stringify(change.definition),
        change.enabled ?? null,
      ],
    );
    return rows[0] ?? refuse(id);
  }

  /** @throws TributaryError `not_found` */
  async remove(id: string): Promise<void> {
    const { rowCount } = await this.#pool.query('DELETE FROM alert_rule WHERE id = $1', [id]);
    if (rowCount === 0) refuse(id);
  }

  /** Notes what a rule sees: that it begins or ends to fire is noted together with that it is to be told. */
  async see(id: string, figure: number, isFiring: boolean, now: number): Promise<void> {
    await this.#pool.query(
      `UPDATE alert_rule SET figure = $2, untold = untold OR (firing_since IS NOT NULL) <> $3,
         firing_since = CASE WHEN $3 THEN coalesce(firing_since, $4) END,
         changed_at = CASE WHEN (firing_since IS NOT NULL) <> $3 THEN $4 ELSE changed_at END
       WHERE id = $1 AND enabled`,
      [id, figure, isFiring, now],
    );
  }

  /** It was told that a rule fires, or no longer does; should it have changed again meanwhile, that is still to be told. */
  async told(id: string, changedAt: number | null): Promise<void> {
    await this.#pool.query(
      'UPDATE alert_rule SET untold = false WHERE id = $1 AND changed_at IS NOT DISTINCT FROM $2',
      [id, changedAt],
    );
  }
}

function refuse(id: string): never {
  throw new TributaryError('not_found', `There is no alert rule ${id}.`);
}
