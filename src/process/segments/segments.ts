/**
 * Segments, kept up to date person by person: for everybody whom a batch touches, the leaves that its events touch are brought up to
 * date, the segments that ask them are evaluated, and what changed is given out as a part of the batch's one commit. Segments that ask about
 * other members of accounts come last, when everybody of the batch is counted; who else is concerned is looked at with later batches.
 *
 * What is remembered of a person is a cache of the event store (see docs/specs/segments.md, 5.4): where something is missing it is read from
 * there, of events before the batch.
 */
import type { MemberCount } from '../../core/account/member-count.js';
import type { Profile } from '../../core/profile/profile.js';
import type { TraitRules } from '../../core/profile/traits/trait-rules.js';
import { personRow } from '../../core/segments/person-row.js';
import type { PersonState } from '../../core/segments/person-state.js';
import { personState, remember, unknownPerson } from '../../core/segments/person-state.js';
import { type KnownAccounts, PersonView } from '../../core/segments/person-view.js';
import type { PeopleRows, SegmentStore } from '../../stores/events/segment-store.js';
import type { BatchCommit } from '../../stores/state/pipeline-state.js';
import type {
  CountStep,
  MembershipCause,
  PersonWrite,
  SegmentChanges,
  SegmentState,
  StoredPerson,
  TurnedAccount,
} from '../../stores/state/segment-state.js';
import type { Accounts } from '../accounts.js';
import type { People } from '../people.js';
import type { Verdict } from '../pipeline.js';
import { RecentMap } from '../recent-map.js';
import { BatchWork, personWrite } from './batch-work.js';
import { type CauseOf, type Evaluated, evaluateNewcomer, evaluateNow, fireTimers } from './evaluate.js';
import { type LiveSegment, type SegmentsInForce, segmentsInForce } from './in-force.js';
import { MemberTallies } from './member-tallies.js';
import { recallPast } from './recall.js';
import { type Touched, touch, touchedBy } from './touched.js';

const STATES_CACHED_MAX = 40_000;
const ROWS_CACHED_MAX = 40_000;

const OPERATION: MembershipCause = { kind: 'operation' };

/** What segments lean on. */
export interface SegmentStores {
  readonly state: SegmentState;
  readonly store: SegmentStore;
}

/** A batch, after people have been placed. */
export interface SegmentBatch {
  readonly verdicts: readonly Verdict[];
  readonly merged: BatchCommit['merged'];
  readonly identifiers: BatchCommit['identifiers'];
  readonly accounts: ReturnType<Accounts['takeChanges']>;
  /** People whose time has come, and the accounts for whose sake some of them are looked at. */
  readonly due: readonly string[];
  readonly turned: readonly TurnedAccount[];
  /** The batch's first offset: the past ends before it. */
  readonly from: number;
  readonly now: number;
}

/** What a batch changes: in the state store, and in the rows that questions over everybody ask. */
export interface SegmentOutcome {
  readonly changes: SegmentChanges;
  /** Whom the batch touched, by the profile that holds them in the end. */
  readonly touched: ReadonlyMap<string, Touched>;
  readonly rows: Omit<PeopleRows, 'version'>;
}

type Row = Touched['events'][number];
/** Segments to be asked, each with the event that may have changed its answer. */
type Asking = Map<LiveSegment, Row | undefined>;

/** Somebody at hand. */
interface Held {
  readonly state: PersonState;
  /** Nothing of it was stored, or what was is no longer true. */
  readonly isNew: boolean;
  readonly isStale: boolean;
}

/** Somebody who was looked at, but for what asks about others too. */
interface Look {
  readonly evaluated: Evaluated;
  readonly dueBefore: number;
  readonly isWorkedOff: boolean;
  readonly isToBeWritten: boolean;
  readonly causeOf: CauseOf;
}

/** See the head of the file. What it caches is true as long as one consumer owns the log; after a failure a new one must take over. */
export class Segments {
  readonly inForce: SegmentsInForce;
  readonly #stores: SegmentStores;
  readonly #rules: TraitRules;
  readonly #states = new RecentMap<string, PersonState>(STATES_CACHED_MAX);
  /** The row of a person as it was last given out. */
  readonly #rows = new RecentMap<string, string>(ROWS_CACHED_MAX);
  readonly #tallies: MemberTallies;
  /** Whose timers the last batch worked off: the store may not know it yet. */
  #worked: ReadonlySet<string> = new Set();

  constructor(stores: SegmentStores, inForce: SegmentsInForce, rules: TraitRules) {
    this.#stores = stores;
    this.#tallies = new MemberTallies(stores.state);
    this.inForce = inForce;
    this.#rules = rules;
  }

  /** Opens what is in force, with nothing in memory. */
  static async open(stores: SegmentStores, epoch: number, rules: TraitRules): Promise<Segments> {
    const inForce = await segmentsInForce(epoch, await stores.state.facts(), stores.state);
    return new Segments(stores, inForce, rules);
  }

  /** Brings everybody up to date whom a batch touches. */
  async run(batch: SegmentBatch, people: People, accounts: Accounts): Promise<SegmentOutcome> {
    this.#states.age();
    this.#rows.age();
    this.#tallies.age();
    const due = batch.due.filter((id) => !this.#worked.has(id));
    this.#worked = new Set(due);
    const touched = touchedBy(batch.verdicts, due, (id) => people.homeOf(id));
    for (const { intoId } of batch.merged)
      Object.assign(touch(touched, people.homeOf(intoId)), { isChanged: true, isJoined: true });
    for (const { profileId } of batch.identifiers)
      if (profileId !== undefined) touch(touched, people.homeOf(profileId)).isChanged = true;
    await people.loadProfiles([...touched.keys()]);
    const gone = [...touched.keys()].filter((id) => people.profileOf(id) === undefined);
    const work = new BatchWork(batch, this.inForce);
    if (this.inForce.isEmpty && due.length === 0) {
      for (const [id, one] of touched) this.#addRow(work, id, one, people, false);
    } else await this.#bringUpToDate(work, touched, gone, people, accounts);
    const leavers = [...new Set([...gone, ...batch.merged.map(({ fromId }) => fromId)])];
    const counts = this.#tallies.takeChanges(this.inForce.asked, (groupId) => work.seen(groupId));
    return { ...work.outcome(leavers, this.#rules, counts), touched };
  }

  /** What is remembered of somebody whom the last batch touched. */
  stateOf(id: string): PersonState | undefined {
    return this.#states.get(id);
  }

  /** How traits are kept. */
  get rules(): TraitRules {
    return this.#rules;
  }

  /**
   * What is remembered of people whom no batch touches; who is in which segment is right, and nothing is changed.
   * @param past whether figures of their events are asked for; those before `before` are read.
   */
  async look(
    ids: readonly string[],
    people: People,
    past: { readonly before: number } | undefined,
  ): Promise<(id: string) => PersonState | undefined> {
    const held = await this.#read(new Map(), ids, people);
    await this.#settle(held);
    if (past !== undefined) await this.#recall(held, people, past.before);
    return (id) => held.get(id)?.state;
  }

  /** How many belong to an account of somebody whom the last batch touched, and are in a segment whose members are counted. */
  membersOf(groupId: string, segmentId: string): MemberCount {
    return this.#tallies.of(groupId, this.inForce.byId.get(segmentId)?.segmentNumber ?? 0);
  }

  /** Counts people, whom no batch touches, in their accounts. What else is remembered of them stays. */
  async countPeople(
    ids: readonly string[],
    people: People,
    now: number,
  ): Promise<Pick<CountStep, 'people' | 'tallies' | 'turned'>> {
    this.#tallies.age();
    await people.loadProfiles(ids);
    const held = await this.#read(new Map(), ids, people);
    await this.#settle(held);
    await this.#readTallies(held, ids, people);
    const writes: PersonWrite[] = [];
    for (const [id, { state, isStale }] of held) {
      const profile = people.profileOf(id);
      // Who is stale is due, and counted then.
      if (profile === undefined || isStale || !this.#count(profile, state)) continue;
      writes.push(personWrite(id, state, false, this.inForce, now));
    }
    return { people: writes, ...this.#tallies.takeChanges(this.inForce.asked, () => 0) };
  }

  async #bringUpToDate(
    work: BatchWork,
    touched: Map<string, Touched>,
    gone: readonly string[],
    people: People,
    accounts: Accounts,
  ): Promise<void> {
    const { merged } = work.batch;
    const leavers = [...gone, ...merged.map(({ fromId }) => fromId)];
    const held = await this.#hold(touched, leavers, people);
    await this.#settle(held);
    await this.#readTallies(held, touched.keys(), people);
    for (const { fromId, intoId } of merged) this.#join(held.get(fromId), held.get(people.homeOf(intoId)));
    for (const id of leavers) this.#leave(work, id, held.get(id), gone.includes(id) ? 'operation' : 'merge');
    await this.#recall(held, people, work.batch.from);
    await this.#readAccounts(touched, people, accounts);
    const looks: Look[] = [];
    for (const [id, one] of touched) {
      const [profile, at] = [people.profileOf(id), held.get(id)];
      if (profile === undefined || at === undefined) continue;
      looks.push(this.#update(work, profile, one, at, accounts));
      this.#addRow(work, id, one, people, at.isStale);
      one.isStale = at.isStale;
    }
    // Only now everybody of the batch is counted.
    for (const look of looks) this.#finish(work, look);
  }

  /** Reads the counts of accounts that these people are counted in, and are to be. */
  async #readTallies(held: ReadonlyMap<string, Held>, ids: Iterable<string>, people: People): Promise<void> {
    const groupIds = new Set<string>();
    for (const { state } of held.values())
      for (const groupId of state.counted?.accounts ?? []) groupIds.add(groupId);
    if (this.inForce.counted.size > 0)
      for (const id of ids)
        for (const groupId of people.profileOf(id)?.accounts.keys() ?? []) groupIds.add(groupId);
    await this.#tallies.read(groupIds);
  }

  /** Counts somebody in their accounts, as far as anybody asks. @returns whether that is another count. */
  #count({ accounts }: Profile, state: PersonState): boolean {
    const { counted } = this.inForce;
    if (counted.size === 0 && state.counted === undefined) return false;
    const isIn = counted.size > 0 && accounts.size > 0;
    const inside = [...state.members].filter((number) => counted.has(number)).sort((a, b) => a - b);
    return this.#tallies.count(state, isIn ? { accounts: [...accounts.keys()].sort(), inside } : undefined);
  }

  /** The states of all concerned, from memory or from the store. */
  async #hold(
    touched: ReadonlyMap<string, Touched>,
    leavers: readonly string[],
    people: People,
  ): Promise<Map<string, Held>> {
    const held = await this.#read(touched, new Set([...touched.keys(), ...leavers]), people);
    for (const [id, { state }] of held) this.#states.set(id, state);
    return held;
  }

  async #read(
    touched: ReadonlyMap<string, Touched>,
    ids: Iterable<string>,
    people: People,
  ): Promise<Map<string, Held>> {
    const held = new Map<string, Held>();
    const unknown: string[] = [];
    for (const id of ids) {
      const state = this.#states.get(id);
      if (state === undefined) unknown.push(id);
      else held.set(id, { state, isNew: false, isStale: false });
    }
    const stored = await this.#stores.state.people(unknown);
    for (const id of unknown)
      held.set(id, this.#heldOf(stored.get(id), people.profileOf(id), touched.get(id)));
    return held;
  }

  /** Somebody who is not in memory. */
  #heldOf(
    stored: StoredPerson | undefined,
    profile: Profile | undefined,
    touched: Touched | undefined,
  ): Held {
    if (stored === undefined) return { state: this.#unknown(profile, touched), isNew: true, isStale: false };
    const state = personState(stored.state, stored.settled, stored.dueAt, this.inForce);
    if (stored.stale) forgetEvents(state);
    for (const number of state.members) if (!this.inForce.byNumber.has(number)) state.members.delete(number);
    return { state, isNew: false, isStale: stored.stale };
  }

  /** Somebody of whom nothing is stored. Whose events are all in this batch has no past to be read. */
  #unknown(profile: Profile | undefined, touched: Touched | undefined): PersonState {
    const state = unknownPerson();
    if (profile === undefined || profile.total > (touched?.events.length ?? 0)) return state;
    state.hydrated = this.inForce.newestLeaf;
    state.settled = this.inForce.newestVersion;
    return state;
  }

  /** Finds out who is in segments that came into force since a person's state was written: the backfill may have said so. */
  async #settle(held: ReadonlyMap<string, Held>): Promise<void> {
    const unsettled = new Map<string, PersonState>();
    for (const [id, { state }] of held)
      if (state.settled < this.inForce.newestVersion) unsettled.set(id, state);
    if (unsettled.size === 0) return;
    const oldest = Math.min(...Array.from(unsettled.values(), ({ settled }) => settled));
    const segments = this.inForce.segments.filter(({ versionNumber }) => versionNumber > oldest);
    const byId = new Map(segments.map((segment) => [segment.segmentId, segment]));
    for (const state of unsettled.values())
      for (const { versionNumber, segmentNumber } of segments)
        if (versionNumber > state.settled) state.members.delete(segmentNumber);
    const told = await this.#stores.store.membersAmong([...unsettled.keys()], [...byId.keys()]);
    for (const [id, segmentId] of told) {
      const [state, segment] = [unsettled.get(id), byId.get(segmentId)];
      if (state !== undefined && segment !== undefined && segment.versionNumber > state.settled)
        state.members.add(segment.segmentNumber);
    }
  }

  /** What is remembered of two who are one now. */
  #join(from: Held | undefined, into: Held | undefined): void {
    if (into === undefined) return;
    const { newestLeaf } = this.inForce;
    const isKnown =
      from !== undefined && from.state.hydrated >= newestLeaf && into.state.hydrated >= newestLeaf;
    if (!isKnown) {
      forgetEvents(into.state);
      return;
    }
    for (const [leaf, other] of from.state.leaves) {
      const own = into.state.leaves.get(leaf);
      into.state.leaves.set(leaf, own === undefined ? other : leaf.join(own, other));
    }
    // What waits for the other must not be missed.
    into.state.dueAt = Math.min(into.state.dueAt, from.state.dueAt);
  }

  /** Somebody who is no more leaves all segments. */
  #leave(work: BatchWork, id: string, held: Held | undefined, kind: 'operation' | 'merge'): void {
    for (const number of held?.state.members ?? []) {
      const segment = this.inForce.byNumber.get(number);
      if (segment !== undefined) work.change(segment, id, false, work.batch.now, { kind });
    }
    if (held !== undefined) this.#tallies.count(held.state, undefined);
    held?.state.members.clear();
    this.#states.delete(id);
    this.#rows.delete(id);
  }

  /** Reads the past that leaves lack. */
  async #recall(held: ReadonlyMap<string, Held>, people: People, before: number): Promise<void> {
    const lacking = new Map<string, { state: PersonState; profile: Profile }>();
    for (const [id, { state }] of held) {
      const profile = people.profileOf(id);
      if (profile !== undefined && state.hydrated < this.inForce.newestLeaf)
        lacking.set(id, { state, profile });
    }
    await recallPast(lacking, before, this.inForce, this.#stores);
  }

  async #readAccounts(
    touched: ReadonlyMap<string, Touched>,
    people: People,
    accounts: Accounts,
  ): Promise<void> {
    if (!this.inForce.readsAccounts) return;
    const groupIds = new Set<string>();
    for (const id of touched.keys())
      for (const groupId of people.profileOf(id)?.accounts.keys() ?? []) groupIds.add(groupId);
    await accounts.read(groupIds);
  }

  /** Fires a person's timers, folds the person's events, evaluates what may have changed and asks about the person alone, and counts the person. */
  #update(work: BatchWork, profile: Profile, touched: Touched, held: Held, accounts: Accounts): Look {
    const { state, isNew, isStale } = held;
    const { now } = work.batch;
    const dueBefore = state.dueAt;
    const known: KnownAccounts = {
      account: (groupId) => accounts.get(groupId),
      members: (groupId, segment) => this.membersOf(groupId, segment),
    };
    const evaluated: Evaluated = {
      person: new PersonView(profile, state, this.#rules, known),
      state,
      onChange: (segment, entered, at, cause) => work.change(segment, profile.id, entered, at, cause),
    };
    const isFired = dueBefore <= now && !isStale && !touched.isJoined;
    if (isFired) fireTimers(evaluated, this.#timed(touched), now);
    const isBlank = state.leaves.size + state.members.size === 0;
    const asking = this.#fold(state, touched.events);
    const isRemembered = asking.size > 0;
    const last = touched.events.at(-1);
    if (touched.isChanged) {
      for (const what of ['traits', 'consent', 'accounts'] as const)
        for (const segment of this.inForce.reading(what)) if (!asking.has(segment)) asking.set(segment, last);
    }
    const isUnsettled = state.settled < this.inForce.newestVersion;
    // Somebody new is in whatever segments those without any events are in; of whom else all must be asked, somebody else knows.
    const all = isNew || isStale || isUnsettled || touched.isJoined || (touched.isDue && !isFired);
    const causeOf: CauseOf = (segment) => (isStale ? OPERATION : work.causeOf(asking.get(segment) ?? last));
    const alone = this.#alone(asking);
    if (all) state.dueAt = Number.POSITIVE_INFINITY;
    if (all && isBlank) evaluateNewcomer(evaluated, work.blank, alone, causeOf);
    else evaluateNow(evaluated, all ? this.inForce.alone : alone.keys(), now, causeOf);
    state.settled = this.inForce.newestVersion;
    const isCounted = this.#count(profile, state);
    work.see(state);
    const isWorkedOff = touched.isDue || isFired || isStale;
    const own = all || isCounted || touched.isChanged ? last : undefined;
    return {
      ...{
        evaluated,
        dueBefore,
        isWorkedOff,
        isToBeWritten: all || isWorkedOff || isRemembered || isCounted,
      },
      causeOf: (segment) => (isStale ? OPERATION : work.causeOf(asking.get(segment) ?? own)),
    };
  }

  /** Evaluates what asks about others too, once all others of the batch are counted. */
  #finish(work: BatchWork, { evaluated, dueBefore, isWorkedOff, isToBeWritten, causeOf }: Look): void {
    const { person, state } = evaluated;
    evaluateNow(evaluated, this.inForce.together, work.batch.now, causeOf);
    if (isToBeWritten || work.hasChanged(person.id) || state.dueAt !== dueBefore)
      work.write(person.id, state, isWorkedOff);
  }

  /** Without the segments that ask about others too. */
  #alone(asking: Asking): Asking {
    if (this.inForce.together.length === 0) return asking;
    return new Map([...asking].filter(([{ compiled }]) => compiled.counts.size === 0));
  }

  /** Segments whose timers look at nothing that the batch changed: the others are asked now. */
  #timed({ isChanged }: Touched): readonly LiveSegment[] {
    const { alone } = this.inForce;
    return isChanged ? alone.filter(({ compiled }) => compiled.reads.size === 0) : alone;
  }

  /** Adds events to what is remembered; answers the segments that ask about it, each with the last event that it may ask for. */
  #fold(state: PersonState, events: readonly Row[]): Asking {
    const asking: Asking = new Map();
    for (const row of events) {
      for (const leaf of this.inForce.leavesOf(row)) {
        if (!remember(state, leaf, row)) continue;
        for (const segment of this.inForce.asking(leaf)) asking.set(segment, row);
      }
    }
    return asking;
  }

  /** The row of a person, where what it says may be new. */
  #addRow(work: BatchWork, id: string, touched: Touched, people: People, isStale: boolean): void {
    const profile = people.profileOf(id);
    if (profile === undefined) return;
    const isNew = profile.total <= touched.events.length;
    if (!touched.isChanged && !isNew && !isStale) return;
    const row = personRow(profile, this.#rules);
    const text = JSON.stringify(row);
    if (this.#rows.get(id) === text && !isStale) return;
    this.#rows.set(id, text);
    work.rows.push(row);
  }
}

/** All that is remembered of events is to be read anew. */
function forgetEvents(state: PersonState): void {
  state.hydrated = 0;
  state.leaves.clear();
}
