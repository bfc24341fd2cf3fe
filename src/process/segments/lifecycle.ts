/**
 * What the consumer does for versions of segments, one step between two batches, so that each step has a place in the log: counts members of
 * accounts where they ask for it, takes them into force, goes through everybody in slices, and sees everybody out of deleted ones. See docs/specs/segments.md, 5.
 */
import { TributaryError } from '../../core/errors.js';
import type { CompiledSegment } from '../../core/segments/compile.js';
import { membersSql } from '../../core/segments/compile.js';
import type { Node } from '../../core/segments/definition.js';
import type { Slice } from '../../core/segments/sql/sql-context.js';
import type {
  CountStep,
  MembershipChange,
  OpenVersion,
  SegmentState,
  SegmentStep,
} from '../../stores/state/segment-state.js';
import type { Fault } from '../fault.js';
import type { People } from '../people.js';
import type { LiveSegment, SegmentsInForce } from './in-force.js';
import type { SegmentStores, Segments } from './segments.js';

/** People of one slice: asked in a fraction of a second, while events wait. */
const PEOPLE_PER_SLICE = 20_000;
/** People who are counted in one step. */
const PEOPLE_PER_COUNT = 5_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
/** Members of a deleted segment that leave in one step. */
const LEAVERS_PER_STEP = 50_000;

/** Where the consumer stands. */
export interface StepAt {
  readonly offset: number;
  readonly commits: number;
  readonly now: number;
}

/** What steps work with. */
export interface StepTools {
  readonly stores: SegmentStores;
  readonly segments: Segments;
  /** Read anew for each step: they are many, and no event at hand speaks of them. */
  readonly people: People;
  readonly fault?: Fault | undefined;
}

type Found = Partial<
  Pick<SegmentStep, 'slices' | 'slicesDone' | 'membersFound' | 'dues' | 'changes' | 'error'>
> &
  Pick<SegmentStep, 'status'>;
/** People were counted, for a version that is to come into force. */
type CountFound = Omit<CountStep, 'versionNumber' | 'offset' | 'commits'>;

/** Attempts after which a version is given up: it must not hold up the events that wait behind it. */
const ATTEMPTS_MAX = 5;

/** Does steps, and gives up versions for which they do not succeed. */
export class SegmentSteps {
  readonly #failed = new Map<number, number>();

  /** Does one step for the oldest open version, and commits it. @throws what the step threw, until it is given up. */
  async forward(open: OpenVersion, tools: StepTools, at: StepAt): Promise<void> {
    const { stores, fault } = tools;
    const found = await this.#attempt(open, () => stepOf(open, tools, at));
    await fault?.('segment_planned');
    const { versionNumber } = open;
    const { offset, commits } = at;
    if ('counted' in found) await stores.state.commitCount({ ...found, versionNumber, offset, commits });
    else
      await stores.state.commitStep({
        ...{ slicesDone: 0, membersFound: 0, dues: [], changes: [] },
        ...found,
        ...{ versionNumber, offset, commits, at: at.now },
      });
    await fault?.('segment_committed');
  }

  async #attempt(
    { versionNumber, slicesDone }: OpenVersion,
    step: () => Promise<Found | CountFound>,
  ): Promise<Found | CountFound> {
    try {
      return await step();
    } catch (error) {
      const failed = (this.#failed.get(versionNumber) ?? 0) + 1;
      this.#failed.set(versionNumber, failed);
      if (failed < ATTEMPTS_MAX) throw error;
      const why = error instanceof Error ? error.message : String(error);
      return { status: 'failed', slicesDone, error: `Given up after ${failed} attempts: ${why}` };
    }
  }
}

/** Tells ClickHouse what it was not told yet of who entered and left. */
export async function tellMemberships({ state, store }: SegmentStores): Promise<void> {
  for (let untold = await state.untold(); untold.length > 0; untold = await state.untold()) {
    for (const { seq, changes } of untold) {
      await store.tell(seq, changes);
      await state.told(seq);
    }
  }
}

/** The same just after a commit, whose changes are still at hand: mostly nothing else waits. */
export async function tellCommitted(
  stores: SegmentStores,
  changes: readonly MembershipChange[],
): Promise<void> {
  if (changes.length === 0) return;
  const [seq, ...others] = await stores.state.untoldSeqs();
  if (seq === undefined || others.length > 0) return tellMemberships(stores);
  await stores.store.tell(seq, changes);
  await stores.state.told(seq);
}

/**
 * Whether a step must wait for those who are due: of a version that asks about members of accounts, what is counted, and what SQL finds, must be
 * of one time.
 */
export async function mustWait(
  open: OpenVersion,
  inForce: SegmentsInForce,
  state: Pick<SegmentState, 'work'>,
  now: number,
): Promise<boolean> {
  if (open.status === 'retiring' || !inForce.asksOfOthers(open.definition)) return false;
  const { nextDue } = await state.work();
  return nextDue !== undefined && nextDue <= now;
}

async function stepOf(open: OpenVersion, tools: StepTools, at: StepAt): Promise<Found | CountFound> {
  const { stores, segments } = tools;
  switch (open.status) {
    case 'pending':
      return (await countMembers(open, tools, at)) ?? takeIntoForce(open, tools);
    case 'backfilling':
      return backfill(open, stores, segments.inForce, at);
    case 'retiring':
      return retire(open, stores, at);
    default:
      return open.status satisfies never;
  }
}

/** Counts the next people in their accounts, where a version asks for it and not all are. */
async function countMembers(
  { definition, counted }: OpenVersion,
  { stores, segments, people }: StepTools,
  { now }: StepAt,
): Promise<CountFound | undefined> {
  if (!segments.inForce.asksOfOthers(definition)) return undefined;
  if (counted === null)
    return { counted: FIRST_ID, isFirst: true, ...{ people: [], tallies: [], turned: [] } };
  const ids = await stores.state.accountPeople(counted, PEOPLE_PER_COUNT);
  const last = ids.at(-1);
  if (last === undefined) return undefined;
  return { counted: last, isFirst: false, ...(await segments.countPeople(ids, people, now)) };
}

/** From here on it is evaluated for everybody who is touched; the slices are for the others. */
async function takeIntoForce(open: OpenVersion, { stores: { store }, segments }: StepTools): Promise<Found> {
  try {
    segments.inForce.compiler.segment(open.definition);
  } catch (error) {
    if (error instanceof TributaryError) return { status: 'failed', error: error.message };
    throw error;
  }
  const slices = await store.slices(PEOPLE_PER_SLICE);
  return slices.length === 0 ? { status: 'live' } : { status: 'backfilling', slices };
}

async function backfill(
  open: OpenVersion,
  { state, store }: SegmentStores,
  inForce: SegmentsInForce,
  { now }: StepAt,
): Promise<Found> {
  const { segmentId, version, versionNumber, slices, slicesDone } = open;
  const live = inForce.segments.find((segment) => segment.versionNumber === versionNumber);
  if (live === undefined) return { status: 'failed', error: 'The definition no longer compiles.' };
  const slice: Slice = {
    from: slicesDone === 0 ? undefined : slices[slicesDone],
    to: slices[slicesDone + 1],
  };
  const { members, dues } = await ask(live, slice, store, now);
  const before = new Set(await store.membersIn(segmentId, slice));
  const after = new Set(members);
  const moved = [...members.filter((id) => !before.has(id)), ...[...before].filter((id) => !after.has(id))];
  // Who was touched since it came into force has an answer of a later time.
  const settled = await state.settledFor(versionNumber, moved);
  const changes = moved
    .filter((id) => !settled.has(id))
    .map((profileId): MembershipChange => {
      const entered = after.has(profileId);
      return { segmentId, version, profileId, entered, at: now, cause: { kind: 'backfill' } };
    });
  const done = slicesDone + 1;
  return {
    status: done >= slices.length ? 'live' : 'backfilling',
    ...{ slicesDone: done, membersFound: members.length, dues, changes },
  };
}

async function ask(
  { compiled, definition }: LiveSegment,
  slice: Slice,
  store: SegmentStores['store'],
  now: number,
): ReturnType<SegmentStores['store']['ask']> {
  const sql = await store.context(now, slice, asksForZones(compiled, definition));
  return store.ask(sql, membersSql(compiled, sql), compiled.dues(sql));
}

/** Whether any part may look at the person's own clock; segments and traits that are referred to may do so unseen. */
function asksForZones(compiled: CompiledSegment, definition: Node): boolean {
  const text = [JSON.stringify(definition), ...Array.from(compiled.leaves, ({ key }) => key)].join(' ');
  return text.includes('"during":');
}

async function retire(
  { segmentId, version, slicesDone }: OpenVersion,
  { store }: SegmentStores,
  { now }: StepAt,
): Promise<Found> {
  const members = await store.membersIn(segmentId, { from: undefined, to: undefined });
  const leavers = members.slice(0, LEAVERS_PER_STEP);
  const changes = leavers.map((profileId): MembershipChange => {
    return { segmentId, version, profileId, entered: false, at: now, cause: { kind: 'deletion' } };
  });
  return { status: members.length > leavers.length ? 'retiring' : 'retired', slicesDone, changes };
}
