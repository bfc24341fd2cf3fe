import { createHash } from 'node:crypto';
import { mkdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TributaryError } from '../core/errors.js';

/** The longest path that a Unix socket's address can hold on every system we run on (macOS: 104 with its end mark). */
export const SOCKET_PATH_BYTES_MAX = 103;
const CONNECT_TIMEOUT_MS = 1_000;
const RACE_WINDOW_MS = 100;

/** A held data folder. It is freed by `release`, and by the death of the process, however it dies. */
export interface DataDirLock {
  /** The folder's real path, which is the lock's identity. */
  readonly dir: string;
  release(): Promise<void>;
}

/**
 * Takes the data folder for this process, creating it if need be.
 *
 * The lock is a listening socket, because the kernel frees one with its process: nothing to clean after `kill -9`.
 * On Linux an abstract socket named by the folder's real path decides, atomically. A socket file in the folder is held
 * beside it: it decides where there are no abstract sockets, and tells of a holder in another container, whose abstract
 * names we cannot see. `tributary.pid` only serves the message.
 *
 * @throws TributaryError `data_dir_in_use` when another process, or this one, holds it; `data_dir_invalid` when the
 * folder cannot be made or written.
 */
export async function lockDataDir(path: string): Promise<DataDirLock> {
  const dir = await makeDir(path);
  const key = createHash('sha256').update(dir).digest('hex');
  const held: Server[] = [];
  const pidFile = join(dir, 'tributary.pid');
  const release = async () => {
    await rm(pidFile, { force: true });
    // The name goes last: whoever gets it then finds no file of ours.
    for (const server of held.splice(0).reverse()) await new Promise((done) => server.close(done));
  };
  const take = async (address: string) => {
    const server = await listen(address);
    if (server === undefined) throw await inUse(dir, pidFile);
    held.push(server);
  };
  try {
    if (process.platform === 'linux') await take(`\0tributary-${key}`);
    const file = socketFile(dir, key);
    if (await answers(file)) throw await inUse(dir, pidFile);
    await rm(file, { force: true });
    await take(file);
    if (process.platform !== 'linux' && (await replaced(file))) {
      held.pop(); // left open until we exit: closing it would remove the winner's file
      throw await inUse(dir, pidFile);
    }
    await writeFile(pidFile, `${process.pid} ${hostname()}\n`);
  } catch (error) {
    for (const server of held.splice(0)) server.close();
    if (error instanceof TributaryError) throw error;
    throw invalid(dir, error);
  }
  return { dir, release };
}

async function makeDir(path: string): Promise<string> {
  try {
    // Others may pass through but not look around: PostgreSQL runs under another account when we are root.
    await mkdir(path, { recursive: true, mode: 0o711 });
    return await realpath(path);
  } catch (error) {
    throw invalid(path, error);
  }
}

function socketFile(dir: string, key: string): string {
  const inside = join(dir, 'tributary.lock');
  return Buffer.byteLength(inside) <= SOCKET_PATH_BYTES_MAX
    ? inside
    : join(tmpdir(), `tributary-${key.slice(0, 24)}.lock`);
}

/** Listens, or gives undefined when somebody else does. */
function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(address, () => resolve(server.unref()));
  });
}

/** True when a process listens at the socket file; a file left by a dead one refuses. */
function answers(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(file);
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    // A holder too busy to accept is still a holder.
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => end(true));
  });
}

/** Without an atomic name two starters may each take the file for stale; the later one's file stays, and it wins. */
async function replaced(file: string): Promise<boolean> {
  const before = (await stat(file)).ino;
  await sleep(RACE_WINDOW_MS);
  return (await stat(file).catch(() => undefined))?.ino !== before;
}

async function inUse(dir: string, pidFile: string): Promise<TributaryError> {
  const [pid, host] = (await readFile(pidFile, 'utf8').catch(() => '')).trim().split(' ');
  const where = host === undefined || host === hostname() ? '' : ` on ${host}`;
  const holder = pid ? `process ${pid}${where}` : 'another process';
  return new TributaryError(
    'data_dir_in_use',
    `The data folder ${dir} is in use by ${holder}. Stop that one first, or set TRIBUTARY_DATA_DIR to another folder.`,
  );
}

function invalid(dir: string, cause: unknown): TributaryError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TributaryError(
    'data_dir_invalid',
    `The data folder ${dir} cannot be used: ${reason}. Make it writable, or set TRIBUTARY_DATA_DIR to another folder.`,
    { cause },
  );
}
