import { chmod, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { liveSegments } from './live-segments.js';
import { createRequestBuilder, type RequestBuilder } from './request-builder.js';
import { HOST, type Ledger, Server } from './server.js';
import { createWorkload, type Workload } from './workload.js';

/** Which server to run, and where its data go. */
export interface SessionOptions {
  /** The server's script. */
  readonly entry: string;
  /** Folder in which the session's data folder is made. */
  readonly folder: string;
  readonly name: string;
  readonly seed: number;
  /** Segments that are kept up to date meanwhile. */
  readonly segments: number;
  /** Whom the events are about. */
  readonly people: number;
  /** Keep the data folder at the end. */
  readonly keep: boolean;
}

const POLL_MS = 50;
/** With events pending and none settled for this long, the pipeline is taken to be stuck. */
const STALL_MS_MAX = 60_000;
const PEOPLE_CHECKED = 20;

/** One server on a fresh data folder, the workload that is sent to it, and what the two must agree on. */
export class Session {
  readonly #options: SessionOptions;
  readonly dataDir: string;
  readonly workload: Workload;
  readonly builder: RequestBuilder;
  #server: Server;

  private constructor(options: SessionOptions, dataDir: string, server: Server, writeKey: string) {
    this.#options = options;
    this.dataDir = dataDir;
    this.#server = server;
    this.workload = createWorkload({ seed: options.seed, startMs: Date.now(), people: options.people });
    this.builder = createRequestBuilder(this.workload, `${HOST}:${server.port}`, writeKey);
  }

  /**
   * Starts a server on a new, empty data folder.
   * @throws Error when the folder exists already: figures of a used one would mean nothing.
   */
  static async start(options: SessionOptions): Promise<Session> {
    await mkdir(options.folder, { recursive: true });
    const dataDir = path.join(options.folder, options.name);
    await mkdir(dataDir);
    await chmod(dataDir, 0o755); // PostgreSQL runs as another user when we are root
    const server = await Server.start(options.entry, dataDir);
    try {
      const writeKey = await server.createSource('bench');
      for (const [index, definition] of liveSegments(options.segments).entries())
        await server.createSegment(`s${index}`, definition);
      return new Session(options, dataDir, server, writeKey);
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  get server(): Server {
    return this.#server;
  }

  /** Stops the server in order and starts it again on the same data. */
  async restart(): Promise<void> {
    await this.#server.stop();
    this.#server = await Server.start(this.#options.entry, this.dataDir);
  }

  /**
   * Waits until all that was sent is received and nothing is pending.
   * @throws Error when the count does not move for a minute.
   */
  async settled(): Promise<Ledger> {
    let settledBefore = -1;
    let movedAt = performance.now();
    for (;;) {
      const ledger = await this.#server.ledger();
      if (ledger.pending === 0 && ledger.received >= this.workload.sent) return ledger;
      const now = performance.now();
      const settled = ledger.received - ledger.pending;
      if (settled !== settledBefore) movedAt = now;
      settledBefore = settled;
      if (now - movedAt > STALL_MS_MAX) throw new Error(`the pipeline is stuck: ${JSON.stringify(ledger)}`);
      await setTimeout(POLL_MS);
    }
  }

  /**
   * Compares the server's books with the workload's: every event received, every repeat and nothing else a duplicate,
   * nothing rejected, and the counters on some profiles exact.
   * @throws Error that lists every difference.
   */
  async verify(): Promise<void> {
    const ledger = await this.settled();
    const differences = ledgerDifferences(ledger, this.workload);
    for (let number = 0; number < PEOPLE_CHECKED; number++) {
      // The busiest ten, and ten more that are each about twice as rare as the last.
      const person = this.workload.person(number < 10 ? number : 2 ** (number - 4));
      if (person.events === 0) continue;
      const identifier = person.identified
        ? `user_id:${person.userId}`
        : `anonymous_id:${person.anonymousId}`;
      const counted = await this.#server.profileEvents(identifier);
      if (counted !== person.events)
        differences.push(`${identifier} has ${counted} events, not ${person.events}`);
    }
    if (differences.length > 0) throw new Error(`the server's books are wrong: ${differences.join('; ')}`);
  }

  /** Stops the server and, unless told to keep it, removes the data folder. */
  async end(): Promise<void> {
    await this.#server.stop();
    if (this.#options.keep) return;
    await rm(this.dataDir, { recursive: true, force: true });
    await rm(`${this.dataDir}.log`, { force: true });
  }
}

/** What is wrong with the ledger after the workload was sent once and nothing is pending; empty when all is right. */
export function ledgerDifferences(ledger: Ledger, workload: Pick<Workload, 'sent' | 'repeats'>): string[] {
  const rejected = Object.values(ledger.rejected).reduce((sum, count) => sum + count, 0);
  const balance = ledger.processed + ledger.duplicate + rejected + ledger.pending;
  const expected: [string, number, number][] = [
    ['received', ledger.received, workload.sent],
    ['processed', ledger.processed, workload.sent - workload.repeats],
    ['duplicate', ledger.duplicate, workload.repeats],
    ['rejected', rejected, 0],
    ['processed + duplicate + rejected + pending', balance, ledger.received],
  ];
  return expected.flatMap(([name, is, should]) => (is === should ? [] : [`${name} is ${is}, not ${should}`]));
}
