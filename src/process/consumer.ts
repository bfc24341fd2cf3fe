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
import type { IdentityState } from '../stores/state/identity-state.js';
import type { BatchCommit, PipelineState, Position } from '../stores/state/pipeline-state.js';
import { Accounts } from './accounts.js';
import type { Fault } from './fault.js';
import { inForce } from './force.js';
import { OperationAttempts, tellOverrides } from './operate.js';
import { ledgerOf, rejectedOf } from './outcome.js';
import { People } from './people.js';
import type { PipelineTools, Verdict } from './pipeline.js';
import { PoisonedEvent, runPipeline } from './pipeline.js';
import type { SeenLimits } from './seen-ids.js';
import { SeenIds } from './seen-ids.js';

/** Events of one batch, unless a single chunk holds more. */
const BATCH_EVENTS_MAX = 12_000;
/** Least time between the starts of two batches: fewer, larger inserts are what both stores like best. */
const BATCH_INTERVAL_MS = 120;
const RETRY_DELAY_MS_MIN = 100;
const RETRY_DELAY_MS_MAX = 5_000;

/** The consumer's view of time, so that tests can run it without any. */
export interface Pace {
  now(): number;
  /** Resolves after the time, at once when it is negative, or earlier when the consumer is stopped. */
  sleep(ms: number): Promise<void>;
  /** Resolves when the log may hold more, or after a while. */
  more(): Promise<void>;
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
}

/** What the consumer leans on. */
export interface ConsumerParts {
  readonly log: Log;
  readonly state: PipelineState;
  readonly identity: IdentityState;
  readonly events: EventStore;
  readonly history: EventHistory;
  readonly enrich: (event: Event) => Enrichment;
  readonly eventBytesMax: number;
  readonly pace: Pace;
  readonly reports: ConsumerReports;
  /** For tests: fails where they say, and counts in small figures. */
  readonly fault?: Fault;
  readonly seenLimits?: SeenLimits;
}

interface Processed {
  readonly from: number;
  readonly until: number;
  readonly verdicts: Verdict[];
  readonly commit: BatchCommit;
  /** The number of its commit. */
  readonly version: number;
  /** An earlier attempt got at least as far as planning it. */
  readonly again: boolean;
}

/** Where the consumer stands. */
interface Place {
  next: number;
  commits: number;
  /** Batches up to here were planned by an earlier attempt. */
  readonly plannedBefore: number;
}

/** See the head of the file. One at a time per log: the state store's lease sees to it. */
export class Consumer {
  readonly #parts: ConsumerParts;
  /** Events that made a step or the event store fail, with the reason; they go to the quarantine. */
  readonly #poisoned = new Map<number, string>();
  readonly #operations = new OperationAttempts();
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
    const { state, identity, pace } = this.#parts;
    const position = await state.open();
    await tellOverrides(this.#parts);
    const tools = await this.#tools();
    const plannedBefore = position.planned.at(-1) ?? position.next;
    await tools.seen.load();
    const at: Place = { next: position.next, commits: position.commits, plannedBefore };
    let storing: Promise<void> = Promise.resolve();
    /** What was read while the batch before was in work. */
    let ahead: Promise<Chunk[]> | undefined;
    try {
      while (!this.#stopped) {
        const [chunks, operation] = await Promise.all([
          ahead ?? this.#read(at.next, position),
          // What a crash left in work comes first: its rows are told apart by what was stored of them.
          at.next < plannedBefore ? undefined : identity.nextOperation(),
        ]);
        ahead = undefined;
        if (operation) {
          await storing;
          if (await this.#operations.run(operation, this.#parts, { offset: at.next, commits: at.commits }))
            at.commits += 1;
          await tellOverrides(this.#parts);
          // What is cached of people may no longer be true.
          const { people, accounts } = await this.#tools();
          Object.assign(tools, { people, accounts });
          progressed();
        }
        if (chunks.length === 0) {
          await storing;
          if (!operation) await pace.more();
          continue;
        }
        const startedAt = pace.now();
        const backlog = endOf(chunks) - at.next >= BATCH_EVENTS_MAX / 2;
        if (backlog) ahead = this.#read(endOf(chunks), position);
        // Awaited in the next round.
        ahead?.catch(() => {});
        const batch = await this.#process(chunks, at, tools);
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

  /** What the pipeline works with, empty of memory, under the rules in force. */
  async #tools(): Promise<PipelineTools> {
    const { state, identity, enrich, eventBytesMax, seenLimits } = this.#parts;
    const rules = inForce(await identity.facts());
    return {
      ...{
        enrich,
        eventBytesMax,
        people: new People(state, rules),
        accounts: new Accounts(state, rules.traits),
      },
      ...{ quality: new QualityTally(), seen: new SeenIds(state, seenLimits) },
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
    { next: from, commits, plannedBefore }: Place,
    tools: PipelineTools,
  ): Promise<Processed> {
    const until = endOf(chunks);
    await this.#parts.fault?.('read');
    const planned = this.#parts.state.plan(until);
    planned.catch(() => {});
    const verdicts = await runPipeline(chunks, this.#poisoned, tools);
    await planned;
    await this.#parts.fault?.('planned');
    const commit: BatchCommit = {
      from,
      until,
      ...tools.people.takeChanges(),
      accounts: tools.accounts.takeChanges(),
      quality: tools.quality.take(),
      ...tools.seen.takeChanges(until, this.#parts.pace.now()),
      ledger: ledgerOf(verdicts),
      rejected: rejectedOf(verdicts),
    };
    await this.#parts.fault?.('processed');
    return { from, until, verdicts, commit, version: commits + 1, again: until <= plannedBefore };
  }

  async #store({ from, until, verdicts, commit, version, again }: Processed): Promise<void> {
    const { events, state, reports, fault } = this.#parts;
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
    await state.commit(commit);
    await fault?.('committed');
    for (const { item } of verdicts) this.#poisoned.delete(item.offset);
    reports.committed({ until, verdicts });
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

function endOf(chunks: readonly Chunk[]): number {
  const last = chunks.at(-1);
  return last === undefined ? 0 : last.offset + last.count;
}
