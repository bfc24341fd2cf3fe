import type { Pace } from './consumer.js';

/** How long an idle consumer waits for a word before it looks itself: another process may have appended. */
const LOOK_INTERVAL_MS = 1_000;

/** Real time for the consumer, with a bell for "there is more". */
export class WorkerPace implements Pace {
  #rung = false;
  #stopped = false;
  readonly #waiting = new Set<() => void>();

  now(): number {
    return Date.now();
  }

  async sleep(ms: number): Promise<void> {
    if (ms <= 0 || this.#stopped) return;
    await this.#wait(ms, () => this.#stopped);
  }

  async more(msMax = LOOK_INTERVAL_MS): Promise<void> {
    const ms = Math.max(0, Math.min(msMax, LOOK_INTERVAL_MS));
    if (!this.#rung && !this.#stopped) await this.#wait(ms, () => true);
    this.#rung = false;
  }

  /** The log may hold more. */
  wake(): void {
    this.#rung = true;
    for (const look of this.#waiting) look();
  }

  /** Ends all waiting, now and from now on. */
  stop(): void {
    this.#stopped = true;
    for (const look of this.#waiting) look();
  }

  #wait(ms: number, over: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const look = () => {
        if (over()) end();
      };
      const timer = setTimeout(end, ms);
      this.#waiting.add(look);
    });
  }
}
