/**
 * A limit on calls a second: a bucket that fills at the rate and holds a tenth of a second's worth, at least one. In any stretch of time no more
 * calls begin than fill the bucket in it, plus what it holds.
 */
export class TokenBucket {
  readonly ratePerSecond: number;
  readonly capacity: number;
  #tokens: number;
  #filledAt: number;

  /** Full at `now`, milliseconds. */
  constructor(ratePerSecond: number, now: number) {
    this.ratePerSecond = ratePerSecond;
    this.capacity = Math.max(1, ratePerSecond / 10);
    this.#tokens = this.capacity;
    this.#filledAt = now;
  }

  /** Milliseconds until a call may begin; 0 when one may now. */
  waitMs(now: number): number {
    this.#fill(now);
    return this.#tokens >= 1 ? 0 : Math.ceil(((1 - this.#tokens) * 1000) / this.ratePerSecond);
  }

  /** A call begins. Invariant of the caller: `waitMs` was 0. */
  take(now: number): void {
    this.#fill(now);
    this.#tokens -= 1;
  }

  #fill(now: number): void {
    // A clock that was set back fills nothing.
    const elapsed = Math.max(0, now - this.#filledAt);
    const filled = Math.min(this.capacity, this.#tokens + (elapsed * this.ratePerSecond) / 1000);
    // What rounding took from a whole token it gives back: waiting as long as was said must do.
    this.#tokens = Math.abs(filled - 1) < 1e-9 ? 1 : filled;
    this.#filledAt = now;
  }
}
