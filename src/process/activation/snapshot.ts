/**
 * Snapshots of segments, in steps of the consumer's own between two batches. The first takes down the list of who is in the segment: nothing changes
 * meanwhile, so it is that of one moment. Then the list is gone through in slices, each of all ids between two, so that who is gone since the last snapshot
 * is found on the way. When nothing of it waits any more its marker is decided, which tells readers that it is whole. Each step is one commit, so a crash
 * at any line repeats a step or does not.
 */

import { snapshotPlanOf } from '../../core/delivery/connection.js';
import type { CompiledConnection } from '../../core/delivery/connection-in-force.js';
import { audienceKeyOf } from '../../core/delivery/given.js';
import { nextSnapshotAt, snapshotId } from '../../core/delivery/snapshot-plan.js';
import type { JsonObject } from '../../core/json.js';
import type { SnapshotOutcome } from '../../stores/events/delivery-log.js';
import {
  isAtWork,
  type Snapshot,
  type SnapshotSlice,
  type SnapshotStep,
  type SnapshotWork,
} from '../../stores/state/snapshot-state.js';
import { NOTHING_LEAVES } from './activation.js';
import type { Deciding } from './decide-audience.js';
import { decideClosing, decideRow } from './decide-row.js';
import { membershipKey } from './delivery-key.js';
import { MemberListing } from './member-listing.js';
import { PEOPLE_PER_SLICE, readyToDecide, type SyncTools } from './sync.js';

/** What is filtered for these reasons should be there: the snapshot is not whole. */
const NOT_WHOLE = ['backlog_full', 'connection_disabled', 'destination_deleted'];

interface At {
  readonly offset: number;
  readonly commits: number;
  readonly now: number;
}

/** Whether there may be a step to do now: nothing has to be waited for to find out. */
export async function isSnapshotReady(
  work: SnapshotWork,
  now: number,
  { stores, activation }: Pick<SyncTools, 'stores' | 'activation'>,
): Promise<boolean> {
  const { last, dueAt } = work;
  const connection = activation.inForce.snapshots.get(work.connection);
  if (last === null || !isAtWork(work)) return connection !== undefined && dueAt !== null && dueAt <= now;
  if (connection?.versionNumber !== last.version) return true;
  if (!(await activation.mayFill(connection, now))) return false;
  return last.state === 'exporting' || !(await stores.snapshots.openRows(last.id)).waits;
}

/** Does one step for a connection, if there is one, and commits it. @returns how many commits that made: none when there is nothing to do now. */
export async function forwardSnapshot(work: SnapshotWork, at: At, tools: SyncTools): Promise<number> {
  const { last, dueAt } = work;
  const connection = tools.activation.inForce.snapshots.get(work.connection);
  if (last !== null && isAtWork(work)) {
    if (connection === undefined || connection.versionNumber !== last.version)
      return finish(last, 'abandoned', undefined, at, tools);
    return last.state === 'exporting'
      ? forward(connection, last, at, tools)
      : close(connection, last, at, tools);
  }
  if (connection === undefined || dueAt === null || dueAt > at.now) return 0;
  return begin(connection, last, at, tools);
}

async function begin(
  connection: CompiledConnection,
  last: Snapshot | null,
  at: At,
  { stores, store, fault }: SyncTools,
): Promise<number> {
  const plan = snapshotPlanOf(connection.definition);
  const { from } = connection.definition;
  // Invariant: it takes snapshots.
  if (plan === undefined || !('segment' in from)) return 0;
  const { connectionId, version, connectionNumber, versionNumber } = connection;
  const ids = await new MemberListing().after(from.segment, undefined, Number.POSITIVE_INFINITY, store);
  const isKept = plan.rows === 'differences';
  const isFromLast = isKept && last?.state === 'complete' && last.isKept;
  const key = membershipKey(connectionId, version, from.segment, at.commits + 1, 0);
  await fault?.('sync_planned');
  await stores.snapshots.beginSnapshot({
    ...at,
    connection: connectionNumber,
    snapshot: {
      ...{
        id: snapshotId(at.now, key),
        version: versionNumber,
        isKept,
        startedAt: at.now,
        people: ids.length,
      },
      ...{ rows: isFromLast ? 'differences' : 'all', previous: isFromLast ? last.id : null },
    },
    slices: slicesOf(ids),
    dueAt: nextSnapshotAt(plan, at.now),
  });
  await fault?.('sync_committed');
  return 1;
}

/** All ids there can be, in slices of so many that are on the list. */
function slicesOf(ids: readonly string[]): Omit<SnapshotSlice, 'nth'>[] {
  const slices: Omit<SnapshotSlice, 'nth'>[] = [];
  for (let from = 0; from === 0 || from < ids.length; from += PEOPLE_PER_SLICE) {
    const some = ids.slice(from, from + PEOPLE_PER_SLICE);
    slices.push({ ids: some, until: from + PEOPLE_PER_SLICE < ids.length ? some.at(-1) : undefined });
  }
  return slices;
}

async function forward(
  connection: CompiledConnection,
  snapshot: Snapshot,
  at: At,
  tools: SyncTools,
): Promise<number> {
  const { stores, activation } = tools;
  if (!(await activation.mayFill(connection, at.now))) return 0;
  const slice = await stores.snapshots.slice(snapshot.id);
  if (slice === undefined) return commit({ state: 'sending', id: snapshot.id }, undefined, at, tools);
  const { after } = snapshot;
  const found =
    snapshot.previous === null
      ? []
      : await stores.snapshots.keptWithin(connection.connectionNumber, after, slice.until, PEOPLE_PER_SLICE);
  // Far more may be gone than are left: then the slice is gone through in parts.
  const cut = found.length < PEOPLE_PER_SLICE ? undefined : found.at(-1)?.profileId;
  const listed = new Set(
    slice.ids.filter((id) => (after === null || id > after) && (cut === undefined || id <= cut)),
  );
  const kept = new Map(found.map((row) => [row.profileId, row]));
  const ids = [...new Set([...listed, ...kept.keys()])].sort();
  const { people, deciding } = await readyToDecide(ids, connection.pathsRead, at, tools);
  let unchanged = 0;
  for (const profileId of ids) {
    const isSame = decideRow(
      {
        ...{ connection, snapshot, profileId, one: people.get(profileId) },
        ...{ isListed: listed.has(profileId), kept: kept.get(profileId) },
      },
      deciding,
    );
    if (isSame) unchanged += 1;
  }
  return commit(
    {
      ...{ id: snapshot.id, state: 'exporting', looked: listed.size, unchanged },
      slice: cut === undefined ? { done: slice.nth } : { after: cut },
    },
    deciding,
    at,
    tools,
  );
}

/** When nothing of it waits: the marker, and the end. */
async function close(
  connection: CompiledConnection,
  snapshot: Snapshot,
  at: At,
  tools: SyncTools,
): Promise<number> {
  const { stores, activation } = tools;
  const { id, startedAt } = snapshot;
  const { waits, dead } = await stores.snapshots.openRows(id);
  if (waits || !(await activation.mayFill(connection, at.now))) return 0;
  const outcome = { ...(await stores.log.ofSnapshot(connection.destinationId, id, startedAt)), dead };
  const isWhole = dead === 0 && !NOT_WHOLE.some((reason) => reason in outcome.filtered);
  if (snapshot.state === 'closing' || !isWhole)
    return finish(snapshot, isWhole && outcome.isClosed ? 'complete' : 'incomplete', outcome, at, tools);
  const { deciding } = await readyToDecide([], [], at, tools);
  decideClosing(connection, snapshot, manifestOf(connection, snapshot, outcome), deciding);
  return commit({ id, state: 'closing' }, deciding, at, tools);
}

function finish(
  { id }: Snapshot,
  state: 'complete' | 'incomplete' | 'abandoned',
  outcome: (SnapshotOutcome & { readonly dead: number }) | undefined,
  at: At,
  tools: SyncTools,
): Promise<number> {
  const { isClosed: _, ...rows } = outcome ?? { isClosed: false };
  return commit({ id, state, finished: { at: at.now, outcome: { ...rows } } }, undefined, at, tools);
}

/** What the marker tells. */
function manifestOf(
  { connectionId, version, definition }: CompiledConnection,
  { id, rows, previous, startedAt, people, unchanged }: Snapshot,
  { delivered, filtered }: SnapshotOutcome,
): JsonObject {
  const segment = 'segment' in definition.from ? definition.from.segment : '';
  return {
    ...{ snapshot_id: id, started_at: new Date(startedAt).toISOString(), rows, previous_id: previous },
    ...{ connection_id: connectionId, connection_version: version, segment },
    audience_key: audienceKeyOf(segment, definition.options),
    ...{ people, written: delivered, unchanged },
    filtered: { ...filtered },
  };
}

async function commit(
  step: Pick<SnapshotStep, 'id' | 'state'> & Partial<SnapshotStep>,
  deciding: Deciding | undefined,
  at: At,
  { stores, activation, fault }: SyncTools,
): Promise<number> {
  const changes = deciding?.decisions.changes() ?? NOTHING_LEAVES;
  await fault?.('sync_planned');
  await stores.snapshots.commitSnapshot({ looked: 0, unchanged: 0, ...step, ...at, changes });
  await fault?.('sync_committed');
  activation.decided(changes, []);
  return 1;
}
