/** Spreads committed events to those who watch the live stream. */
import type { LiveEvent } from '../core/event/live-event.js';

/** A watcher; told of each batch, and of how many of its events were left out. */
export type Watcher = (events: readonly LiveEvent[], left: number) => void;

/** The hub between the process worker and the watchers: it asks for events only while anybody watches. */
export class LiveFeed {
  readonly #watchers = new Set<Watcher>();
  readonly #watch: (on: boolean) => void;

  /** @param watch is told whenever the first watcher comes and the last one goes. */
  constructor(watch: (on: boolean) => void) {
    this.#watch = watch;
  }

  get watched(): boolean {
    return this.#watchers.size > 0;
  }

  /** Adds a watcher; the returned function takes it away again. */
  add(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    if (this.#watchers.size === 1) this.#watch(true);
    return () => {
      if (this.#watchers.delete(watcher) && this.#watchers.size === 0) this.#watch(false);
    };
  }

  publish(events: readonly LiveEvent[], left: number): void {
    for (const watcher of this.#watchers) watcher(events, left);
  }
}
