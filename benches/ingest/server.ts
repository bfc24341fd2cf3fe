import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Node } from '../../src/core/segments/definition.js';
import { type PrometheusHistogram, parseHistogram } from './prometheus-histogram.js';

/** The server's books: every event received has one verdict, or is pending. */
export interface Ledger {
  readonly received: number;
  readonly processed: number;
  readonly duplicate: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly pending: number;
}

/** Address of all servers under measurement; nothing leaves the machine. */
export const HOST = '127.0.0.1';
const LATENCY_METRIC = 'tributary_receipt_to_profile_seconds';
const READY_MS_MAX = 120_000;
const STOP_MS_MAX = 60_000;
const CALL_MS_MAX = 30_000;
const TOKEN = 'bench-admin-token-0123456789abcdef';

/** A server under measurement: a process of its own on a data folder, and what is asked of it. */
export class Server {
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly port: number;
  /** Seconds from starting the process until `/health/ready` answered 200. */
  readonly readySeconds: number;

  private constructor(child: ChildProcess, port: number, logFile: string, readySeconds: number) {
    this.#child = child;
    this.port = port;
    this.#logFile = logFile;
    this.readySeconds = readySeconds;
  }

  /**
   * Starts `node <entry> start` on a free port and waits until it is ready. Its output goes to `<dataDir>.log`.
   * @param settings further ones, by their names in the environment.
   * @throws Error with the end of that log when it ends or does not become ready.
   */
  static async start(
    entry: string,
    dataDir: string,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<Server> {
    if (!existsSync(entry))
      throw new Error(`${entry} does not exist: build the server first with \`npm run build\``);
    const port = await freePort();
    const logFile = `${path.resolve(dataDir)}.log`;
    const log = openSync(logFile, 'a');
    const env = {
      ...process.env,
      TRIBUTARY_PORT: String(port),
      TRIBUTARY_HOST: HOST,
      TRIBUTARY_DATA_DIR: dataDir,
      TRIBUTARY_ADMIN_TOKEN: TOKEN,
      TRIBUTARY_LOG_LEVEL: 'warn',
      ...settings,
    };
    const startedAt = performance.now();
    const child = spawn(process.execPath, [entry, 'start'], { env, stdio: ['ignore', log, log] });
    closeSync(log);
    try {
      await untilReady(child, port, startedAt);
    } catch (error) {
      child.kill('SIGTERM');
      throw new Error(`the server did not become ready\n${tail(logFile)}`, { cause: error });
    }
    return new Server(child, port, logFile, (performance.now() - startedAt) / 1000);
  }

  get pid(): number {
    return this.#child.pid as number; // it was spawned: it answered
  }

  /** The last lines that the server wrote, and how it ended if it did, for a failure's message. */
  logTail(): string {
    const end = this.#child.signalCode ?? this.#child.exitCode;
    return end === null ? tail(this.#logFile) : `${tail(this.#logFile)}\n(the server had ended: ${end})`;
  }

  /** Creates a source and returns its write key. */
  async createSource(name: string): Promise<string> {
    const source = await this.call('/api/v1/sources', { name, kind: 'server' });
    if (!isRecord(source) || typeof source.writeKey !== 'string')
      throw new Error('a created source has no writeKey');
    return source.writeKey;
  }

  async createSegment(id: string, definition: Node): Promise<void> {
    await this.call('/api/v1/segments', { id, name: id, definition });
  }

  async ledger(): Promise<Ledger> {
    const answer = await this.call('/api/v1/ledger');
    const total = isRecord(answer) ? answer.total : undefined;
    if (!isLedger(total))
      throw new Error(`the ledger has another form than expected: ${JSON.stringify(answer)}`);
    return total;
  }

  /** The latency from receipt to profile of all events since the server started. */
  async profileLatency(): Promise<PrometheusHistogram> {
    return parseHistogram(await (await this.#fetch('/metrics')).text(), LATENCY_METRIC);
  }

  /** Total of the events counted on a profile, looked up by an identifier such as `user_id:42`; undefined when there is none. */
  async profileEvents(identifier: string): Promise<number | undefined> {
    const response = await this.#fetch(
      `/api/v1/profiles/${encodeURIComponent(identifier)}`,
      undefined,
      [200, 404],
    );
    const profile: unknown = await response.json();
    if (response.status === 404) return undefined;
    const counts = isRecord(profile) ? profile.eventCounts : undefined;
    if (!isRecord(counts) || typeof counts.total !== 'number')
      throw new Error('a profile has no eventCounts.total');
    return counts.total;
  }

  /** Stops in order; kills after a minute, and says so by an error. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit').then(() => true);
    this.#child.kill('SIGTERM');
    const timer = new AbortController();
    const inTime = await Promise.race([ended, setTimeout(STOP_MS_MAX, false, { signal: timer.signal })]);
    timer.abort();
    if (inTime) return;
    this.#child.kill('SIGKILL');
    throw new Error(`the server did not stop within ${STOP_MS_MAX / 1000} s of SIGTERM\n${this.logTail()}`);
  }

  /** Asks the admin API; with a body it is a POST. @throws Error when it answers otherwise than with success. */
  async call(route: string, body?: object): Promise<unknown> {
    return (await this.#fetch(route, body)).json();
  }

  async #fetch(route: string, body?: object, expected: readonly number[] = [200, 201]): Promise<Response> {
    const response = await fetch(`http://${HOST}:${this.port}${route}`, {
      headers: { authorization: `Bearer ${TOKEN}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(CALL_MS_MAX),
    });
    if (expected.includes(response.status)) return response;
    throw new Error(`${route} answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
  }
}

async function untilReady(child: ChildProcess, port: number, startedAt: number): Promise<void> {
  while (performance.now() - startedAt < READY_MS_MAX) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`it ended with ${child.exitCode ?? child.signalCode}`);
    }
    const ready = await fetch(`http://${HOST}:${port}/health/ready`).catch(() => undefined);
    await ready?.arrayBuffer();
    if (ready?.status === 200) return;
    await setTimeout(20);
  }
  throw new Error(`it was not ready after ${READY_MS_MAX / 1000} s`);
}

async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, HOST);
  await once(probe, 'listening');
  const { port } = probe.address() as net.AddressInfo; // it listens on TCP
  probe.close();
  await once(probe, 'close');
  return port;
}

function tail(file: string): string {
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8').split('\n').slice(-30).join('\n');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isLedger(value: unknown): value is Ledger {
  if (!isRecord(value) || !isRecord(value.rejected)) return false;
  const counts = [
    value.received,
    value.processed,
    value.duplicate,
    value.pending,
    ...Object.values(value.rejected),
  ];
  return counts.every((count) => typeof count === 'number');
}
