import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { packageFile } from '../../src/package-file.js';

/** Where tests keep what outlives them. */
export const CACHE = fileURLToPath(packageFile('node_modules/.cache/tributary'));

/**
 * Fills an empty folder with a copy of what takes long to make, such as the data of a server that was started for the first time and stopped. It is made once
 * for all tests, and anew when the file that it depends on has changed.
 * @param name of what it is, in small letters.
 * @param make fills an empty folder, and leaves nothing running in it.
 */
export async function copyMadeOnce(
  to: string,
  name: string,
  dependsOn: URL,
  make: (dir: string) => Promise<void>,
): Promise<void> {
  const prefix = `${name}-of-${process.getuid?.() ?? 0}-`;
  const newest = `${prefix}${Math.round((await stat(dependsOn)).mtimeMs)}`;
  const place = join(CACHE, newest);
  if (!existsSync(place)) {
    const made = await mkdtemp(join(tmpdir(), prefix));
    await make(made);
    await mkdir(CACHE, { recursive: true });
    const old = (await readdir(CACHE)).filter((one) => one.startsWith(prefix) && !one.startsWith(newest));
    for (const one of old) await rm(join(CACHE, one), { recursive: true, force: true });
    // Copied aside and moved into place whole, since two test files may come at once.
    const aside = await mkdtemp(`${place}-`);
    await copy(made, aside);
    await rm(made, { recursive: true, force: true });
    await rename(aside, place).catch(() => rm(aside, { recursive: true, force: true }));
  }
  await copy(place, to);
}

/** With owners: PostgreSQL runs as another user when we are root. */
async function copy(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', `${from}/.`, to]);
}
