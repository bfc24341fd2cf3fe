import type { Pool } from 'pg';
import type { ConsentRulesVersion } from '../../core/consent/consent-rules.js';
import { DEFAULT_CONSENT_RULES } from '../../core/consent/consent-rules.js';

/** A version with when it was made; null for the built-in one. Milliseconds since 1970 UTC. */
export interface StoredConsentRules extends ConsentRulesVersion {
  readonly createdAt: number | null;
}

const BUILT_IN: StoredConsentRules = { version: 0, since: 0, rules: DEFAULT_CONSENT_RULES, createdAt: null };

/** All versions of the rules of consent, newest first, the built-in one last. */
export async function listConsentRules(pool: Pool): Promise<[StoredConsentRules, ...StoredConsentRules[]]> {
  const { rows } = await pool.query<StoredConsentRules>(
    `SELECT version, since, rules, extract(epoch FROM created_at)::float8 * 1000 AS "createdAt"
     FROM consent_rules ORDER BY version DESC`,
  );
  const [newest, ...older] = rows;
  return newest === undefined ? [BUILT_IN] : [newest, ...older, BUILT_IN];
}
