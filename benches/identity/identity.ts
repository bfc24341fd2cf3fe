/**
 * What identity costs, on the real engines in one process, side by side in one run:
 *
 * - a stream that merges all the time beside a plain one, per event;
 * - joining and parting a person with 10,000 events;
 * - one person who gathers 100,000 identifiers: time per event and memory, at the beginning and at the end.
 *
 * `npm run bench:identity`
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEnricher } from '../../src/core/enrich/enrich.js';
import type { IdentityRules } from '../../src/core/identity/rules.js';
import { DEFAULT_RULES } from '../../src/core/identity/rules.js';
import { openClickHouse } from '../../src/engines/clickhouse.js';
import { startEmbeddedPostgres } from '../../src/engines/embedded-postgres.js';
import { openPool } from '../../src/engines/postgres.js';
import { MemoryLog } from '../../src/log/memory-log.js';
import type { Pace } from '../../src/process/consumer.js';
import { Consumer } from '../../src/process/consumer.js';
import { ClickHouseDeliveryLog } from '../../src/stores/events/clickhouse-delivery-log.js';
import { ClickHouseEventStore } from '../../src/stores/events/clickhouse-event-store.js';
import { ClickHouseSegmentStore } from '../../src/stores/events/clickhouse-segment-store.js';
import { ClickHouseEventHistory } from '../../src/stores/events/event-history.js';
import { migrate } from '../../src/stores/migrate.js';
import { addOperation, readOperation } from '../../src/stores/state/identity-operations.js';
import { PostgresActivationState } from '../../src/stores/state/postgres-activation-state.js';
import { PostgresIdentityState } from '../../src/stores/state/postgres-identity-state.js';
import { PostgresPipelineState } from '../../src/stores/state/postgres-pipeline-state.js';
import { PostgresSegmentState } from '../../src/stores/state/postgres-segment-state.js';
import { PostgresSnapshotState } from '../../src/stores/state/postgres-snapshot-state.js';

type Call = Record<string, unknown>;

const BATCH = 100;
const STREAM_EVENTS = 60_000;
const PERSON_EVENTS = 10_000;
const CLUSTER_IDENTIFIERS = 100_000;

/** One consumer over the embedded engines, fed from memory. */
async function openBench() {
  const dir = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
  const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), onExit: () => {} });
  const pool = openPool(postgres.connection, { name: 'bench', max: 3 });
  const clickhouse = await openClickHouse({
    ...{ path: join(dir, 'clickhouse'), memoryBytesMax: 1024 ** 3, threadsMax: 2, role: 'writer' },
  });
  await migrate(pool, clickhouse);
  const log = new MemoryLog({ segmentBytesMax: 1 << 28, now: () => 0 });
  const consumerPool = openPool(postgres.connection, { name: 'bench-consumer', max: 4 });
  const state = new PostgresPipelineState(consumerPool);
  let sent = 0;
  /** Processes all that is in the log, and all operations. */
  async function drain(): Promise<void> {
    const pace: Pace = { now: Date.now, sleep: async () => {}, more: async () => consumer.stop() };
    const consumer = new Consumer({
      ...{ log, pace, enrich: createEnricher(undefined), eventBytesMax: 65_536 },
      state,
      identity: new PostgresIdentityState(consumerPool),
      events: new ClickHouseEventStore(clickhouse),
      history: new ClickHouseEventHistory(clickhouse),
      activation: {
        state: new PostgresActivationState(consumerPool),
        snapshots: new PostgresSnapshotState(consumerPool),
        log: new ClickHouseDeliveryLog(clickhouse),
      },
      segments: {
        state: new PostgresSegmentState(consumerPool),
        store: new ClickHouseSegmentStore(clickhouse),
      },
      reports: {
        committed: () => {},
        failed: (error) => {
          throw error;
        },
      },
    });
    await consumer.run();
  }
  async function append(calls: readonly Call[]): Promise<void> {
    for (let from = 0; from < calls.length; from += BATCH) {
      const batch = calls.slice(from, from + BATCH).map((call) => ({ ...call, messageId: `m${sent++}` }));
      const body = JSON.stringify({ batch });
      const request = { ip: '', userAgent: '', direct: false, count: batch.length, body };
      await log.append([
        { sourceId: 'bench', receivedAt: Date.now(), receipt: `r${sent}`, call: 'batch', ...request },
      ]);
    }
  }
  /** Milliseconds from asking to done. */
  async function operation(kind: string, body: unknown): Promise<number> {
    const began = performance.now();
    const { id } = await addOperation(pool, { kind, body, actor: 'bench' });
    await drain();
    const ended = await readOperation(pool, id);
    if (ended?.status !== 'done') throw new Error(`${kind}: ${JSON.stringify(ended?.error)}`);
    return performance.now() - began;
  }
  async function close(): Promise<void> {
    await Promise.allSettled([pool.end(), state.close(), clickhouse.close()]);
    await postgres.stop();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
  return { append, drain, operation, close };
}

type Bench = Awaited<ReturnType<typeof openBench>>;

const look = (who: Call): Call => ({
  type: 'track',
  event: 'Looked',
  properties: { product: 'K-7', price: 39.9 },
  ...who,
});

/** People who are known already, on devices that are known. */
function plain(events: number, prefix: string): Call[] {
  return Array.from({ length: events }, (_, n) => {
    const person = `${prefix}-${Math.floor(n / 4)}`;
    return look({ userId: person, anonymousId: `${person}-d` });
  });
}

/** Each person: on two devices without a name, then signed in on both: every fourth event merges. */
function merging(events: number, prefix: string): Call[] {
  return Array.from({ length: events }, (_, n) => {
    const person = `${prefix}-${Math.floor(n / 4)}`;
    const device = `${person}-d${n % 2}`;
    return look(n % 4 < 2 ? { anonymousId: device } : { userId: person, anonymousId: device });
  });
}

async function timed(bench: Bench, calls: readonly Call[]): Promise<number> {
  await bench.append(calls);
  const began = performance.now();
  await bench.drain();
  return ((performance.now() - began) * 1_000) / calls.length;
}

async function streams(bench: Bench): Promise<void> {
  await timed(bench, plain(STREAM_EVENTS / 4, 'warm'));
  const rounds: Array<readonly [number, number]> = [];
  for (const round of [1, 2, 3]) {
    rounds.push([
      await timed(bench, plain(STREAM_EVENTS / 3, `p${round}`)),
      await timed(bench, merging(STREAM_EVENTS / 3, `m${round}`)),
    ]);
  }
  const mean = (at: 0 | 1) => rounds.reduce((sum, round) => sum + round[at], 0) / rounds.length;
  const [one, other] = [mean(0), mean(1)];
  say(`plain stream          ${one.toFixed(1)} µs an event`);
  say(
    `merge-heavy stream    ${other.toFixed(1)} µs an event, ${(other / one).toFixed(2)} times the plain one`,
  );
}

async function partings(bench: Bench): Promise<void> {
  await bench.append([
    ...Array.from({ length: PERSON_EVENTS - 2 }, (_, n) =>
      look({ userId: 'big', anonymousId: `big-d${n % 3}` }),
    ),
    { type: 'identify', userId: 'big', traits: { email: 'big@mail.example' } },
    { type: 'identify', userId: 'small', traits: { email: 'small@mail.example' } },
  ]);
  await bench.drain();
  const a = { kind: 'user_id', value: 'big' };
  const b = { kind: 'user_id', value: 'small' };
  say(
    `merge by hand         ${(await bench.operation('merge', { a, b })).toFixed(0)} ms, ${PERSON_EVENTS} events`,
  );
  const unmerged = await bench.operation('unmerge', { pairs: [[a, b]], joins: [1] });
  say(`unmerge               ${unmerged.toFixed(0)} ms, ${PERSON_EVENTS} events`);
}

async function cluster(bench: Bench): Promise<void> {
  const identifiers: IdentityRules['identifiers'] = DEFAULT_RULES.identifiers.map(
    ({ limit: _, peopleMax: __, ...rule }) => rule,
  );
  await bench.operation('apply_rules', { rules: { identifiers } });
  const step = CLUSTER_IDENTIFIERS / 5;
  for (let from = 0; from < CLUSTER_IDENTIFIERS; from += step) {
    const calls = Array.from({ length: step }, (_, n) =>
      look({ userId: 'crowd', anonymousId: `crowd-${from + n}` }),
    );
    const each = await timed(bench, calls);
    const megabytes = Math.round(process.memoryUsage().rss / 1024 ** 2);
    say(
      `cluster to ${String(from + step).padStart(7)}    ${each.toFixed(1)} µs an event, ${megabytes} MB of memory`,
    );
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const bench = await openBench();
try {
  await streams(bench);
  await partings(bench);
  await cluster(bench);
} finally {
  await bench.close();
}
