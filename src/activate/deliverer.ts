/**
 * The deliverer: one queue for each destination, one settler for all. It takes the lease, looks what there is to do whenever it is told that something
 * may have changed, and now and then by itself, and wakes the queues that have something due. All that is sent waits in PostgreSQL until it is settled, so it
 * may be stopped or killed at any moment.
 */

import type { QueueState } from '../core/delivery/described-kind.js';
import type { ActivationFacts, DeliveryState, DestinationFact } from '../stores/state/delivery-state.js';
import { DestinationQueue, type QueueFacts, type QueueParts } from './destination-queue.js';
import type { Outlet } from './outlet.js';
import { Settler, type SettlerParts } from './settler.js';
import { sleep } from './time.js';

/** Another process may have decided something, or changed a destination. */
const LOOK_INTERVAL_MS = 2_000;
const RETRY_DELAY_MS_MIN = 100;
const RETRY_DELAY_MS_MAX = 5_000;
/** How long calls that are out may still take when the work ends. */
const LAST_CALLS_MS_MAX = 5_000;
const STOP_LOOK_MS = 20;
const FORGET_INTERVAL_MS = 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** What the deliverer leans on. */
export interface DelivererParts extends Omit<QueueParts, 'settle'>, Omit<SettlerParts, 'reopened'> {
  readonly state: DeliveryState;
  /** Opens what a destination is sent to through. Rejects with a sentence that says why nothing can be sent to it. */
  readonly openOutlet: (destination: DestinationFact) => Promise<Outlet>;
}

/** See the head of the file. */
export class Deliverer {
  readonly #parts: DelivererParts;
  readonly #settler: Settler;
  readonly #queues = new Map<number, DestinationQueue>();
  #epoch: number | undefined;
  #isStopped = false;
  #isRung = false;
  #ring = () => {};

  constructor(parts: DelivererParts) {
    this.#parts = parts;
    this.#settler = new Settler({
      ...parts,
      reopened: () => {
        for (const queue of this.#queues.values()) queue.release();
      },
    });
  }

  /** Works until `stop`; never rejects. */
  async run(): Promise<void> {
    const { state, time, failed } = this.#parts;
    let delay = RETRY_DELAY_MS_MIN;
    let isOpen = false;
    let forgetAt = time.now();
    while (!this.#isStopped) {
      try {
        if (!isOpen) await state.open();
        isOpen = true;
        await this.#look();
        if (time.now() >= forgetAt) {
          forgetAt = time.now() + FORGET_INTERVAL_MS;
          await this.#forget();
        }
        delay = RETRY_DELAY_MS_MIN;
        await this.#rung();
      } catch (error) {
        failed(error, delay);
        await sleep(time, delay);
        delay = Math.min(delay * 2, RETRY_DELAY_MS_MAX);
      }
    }
    await this.#end();
  }

  /** Deliveries may wait, or destinations changed. */
  changed(): void {
    this.#isRung = true;
    this.#ring();
  }

  /** Ends `run`: what is out is waited for a moment and settled, what waits stays where it is. */
  stop(): void {
    this.#isStopped = true;
    this.#ring();
  }

  get queues(): readonly QueueState[] {
    return [...this.#queues.values()].map((queue) => queue.state);
  }

  async #look(): Promise<void> {
    const { state, time } = this.#parts;
    const { epoch, due } = await state.work();
    if (epoch !== this.#epoch) {
      await this.#renew(await state.facts());
      this.#epoch = epoch;
    }
    const now = time.now();
    for (const [number, at] of due) {
      const queue = this.#queues.get(number);
      if (queue !== undefined && (at <= now || !isInUse(queue.facts.destination))) queue.wake();
    }
  }

  /** Goes on with what destinations and connections are by now. */
  async #renew({ destinations, connections }: ActivationFacts): Promise<void> {
    for (const destination of destinations) {
      const own = connections.filter((connection) => connection.destination === destination.number);
      const facts = {
        destination,
        connections: new Map(own.map((connection) => [connection.number, connection])),
      };
      const queue = this.#queues.get(destination.number);
      const before = queue?.facts;
      const isSame = before !== undefined && sentThrough(before.destination) === sentThrough(destination);
      const through = isSame ? throughOf(before) : await this.#open(destination);
      if (queue === undefined) this.#queues.set(destination.number, this.#queue({ ...facts, ...through }));
      else queue.update({ ...facts, ...through });
      if (!isSame && before?.outlet !== undefined) this.#closeLater(before.outlet, before.destination);
    }
  }

  #queue(facts: QueueFacts): DestinationQueue {
    return new DestinationQueue({ ...this.#parts, settle: (ended) => this.#settler.settle(ended) }, facts);
  }

  async #open(destination: DestinationFact): Promise<Pick<QueueFacts, 'outlet' | 'fault'>> {
    if (destination.fault !== undefined) return { fault: destination.fault };
    if (!isInUse(destination)) return { fault: 'It is switched off or deleted' };
    try {
      return { outlet: await this.#parts.openOutlet(destination) };
    } catch (error) {
      return { fault: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Calls that are out still go through it. */
  #closeLater(outlet: Outlet, { options }: DestinationFact): void {
    this.#parts.time.after(options.timeoutMs, () => {
      outlet.close().catch((error: unknown) => this.#parts.failed(error, 0));
    });
  }

  async #forget(): Promise<void> {
    const { state, time } = this.#parts;
    for (const { facts } of [...this.#queues.values()]) {
      const { number, options } = facts.destination;
      const before = time.now() - options.deadDays * DAY_MS;
      while (!this.#isStopped && (await state.forgetDead(number, before)) > 0);
    }
  }

  async #rung(): Promise<void> {
    if (!this.#isRung && !this.#isStopped) {
      await new Promise<void>((resolve) => {
        const callOff = this.#parts.time.after(LOOK_INTERVAL_MS, resolve);
        this.#ring = () => {
          callOff();
          resolve();
        };
      });
    }
    this.#isRung = false;
    this.#ring = () => {};
  }

  async #end(): Promise<void> {
    const { time, state } = this.#parts;
    const queues = [...this.#queues.values()];
    for (const queue of queues) queue.stop();
    const deadline = time.now() + LAST_CALLS_MS_MAX;
    while (queues.some(({ calls }) => calls > 0) && time.now() < deadline) await sleep(time, STOP_LOOK_MS);
    await this.#settler.stop();
    await Promise.allSettled(queues.map(({ facts }) => facts.outlet?.close()));
    await state.close();
  }
}

function isInUse({ isDeleted, isEnabled }: DestinationFact): boolean {
  return isEnabled && !isDeleted;
}

/** What an outlet depends on: where it is the same, so is the outlet. */
function sentThrough({ kind, settings, isDeleted, isEnabled, fault }: DestinationFact): string {
  return JSON.stringify([kind, settings, isDeleted, isEnabled, fault ?? null]);
}

function throughOf({ outlet, fault }: QueueFacts): Pick<QueueFacts, 'outlet' | 'fault'> {
  return { ...(outlet === undefined ? {} : { outlet }), ...(fault === undefined ? {} : { fault }) };
}
