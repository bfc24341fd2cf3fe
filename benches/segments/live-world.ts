/** The pipeline with both embedded engines in this process, at its real pace, and a stream of events that comes in meanwhile. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  const waiting: Array<{
    readonly end: number;
    readonly receivedAt: number;
    readonly latency: LatencyHistogram;
  }> = [];
  let sent = 0;
  let committed = 0;
  const append = async (calls: readonly Call[], latency: LatencyHistogram) => {
    const body = JSON.stringify({ batch: calls.map((call, n) => ({ ...call, messageId: `m${sent + n}` })) });
    sent += calls.length;
    const receivedAt = Date.now();
    waiting.push({ end: sent, receivedAt, latency });
    const request = { ip: '', userAgent: '', direct: false, count: calls.length, body };
    await log.append([{ sourceId: 'bench', receivedAt, receipt: `r${sent}`, call: 'batch', ...request }]);
    pace.wake();
  };
  const consumer = new Consumer({
    ...{ log, pace, state, enrich: createEnricher(undefined), eventBytesMax: 65_536 },
    identity: new PostgresIdentityState(consumerPool),
    events: new ClickHouseEventStore(clickhouse),
    history: new ClickHouseEventHistory(clickhouse),
    segments: {
      state: new PostgresSegmentState(consumerPool),
      store: new ClickHouseSegmentStore(clickhouse),
    },
    activation: {
      state: new PostgresActivationState(consumerPool),
      log: new ClickHouseDeliveryLog(clickhouse),
    },
    reports: {
      committed({ until, memberships }) {
        committed = until;
        while (waiting[0] !== undefined && waiting[0].end <= until) {
          const { receivedAt, latency } = waiting.shift() as (typeof waiting)[number]; // it is there, see above
          latency.record(Date.now() - receivedAt);
        }
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
    async send(calls) {
      const latency = new LatencyHistogram();
      for (let from = 0; from < calls.length; from += REQUEST_EVENTS)
        await append(calls.slice(from, from + REQUEST_EVENTS), latency);
      while (committed < sent) await pause(POLL_MS);
    },
    stream(eventsPerSecond) {
      const latency = new LatencyHistogram();
      const began = Date.now();
      let streamed = 0;
      const timer = setInterval(() => {
        const owed = ((Date.now() - began) * eventsPerSecond) / 1000 - streamed;
        for (let left = owed; left >= REQUEST_EVENTS; left -= REQUEST_EVENTS) {
          void append(
            Array.from({ length: REQUEST_EVENTS }, (_, n) => streamedCall(streamed + n)),
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
    },
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
