/** The pipeline with both embedded engines in this process, at its real pace, and a stream of events that comes in meanwhile. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { createEnricher } from '../../src/core/enrich/enrich.js';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import { openClickHouse } from '../../src/engines/clickhouse.js';
import { startEmbeddedPostgres } from '../../src/engines/embedded-postgres.js';
import { openPool } from '../../src/engines/postgres.js';
import { MemoryLog } from '../../src/log/memory-log.js';
import { Consumer } from '../../src/process/consumer.js';
import { WorkerPace } from '../../src/process/worker-pace.js';
import { ClickHouseDeliveryLog } from '../../src/stores/events/clickhouse-delivery-log.js';
import { ClickHouseEventStore } from '../../src/stores/events/clickhouse-event-store.js';
import { ClickHouseSegmentStore } from '../../src/stores/events/clickhouse-segment-store.js';
import { ClickHouseEventHistory } from '../../src/stores/events/event-history.js';
import { migrate } from '../../src/stores/migrate.js';
import { PostgresActivationState } from '../../src/stores/state/postgres-activation-state.js';
import { PostgresIdentityState } from '../../src/stores/state/postgres-identity-state.js';
import { PostgresPipelineState } from '../../src/stores/state/postgres-pipeline-state.js';
import { PostgresSegmentState } from '../../src/stores/state/postgres-segment-state.js';
import { PostgresSnapshotState } from '../../src/stores/state/postgres-snapshot-state.js';
import type { MembershipChange } from '../../src/stores/state/segment-state.js';
import { Segments } from '../../src/stores/state/segments.js';
import { LatencyHistogram } from '../ingest/latency-histogram.js';

const REQUEST_EVENTS = 20;
const POLL_MS = 100;

type Call = Readonly<Record<string, unknown>>;

/** See the head of the file. */
export interface LiveWorld {
  readonly clickhouse: ClickHouse;
  readonly segments: Segments;
  /** Sends calls at once, and resolves when all that was sent is in the stores. */
  send(calls: readonly Call[]): Promise<void>;
  /** Sends a rate of calls of mixed people until stopped; answers how long they took from receipt until they were in the stores. */
  stream(eventsPerSecond: number): { stop(): LatencyHistogram };
  /** Hears of everybody who enters or leaves, once it is told. */
  onChange: (changes: readonly MembershipChange[]) => void;
  close(): Promise<void>;
}

/** Opens it. @param fill is given ClickHouse before anything is processed. */
export async function openLiveWorld(fill: (clickhouse: ClickHouse) => Promise<void>): Promise<LiveWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
  const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), onExit: () => {} });
  const pool = openPool(postgres.connection, { name: 'bench', max: 3 });
  const clickhouse = await openClickHouse({
    ...{ path: join(dir, 'clickhouse'), memoryBytesMax: 2 * 1024 ** 3, threadsMax: 2, role: 'writer' },
  });
  await migrate(pool, clickhouse);
  await fill(clickhouse);
  const log = new MemoryLog({ segmentBytesMax: 1 << 28, now: Date.now });
  const consumerPool = openPool(postgres.connection, { name: 'bench-consumer', max: 4 });
  const state = new PostgresPipelineState(consumerPool);
  const pace = new WorkerPace();
  const calls = new SentCalls(log, pace);
  const consumer = new Consumer({
    ...{ log, pace, state, enrich: createEnricher(undefined), eventBytesMax: 65_536 },
    ...storesOf(consumerPool, clickhouse),
    reports: {
      committed({ until, memberships }) {
        calls.committed(until);
        if (memberships.length > 0) world.onChange(memberships);
      },
      failed: (error) => console.error(error),
    },
  });
  const running = consumer.run();
  const world: LiveWorld = {
    clickhouse,
    segments: new Segments(pool),
    onChange: () => {},
    send: (some) => calls.send(some),
    stream: (eventsPerSecond) => calls.stream(eventsPerSecond),
    async close() {
      consumer.stop();
      pace.stop();
      await running;
      await Promise.allSettled([pool.end(), state.close(), clickhouse.close()]);
      await postgres.stop();
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return world;
}

/** What has been sent, and when it was stored. */
class SentCalls {
  readonly #log: MemoryLog;
  readonly #pace: WorkerPace;
  readonly #waiting: Array<{
    readonly end: number;
    readonly receivedAt: number;
    readonly latency: LatencyHistogram;
  }> = [];
  #sent = 0;
  #committed = 0;

  constructor(log: MemoryLog, pace: WorkerPace) {
    this.#log = log;
    this.#pace = pace;
  }

  committed(until: number): void {
    this.#committed = until;
    for (let [first] = this.#waiting; first !== undefined && first.end <= until; [first] = this.#waiting) {
      this.#waiting.shift();
      first.latency.record(Date.now() - first.receivedAt);
    }
  }

  async send(calls: readonly Call[]): Promise<void> {
    const latency = new LatencyHistogram();
    for (let from = 0; from < calls.length; from += REQUEST_EVENTS)
      await this.#append(calls.slice(from, from + REQUEST_EVENTS), latency);
    while (this.#committed < this.#sent) await pause(POLL_MS);
  }

  stream(eventsPerSecond: number): { stop(): LatencyHistogram } {
    const latency = new LatencyHistogram();
    const began = Date.now();
    let streamed = 0;
    const timer = setInterval(() => {
      const owed = ((Date.now() - began) * eventsPerSecond) / 1000 - streamed;
      for (let left = owed; left >= REQUEST_EVENTS; left -= REQUEST_EVENTS) {
        const first = streamed;
        void this.#append(
          Array.from({ length: REQUEST_EVENTS }, (_, n) => streamedCall(first + n)),
          latency,
        );
        streamed += REQUEST_EVENTS;
      }
    }, REQUEST_EVENTS);
    return {
      stop() {
        clearInterval(timer);
        return latency;
      },
    };
  }

  async #append(calls: readonly Call[], latency: LatencyHistogram): Promise<void> {
    const first = this.#sent;
    const body = JSON.stringify({ batch: calls.map((call, n) => ({ ...call, messageId: `m${first + n}` })) });
    this.#sent += calls.length;
    const receivedAt = Date.now();
    this.#waiting.push({ end: this.#sent, receivedAt, latency });
    const request = { ip: '', userAgent: '', direct: false, count: calls.length, body };
    await this.#log.append([
      { sourceId: 'bench', receivedAt, receipt: `r${this.#sent}`, call: 'batch', ...request },
    ]);
    this.#pace.wake();
  }
}

function storesOf(pool: Pool, clickhouse: ClickHouse) {
  return {
    identity: new PostgresIdentityState(pool),
    events: new ClickHouseEventStore(clickhouse),
    history: new ClickHouseEventHistory(clickhouse),
    segments: { state: new PostgresSegmentState(pool), store: new ClickHouseSegmentStore(clickhouse) },
    activation: {
      state: new PostgresActivationState(pool),
      snapshots: new PostgresSnapshotState(pool),
      log: new ClickHouseDeliveryLog(clickhouse),
    },
  };
}

/** Resolves after a while. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function streamedCall(n: number): Call {
  const properties = {
    product_id: `p${n % 2_000}`,
    category: ['shoes', 'hats', 'coats', 'socks'][n % 4],
    price: n % 200,
  };
  return { type: 'track', event: 'Product Viewed', userId: `streamed-${n % 10_000}`, properties };
}
