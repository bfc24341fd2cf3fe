/**
 * Spares a tool that does not work, and us the waiting for it.
 *
 * `closed`: calls go. After `FAILURES_MAX` failed calls in a row, for different people, it is `open`: none goes until the cool-down is over.
 * Then it is `half_open`: a single call goes, to find out. When that succeeds it is closed; when it fails it is open again, for twice as long.
 * A call that was begun while it was closed and succeeds later closes it; one that fails then says nothing new.
 */

/** Failed calls in a row that open it. One person who cannot be sent to counts once. */
const FAILURES_MAX = 5;
const COOL_DOWN_MS_MIN = 1_000;
const COOL_DOWN_MS_MAX = 5 * 60 * 1000;

/** Where a breaker is. */
export type BreakerState = 'closed' | 'open' | 'half_open';

/** See the head of the file. Times are milliseconds. */
export class CircuitBreaker {
  #failures = 0;
  #lastWho: string | undefined;
  #opened = 0;
  #openUntil: number | undefined;
  #isProbing = false;

  /** Where it is now. */
  state(now: number): BreakerState {
    if (this.#openUntil === undefined) return 'closed';
    return now < this.#openUntil ? 'open' : 'half_open';
  }

  /** Milliseconds until a call may begin: 0 when one may now, Infinity while the one call of `half_open` is out. */
  waitMs(now: number): number {
    if (this.#openUntil === undefined) return 0;
    if (this.#isProbing) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.#openUntil - now);
  }

  /** A call begins; tells `settled` whether it is the one that finds out. Invariant of the caller: `waitMs` was 0. */
  begin(): { readonly isProbe: boolean } {
    const isProbe = this.#openUntil !== undefined;
    this.#isProbing = isProbe;
    return { isProbe };
  }

  /** The tool answered, be it with a refusal. */
  succeeded(): void {
    this.#failures = 0;
    this.#lastWho = undefined;
    this.#opened = 0;
    this.#openUntil = undefined;
    this.#isProbing = false;
  }

  /**
   * A call failed in a way that may pass.
   * @param who whom it was for: a person who fails again and again is no reason to spare the tool.
   * @param random between 0 and 1: a fifth of the cool-down is left to it.
   */
  failed(call: { readonly isProbe: boolean }, who: string, now: number, random: number): void {
    if (call.isProbe) this.#open(now, random);
    else if (this.#openUntil === undefined && who !== this.#lastWho) {
      this.#lastWho = who;
      this.#failures += 1;
      if (this.#failures >= FAILURES_MAX) this.#open(now, random);
    }
  }

  /** A call ended without a word about the tool: it was cut off by us. */
  abandoned(call: { readonly isProbe: boolean }): void {
    if (call.isProbe) this.#isProbing = false;
  }

  #open(now: number, random: number): void {
    const most = Math.min(COOL_DOWN_MS_MAX, COOL_DOWN_MS_MIN * 2 ** Math.min(this.#opened, 20));
    this.#opened += 1;
    this.#failures = 0;
    this.#lastWho = undefined;
    this.#isProbing = false;
    this.#openUntil = now + Math.ceil(most * (0.8 + random / 5));
  }
}
