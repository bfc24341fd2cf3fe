import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Fills an empty folder with the data folder of a server that was started once and stopped: to create the stores is more than half of a first start.
 * That server is started once for each build.
 * @param main the server's script.
 * @param startOnce starts a server on a folder, for the first time, and stops it.
 */
export async function copyStarted(
  to: string,
  main: string,
  startOnce: (dir: string) => Promise<void>,
): Promise<void> {
  const prefix = `tributary-started-${process.getuid?.() ?? 0}-`;
  const name = `${prefix}${Math.round((await stat(main)).mtimeMs)}`;
  const place = join(tmpdir(), name);
  if (!existsSync(place)) {
    // Made aside and moved into place whole, since two test files may come at once.
    const making = await mkdtemp(`${place}-`);
    await startOnce(making);
    const old = (await readdir(tmpdir())).filter((one) => one.startsWith(prefix) && !one.startsWith(name));
    for (const one of old) await rm(join(tmpdir(), one), { recursive: true, force: true });
    await rename(making, place).catch(() => rm(making, { recursive: true, force: true }));
  }
  // With owners: PostgreSQL runs as another user when we are root.
  await run('cp', ['-a', `${place}/.`, to]);
}
