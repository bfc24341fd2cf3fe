import { existsSync } from 'node:fs';

const ROOT = rootAbove(import.meta.url);

/**
 * A file of this package, from wherever in it the program runs: `src`, `dist`, or a folder into which a test or a benchmark compiled it.
 * @param path from the package's folder, such as `migrations/state/`
 */
export function packageFile(path: string): URL {
  return new URL(path, ROOT);
}

/** The nearest folder above with a package.json. */
function rootAbove(file: string): URL {
  const folder = new URL('.', file);
  if (existsSync(new URL('package.json', folder))) return folder;
  const parent = new URL('..', folder);
  // Invariant: Node would not have loaded this file as a module without a package.json above it.
  if (parent.href === folder.href) throw new Error(`There is no package.json above ${file}`);
  return rootAbove(parent.href);
}
