import type { Pool } from 'pg';
import type { IdentityRules } from '../../core/identity/rules.js';
import { DEFAULT_RULES } from '../../core/identity/rules.js';

/** One version of the rules. */
export interface RulesVersion {
  /** 0 stands for the built-in rules. */
  readonly version: number;
  readonly rules: IdentityRules;
  readonly operationId: number | null;
  /** Milliseconds since 1970 UTC; null for the built-in ones. */
  readonly createdAt: number | null;
}

const COLUMNS = `version, rules, operation_id AS "operationId", extract(epoch FROM created_at)::float8 * 1000 AS "createdAt"`;
const BUILT_IN: RulesVersion = { version: 0, rules: DEFAULT_RULES, operationId: null, createdAt: null };

/** The rules in force. */
export async function readRules(pool: Pool): Promise<RulesVersion> {
  const { rows } = await pool.query<RulesVersion>({
    name: 'rules-in-force',
    text: `SELECT ${COLUMNS} FROM identity_rules ORDER BY version DESC LIMIT 1`,
  });
  return rows[0] ?? BUILT_IN;
}

/** All versions, newest first, the built-in one last. */
export async function listRules(pool: Pool, before: number, limit: number): Promise<RulesVersion[]> {
  const { rows } = await pool.query<RulesVersion>(
    `SELECT ${COLUMNS} FROM identity_rules WHERE version < $1 ORDER BY version DESC LIMIT $2`,
    [before, limit],
  );
  return rows.length < limit && before > 0 ? [...rows, BUILT_IN] : rows;
}
