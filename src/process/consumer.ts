/**
 * The consumer: reads the log, runs the pipeline, and stores what comes out, exactly once.
 *
 * A batch goes `read -> plan -> process -> insert events -> commit state`. While one batch is being stored the next is
 * processed, never more. The order of the last steps is what makes it exact:
 *
 * 1. `plan` makes the batch's end durable, so that a crashed batch is cut at the same place again.
 * 2. The rows go to the event store under a token made of the batch's range, which the store takes once. A crash after
 *    this repeats the insert, and the store adds what is missing.
 * 3. One transaction commits everything else with the offset.
 *
 * Whatever fails, the attempt ends: memory may be ahead of the stores, so all of it is thrown away and read anew from the
 * committed offset.
 */
import type { Enrichment } from '../core/enrich/enrichment.js';
import type { Event } from '../core/event/event.js';
import { QualityTally } from '../core/quality/quality-tally.js';
import { isDataError } from '../engines/clickhouse.js';
import type { Chunk, Log } from '../log/log.js';
import type { EventHistory, EventStore, PrintedEvent } from '../stores/events/event-store.js';
import type { ActivationWork, OpenSync } from '../stores/state/activation-state.js';
import type { IdentityState, Operation } from '../stores/state/identity-state.js';
import type { BatchCommit, PipelineState, Position } from '../stores/state/pipeline-state.js';
import type { DuePeople, MembershipChange, SegmentWork } from '../stores/state/segment-state.js';
import { isAtWork, type SnapshotWork } from '../stores/state/snapshot-state.js';
import { Accounts } from './accounts.js';
import { Activation, type ActivationStores, tellFiltered } from './activation/activation.js';
import { followSuppressions } from './activation/follow-suppressions.js';
import { forwardSnapshot, isSnapshotReady } from './activation/snapshot.js';
import { forwardSync, type SyncTools } from './activation/sync.js';
import type { Fault } from './fault.js';
import { inForce } from './force.js';
import { OperationAttempts, tellOverrides } from './operate.js';
import { ledgerOf, redeemedOf, rejectedOf } from './outcome.js';
import { People } from './people.js';
import type { PipelineTools, Verdict } from './pipeline.js';
import { PoisonedEvent, runPipeline } from './pipeline.js';
import type { SeenLimits } from './seen-ids.js';
import { SeenIds } from './seen-ids.js';
import { mustWait, SegmentSteps, tellCommitted, tellMemberships } from './segments/lifecycle.js';
import type { SegmentOutcome, SegmentStores } from './segments/segments.js';
import { Segments } from './segments/segments.js';

/** Events of one batch, unless a single chunk holds more. */
const BATCH_EVENTS_MAX = 12_000;
/** People whose timers are worked off along with one batch, and members of accounts that turned. */
const DUE_PER_BATCH_MAX = 2_000;
/** Least time between the starts of two batches: fewer, larger inserts are what both stores like best. */
const BATCH_INTERVAL_MS = 120;
/** After which an audience whose tool has enough waiting is looked at again. */
const SYNC_REST_MS = 1_000;
const RETRY_DELAY_MS_MIN = 100;
const RETRY_DELAY_MS_MAX = 5_000;

/** The consumer's view of time, so that tests can run it without any. */
export interface Pace {
  now(): number;
  /** Resolves after the time, at once when it is negative, or earlier when the consumer is stopped. */
  sleep(ms: number): Promise<void>;
  /** Resolves when the log may hold more, or after a while: after `msMax` at most. */
  more(msMax?: number): Promise<void>;
}

/** What the consumer tells of its work. */
export interface ConsumerReports {
  /** A batch is committed: everything before `until` is in all stores. */
  committed(batch: CommittedBatch): void;
  /** An attempt failed and will be made again. */
  failed(error: unknown, retryInMs: number): void;
}

/** A batch that is in all stores. */
export interface CommittedBatch {
  readonly until: number;
  readonly verdicts: readonly Verdict[];
  /** Who entered and left segments by it. */
  readonly memberships: readonly MembershipChange[];
}

/** What the consumer leans on. */
export interface ConsumerParts {
  readonly log: Log;
  readonly state: PipelineState;
  readonly identity: IdentityState;
  readonly events: EventStore;
  readonly history: EventHistory;
  readonly segments: SegmentStores;
  readonly activation: ActivationStores;
  readonly enrich: (event: Event) => Enrichment;
  readonly eventBytesMax: number;
  readonly pace: Pace;
  readonly reports: ConsumerReports;
  /** For tests: fails where they say, and counts in small figures. */
  readonly fault?: Fault;
  readonly seenLimits?: SeenLimits;
  readonly slicePeople?: number;
}

interface Processed {
  readonly from: number;
  readonly until: number;
  readonly verdicts: Verdict[];
  readonly commit: BatchCommit;
  readonly rows: SegmentOutcome['rows'];
  /** The number of its commit. */
  readonly version: number;
  /** An earlier attempt got at least as far as planning it. */
  readonly again: boolean;
}

/** What a batch is processed with. */
type Tools = PipelineTools & { readonly segments: Segments; readonly activation: Activation };

/** Where the consumer stands. */
interface Place {
  next: number;
  commits: number;
  /** Batches up to here were planned by an earlier attempt. */
  readonly plannedBefore: number;
}

/** What there is to do between two batches: an operator's wish, segments, and audiences. */
interface Aside {
  readonly operation: Operation | undefined;
  readonly work: SegmentWork | undefined;
  readonly leaving: ActivationWork | undefined;
}

const NOBODY_DUE: DuePeople = { people: [], turned: [] };
const NOTHING_ASIDE: Aside = { operation: undefined, work: undefined, leaving: undefined };

/** See the head of the file. One at a time per log: the state store's lease sees to it. */
export class Consumer {
  readonly #parts: ConsumerParts;
  /** Events that made a step or the event store fail, with the reason; they go to the quarantine. */
  readonly #poisoned = new Map<number, string>();
  readonly #operations = new OperationAttempts();
  readonly #segmentSteps = new SegmentSteps();
  #stopped = false;

  constructor(parts: ConsumerParts) {
    this.#parts = parts;
  }

  /** Works until `stop`; never rejects. */
  async run(): Promise<void> {
    let delay = RETRY_DELAY_MS_MIN;
    while (!this.#stopped) {
      try {
        await this.#attempt(() => {
          delay = RETRY_DELAY_MS_MIN;
        });
      } catch (error) {
        if (error instanceof PoisonedEvent) {
          this.#poisoned.set(error.offset, error.message);
          continue;
        }
        this.#parts.reports.failed(error, delay);
        await this.#parts.pace.sleep(delay);
        delay = Math.min(delay * 2, RETRY_DELAY_MS_MAX);
      }
    }
  }

  /** Ends `run` after the batch in work. */
  stop(): void {
    this.#stopped = true;
  }

  /** From the committed offset on, until stopped or something fails. */
  async #attempt(progressed: () => void): Promise<void> {
    const { state, pace } = this.#parts;
    const position = await state.open();
    await tellOverrides(this.#parts);
    await tellMemberships(this.#parts.segments);
    await tellFiltered(this.#parts.activation);
    const tools = await this.#tools();
    const plannedBefore = position.planned.at(-1) ?? position.next;
    await tools.seen.load();
    const at: Place = { next: position.next, commits: position.commits, plannedBefore };
    let storing: Promise<void> = Promise.resolve();
    /** What was read while the batch before was in work. */
    let ahead: Promise<Chunk[]> | undefined;
    try {
      while (!this.#stopped) {
        const [chunks, aside] = await Promise.all([
          ahead ?? this.#read(at.next, position),
          // What a crash left in work comes first: its rows are told apart by what was stored of them.
          at.next >= plannedBefore ? this.#aside() : NOTHING_ASIDE,
        ]);
        ahead = undefined;
        const isBusy = await this.#stepAside(aside, storing, at, tools);
        if (isBusy) progressed();
        const due = await this.#due(aside.work);
        if (chunks.length + due.people.length + due.turned.length === 0) {
          await storing;
          if (!isBusy) await pace.more(this.#restMs(aside));
          continue;
        }
        const startedAt = pace.now();
        const backlog = endOf(chunks) - at.next >= BATCH_EVENTS_MAX / 2;
        if (backlog) ahead = this.#read(endOf(chunks), position);
        // Awaited in the next round.
        ahead?.catch(() => {});
        const batch = await this.#process(chunks, due, at, tools);
        await storing;
        storing = this.#store(batch).then(progressed);
        // Awaited below; until then a failure must not count as unhandled.
        storing.catch(() => {});
        // A sealed run's pages can be read only once they are committed.
        if (batch.commit.sealed) await storing;
        at.next = batch.until;
        at.commits += 1;
        // What comes while we wait goes along with the next batch.
        if (!backlog) await pace.sleep(startedAt + BATCH_INTERVAL_MS - pace.now());
      }
      await storing;
    } finally {
      // Never two attempts at once: what is being stored ends before the next one asks where it stands.
      await storing.catch(() => {});
    }
  }

  /** What there is to do between two batches. */
  async #aside(): Promise<Aside> {
    const { identity, segments, activation } = this.#parts;
    const [operation, work, leaving] = await Promise.all([
      ...([identity.nextOperation(), segments.state.work(), activation.state.work()] as const),
    ]);
    return { operation, work, leaving };
  }

  /** Does it, a step of each. @returns whether something was done. */
  async #stepAside(
    { operation, work, leaving }: Aside,
    storing: Promise<void>,
    at: Place,
    tools: Tools,
  ): Promise<boolean> {
    let isBusy = false;
    if (operation) {
      await storing;
      if (await this.#operations.run(operation, this.#parts, { offset: at.next, commits: at.commits }))
        at.commits += 1;
      await tellOverrides(this.#parts);
      // What is cached of people may no longer be true.
      const { people, accounts, segments } = await this.#tools();
      Object.assign(tools, { people, accounts, segments });
      isBusy = true;
    }
    if (work !== undefined && (work.open !== undefined || work.epoch !== tools.segments.inForce.epoch)) {
      await storing;
      await this.#forwardSegments(work, at, tools);
      isBusy = true;
    }
    if (leaving === undefined) return isBusy;
    if (!isOf(tools.activation, leaving.epoch, tools.segments)) {
      await storing;
      const activation = await Activation.open(this.#parts.activation, leaving.epoch, tools.segments);
      Object.assign(tools, { activation });
    }
    const now = this.#parts.pace.now();
    const snapshots: SnapshotWork[] = [];
    // While a segment is filled, who is in it is not known yet: no list is taken down.
    for (const one of leaving.snapshots)
      if ((isAtWork(one) || work?.open === undefined) && (await this.#isReady(one, now, tools)))
        snapshots.push(one);
    const sync = leaving.sync !== undefined && leaving.sync.dueAt <= now ? leaving.sync : undefined;
    if (sync === undefined && snapshots.length === 0 && !leaving.hasSuppressionChanges) return isBusy;
    await storing;
    if (leaving.hasSuppressionChanges && (await this.#stepBetween(at, tools, followSuppressions)))
      isBusy = true;
    if (sync !== undefined && (await this.#forwardAudience(sync, at, tools))) isBusy = true;
    // One step at a time: events wait meanwhile.
    for (const work of snapshots)
      if (await this.#stepBetween(at, tools, (place, given) => forwardSnapshot(work, place, given)))
        return true;
    return isBusy;
  }

  /** One step for an open version of a segment, if there is one, with what is in force before it and after it. */
  async #forwardSegments({ open, epoch }: SegmentWork, at: Place, tools: Tools): Promise<void> {
    const { state, segments: stores, identity, pace, fault } = this.#parts;
    // First, since definitions may change faster than steps are made.
    await this.#renewSegments(epoch, tools);
    if (open === undefined) return;
    const { next: offset, commits } = at;
    const now = pace.now();
    const { segments } = tools;
    if (await mustWait(open, segments.inForce, stores.state, now)) return;
    // Of their own, as for audiences.
    const people = new People(state, inForce(await identity.facts()));
    await this.#segmentSteps.forward(open, { stores, segments, people, fault }, { offset, commits, now });
    at.commits += 1;
    await tellMemberships(stores);
    await this.#renewSegments((await stores.state.work()).epoch, tools);
  }

  #isReady(work: SnapshotWork, now: number, { activation }: Tools): Promise<boolean> {
    return isSnapshotReady(work, now, { stores: this.#parts.activation, activation });
  }

  /** One step of comparing an audience with its segment. @returns false when that has to wait. */
  #forwardAudience(sync: OpenSync, at: Place, tools: Tools): Promise<boolean> {
    return this.#stepBetween(at, tools, (place, given) => forwardSync(sync, place, given));
  }

  /** One step that decides what leaves without a batch, in one or more commits. @returns false when it has to wait. */
  async #stepBetween(
    at: Place,
    tools: Tools,
    step: (place: { offset: number; commits: number; now: number }, tools: SyncTools) => Promise<number>,
  ): Promise<boolean> {
    const { log, state, activation: stores, segments, pace, fault, slicePeople } = this.#parts;
    // Of their own: they are many, and no event at hand speaks of them.
    const rules = inForce(await this.#parts.identity.facts());
    const [people, accounts] = [new People(state, rules), new Accounts(state, rules.traits)];
    const place = { offset: at.next, commits: at.commits, now: pace.now() };
    const { activation, segments: live } = tools;
    const commits = await step(place, {
      ...{ stores, store: segments.store, activation, segments: live, people, accounts },
      ...{ fault, slicePeople, isAwaited: async () => (await log.extent()).next > at.next },
    });
    if (commits === 0) return false;
    at.commits += commits;
    await tellFiltered(stores);
    return true;
  }

  /** How long there is nothing to do unless events come; undefined when for ever. */
  #restMs({ work, leaving }: Aside): number | undefined {
    const now = this.#parts.pace.now();
    const due = [
      leaving?.sync?.dueAt ?? Number.POSITIVE_INFINITY,
      ...(leaving?.snapshots ?? []).map(snapshotAt),
    ];
    const next = Math.min(
      work?.nextDue ?? Number.POSITIVE_INFINITY,
      Math.max(Math.min(...due), now + SYNC_REST_MS),
    );
    return next === Number.POSITIVE_INFINITY ? undefined : next - now;
  }

  /** Reads anew what is in force, where that has changed. */
  async #renewSegments(epoch: number, tools: Tools): Promise<void> {
    if (epoch === tools.segments.inForce.epoch) return;
    const { segments, identity } = this.#parts;
    const { traits } = inForce(await identity.facts());
    Object.assign(tools, { segments: await Segments.open(segments, epoch, traits) });
  }

  /** People whose time has come. */
  async #due(work: SegmentWork | undefined): Promise<DuePeople> {
    const now = this.#parts.pace.now();
    if (work?.nextDue === undefined || work.nextDue > now) return NOBODY_DUE;
    return this.#parts.segments.state.due(now, DUE_PER_BATCH_MAX);
  }

  /** What the pipeline works with, empty of memory, under the rules in force. */
  async #tools(): Promise<Tools> {
    const { state, identity, segments, activation, enrich, eventBytesMax, seenLimits } = this.#parts;
    const rules = inForce(await identity.facts());
    const { epoch } = await segments.state.work();
    const live = await Segments.open(segments, epoch, rules.traits);
    return {
      ...{
        enrich,
        eventBytesMax,
        people: new People(state, rules),
        accounts: new Accounts(state, rules.traits),
      },
      ...{ quality: new QualityTally(), seen: new SeenIds(state, seenLimits) },
      segments: live,
      activation: await Activation.open(activation, (await activation.state.work()).epoch, live),
    };
  }

  /** The next batch: up to a planned end where a crash left one, else as much as there is. */
  async #read(next: number, position: Position): Promise<Chunk[]> {
    const planned = position.planned.find((until) => until > next);
    const chunks = await this.#parts.log.read(
      next,
      planned === undefined ? BATCH_EVENTS_MAX : planned - next,
    );
    if (planned === undefined) return chunks;
    return chunks.filter((chunk) => chunk.offset + chunk.count <= planned);
  }

  async #process(
    chunks: readonly Chunk[],
    due: DuePeople,
    { next: from, commits, plannedBefore }: Place,
    tools: Tools,
  ): Promise<Processed> {
    const until = chunks.length === 0 ? from : endOf(chunks);
    await this.#parts.fault?.('read');
    const planned = until === from ? Promise.resolve() : this.#parts.state.plan(until);
    planned.catch(() => {});
    const verdicts = await runPipeline(chunks, this.#poisoned, tools);
    await planned;
    await this.#parts.fault?.('planned');
    const now = this.#parts.pace.now();
    const [people, accounts] = [tools.people.takeChanges(), tools.accounts.takeChanges()];
    const { changes, rows, touched } = await tools.segments.run(
      {
        ...{ verdicts, due: due.people, turned: due.turned, from, now, accounts },
        ...{ merged: people.merged, identifiers: people.identifiers },
      },
      tools.people,
      tools.accounts,
    );
    const { merged } = people;
    const changed = () => [
      ...rows.people.map(({ profileId }) => profileId),
      ...people.identifiers.flatMap(({ profileId }) => profileId ?? []).map((id) => tools.people.homeOf(id)),
    ];
    const activation = await tools.activation.run(
      { verdicts, touched, changes: changes.changes, merged, changed, from, commit: commits + 1, now },
      ...([tools.people, tools.accounts, tools.segments] as const),
    );
    const commit: BatchCommit = {
      ...{ from, until, ...people, accounts, segments: changes, activation },
      quality: tools.quality.take(),
      ...tools.seen.takeChanges(until, now),
      ledger: ledgerOf(verdicts),
      rejected: rejectedOf(verdicts),
      redeemed: redeemedOf(verdicts),
    };
    await this.#parts.fault?.('processed');
    return { from, until, verdicts, commit, rows, version: commits + 1, again: until <= plannedBefore };
  }

  async #store({ from, until, verdicts, commit, rows: people, version, again }: Processed): Promise<void> {
    const { events, state, segments, reports, fault } = this.#parts;
    const placed = verdicts.filter((verdict) => verdict.kind === 'processed');
    const rows = placed.map((verdict) => verdict.row);
    const offsets = placed.map((verdict) => verdict.item.offset);
    const poisons = verdicts.filter(({ item }) => this.#poisoned.has(item.offset)).length;
    const token = `${from}-${until}${poisons > 0 ? `-${poisons}` : ''}`;
    try {
      await events.insert({ token, rows, offsets, overrides: commit.merged, version, again });
    } catch (error) {
      if (isDataError(error)) await this.#poison(placed, rows);
      throw error;
    }
    await fault?.('events_inserted');
    await segments.store.mirror({ version, ...people });
    await state.commit(commit);
    await fault?.('committed');
    for (const { item } of verdicts) this.#poisoned.delete(item.offset);
    const memberships = commit.segments.changes;
    await tellCommitted(segments, memberships);
    if (commit.activation.filtered.length > 0) await tellFiltered(this.#parts.activation);
    reports.committed({ until, verdicts, memberships });
  }

  /** Finds the rows that the event store cannot take, so that the next attempt leaves them out. */
  async #poison(
    placed: ReadonlyArray<Extract<Verdict, { kind: 'processed' }>>,
    rows: readonly PrintedEvent[],
  ): Promise<void> {
    for (const [index, reason] of await this.#parts.events.probe(rows)) {
      // Invariant: probe answers with indexes into rows, which are those of placed.
      const { item } = placed[index] as (typeof placed)[number];
      this.#poisoned.set(item.offset, `The event store cannot take it: ${reason}`);
    }
  }
}

/** When there may be something to do for a connection's snapshots: of one at work at any time. */
function snapshotAt(work: SnapshotWork): number {
  return isAtWork(work) ? 0 : (work.dueAt ?? Number.POSITIVE_INFINITY);
}

/** Whether it decides by what is in force. */
function isOf(
  { inForce: { epoch, segments } }: Activation,
  newest: number,
  { inForce: live }: Segments,
): boolean {
  return epoch === newest && segments === live;
}

function endOf(chunks: readonly Chunk[]): number {
  const last = chunks.at(-1);
  return last === undefined ? 0 : last.offset + last.count;
}
