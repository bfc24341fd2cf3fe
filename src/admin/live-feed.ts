/** Spreads what was committed to those who watch a live stream. */

/** A watcher; told of what each batch brought, and of how much of that was left out. */
export type Watcher<Item> = (items: readonly Item[], left: number) => void;

/** The hub between the process worker and the watchers: it can ask for items only while anybody watches. */
export class LiveFeed<Item> {
  readonly #watchers = new Set<Watcher<Item>>();
  readonly #watch: (on: boolean) => void;

  /** @param watch is told whenever the first watcher comes and the last one goes. */
  constructor(watch: (on: boolean) => void) {
    this.#watch = watch;
  }

  get watched(): boolean {
    return this.#watchers.size > 0;
  }

  /** Adds a watcher; the returned function takes it away again. */
  add(watcher: Watcher<Item>): () => void {
    this.#watchers.add(watcher);
    if (this.#watchers.size === 1) this.#watch(true);
    return () => {
      if (this.#watchers.delete(watcher) && this.#watchers.size === 0) this.#watch(false);
    };
  }

  publish(items: readonly Item[], left: number): void {
    for (const watcher of this.#watchers) watcher(items, left);
  }
}
