/** Segments' part of a transaction. */
import { byteaPieces, int4Array, int8Array, textArray, uuidArray } from '../../engines/postgres.js';
import { outboxBytes } from './membership-outbox.js';
import { packed } from './message-pack.js';
import type {
  CountStep,
  MembershipChange,
  PersonWrite,
  SegmentChanges,
  SegmentStep,
} from './segment-state.js';
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

const TALLIES_WRITE = `
  INSERT INTO account_tally (group_id, segment, people) SELECT * FROM unnest($1::text[], $2::int4[], $3::int4[])
  ON CONFLICT (group_id, segment) DO UPDATE SET people = excluded.people`;
const TALLIES_GONE = `
  DELETE FROM account_tally AS t USING unnest($1::text[], $2::int4[]) AS gone (group_id, segment)
  WHERE t.group_id = gone.group_id AND t.segment = gone.segment`;
/** An account that turned again is gone through to its end first: else its last members would wait for as long as it keeps turning. */
const TURNED = `
  INSERT INTO account_turned AS t (group_id) SELECT * FROM unnest($1::text[])
  ON CONFLICT (group_id) DO UPDATE SET again = t.after IS NOT NULL`;
const TURNED_ON = `
  UPDATE account_turned AS t SET after = done.after FROM unnest($1::text[], $2::int8[], $3::uuid[]) AS done (group_id, seq, after)
  WHERE t.group_id = done.group_id AND t.seq = done.seq`;
const TURNED_AGAIN = `
  UPDATE account_turned AS t SET seq = DEFAULT, after = NULL, again = false FROM unnest($1::text[], $2::int8[]) AS done (group_id, seq)
  WHERE t.group_id = done.group_id AND t.seq = done.seq AND t.again`;
const TURNED_DONE = `
  DELETE FROM account_turned AS t USING unnest($1::text[], $2::int8[]) AS done (group_id, seq)
  WHERE t.group_id = done.group_id AND t.seq = done.seq`;

/** Writes what a batch changes. */
export function writeSegments(run: Run, changed: SegmentChanges): void {
  const { people, gone, accounts, now, changes, tallies, turned, workedOff } = changed;
  const fired = people.filter((one) => one.fired);
  writePeopleStates(run, 'segment-fired', `${PEOPLE_WRITE} excluded.due_at`, fired);
  // An earlier time that stands there stays: somebody else may have asked to look at the person.
  const others = people.filter((one) => !one.fired);
  writePeopleStates(run, 'segment-people', `${PEOPLE_WRITE} least(s.due_at, excluded.due_at)`, others);
  if (gone.length > 0)
    run('segment-gone', 'DELETE FROM segment_state WHERE profile_id = ANY ($1::uuid[])', [uuidArray(gone)]);
  if (accounts.length > 0) run('segment-accounts', ACCOUNTS_TOUCHED, [textArray(accounts), now]);
  writeOutbox(run, changes);
  writeTallies(run, tallies);
  // First: what turns by this very batch, and is done with, begins anew.
  if (workedOff.length > 0) writeWorkedOff(run, workedOff);
  if (turned.length > 0) run('accounts-turned', TURNED, [textArray(turned)]);
}

/** Writes a step of counting people. */
export function writeCount(run: Run, step: CountStep): void {
  writePeopleStates(run, 'segment-people', `${PEOPLE_WRITE} least(s.due_at, excluded.due_at)`, step.people);
  writeTallies(run, step.tallies);
  if (step.turned.length > 0) run('accounts-turned', TURNED, [textArray(step.turned)]);
  run('segment-counted', 'UPDATE segment_version SET counted = $2 WHERE number = $1', [
    ...[step.versionNumber, step.counted],
  ]);
  // From the first step on, whoever is touched is counted.
  if (step.isFirst) run('segment-epoch', 'UPDATE segment_epoch SET epoch = epoch + 1', []);
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

function writeTallies(run: Run, tallies: SegmentChanges['tallies']): void {
  const counts = tallies.flatMap(({ groupId, tally }) =>
    Array.from(tally, ([segment, people]) => ({ groupId, segment, people })),
  );
  const [some, none] = [
    counts.filter(({ people }) => people > 0),
    counts.filter(({ people }) => people <= 0),
  ];
  const keys = (of: typeof counts) => [
    textArray(of.map(({ groupId }) => groupId)),
    int4Array(of.map(({ segment }) => segment)),
  ];
  if (some.length > 0)
    run('tallies-write', TALLIES_WRITE, [...keys(some), int4Array(some.map(({ people }) => people))]);
  if (none.length > 0) run('tallies-gone', TALLIES_GONE, keys(none));
}

function writeWorkedOff(run: Run, workedOff: SegmentChanges['workedOff']): void {
  const [on, done] = [workedOff.filter(isGoingOn), workedOff.filter((one) => !isGoingOn(one))];
  const keys = (of: typeof workedOff) => [
    textArray(of.map(({ groupId }) => groupId)),
    int8Array(of.map(({ seq }) => seq)),
  ];
  if (on.length > 0) run('turned-on', TURNED_ON, [...keys(on), uuidArray(on.map(({ after }) => after))]);
  if (done.length === 0) return;
  // Those that begin anew have another number then.
  run('turned-again', TURNED_AGAIN, keys(done));
  run('turned-done', TURNED_DONE, keys(done));
}

function isGoingOn({ after }: SegmentChanges['workedOff'][number]): boolean {
  return after !== null;
}

function writePeopleStates(run: Run, name: string, text: string, people: readonly PersonWrite[]): void {
  if (people.length === 0) return;
  run(name, text, [
    uuidArray(people.map((one) => one.profileId)),
    byteaPieces(packed(people.map((one) => one.state))),
    int4Array(people.map((one) => one.settled)),
    int8Array(people.map((one) => one.dueAt)),
  ]);
}

function writeOutbox(run: Run, changes: readonly MembershipChange[]): void {
  if (changes.length === 0) return;
  run('segment-outbox', 'INSERT INTO segment_outbox (changes) VALUES ($1)', [outboxBytes(changes)]);
}
