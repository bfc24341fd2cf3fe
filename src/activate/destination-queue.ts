/**
 * The queue of one destination: takes what waits, sends it within what the tool bears, and hands what became of it to the settler. Queues share nothing
 * but the stores: a destination that fails, hangs or is slow holds up itself alone.
 *
 * Everything happens in `#pump`, which is called whenever something may have changed. It starts calls while there may be more of them, and takes
 * more when memory holds little; where it cannot go on for a time, it sets one timer. Memory holds what can be sent within moments, so that the door
 * is asked just before: what waits for longer, since the tool is spared or a repeat is not due, waits in PostgreSQL.
 */
import { CircuitBreaker } from '../core/delivery/circuit-breaker.js';
import type { QueueState } from '../core/delivery/described-kind.js';
import { type Attempted, type Judgement, judge } from '../core/delivery/judge.js';
import type { SnapshotPart } from '../core/delivery/snapshot-plan.js';
import { TokenBucket } from '../core/delivery/token-bucket.js';
import type { DeliveryLog } from '../stores/events/delivery-log.js';
import type {
  ConnectionFact,
  DeliveryState,
  DestinationFact,
  Taken,
  WaitingDelivery,
} from '../stores/state/delivery-state.js';
import { type AdmitParts, admit, filtered } from './admit.js';
import type { SendItem } from './destinations/destination.js';
import type { DeliveryFault } from './fault.js';
import { keptExchanges, logAttempt, NO_EXCHANGES, seeExchanges } from './log-attempt.js';
import type { Outlet } from './outlet.js';
import { sendBatch } from './send-batch.js';
import type { Ended } from './settler.js';
import type { Time } from './time.js';
import { type Held, WaitingRoom } from './waiting-room.js';
import { WaitingWindow } from './waiting-window.js';

/** Payloads in memory, as text. */
const HELD_BYTES_MAX = 8 * 1024 * 1024;
/** Deliveries in memory, those that are sent and not yet settled included. */
const HELD_ITEMS_MAX = 20_000;
const TAKE_AGAIN_MS = 1_000;
/** Longer pauses are waited for with empty hands. */
const PAUSE_MS_HELD_MAX = 1_000;

/** What a queue leans on. */
export interface QueueParts extends AdmitParts {
  readonly state: DeliveryState;
  readonly log: DeliveryLog;
  readonly time: Time;
  /** Resolves when it is in the books. */
  readonly settle: (ended: readonly Ended[]) => Promise<void>;
  readonly failed: (error: unknown, retryInMs: number) => void;
  readonly fault?: DeliveryFault;
}

/** What a queue works with; replaced when the operator changes anything. */
export interface QueueFacts {
  readonly destination: DestinationFact;
  /** By number of the version; those of this destination. */
  readonly connections: ReadonlyMap<number, ConnectionFact>;
  /** Left out where nothing can be sent, and `fault` says why. */
  readonly outlet?: Outlet;
  readonly fault?: string;
}

/** See the head of the file. */
export class DestinationQueue {
  readonly #parts: QueueParts;
  readonly #bornAt: number;
  #facts: QueueFacts;
  #ordered: readonly number[] = [];
  readonly #room = new WaitingRoom();
  readonly #window = new WaitingWindow();
  readonly #breaker = new CircuitBreaker();
  #bucket: TokenBucket | undefined;
  #pausedUntil = 0;
  #calls = 0;
  #sent = 0;
  #isTaking = false;
  #mayHaveMore = true;
  /** When the next one is due that was not when we last looked. */
  #nextDue: number | undefined;
  /** How often memory was let go of; and whose deliveries were, since the last taking began. */
  #releases = 0;
  readonly #heldBack = new Set<string>();
  #callOff: (() => void) | undefined;
  #wakeAt = Number.POSITIVE_INFINITY;
  #isStopped = false;

  constructor(parts: QueueParts, facts: QueueFacts) {
    this.#parts = parts;
    this.#bornAt = parts.time.now();
    this.#facts = facts;
    this.update(facts);
  }

  get facts(): QueueFacts {
    return this.#facts;
  }

  /** Goes on with other facts, for all that is not sent yet. */
  update(facts: QueueFacts): void {
    this.#facts = facts;
    const { destination, connections, outlet } = facts;
    const { ratePerSecond, ordered } = destination.options;
    if (ratePerSecond !== this.#bucket?.ratePerSecond)
      this.#bucket =
        ratePerSecond === undefined ? undefined : new TokenBucket(ratePerSecond, this.#parts.time.now());
    this.#ordered = [...connections.values()]
      .filter(({ action }) => ordered ?? outlet?.kind.actions[action]?.ordered ?? true)
      .map(({ number }) => number);
    this.release();
  }

  /** Something may be due. */
  wake(): void {
    this.#mayHaveMore = true;
    this.#pump();
  }

  /** Lets go of what is in memory and not sent. */
  release(): void {
    this.#room.release();
    this.#releases += 1;
    this.wake();
  }

  stop(): void {
    this.#isStopped = true;
    this.#callOff?.();
    this.#room.release();
  }

  /** Calls that are out. */
  get calls(): number {
    return this.#calls;
  }

  get state(): QueueState {
    const now = this.#parts.time.now();
    const wait = Math.max(this.#pausedUntil - now, finite(this.#breaker.waitMs(now)));
    const { fault, destination } = this.#facts;
    return {
      destinationId: destination.id,
      breaker: this.#breaker.state(now),
      ...(wait > 0 ? { pausedUntil: now + wait } : {}),
      held: this.#room.size,
      calls: this.#calls,
      ...(fault === undefined ? {} : { fault }),
    };
  }

  #pump(): void {
    if (this.#isStopped) return;
    const now = this.#parts.time.now();
    if (this.#nextDue !== undefined && this.#nextDue <= now) {
      this.#nextDue = undefined;
      this.#mayHaveMore = true;
    }
    const wait = this.#waitMs(now);
    if (wait > PAUSE_MS_HELD_MAX && this.#room.size > this.#sent) {
      this.#room.release();
      this.#releases += 1;
      this.#mayHaveMore = true;
    }
    if (wait === 0) this.#startCalls(now);
    else if (this.#mayHaveMore || this.#room.size > this.#sent) this.#wakeIn(wait);
    if (wait <= PAUSE_MS_HELD_MAX) this.#takeMore(now);
    if (this.#nextDue !== undefined) this.#wakeIn(this.#nextDue - now);
  }

  /** Milliseconds until a call may begin. */
  #waitMs(now: number): number {
    return Math.max(0, this.#pausedUntil - now, this.#breaker.waitMs(now));
  }

  #startCalls(now: number): void {
    const { concurrency } = this.#facts.destination.options;
    while (this.#calls < concurrency && this.#breaker.waitMs(now) === 0) {
      const wait = this.#bucket?.waitMs(now) ?? 0;
      if (wait > 0) {
        if (this.#room.size > this.#sent) this.#wakeIn(wait);
        return;
      }
      const batch = this.#nextBatch(now);
      if (batch === undefined) return;
      this.#call(batch).catch((error: unknown) => this.#parts.failed(error, 0));
    }
  }

  /** The batch of the lane that waited longest, among those that are full, or have waited for as long as they may. */
  #nextBatch(now: number): Held[] | undefined {
    const { batchItemsMax, batchWaitMs } = this.#facts.destination.options;
    for (const [connection, waiting] of this.#room.lanes) {
      // Invariant: no lane is empty.
      const { action, takenAt } = waiting[0] as Held;
      const itemsMax = Math.min(action.batch?.itemsMax ?? 1, batchItemsMax ?? Number.POSITIVE_INFINITY);
      const wait = takenAt + batchWaitMs - now;
      if (itemsMax > 1 && waiting.length < itemsMax && wait > 0) {
        this.#wakeIn(wait);
        continue;
      }
      return this.#room.send(connection, fitting(waiting, itemsMax, action.batch?.bytesMax));
    }
    return undefined;
  }

  async #call(batch: readonly Held[]): Promise<void> {
    const { time, fault } = this.#parts;
    const { outlet, destination } = this.#facts;
    // Invariant: batches are never empty, and without an outlet nothing is taken in.
    const [first] = batch as [Held, ...Held[]];
    const { action, connection } = first;
    this.#calls += 1;
    this.#sent += batch.length;
    this.#bucket?.take(time.now());
    const begun = this.#breaker.begin();
    const to = { outlet: outlet as Outlet, action, connection, timeoutMs: destination.options.timeoutMs };
    const call = await sendBatch(
      batch.map((one) => itemOf(one)),
      to,
      time,
    );
    const now = time.now();
    this.#calls -= 1;
    await fault?.('delivery_sent');
    this.#judgeTool(call.results, begun, first.delivery.profileId, now);
    const kept = keptExchanges(call.exchanges);
    const see = batch.length > 1 && kept !== NO_EXCHANGES ? seeExchanges(nameOf(first)) : kept;
    const ended = batch.map((one, index) => {
      // Invariant: there is one result for each item.
      const result = call.results[index] as Attempted;
      const judgement = this.#judge(one, result, now);
      // What was given up goes again after a crash before it is settled: those behind it wait for that.
      if (judgement.outcome === 'delivered') this.#room.done(one);
      const when = { at: now, tookMs: call.tookMs };
      const { attempt } = nameOf(one);
      const logged = logAttempt(
        { ...one, destination },
        attempt,
        judgement,
        when,
        one === first ? kept : see,
      );
      const feedback = result.status === 'failed' ? result.feedback : undefined;
      return { seq: one.delivery.seq, judgement, logged, ...(feedback === undefined ? {} : { feedback }) };
    });
    this.#pump();
    await this.#parts.settle(ended);
    this.#settled(batch, ended);
  }

  #judge({ delivery }: Held, result: Attempted, now: number): Judgement {
    const { giveUpAfterMs } = this.#facts.destination.options;
    const trial = { attempts: delivery.attempts + 1, giveUpAt: delivery.since + giveUpAfterMs };
    return judge(result, trial, now, this.#parts.time.random());
  }

  /** What a call says of the tool itself: whether to spare it, and for how long. */
  #judgeTool(
    results: readonly Attempted[],
    begun: { readonly isProbe: boolean },
    who: string,
    now: number,
  ): void {
    const failures = results.flatMap((result) =>
      result.status === 'failed' && result.retry ? [result] : [],
    );
    if (failures.length < results.length) {
      this.#breaker.succeeded();
      return;
    }
    const said = Math.max(...failures.map(({ retryAfterMs = 0 }) => retryAfterMs));
    // A tool that says when to come back works.
    if (said > 0) {
      this.#breaker.succeeded();
      this.#pausedUntil = Math.max(this.#pausedUntil, now + said);
    } else this.#breaker.failed(begun, who, now, this.#parts.time.random());
  }

  #settled(batch: readonly Held[], ended: readonly Ended[]): void {
    batch.forEach((one, index) => {
      const judgement = ended[index]?.judgement;
      this.#sent -= 1;
      const nextAt = judgement?.outcome === 'retried' ? judgement.nextAt : undefined;
      if (nextAt === undefined) this.#room.done(one);
      if (this.#room.settled(one, nextAt !== undefined)) this.#mayHaveMore = true;
      if (nextAt === undefined) return;
      this.#nextDue = Math.min(this.#nextDue ?? nextAt, nextAt);
      this.#heldBack.add(one.delivery.profileId);
    });
    this.#window.finished(batch.length, this.#parts.time.now());
    this.#pump();
  }

  #takeMore(now: number): void {
    if (this.#isTaking || !this.#mayHaveMore) return;
    if (this.#facts.fault !== undefined && !this.#isWithdrawn) return;
    const waiting = this.#room.size - this.#sent;
    const window = this.#window.size(now, this.#facts);
    if (waiting > window / 2 || this.#room.size >= HELD_ITEMS_MAX || this.#room.bytes >= HELD_BYTES_MAX)
      return;
    this.#isTaking = true;
    this.#mayHaveMore = false;
    this.#heldBack.clear();
    const taking = this.#isWithdrawn ? this.#withdraw() : this.#take(window - waiting);
    taking
      .catch((error: unknown) => {
        if (this.#isStopped) return;
        this.#parts.failed(error, TAKE_AGAIN_MS);
        this.#mayHaveMore = true;
        return this.#pauseTaking();
      })
      .finally(() => {
        this.#isTaking = false;
        this.#pump();
      });
  }

  /** Nothing is sent to it any more: what waits is filtered, whenever it would be due. */
  get #isWithdrawn(): boolean {
    const { destination } = this.#facts;
    return destination.isDeleted || !destination.isEnabled;
  }

  #pauseTaking(): Promise<void> {
    return new Promise((resolve) => {
      this.#parts.time.after(TAKE_AGAIN_MS, resolve);
    });
  }

  async #take(itemsMax: number): Promise<void> {
    const { state, time, fault } = this.#parts;
    const { outlet, destination, connections } = this.#facts;
    if (outlet === undefined) return;
    const releases = this.#releases;
    const taken = await this.#query(time.now(), itemsMax, state);
    const now = time.now();
    const isTroubled = this.#breaker.state(now) !== 'closed';
    const way = { destination, connections, kind: outlet.kind, isTroubled };
    const told = await this.#settleTold(taken.deliveries);
    const left = told.size === 0 ? taken.deliveries : taken.deliveries.filter(({ key }) => !told.has(key));
    const { items, ended } = await admit(left, way, now, this.#parts);
    await fault?.('delivery_taken');
    // Those before them may have left memory meanwhile: what was taken behind them is none of ours any more.
    const isStale = releases !== this.#releases;
    // Nor does anything go before what became of an earlier one at the door is in the books.
    const endedAt = new Map<string, number>();
    for (const { seq, logged } of ended)
      endedAt.set(logged.profileId, Math.min(seq, endedAt.get(logged.profileId) ?? seq));
    for (const item of isStale ? [] : items) {
      const { connection, profileId, seq } = item.delivery;
      const isOrdered = this.#ordered.includes(connection);
      if (isOrdered && (this.#heldBack.has(profileId) || seq > (endedAt.get(profileId) ?? seq))) continue;
      this.#room.add({ ...item, isOrdered, takenAt: time.now(), isSent: false });
    }
    this.#pump();
    if (ended.length > 0) await this.#parts.settle(ended);
    if (isStale || told.size + items.length + ended.length > 0) this.#mayHaveMore = true;
    this.#seeDue(taken.nextDue);
    for (const { judgement } of ended) if (judgement.outcome === 'retried') this.#seeDue(judgement.nextAt);
  }

  /**
   * Of deliveries from before this life some may have been delivered, and told so to the log, when the last one ended: that is made good in the books,
   * and they are not sent again.
   * @returns their keys.
   */
  async #settleTold(deliveries: readonly WaitingDelivery[]): Promise<ReadonlySet<string>> {
    const { log, time, settle } = this.#parts;
    const { destination, connections } = this.#facts;
    const old = deliveries.filter(({ decidedAt }) => decidedAt <= this.#bornAt);
    const told = await log.delivered(destination.id, old);
    const ended = old.flatMap((delivery): Ended[] => {
      const connection = connections.get(delivery.connection);
      if (connection === undefined || !told.has(delivery.key)) return [];
      const judgement: Judgement = { outcome: 'delivered' };
      const about = { delivery, connection, destination };
      const logged = logAttempt(
        about,
        delivery.attempts + 1,
        judgement,
        { at: time.now(), tookMs: 0 },
        NO_EXCHANGES,
      );
      // What it tells was told: it is only settled.
      return [{ seq: delivery.seq, judgement, logged, isTold: true }];
    });
    if (ended.length > 0) await settle(ended);
    return told;
  }

  async #withdraw(): Promise<void> {
    const { state, time } = this.#parts;
    const { destination, connections } = this.#facts;
    const taken = await this.#query(Number.POSITIVE_INFINITY, HELD_ITEMS_MAX / 4, state);
    const told = await this.#settleTold(taken.deliveries);
    const deliveries = taken.deliveries.filter(({ key }) => !told.has(key));
    const judgement = filtered(destination.isDeleted ? 'destination_deleted' : 'connection_disabled');
    const ended = deliveries.flatMap((delivery): Ended[] => {
      const connection = connections.get(delivery.connection);
      if (connection === undefined) return [];
      const about = { delivery, connection, destination };
      const logged = logAttempt(about, 0, judgement, { at: time.now(), tookMs: 0 }, NO_EXCHANGES);
      return [{ seq: delivery.seq, judgement, logged }];
    });
    if (ended.length > 0) await this.#parts.settle(ended);
    if (ended.length + told.size > 0) this.#mayHaveMore = true;
  }

  #query(now: number, itemsMax: number, state: DeliveryState): Promise<Taken> {
    return state.take({
      destination: this.#facts.destination.number,
      now,
      held: this.#room.seqs,
      ordered: this.#isWithdrawn ? [] : this.#ordered,
      itemsMax: Math.min(itemsMax, HELD_ITEMS_MAX - this.#room.size),
      bytesMax: HELD_BYTES_MAX - this.#room.bytes,
    });
  }

  #seeDue(at: number | undefined): void {
    if (at !== undefined) this.#nextDue = Math.min(this.#nextDue ?? at, at);
  }

  #wakeIn(ms: number): void {
    const { time } = this.#parts;
    const at = time.now() + Math.max(1, ms);
    if (!Number.isFinite(at) || at >= this.#wakeAt) return;
    this.#callOff?.();
    this.#wakeAt = at;
    this.#callOff = time.after(at - time.now(), () => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#pump();
    });
  }
}

function itemOf({ delivery, action }: Held): SendItem {
  const { key, profileId, payload, given, decidedAt, messageId, segmentId, kind } = delivery;
  return {
    ...{ key, attempt: delivery.attempts + 1, profileId, payload, decidedAt },
    ...(action.needsGiven && given !== undefined ? { given } : {}),
    // Invariant: of what tells of segments, parts of snapshots alone have both, and are of no other kind.
    ...(messageId !== '' && segmentId !== ''
      ? { snapshot: { id: messageId, part: kind as SnapshotPart } }
      : {}),
  };
}

function nameOf({ delivery }: Held): { readonly key: string; readonly attempt: number } {
  return { key: delivery.key, attempt: delivery.attempts + 1 };
}

/** How many of those that wait go into one call. */
function fitting(waiting: readonly Held[], itemsMax: number, bytesMax = Number.POSITIVE_INFINITY): number {
  let bytes = 0;
  for (let count = 0; count < Math.min(waiting.length, itemsMax); count += 1) {
    bytes += waiting[count]?.delivery.bytes ?? 0;
    if (bytes > bytesMax) return Math.max(1, count);
  }
  return Math.min(waiting.length, itemsMax);
}

function finite(ms: number): number {
  return Number.isFinite(ms) ? ms : 0;
}
