import type { Identifier } from './identifier.js';
import { keyOf } from './identifier.js';

/** Two identifiers that somebody took apart. */
export interface Separation {
  readonly pair: readonly [Identifier, Identifier];
  /** Holds from this place in the log on: 0 is from the first event, and that of a hand-made merge which is undone. */
  readonly since: number;
}

/** Of an identifier's key, the keys of those that must never share its profile. */
export type Separations = ReadonlyMap<string, ReadonlySet<string>>;

/** Both directions of pairs that somebody took apart. @param known pairs that hold beside them. */
export function separationsOf(
  pairs: Iterable<Separation['pair']>,
  known: Separations = new Map(),
): Separations {
  const separations = new Map(known);
  const add = (key: string, other: string) =>
    separations.set(key, new Set([...(separations.get(key) ?? []), other]));
  for (const [a, b] of pairs) {
    add(keyOf(a), keyOf(b));
    add(keyOf(b), keyOf(a));
  }
  return separations;
}
