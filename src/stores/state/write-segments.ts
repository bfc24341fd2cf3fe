/** Segments' part of a transaction. */
import { byteaArray, int4Array, int8Array, textArray, uuidArray } from '../../engines/postgres.js';
import { outboxBytes } from './membership-outbox.js';
import { packed } from './message-pack.js';
import type { MembershipChange, PersonWrite, SegmentChanges, SegmentStep } from './segment-state.js';
import type { Run } from './send-together.js';

const PEOPLE_WRITE = `
  INSERT INTO segment_state AS s (profile_id, state, settled, due_at) SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::int4[], $4::int8[])
  ON CONFLICT (profile_id) DO UPDATE SET state = excluded.state, settled = excluded.settled, stale = false, due_at =`;
const DUES_WRITE = `
  INSERT INTO segment_state AS s (profile_id, state, settled, due_at)
  SELECT id, ''::bytea, 0, due FROM unnest($1::uuid[], $2::int8[]) AS d (id, due)
  ON CONFLICT (profile_id) DO UPDATE SET due_at = least(s.due_at, excluded.due_at)`;
const ACCOUNTS_TOUCHED = `
  INSERT INTO segment_state AS s (profile_id, state, settled, due_at)
  SELECT DISTINCT profile_id, ''::bytea, 0, $2::int8 FROM account_member WHERE group_id = ANY ($1::text[])
  ON CONFLICT (profile_id) DO UPDATE SET due_at = least(s.due_at, excluded.due_at)`;
const STALE = `
  INSERT INTO segment_state AS s (profile_id, state, settled, stale, due_at)
  SELECT DISTINCT id, ''::bytea, 0, true, 0 FROM unnest($1::uuid[]) AS id
  ON CONFLICT (profile_id) DO UPDATE SET stale = true, due_at = 0`;

const AUDIENCES_SYNC = `
  UPDATE audience_sync AS s SET due_at = 0, again = s.phase IS NOT NULL
  FROM connection c JOIN connection_version v ON v.connection_id = c.id
  WHERE s.connection = c.number AND v.definition -> 'from' ->> 'segment' = (SELECT segment_id FROM segment_version WHERE number = $1)`;

/** Writes what a batch changes. */
export function writeSegments(run: Run, { people, gone, accounts, now, changes }: SegmentChanges): void {
  const fired = people.filter((one) => one.fired);
  writePeopleStates(run, 'segment-fired', `${PEOPLE_WRITE} excluded.due_at`, fired);
  // An earlier time that stands there stays: somebody else may have asked to look at the person.
  const others = people.filter((one) => !one.fired);
  writePeopleStates(run, 'segment-people', `${PEOPLE_WRITE} least(s.due_at, excluded.due_at)`, others);
  if (gone.length > 0)
    run('segment-gone', 'DELETE FROM segment_state WHERE profile_id = ANY ($1::uuid[])', [uuidArray(gone)]);
  if (accounts.length > 0) run('segment-accounts', ACCOUNTS_TOUCHED, [textArray(accounts), now]);
  writeOutbox(run, changes);
}

/** Notes that people were joined or taken apart otherwise than by an event: what is remembered of them must be read anew. */
export function writeStale(run: Run, profileIds: Iterable<string>): void {
  const ids = [...new Set(profileIds)];
  if (ids.length > 0) run('segment-stale', STALE, [uuidArray(ids)]);
}

/** Writes a step for an open version. */
export function writeStep(run: Run, step: SegmentStep): void {
  const { dues, changes, slices, error } = step;
  if (dues.length > 0) {
    run('segment-dues', DUES_WRITE, [
      uuidArray(dues.map((due) => due.profileId)),
      int8Array(dues.map((due) => Math.ceil(due.dueAt))),
    ]);
  }
  writeOutbox(run, changes);
  run(
    'segment-step',
    `UPDATE segment_version SET status = $2, slices = coalesce($3::uuid[], slices), slices_done = $4, members_found = members_found + $5,
       live_offset = coalesce(live_offset, $6), live_at = coalesce(live_at, to_timestamp($7::float8 / 1000)),
       backfilled_at = CASE WHEN $2 = 'live' THEN to_timestamp($7::float8 / 1000) ELSE backfilled_at END, error = $8
     WHERE number = $1`,
    [
      ...[step.versionNumber, step.status, slices === undefined ? null : uuidArray(slices)],
      ...[step.slicesDone, step.membersFound, step.offset, step.at, error ?? null],
    ],
  );
  // From the moment that it is in force, the versions before it are no longer asked for.
  if (step.status === 'backfilling' || step.status === 'live') {
    run(
      'segment-replaced',
      `UPDATE segment_version AS old SET status = 'replaced' FROM segment_version AS new
       WHERE new.number = $1 AND old.segment_id = new.segment_id AND old.number < new.number
         AND old.status IN ('pending', 'backfilling', 'live')`,
      [step.versionNumber],
    );
  }
  // Who was found by going through everybody, and who was seen out, is told by comparing audiences with the segment.
  if (step.status === 'live' || step.status === 'retired')
    run('segment-audiences', AUDIENCES_SYNC, [step.versionNumber]);
  if (step.status !== 'backfilling' || slices !== undefined)
    run('segment-epoch', 'UPDATE segment_epoch SET epoch = epoch + 1', []);
}

function writePeopleStates(run: Run, name: string, text: string, people: readonly PersonWrite[]): void {
  if (people.length === 0) return;
  run(name, text, [
    uuidArray(people.map((one) => one.profileId)),
    byteaArray(packed(people.map((one) => one.state))),
    int4Array(people.map((one) => one.settled)),
    int8Array(people.map((one) => one.dueAt)),
  ]);
}

function writeOutbox(run: Run, changes: readonly MembershipChange[]): void {
  if (changes.length === 0) return;
  run('segment-outbox', 'INSERT INTO segment_outbox (changes) VALUES ($1)', [outboxBytes(changes)]);
}
