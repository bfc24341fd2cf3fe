import { uuidArray } from '../../engines/postgres.js';
import type { Run } from './send-together.js';

const CONFIRMED = `
  WITH removed AS (DELETE FROM audience_member WHERE key = ANY ($1::uuid[]) AND NOT is_added)
  UPDATE audience_member SET confirmed_key = key WHERE key = ANY ($1::uuid[]) AND is_added`;
/** Whom the tool took before, by another delivery, it may still have: that is not forgotten, so that a removal is told. */
const REFUSED =
  'DELETE FROM audience_member WHERE key = ANY ($1::uuid[]) AND is_added AND confirmed_key IS NULL';

const TAKEN_BACK = `
  UPDATE audience_member SET holder = profile_id WHERE profile_id = ANY ($1::uuid[]) AND holder <> profile_id`;

/** Gives back who was added to an audience to the profile that was: people were taken apart, and there it is again. */
export function takeBackAudiences(run: Run, profileIds: readonly string[]): void {
  if (profileIds.length > 0) run('audiences-back', TAKEN_BACK, [uuidArray(profileIds)]);
}

/**
 * Notes what became of deliveries that tell of segments, as a part of the transaction that settles them: whom the tool has by its own word, and
 * who was not told to it after all.
 * @param filtered what was decided at the door not to be sent.
 */
export function settleAudience(run: Run, delivered: readonly string[], filtered: readonly string[]): void {
  if (delivered.length > 0) run('audience-confirmed', CONFIRMED, [uuidArray(delivered)]);
  if (filtered.length > 0) run('audience-refused', REFUSED, [uuidArray(filtered)]);
}
