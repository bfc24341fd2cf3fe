import { register } from 'node:module';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFile } from '../../package-file.js';
import type { DestinationKind } from '../destinations/destination.js';
import { checkDestination } from './check-destination.js';
import { STAMP } from './stamp.js';

let isRegistered = false;

/**
 * Loads one file as a destination.
 * @param stamp of the folder: another one loads the file, and what it imports from beside it, anew. What was loaded before stays in memory.
 * @throws whatever the file does when it is loaded; SyntaxError; NoDestination
 */
export async function loadDestination(path: string, stamp: string): Promise<DestinationKind> {
  const loaded = (await importAuthorFile(path, stamp)) as { readonly default?: unknown };
  return checkDestination(loaded.default, nameOf(path));
}

/** Imports a file as authors of destinations write them: TypeScript, with `tributary/destination` at hand. */
export async function importAuthorFile(path: string, stamp: string): Promise<unknown> {
  if (!isRegistered) {
    register(packageFile('dist/activate/own/author-hooks.js'));
    isRegistered = true;
  }
  const url = pathToFileURL(resolve(path));
  url.searchParams.set(STAMP, stamp);
  return await import(url.href);
}

/** The name of a destination's file without its ending. */
export function nameOf(path: string): string {
  return basename(path).replace(/\.[^.]+$/, '');
}
