import type { Made } from './part.js';

/** Reads what stands at a path. */
export type ReadMade = (from: Made) => Made;

const SEPARATORS = /\[(?="|'|\d)|\.|(?<="|'|\d)]+/g;

/** The keys of a path such as `properties.products[0]["a b"]`; none for the whole. As the destinations' library reads them. */
export function mappedPathKeys(path: string): readonly string[] {
  if (path === '' || path === '.') return [];
  return path
    .split(SEPARATORS)
    .filter((key) => key !== '')
    .map((key) => key.replace(/['"]/g, ''));
}

/** Compiles a path as `@path` has it, `$.` before it or not. */
export function readMappedPath(path: string): ReadMade {
  return readKeys(mappedPathKeys(path.replace('$.', '')));
}

/**
 * Compiles the keys of a path. Nothing, `false`, 0 and the empty text are what stands at any path below them. Only what is the
 * value's own is read: no event reaches a constructor or a prototype.
 */
export function readKeys(keys: readonly string[]): ReadMade {
  return (from) => {
    let value = from;
    for (const key of keys) {
      if (!value) return value;
      if (!Object.hasOwn(value as object, key)) return undefined;
      value = (value as { [key: string]: Made })[key];
    }
    return value;
  };
}
