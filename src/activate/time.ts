/** The deliverer's view of time and chance, so that tests can run it without any. */
export interface Time {
  /** Milliseconds since 1970 UTC. */
  now(): number;
  /** Calls back after some milliseconds; the returned function calls it off. */
  after(ms: number, call: () => void): () => void;
  /** Between 0 (included) and 1. */
  random(): number;
}

/** A timer further off than Node's own can be goes off at that. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Time as it is. */
export const REAL_TIME: Time = {
  now: Date.now,
  after(ms, call) {
    const timer = setTimeout(call, Math.min(Math.max(0, ms), TIMER_MS_MAX));
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

/** Resolves after some milliseconds. */
export function sleep(time: Time, ms: number): Promise<void> {
  return new Promise((resolve) => {
    time.after(ms, resolve);
  });
}
