import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../../config.js';
import type { Check } from './check.js';
import { fail, ok, warn } from './check.js';

const GB = 1024 ** 3;
const DISK_FREE_ADVISED = 5 * GB;
/** Files whose first number is the id of the process that uses the folder. */
const PID_FILES = ['tributary.lock', 'lock', 'postgres/postmaster.pid'] as const;

/** Checks the data folder, or the place where it would be made. */
export async function dataDirChecks(config: Config): Promise<Check[]> {
  const dataDir = resolve(config.dataDir);
  const writable = await checkWritable(dataDir);
  if (writable.status === 'fail') return [writable];
  return [writable, await checkDisk(nearest(dataDir), config.diskFreeBytesMin), await checkUse(dataDir)];
}

/** The folder itself when it exists, else the first of its parents that does. */
function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path));
}

/** Writes for real: permissions do not tell about read-only or full disks. */
export async function checkWritable(dataDir: string): Promise<Check> {
  const folder = nearest(dataDir);
  const name = 'data folder';
  try {
    const probe = await mkdtemp(join(folder, '.tributary-doctor-'));
    try {
      const file = await open(join(probe, 'probe'), 'w');
      await file.writeFile('probe');
      await file.sync();
      await file.close();
    } finally {
      await rm(probe, { recursive: true, force: true });
    }
  } catch (error) {
    const fix = 'Make the folder writable for this user, or set TRIBUTARY_DATA_DIR to another one.';
    return fail(name, `${folder} cannot be written: ${(error as Error).message}`, fix);
  }
  return ok(name, folder === dataDir ? dataDir : `${dataDir} will be made at the first start`);
}

async function checkDisk(folder: string, freeMin: number): Promise<Check> {
  const { bavail, bsize } = await statfs(folder);
  return judgeDisk(bavail * bsize, freeMin);
}

/** Below the setting, collect answers 503. */
export function judgeDisk(free: number, freeMin: number): Check {
  const detail = `${(free / GB).toFixed(1)} GB free`;
  if (free < freeMin) {
    const fix = 'Free some space, set TRIBUTARY_DATA_DIR to a larger disk, or lower TRIBUTARY_DISK_FREE_MIN.';
    return fail('disk', `${detail}; collect refuses events below ${(freeMin / GB).toFixed(2)} GB`, fix);
  }
  if (free < DISK_FREE_ADVISED) return warn('disk', detail, 'Plan for 5 GB or more.');
  return ok('disk', detail);
}

/** Says which process uses the folder. What a killed process left behind does no harm. */
export async function checkUse(dataDir: string): Promise<Check> {
  const stale: string[] = [];
  for (const file of PID_FILES) {
    const pid = await readPid(join(dataDir, file));
    if (pid === undefined) continue;
    if (isRunning(pid)) {
      const fix = `If it is a server of yours, leave it, or stop it with "kill ${pid}" before you start another one here.`;
      return warn('data folder use', `in use by process ${pid} (${file})`, fix);
    }
    stale.push(file);
  }
  if (stale.length === 0) return ok('data folder use', 'free');
  return ok('data folder use', `free; ${stale.join(', ')} of a killed process is cleared at the next start`);
}

async function readPid(file: string): Promise<number | undefined> {
  // A lock may also be a folder, or not be ours to read.
  const text = await readFile(file, 'utf8').catch(() => '');
  const pid = Number(/\d+/.exec(text)?.[0]);
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, under another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
