import { GRID_MS } from './arbitraries/vocabulary.js';

/** Times after one and before another at which something may change: the last of them, and those on the grid, with the milliseconds beside. */
export function* timesBetween(now: number, end: number): Generator<number> {
  if (end - 1 > now) yield end - 1;
  for (let at = Math.ceil(now / GRID_MS) * GRID_MS; at < end + GRID_MS; at += GRID_MS) {
    for (const near of [at - 1, at, at + 1]) if (near > now && near < end) yield near;
  }
}
