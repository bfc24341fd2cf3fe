/**
 * Compares an audience with its segment, in slices, each a step of the consumer's own between two batches: everybody who is in the segment, then
 * everybody whom the tool has. It fills new audiences, follows a segment's new definition, and repairs what went astray. It is done here, and not by
 * whom sends, since nobody else may decide of audiences: nothing changes while a slice is looked at, so no batch can cross it.
 */
import type { CompiledConnection } from '../../core/delivery/connection-in-force.js';
import type { ActivationChanges, OpenSync } from '../../stores/state/activation-state.js';
import type { Accounts } from '../accounts.js';
import type { Fault } from '../fault.js';
import type { People } from '../people.js';
import type { SegmentStores, Segments } from '../segments/segments.js';
import { type Activation, type ActivationStores, NOTHING_LEAVES } from './activation.js';
import { type Deciding, decideAudience } from './decide-audience.js';
import { PeopleAtHand } from './people-at-hand.js';
import { SuppressedPeople } from './suppressed-people.js';

/** People who are decided of at once. */
export const PEOPLE_PER_SLICE = 1_000;
/** Slices of one step, each a commit of a tenth of a second. Events that come wait for the fewest, what else there is to do for the most. */
const SLICES_PER_STEP = { min: 4, max: 20 };

/** What a step works with: people are read anew for each, since they are many and not needed again. */
export interface SyncTools {
  readonly stores: ActivationStores;
  readonly store: SegmentStores['store'];
  readonly activation: Activation;
  readonly segments: Segments;
  readonly people: People;
  readonly accounts: Accounts;
  /** Whether events wait. */
  readonly isAwaited: () => Promise<boolean>;
  readonly fault?: Fault | undefined;
  /** For tests: people of a slice. */
  readonly slicePeople?: number | undefined;
}

/** How far an audience has been gone through; undefined when all of it has. */
type SyncPlace = Pick<OpenSync, 'phase' | 'after'> | undefined;

/**
 * Does one step: some slices, of which each is read and decided while the one before is committed.
 * @returns how many commits that made: none when it is not to go on now, since the tool has enough waiting.
 */
export async function forwardSync(
  { connection: number, phase, after }: OpenSync,
  at: { readonly offset: number; readonly commits: number; readonly now: number },
  tools: SyncTools,
): Promise<number> {
  const { stores, activation, fault } = tools;
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
    return 1;
  }
  if (!(await activation.mayFill(connection, at.now))) return 0;
  let place: SyncPlace = { phase, after };
  let storing: Promise<void> = Promise.resolve();
  let commits = 0;
  try {
    for (; place !== undefined && commits < SLICES_PER_STEP.max; commits += 1) {
      if (commits >= SLICES_PER_STEP.min && (await tools.isAwaited())) break;
      const { ids, next } = await sliceOf(connection, from.segment, place, tools);
      const standing = { ...at, commits: at.commits + commits };
      const changes = await decideSlice(ids, [connection], standing, tools);
      await storing;
      await fault?.('sync_planned');
      storing = stores.state.commitSync({ ...standing, connection: number, next, changes });
      // Awaited in the next round.
      storing.catch(() => {});
      place = next;
    }
    await storing;
    await fault?.('sync_committed');
  } finally {
    // Never two attempts at once: what is being stored ends before the next one asks where it stands.
    await storing.catch(() => {});
  }
  return commits;
}

async function sliceOf(
  { connectionNumber }: CompiledConnection,
  segmentId: string,
  { phase, after }: NonNullable<SyncPlace>,
  { stores, store, activation, slicePeople = PEOPLE_PER_SLICE }: SyncTools,
): Promise<{ readonly ids: readonly string[]; readonly next: SyncPlace }> {
  if (phase === 'adding') {
    const ids = await activation.listing.after(segmentId, after, slicePeople, store);
    const isLast = ids.length < slicePeople;
    return { ids, next: isLast ? { phase: 'removing', after: undefined } : { phase, after: ids.at(-1) } };
  }
  const rows = await stores.state.membersAfter(connectionNumber, after, slicePeople);
  const isLast = rows.length < slicePeople;
  const next = isLast ? undefined : { phase, after: rows.at(-1)?.profileId };
  return { ids: [...new Set(rows.map(({ holder }) => holder))], next };
}

/** Decides of all these people and audiences. What of the slice before is not committed yet, the audience book knows. */
export async function decideSlice(
  ids: readonly string[],
  connections: readonly CompiledConnection[],
  at: { readonly offset: number; readonly commits: number; readonly now: number },
  tools: SyncTools,
): Promise<ActivationChanges> {
  const { activation } = tools;
  const paths = connections.flatMap(({ pathsRead }) => pathsRead);
  const { people, deciding } = await readyToDecide(ids, paths, at, tools);
  const told = await activation.book.of(ids, []);
  for (const profileId of ids)
    for (const connection of connections) {
      const own = (told.get(profileId) ?? []).filter((row) => row.connection === connection.connectionNumber);
      decideAudience(
        { connection, profileId, one: people.get(profileId), told: own, change: undefined, isSync: true },
        deciding,
      );
    }
  const changes = deciding.decisions.changes();
  activation.decided(changes, []);
  return changes;
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
