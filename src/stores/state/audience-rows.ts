/** Whom tools were told to have, as rows of PostgreSQL. */
import type { JsonObject } from '../../core/json.js';
import type { StoredMember } from './activation-state.js';

/** The columns of `audience_member AS m`. */
export const MEMBER = `m.connection, m.profile_id AS "profileId", m.holder, m.nth, m.is_added AS "isAdded", m.key, m.given, m.decided_at AS "decidedAt",
  (m.confirmed_key IS DISTINCT FROM m.key AND NOT EXISTS (SELECT FROM delivery d WHERE d.key = m.key)) AS "isLost"`;

/** A row of those. */
export type MemberRow = Omit<StoredMember, 'given'> & { readonly given: string };

/** Reads a row. */
export function memberOf({ given, ...row }: MemberRow): StoredMember {
  return { ...row, given: JSON.parse(given) as JsonObject };
}
