import type { QueueFacts } from './destination-queue.js';

/** What may wait in memory at least: taking costs a query. */
const ITEMS_MIN = 64;
const ITEMS_MAX = 10_000;
const SECOND_MS = 1_000;
/** What may wait in memory is sent within about so long, so that what the door said is still true. */
const HELD_SECONDS = 2;

/** How many deliveries of a destination may wait in memory: by how many were finished of late, and by how many the tool bears. */
export class WaitingWindow {
  #second = 0;
  #finished = 0;
  #finishedBefore = 0;

  finished(items: number, now: number): void {
    this.#roll(now);
    this.#finished += items;
  }

  size(now: number, { destination, outlet }: QueueFacts): number {
    this.#roll(now);
    const { concurrency, ratePerSecond = Number.POSITIVE_INFINITY, batchItemsMax } = destination.options;
    const sizes = Object.values(outlet?.kind.actions ?? {}).map(({ batch }) => batch?.itemsMax ?? 1);
    const batch = Math.min(batchItemsMax ?? Number.POSITIVE_INFINITY, Math.max(1, ...sizes));
    const seen = Math.max(this.#finished, this.#finishedBefore) * HELD_SECONDS;
    const wanted = Math.max(ITEMS_MIN, concurrency * batch * 2, seen);
    const borne = Math.ceil(ratePerSecond * HELD_SECONDS) * batch;
    return Math.max(batch, Math.min(wanted, borne, ITEMS_MAX));
  }

  #roll(now: number): void {
    const second = Math.floor(now / SECOND_MS);
    if (second === this.#second) return;
    this.#finishedBefore = second === this.#second + 1 ? this.#finished : 0;
    this.#finished = 0;
    this.#second = second;
  }
}
