import type { Quantiles } from './latency-histogram.js';
import { type LoadOptions, type LoadResult, runLoad } from './load.js';
import { diskBytes, diskBytesByFolder, type TreeMemory, treeCpu, watchMemory } from './processes.js';
import { histogramDelta, histogramQuantile } from './prometheus-histogram.js';
import { HOST } from './server.js';
import type { Session } from './session.js';

/** CPU-seconds for a million events, by who spent them. The load generator is this process, memory sampling included. */
export interface CpuPerMillion {
  readonly total: number;
  readonly server: number;
  readonly postgres: number;
  readonly other: number;
  readonly loadGenerator: number;
}

/** What one scenario cost, and how long its events took. */
export interface Measurement {
  readonly name: string;
  readonly batch: number;
  readonly connections: number;
  /** Intended rate of an open loop; null in a closed one. */
  readonly intendedEventsPerSecond: number | null;
  readonly events: number;
  /** From the first request until nothing was pending. */
  readonly seconds: number;
  readonly eventsPerSecond: number;
  /** From the first request to the last acknowledgement. */
  readonly acknowledgedEventsPerSecond: number;
  readonly acknowledgementMs: Quantiles;
  readonly receiptToProfileMs: Omit<Quantiles, 'max'>;
  readonly cpuSecondsPerMillion: CpuPerMillion;
  /** Of the server and all its processes, not of the load generator. */
  readonly peakMemory: TreeMemory;
  readonly diskBytesPerEvent: number;
  readonly diskBytesByFolder: Readonly<Record<string, number>>;
  /** Answers other than 200 by status; all were sent again. */
  readonly refused: Readonly<Record<number, number>>;
}

/** What a server costs that has nothing to do. */
export interface IdleMeasurement {
  readonly seconds: number;
  /** CPU-seconds a second of the server and all its processes. */
  readonly cpuShare: number;
  readonly memory: TreeMemory;
}

export type Scenario = Omit<LoadOptions, 'host' | 'port'> & {
  readonly name: string;
  /** Seconds of the same load beforehand that are not measured. */
  readonly warmUpSeconds?: number;
};

/** Sends a scenario's load and reads all that it cost, from the first request until every event is on its profile. */
export async function measure(session: Session, scenario: Scenario): Promise<Measurement> {
  const { server, builder } = session;
  const load = { ...scenario, host: HOST, port: server.port };
  const rate = scenario.eventsPerSecond;
  if (scenario.warmUpSeconds !== undefined && rate !== undefined) {
    await runLoad(builder, { ...load, events: Math.ceil(rate * scenario.warmUpSeconds) });
    await session.settled();
  }
  const latencyBefore = await server.profileLatency();
  const diskBefore = await diskBytes(session.dataDir);
  const memory = watchMemory(server.pid);
  const cpuBefore = treeCpu(server.pid);
  const ownBefore = process.cpuUsage();
  const startedAt = performance.now();
  let sent: LoadResult;
  try {
    sent = await runLoad(builder, load);
    await session.settled();
  } finally {
    void memory.stop();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const own = process.cpuUsage(ownBefore);
  const cpu = treeCpu(server.pid);
  const peakMemory = await memory.stop();
  const latency = histogramDelta(latencyBefore, await server.profileLatency());
  const millions = sent.events / 1e6;
  const part = (name: 'server' | 'postgres' | 'other') => (cpu[name] - cpuBefore[name]) / millions;
  const parts = {
    server: part('server'),
    postgres: part('postgres'),
    other: part('other'),
    loadGenerator: (own.user + own.system) / 1e6 / millions,
  };
  const latencyMs = (share: number) => 1000 * histogramQuantile(latency, share);
  return {
    name: scenario.name,
    batch: scenario.batch,
    connections: scenario.connections,
    intendedEventsPerSecond: rate ?? null,
    events: sent.events,
    seconds,
    eventsPerSecond: sent.events / seconds,
    acknowledgedEventsPerSecond: sent.events / sent.seconds,
    acknowledgementMs: sent.latency.quantiles(),
    receiptToProfileMs: { p50: latencyMs(0.5), p95: latencyMs(0.95), p99: latencyMs(0.99) },
    cpuSecondsPerMillion: {
      total: parts.server + parts.postgres + parts.other + parts.loadGenerator,
      ...parts,
    },
    peakMemory,
    diskBytesPerEvent: ((await diskBytes(session.dataDir)) - diskBefore) / sent.events,
    diskBytesByFolder: await diskBytesByFolder(session.dataDir),
    refused: sent.refused,
  };
}

/** Watches the server do nothing. */
export async function measureIdle(session: Session, seconds: number): Promise<IdleMeasurement> {
  const { pid } = session.server;
  const cpuBefore = treeCpu(pid);
  const startedAt = performance.now();
  const peak = watchMemory(pid, 1000);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const memory = await peak.stop();
  const cpu = treeCpu(pid);
  const elapsed = (performance.now() - startedAt) / 1000;
  const used =
    cpu.server + cpu.postgres + cpu.other - (cpuBefore.server + cpuBefore.postgres + cpuBefore.other);
  return { seconds: elapsed, cpuShare: used / elapsed, memory };
}
