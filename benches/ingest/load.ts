import { type Answer, HttpConnection } from './http-connection.js';
import { LatencyHistogram } from './latency-histogram.js';
import type { RequestBuilder } from './request-builder.js';

/** How much to send, to whom, and at what pace. */
export interface LoadOptions {
  readonly host: string;
  readonly port: number;
  /** Each has one request in flight. */
  readonly connections: number;
  /** Events a request. */
  readonly batch: number;
  /** Events in all; the last request may hold fewer than `batch`. */
  readonly events: number;
  /**
   * Open loop: this many events a second, whatever the answers do; latency counts from the moment at which a request
   * should have been sent. Without it, closed loop: each connection sends as soon as it has its answer.
   */
  readonly eventsPerSecond?: number;
}

/** What a load sent and how it was answered. */
export interface LoadResult {
  readonly events: number;
  readonly requests: number;
  /** From the first request to the last answer. */
  readonly seconds: number;
  readonly latency: LatencyHistogram;
  /** Answers other than 200, by status. All were sent again after `Retry-After`. */
  readonly refused: Readonly<Record<number, number>>;
}

interface Lane {
  readonly connection: HttpConnection;
  readonly buffer: Uint8Array;
  length: number;
  since: number;
}

const TICK_MS = 1;
const RETRY_MS_MIN = 100;
/** Without an answer for this long the server is taken to hang. */
const SILENCE_MS_MAX = 60_000;

/**
 * Sends the builder's events and waits for all answers. 429 and 503 are sent again, unchanged, after their `Retry-After`;
 * their latency counts from the first try.
 * @throws Error at any other answer than 200, at a connection broken in flight, and when the server falls silent.
 */
export async function runLoad(builder: RequestBuilder, options: LoadOptions): Promise<LoadResult> {
  const run = new LoadRun(builder, options);
  try {
    return await run.result();
  } finally {
    run.close();
  }
}

class LoadRun {
  readonly #builder: RequestBuilder;
  readonly #options: LoadOptions;
  readonly #lanes: Lane[] = [];
  /** Oldest first, so that all connections take part and none is closed for being idle. */
  readonly #idle: Lane[] = [];
  readonly #latency = new LatencyHistogram();
  readonly #refused: Record<number, number> = {};
  readonly #requests: number;
  readonly #intervalMs: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  #begun = 0;
  #answered = 0;
  #startedAt = 0;
  #answeredAt = 0;
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(builder: RequestBuilder, options: LoadOptions) {
    const { batch, events, eventsPerSecond } = options;
    this.#builder = builder;
    this.#options = options;
    this.#requests = Math.ceil(events / batch);
    this.#intervalMs = eventsPerSecond === undefined ? 0 : (1000 * batch) / eventsPerSecond;
    for (let number = 0; number < options.connections; number++) this.#lanes.push(this.#createLane());
  }

  async result(): Promise<LoadResult> {
    await Promise.all(this.#lanes.map((lane) => lane.connection.open()));
    await new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#startedAt = performance.now();
      this.#answeredAt = this.#startedAt;
      this.#idle.push(...this.#lanes);
      this.#watch();
      if (this.#intervalMs > 0) this.#tick();
      else this.#pump(this.#startedAt);
    });
    const seconds = (this.#answeredAt - this.#startedAt) / 1000;
    const { events } = this.#options;
    return { events, requests: this.#requests, seconds, latency: this.#latency, refused: this.#refused };
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const lane of this.#lanes) lane.connection.close();
  }

  #createLane(): Lane {
    const { host, port, batch } = this.#options;
    const fail = (error: Error): void => this.#settle?.reject(error);
    const lane: Lane = {
      connection: new HttpConnection(host, port, (answer) => this.#answer(lane, answer), fail),
      buffer: new Uint8Array(this.#builder.bytesMax(batch)),
      length: 0,
      since: 0,
    };
    return lane;
  }

  /** Gives idle connections the requests that are due. */
  #pump(now: number): void {
    while (this.#begun < this.#requests && this.#idle.length > 0) {
      const due = this.#startedAt + this.#begun * this.#intervalMs;
      if (due > now) return;
      const lane = this.#idle.shift() as Lane; // not empty, see above
      this.#begin(lane, due);
    }
  }

  #begin(lane: Lane, due: number): void {
    const { batch, events } = this.#options;
    const size = Math.min(batch, events - this.#begun * batch);
    this.#begun++;
    lane.length = this.#builder.fill(lane.buffer, size);
    lane.since = this.#intervalMs > 0 ? due : performance.now();
    this.#send(lane);
  }

  #send(lane: Lane): void {
    lane.connection.send(lane.buffer.subarray(0, lane.length));
  }

  #answer(lane: Lane, answer: Answer): void {
    const now = performance.now();
    this.#answeredAt = now;
    if (answer.status !== 200) {
      this.#refuse(lane, answer);
      return;
    }
    this.#latency.record(now - lane.since);
    this.#answered++;
    this.#idle.push(lane);
    if (this.#answered === this.#requests) this.#settle?.resolve();
    else this.#pump(now);
  }

  #refuse(lane: Lane, { status, retryAfter, body }: Answer): void {
    this.#refused[status] = (this.#refused[status] ?? 0) + 1;
    if (status !== 429 && status !== 503) {
      this.#settle?.reject(new Error(`the server answered ${status}: ${body.slice(0, 500)}`));
      return;
    }
    this.#later(() => this.#send(lane), Math.max(RETRY_MS_MIN, retryAfter * 1000));
  }

  /** Timers fire about a millisecond late, and that counts as latency, since the clock runs from the due time. */
  #tick(): void {
    this.#pump(performance.now());
    if (this.#begun < this.#requests) this.#later(() => this.#tick(), TICK_MS);
  }

  #watch(): void {
    if (performance.now() - this.#answeredAt > SILENCE_MS_MAX) {
      this.#settle?.reject(
        new Error(`no answer for ${SILENCE_MS_MAX / 1000} s; ${this.#answered} requests were answered`),
      );
    } else {
      this.#later(() => this.#watch(), 1000);
    }
  }

  #later(action: () => void, ms: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, ms);
    this.#timers.add(timer);
  }
}
