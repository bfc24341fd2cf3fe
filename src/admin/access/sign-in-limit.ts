/** Slows down who guesses passwords: a few wrong attempts at once, then one every while; counted by address and by account. */
import { TributaryError } from '../../core/errors.js';

const ATTEMPTS_MAX = 10;
const REFILL_MS = 60_000;
const KEPT_MAX = 10_000;

/** Attempts that are left, by what is tried. In memory: a restart gives a few more. */
export class SignInLimit {
  readonly #used = new Map<string, { attempts: number; at: number }>();

  /** @throws TributaryError `sign_in_limited`. */
  check(keys: readonly string[], now: number): void {
    if (keys.every((key) => this.#attempts(key, now) < ATTEMPTS_MAX)) return;
    throw new TributaryError('sign_in_limited', 'Too many wrong attempts: wait a minute, then try again.');
  }

  /** Counts a wrong attempt. */
  failed(keys: readonly string[], now: number): void {
    for (const key of keys) {
      const attempts = this.#attempts(key, now) + 1;
      this.#used.delete(key);
      this.#used.set(key, { attempts, at: now });
    }
    for (const key of this.#used.keys()) {
      if (this.#used.size <= KEPT_MAX) break;
      this.#used.delete(key);
    }
  }

  succeeded(keys: readonly string[]): void {
    for (const key of keys) this.#used.delete(key);
  }

  #attempts(key: string, now: number): number {
    const used = this.#used.get(key);
    return used === undefined ? 0 : Math.max(0, used.attempts - (now - used.at) / REFILL_MS);
  }
}
