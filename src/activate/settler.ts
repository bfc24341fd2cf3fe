/**
 * Puts into the books what became of deliveries, for all destinations together: attempts to ClickHouse first, then one transaction of PostgreSQL.
 * What comes while one is on its way goes along with the next. Both steps change nothing when they are made again, so each is tried until it is
 * done: a crash between any two lines leaves deliveries that are still pending, to be sent again with the same key and body.
 */
import type { Feedback } from '../core/delivery/failure.js';
import type { Judgement } from '../core/delivery/judge.js';
import type { DeliveryLog, LoggedAttempt } from '../stores/events/delivery-log.js';
import type { DeliveryState, Settlement } from '../stores/state/delivery-state.js';
import type { DeliveryFault } from './fault.js';
import { sleep, type Time } from './time.js';

/** Fewer, larger inserts are what both stores like best. */
const SETTLE_INTERVAL_MS = 100;
const SETTLE_MAX = 10_000;
const RETRY_DELAY_MS_MIN = 100;
const RETRY_DELAY_MS_MAX = 5_000;

/** What became of one delivery. */
export interface Ended {
  readonly seq: number;
  readonly judgement: Judgement;
  readonly logged: LoggedAttempt;
  /** The log has it already. */
  readonly isTold?: boolean;
  /** What the tool said of an address. */
  readonly feedback?: Feedback;
}

/** What settling leans on. */
export interface SettlerParts {
  readonly state: DeliveryState;
  readonly log: DeliveryLog;
  readonly time: Time;
  /** Addresses that tools complained of. The same again changes nothing. */
  readonly heard: (feedback: ReadonlyArray<Ended & { readonly feedback: Feedback }>) => Promise<void>;
  readonly settled: (ended: readonly Ended[]) => void;
  /** The lease was lost and taken anew: what is in memory and not sent yet may be another's by now. */
  readonly reopened: () => void;
  readonly failed: (error: unknown, retryInMs: number) => void;
  readonly fault?: DeliveryFault;
}

interface Waiting {
  readonly ended: readonly Ended[];
  readonly done: () => void;
}

/** See the head of the file. */
export class Settler {
  readonly #parts: SettlerParts;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #nextAt = 0;
  #isStopped = false;

  constructor(parts: SettlerParts) {
    this.#parts = parts;
  }

  /** Resolves when it is in the books; never, when the process ends before. */
  settle(ended: readonly Ended[]): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ ended, done: resolve });
      this.#running ??= this.#run();
    });
  }

  /** Ends the work with what waits by now, unless a store fails. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    const { time } = this.#parts;
    while (this.#waiting.length > 0) {
      if (!this.#isStopped && time.now() < this.#nextAt) await sleep(time, this.#nextAt - time.now());
      this.#nextAt = time.now() + SETTLE_INTERVAL_MS;
      const some = this.#some();
      if (!(await this.#store(some.flatMap(({ ended }) => ended)))) break;
      for (const { done } of some) done();
    }
    this.#running = undefined;
  }

  #some(): Waiting[] {
    let count = 0;
    let items = 0;
    while (count < this.#waiting.length && items < SETTLE_MAX)
      items += this.#waiting[count++]?.ended.length ?? 0;
    return this.#waiting.splice(0, count);
  }

  /** Until it is stored. False when it was given up, since the worker stops. */
  async #store(ended: readonly Ended[]): Promise<boolean> {
    const { state, log, time, heard, settled, reopened, failed, fault } = this.#parts;
    const feedback = ended.filter((one) => hasFeedback(one));
    let isLeaseLost = false;
    for (let delay = RETRY_DELAY_MS_MIN; ; delay = Math.min(delay * 2, RETRY_DELAY_MS_MAX)) {
      try {
        if (isLeaseLost) {
          await state.open();
          isLeaseLost = false;
          reopened();
        }
        if (feedback.length > 0) await heard(feedback);
        await log.write(ended.filter(({ isTold }) => isTold !== true).map(({ logged }) => logged));
        await fault?.('delivery_logged');
        // Whatever failed, its connection may be gone, and the lease with it.
        isLeaseLost = true;
        await state.settle(settlementOf(ended));
        await fault?.('delivery_settled');
        settled(ended);
        return true;
      } catch (error) {
        if (this.#isStopped) return false;
        failed(error, delay);
        await sleep(time, delay);
      }
    }
  }
}

function hasFeedback(one: Ended): one is Ended & { readonly feedback: Feedback } {
  return one.feedback !== undefined;
}

function settlementOf(ended: readonly Ended[]): Settlement {
  const delivered: number[] = [];
  const filtered: Array<Settlement['filtered'][number]> = [];
  const failed: Array<Settlement['failed'][number]> = [];
  for (const { seq, judgement, logged } of ended) {
    if (judgement.outcome === 'delivered') delivered.push(seq);
    else if (judgement.outcome === 'filtered') filtered.push({ seq, reason: judgement.reason });
    else {
      const { code, message } = judgement.failure;
      const isDead = judgement.outcome === 'dead';
      const at = judgement.outcome === 'dead' ? logged.at : judgement.nextAt;
      failed.push({ seq, attempts: logged.attempt, isDead, at, code, message });
    }
  }
  const told = ended.filter(({ logged }) => logged.segmentId !== '');
  const keys = (outcome: Judgement['outcome']) =>
    told.filter(({ judgement }) => judgement.outcome === outcome).map(({ logged }) => logged.key);
  return {
    delivered,
    filtered,
    failed,
    audiences: { delivered: keys('delivered'), filtered: keys('filtered') },
  };
}
