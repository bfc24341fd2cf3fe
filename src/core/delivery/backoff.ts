/** How long to wait before the next attempt. */

/** Waiting times, in milliseconds. */
export const BACKOFF = {
  /** Of the first repeat, at most; it doubles from attempt to attempt. */
  firstMs: 2_000,
  longestMs: 60 * 60 * 1000,
  /** No tool is tried again sooner than that. */
  shortestMs: 100,
  /** A tool that asks to be left alone for longer is asked again after that. */
  saidMsMax: 24 * 60 * 60 * 1000,
} as const;

/**
 * Exponential, with full jitter: anywhere between nothing and twice what the attempt before had at most, so that those who failed together do
 * not come back together. Never sooner than the tool said.
 * @param attempts made so far, 1 or more.
 * @param random between 0 (included) and 1.
 * @param saidMs what the tool asked for (`Retry-After`).
 */
export function backoffMs(attempts: number, random: number, saidMs = 0): number {
  const most = Math.min(BACKOFF.longestMs, BACKOFF.firstMs * 2 ** Math.min(attempts - 1, 30));
  const said = Math.min(saidMs, BACKOFF.saidMsMax);
  return Math.ceil(Math.max(BACKOFF.shortestMs, random * most, said));
}
