/** The real server as a child process, for tests: built code, embedded engines, a data folder of its own. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { packageFile } from '../../src/package-file.js';
import { copyMadeOnce } from '../support/made-once.js';

const MAIN = packageFile('dist/main.js');
const READY_MS_MAX = 60_000;
const SETTLED_MS_MAX = 60_000;
const POLL_MS = 25;
/** The admin token of every server under test. */
export const ADMIN_TOKEN = 'test-admin-token';

/** A tally of the ledger, as the API gives it. */
export interface Tally {
  readonly received: number;
  readonly processed: number;
  readonly duplicate: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly pending: number;
}

/** A source, as far as tests need it. */
export interface TestSource {
  readonly id: string;
  readonly writeKey: string;
}

/** A server under test. `restart` after `kill` finds the same data folder. */
export class RunningServer {
  readonly dataDir: string;
  readonly port: number;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  /** Everything it printed, of all its lives. */
  output = '';

  private constructor(dataDir: string, port: number, env: Readonly<Record<string, string>>) {
    this.dataDir = dataDir;
    this.port = port;
    this.#env = env;
  }

  /**
   * Starts a server on a free port and a data folder with nothing in it but what a first start makes; resolves when it is ready.
   * @param env its settings, or what gives them when its address is known.
   * @param isFirst whether it makes the data folder itself, which takes twice as long.
   */
  static async start(
    env: Readonly<Record<string, string>> | ((url: string) => Promise<Record<string, string>>) = {},
    { isFirst = false } = {},
  ): Promise<RunningServer> {
    const [dataDir, port] = [await mkdtemp(join(tmpdir(), 'tributary-test-')), await freePort()];
    if (!isFirst) await copyMadeOnce(dataDir, 'server', MAIN, (dir) => RunningServer.#startFirst(dir));
    const settings = typeof env === 'function' ? await env(`http://127.0.0.1:${port}`) : env;
    const server = new RunningServer(dataDir, port, settings);
    await server.launch();
    await server.ready();
    return server;
  }

  static async #startFirst(dataDir: string): Promise<void> {
    const server = new RunningServer(dataDir, await freePort(), {});
    await server.launch();
    await server.ready();
    await server.stop();
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the process, in a process group of its own; does not wait for it. `env` is for this life alone. */
  async launch(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const child = spawn(process.execPath, [fileURLToPath(MAIN), 'start'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...withoutOurs(process.env),
        TRIBUTARY_DATA_DIR: this.dataDir,
        TRIBUTARY_PORT: String(this.port),
        TRIBUTARY_ADMIN_TOKEN: ADMIN_TOKEN,
        TRIBUTARY_LOG_LEVEL: 'warn',
        ...this.#env,
        ...env,
      },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.output += text.toString();
      });
    }
    this.#child = child;
  }

  /** Resolves when `/health/ready` answers 200; rejects with what the server printed when it ends before. */
  async ready(): Promise<void> {
    const deadline = Date.now() + READY_MS_MAX;
    while (Date.now() < deadline) {
      if (this.exited) {
        const how = this.#child?.signalCode ?? this.#child?.exitCode;
        throw new Error(`The server ended (${how}) before it was ready:\n${this.output}`);
      }
      const answer = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer?.ok) return;
      await sleep(POLL_MS);
    }
    throw new Error(`The server was not ready within ${READY_MS_MAX} ms:\n${this.output}`);
  }

  get exited(): boolean {
    return this.#child === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Resolves with the exit code when the process has ended. */
  async ended(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    if (!this.exited) await new Promise((resolve) => child.once('exit', resolve));
    return child.exitCode;
  }

  /** Sends a signal to the process alone. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** kill -9 of the whole process group, PostgreSQL's own included; resolves when the server is gone. */
  async kill(): Promise<void> {
    const pid = this.#child?.pid;
    if (pid === undefined || this.exited) return;
    const gone = this.ended();
    const postgres = await this.postgresPid();
    process.kill(-pid, 'SIGKILL');
    if (postgres !== undefined) killQuietly(-postgres);
    await gone;
  }

  /** Orderly stop; resolves with the exit code. */
  async stop(): Promise<number | null> {
    if (!this.exited) this.signal('SIGTERM');
    return this.ended();
  }

  /** Stops and removes the data folder. */
  async remove(): Promise<void> {
    await this.stop();
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Asks the admin API; rejects on any answer that is no success. */
  async admin<T>(path: string, body?: unknown, method?: string): Promise<T> {
    const answer = await this.adminAnswer(path, body, method);
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Asks the admin API, whatever it answers. */
  adminAnswer(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST'): Promise<Response> {
    return fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  source(name: string, kind = 'server'): Promise<TestSource> {
    return this.admin<TestSource>('/sources', { name, kind });
  }

  /** Sends to a collect path, such as `batch`, with HTTP Basic. */
  send(writeKey: string, call: string, body: unknown): Promise<Response> {
    return fetch(`${this.url}/v1/${call}`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
  }

  async ledger(): Promise<{ total: Tally; sources: Array<Tally & { sourceId: string }> }> {
    return this.admin('/ledger');
  }

  /** Resolves with the ledger's total when everything received has its verdict. */
  async settled(): Promise<Tally> {
    const deadline = Date.now() + SETTLED_MS_MAX;
    for (;;) {
      const { total } = await this.ledger();
      if (total.pending === 0) return total;
      if (Date.now() > deadline)
        throw new Error(`Events are still pending: ${JSON.stringify(total)}\n${this.output}`);
      await sleep(POLL_MS);
    }
  }

  /** Of the embedded PostgreSQL, while there is one. It leads a process group of its own. */
  async postgresPid(): Promise<number | undefined> {
    const { readFile } = await import('node:fs/promises');
    const file = await readFile(join(this.dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8').catch(
      () => '',
    );
    const pid = Number(file.split('\n', 1)[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  }
}

/** True when both sides of a tally are the same. */
export function balances({ received, processed, duplicate, rejected, pending }: Tally): boolean {
  const refused = Object.values(rejected).reduce((sum, events) => sum + events, 0);
  return received === processed + duplicate + refused + pending;
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already: the kernel ended it with its parent.
  }
}

function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^(TRIBUTARY_|DATABASE_URL$|CLICKHOUSE_URL$|NODE_OPTIONS$|VITEST)/.test(name),
    ),
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
