import { existsSync } from 'node:fs';
import { mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../../config.js';
import { TributaryError } from '../../core/errors.js';
import { lockDataDir } from '../../engines/data-dir-lock.js';
import type { Check } from './check.js';
import { fail, ok, warn } from './check.js';

const GB = 1024 ** 3;
const DISK_FREE_ADVISED = 5 * GB;

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

/** Takes the folder for a moment, as a server would: only that tells for sure whether one uses it. */
export async function checkUse(dataDir: string): Promise<Check> {
  const name = 'data folder use';
  if (!existsSync(dataDir)) return ok(name, 'free');
  try {
    const lock = await lockDataDir(dataDir);
    await lock.release();
    return ok(name, 'free');
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    if (error.code !== 'data_dir_in_use') return fail(name, error.message, 'Mend that, then ask again.');
    return warn(name, error.message, 'If that is the server which you want to run, all is well.');
  }
}
