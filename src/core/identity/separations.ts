import type { Identifier } from './identifier.js';
import { keyOf } from './identifier.js';

/** Of an identifier's key, the keys of those that must never share its profile. */
export type Separations = ReadonlyMap<string, ReadonlySet<string>>;

/** Both directions of pairs that somebody took apart. */
export function separationsOf(pairs: Iterable<readonly [Identifier, Identifier]>): Separations {
  const separations = new Map<string, Set<string>>();
  const add = (key: string, other: string) => {
    const known = separations.get(key);
    if (known) known.add(other);
    else separations.set(key, new Set([other]));
  };
  for (const [a, b] of pairs) {
    add(keyOf(a), keyOf(b));
    add(keyOf(b), keyOf(a));
  }
  return separations;
}
