/**
 * Compares an audience with its segment, in slices, each a step of the consumer's own between two batches: everybody who is in the segment, then
 * everybody whom the tool has. It fills new audiences, follows a segment's new definition, and repairs what went astray. It is done here, and not by
 * whom sends, since nobody else may decide of audiences: nothing changes while a slice is looked at, so no batch can cross it.
 */
import type { OpenSync } from '../../stores/state/activation-state.js';
import type { Accounts } from '../accounts.js';
import type { Fault } from '../fault.js';
import type { People } from '../people.js';
import type { SegmentStores, Segments } from '../segments/segments.js';
import { type Activation, type ActivationStores, NOTHING_LEAVES } from './activation.js';
import { type Deciding, decideAudience } from './decide-audience.js';
import { PeopleAtHand } from './people-at-hand.js';
import { SuppressedPeople } from './suppressed-people.js';

/** People of one slice: decided in a fraction of a second, while events wait. */
export const PEOPLE_PER_SLICE = 2_000;

/** What a step works with: people are read anew for each, since they are many and not needed again. */
export interface SyncTools {
  readonly stores: ActivationStores;
  readonly store: SegmentStores['store'];
  readonly activation: Activation;
  readonly segments: Segments;
  readonly people: People;
  readonly accounts: Accounts;
  readonly fault?: Fault | undefined;
}

/** Does one step, and commits it. @returns false when it is not to go on now: the tool has enough waiting. */
export async function forwardSync(
  sync: OpenSync,
  at: { readonly offset: number; readonly commits: number; readonly now: number },
  tools: SyncTools,
): Promise<boolean> {
  const { stores, activation, fault } = tools;
  const { connection: number } = sync;
  const connection = activation.inForce.audiences.get(number);
  const from = connection?.definition.from;
  // Switched off, or its segment does not compile: there is nothing to compare.
  if (
    connection === undefined ||
    from === undefined ||
    !('segment' in from) ||
    !activation.inForce.segments.byId.has(from.segment)
  ) {
    await stores.state.commitSync({ ...at, connection: number, next: undefined, changes: NOTHING_LEAVES });
    return true;
  }
  if (!(await activation.mayFill(connection, at.now))) return false;
  const slice = await sliceOf(sync, from.segment, tools);
  const { people, deciding } = await readyToDecide(slice.ids, connection.pathsRead, at, tools);
  const told = await activation.book.of(slice.ids, []);
  for (const profileId of slice.ids) {
    const own = (told.get(profileId) ?? []).filter((row) => row.connection === number);
    decideAudience(
      { connection, profileId, one: people.get(profileId), told: own, change: undefined, isSync: true },
      deciding,
    );
  }
  const changes = deciding.decisions.changes();
  await fault?.('sync_planned');
  await stores.state.commitSync({ ...at, connection: number, next: slice.next, changes });
  await fault?.('sync_committed');
  activation.decided(changes, []);
  return true;
}

interface SyncSlice {
  readonly ids: readonly string[];
  readonly next: Pick<OpenSync, 'phase' | 'after'> | undefined;
}

async function sliceOf(
  { connection, phase, after }: OpenSync,
  segmentId: string,
  { stores, store }: SyncTools,
): Promise<SyncSlice> {
  if (phase === 'adding') {
    const ids = await store.membersAfter(segmentId, after, PEOPLE_PER_SLICE);
    const isLast = ids.length < PEOPLE_PER_SLICE;
    return { ids, next: isLast ? { phase: 'removing', after: undefined } : { phase, after: ids.at(-1) } };
  }
  const rows = await stores.state.membersAfter(connection, after, PEOPLE_PER_SLICE);
  const isLast = rows.length < PEOPLE_PER_SLICE;
  const next = isLast ? undefined : { phase, after: rows.at(-1)?.profileId };
  return { ids: [...new Set(rows.map(({ holder }) => holder))], next };
}

/** People of a step between two batches, ready to be decided of. */
export async function readyToDecide(
  ids: readonly string[],
  pathsRead: readonly string[],
  at: { readonly offset: number; readonly commits: number; readonly now: number },
  tools: SyncTools,
): Promise<{ readonly people: PeopleAtHand; readonly deciding: Deciding }> {
  const { stores, activation } = tools;
  const decisions = await activation.decisions(at.now);
  const people = await atHand(ids, pathsRead, at, tools);
  const suppressed = await SuppressedPeople.among(
    ids.map((id) => people.get(id)),
    stores.state,
  );
  const { inForce } = activation;
  const deciding = { inForce, decisions, suppressed, offset: at.offset, commit: at.commits + 1, now: at.now };
  return { people, deciding };
}

async function atHand(
  ids: readonly string[],
  pathsRead: readonly string[],
  { offset, now }: { readonly offset: number; readonly now: number },
  { segments, people, accounts }: SyncTools,
): Promise<PeopleAtHand> {
  await people.loadProfiles(ids);
  const wantsFigures =
    segments.inForce.computed.size > 0 &&
    pathsRead.some((path) => TRAITS.some((root) => path.startsWith(root)));
  const stateOf = await segments.look(ids, people, wantsFigures ? { before: offset } : undefined);
  return new PeopleAtHand({
    people,
    accounts,
    stateOf,
    membersOf: (groupId, segment) => segments.membersOf(groupId, segment),
    rules: segments.rules,
    inForce: segments.inForce,
    now,
  });
}

/** Where computed traits stand in what is given. */
const TRAITS = ['$', 'profile', 'context'];
