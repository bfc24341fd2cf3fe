import { execFile } from 'node:child_process';
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { TributaryError } from '../core/errors.js';
import type { EngineLogger } from './engine-logger.js';

const POLL_MS = 50;
const FAST_MS = 15_000;
const IMMEDIATE_MS = 5_000;
const KILL_MS = 2_000;
/** Beyond what any system gives out, so that no process has it. */
const PID_IMPOSSIBLE = 2_147_483_647;

/**
 * Ends what an earlier run left behind in a PostgreSQL data folder (a server that outlived a `kill -9`, backends that
 * outlived their server), so that a new server can start. The caller holds the data folder's lock: nobody else may
 * have a server there.
 *
 * A leftover server is asked to shut down in order, then without order, then killed: each with its bound. The pid in
 * `postmaster.pid` may by now belong to somebody else (in a container it often does), and PostgreSQL would refuse to
 * start; it is made impossible, and the rest of the file left, from which PostgreSQL learns of orphans' shared memory.
 *
 * @throws TributaryError `engine_unavailable` when a leftover process cannot be ended.
 */
export async function endStalePostgres(dataDir: string, logger: EngineLogger): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  const text = await readFile(pidFile, 'utf8').catch(() => undefined);
  const postmaster = Number.parseInt(text ?? '', 10);
  const found = await processesIn(dataDir, postmaster);
  if (found.length > 0) {
    logger.warn(`PostgreSQL of an earlier run is still there (process ${found.join(', ')}): ending it.`);
    await endAll(dataDir, postmaster);
  }
  // Read again: a server that shut down in order has removed it.
  const left = await readFile(pidFile, 'utf8').catch(() => undefined);
  if (left !== undefined) await writeFile(pidFile, left.replace(/^.*/, `${PID_IMPOSSIBLE}`));
}

async function endAll(dataDir: string, postmaster: number): Promise<void> {
  const gone = async (boundMs: number) => {
    for (let waited = 0; waited < boundMs; waited += POLL_MS) {
      if ((await processesIn(dataDir, postmaster)).length === 0) return true;
      await sleep(POLL_MS);
    }
    return false;
  };
  const all = await processesIn(dataDir, postmaster);
  if (all.includes(postmaster)) {
    signal([postmaster], 'SIGINT');
    if (await gone(FAST_MS)) return;
  }
  signal(await processesIn(dataDir, postmaster), 'SIGQUIT');
  if (await gone(IMMEDIATE_MS)) return;
  signal(await processesIn(dataDir, postmaster), 'SIGKILL');
  if (await gone(KILL_MS)) return;
  const pids = (await processesIn(dataDir, postmaster)).join(', ');
  throw new TributaryError(
    'engine_unavailable',
    `PostgreSQL of an earlier run still uses ${dataDir} and cannot be ended. End process ${pids} (kill -9), then start again.`,
  );
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // Gone already, or another account's: the wait that follows tells.
    }
  }
}

/** Live PostgreSQL processes of the folder. Zombies do not count: they have neither folder nor command line. */
async function processesIn(dataDir: string, postmaster: number): Promise<number[]> {
  if (process.platform !== 'linux') return (await isPostgres(postmaster, dataDir)) ? [postmaster] : [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const ours = await Promise.all(pids.map((pid) => worksIn(dataDir, `/proc/${pid}`)));
  return pids.filter((_, index) => ours[index]).map(Number);
}

/** Server and backends all work inside the folder. */
async function worksIn(dataDir: string, proc: string): Promise<boolean> {
  const name = await readFile(`${proc}/comm`, 'utf8').catch(() => '');
  if (name.trim() !== 'postgres') return false;
  const cwd = await readlink(`${proc}/cwd`).catch(() => undefined);
  if (cwd !== undefined) return cwd === dataDir;
  // In a container even root may not look at another account's processes. The server's command line is open to all;
  // its orphaned backends then go unseen, and starting waits for them.
  const args = (await readFile(`${proc}/cmdline`, 'utf8').catch(() => '')).split('\0');
  return args.includes(dataDir);
}

async function isPostgres(pid: number, dataDir: string): Promise<boolean> {
  if (!(pid > 0)) return false;
  const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', `${pid}`]).catch(() => ({
    stdout: '',
  }));
  return stdout.includes('postgres') && stdout.includes(dataDir);
}
