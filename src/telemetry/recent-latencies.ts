/** How long the newest took, in milliseconds. */
export interface Latencies {
  /** Of how many. */
  readonly requests: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** Requests that are remembered. */
const KEPT_MAX = 2_000;

/** Remembers how long the newest took: a histogram since the start of the process would no longer tell of now. */
export class RecentLatencies {
  readonly #ms: number[] = [];
  #next = 0;

  observe(ms: number): void {
    this.#ms[this.#next] = ms;
    this.#next = (this.#next + 1) % KEPT_MAX;
  }

  /** Undefined as long as there was none. */
  read(): Latencies | undefined {
    const requests = this.#ms.length;
    if (requests === 0) return undefined;
    const sorted = [...this.#ms].sort((a, b) => a - b);
    // Invariant: the place is within, since the share is below 1.
    const at = (share: number) => sorted[Math.floor(share * requests)] as number;
    return { requests, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
  }
}
