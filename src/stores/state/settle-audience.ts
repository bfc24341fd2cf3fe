import { uuidArray } from '../../engines/postgres.js';
import type { Run } from './write-people.js';

const CONFIRMED = `
  WITH removed AS (DELETE FROM audience_member WHERE key = ANY ($1::uuid[]) AND NOT is_added)
  UPDATE audience_member SET confirmed_key = key WHERE key = ANY ($1::uuid[]) AND is_added`;
const REFUSED = 'DELETE FROM audience_member WHERE key = ANY ($1::uuid[]) AND is_added';

/**
 * Notes what became of deliveries that tell of segments, as a part of the transaction that settles them: whom the tool has by its own word, and
 * who was not told to it after all.
 * @param filtered what was decided at the door not to be sent.
 */
export function settleAudience(run: Run, delivered: readonly string[], filtered: readonly string[]): void {
  if (delivered.length > 0) run('audience-confirmed', CONFIRMED, [uuidArray(delivered)]);
  if (filtered.length > 0) run('audience-refused', REFUSED, [uuidArray(filtered)]);
}
