import { cpus, totalmem } from 'node:os';
import type { GrowthMeasurement } from './growth.js';
import type { IdleMeasurement, Measurement } from './measure.js';

/** All that a run found: the object of `--json`. */
export interface Report {
  readonly machine: {
    readonly cpu: string;
    readonly cpus: number;
    readonly memoryBytes: number;
    readonly node: string;
    /** Microseconds to parse an event, before the run and after it (see `measureYardstick`). */
    readonly yardstickMicros: readonly [before: number, after: number];
  };
  readonly seed: number;
  /** Seconds from start to ready on an empty data folder, by plan. */
  readonly readySeconds: Readonly<Record<string, number>>;
  readonly measurements: readonly Measurement[];
  readonly idle: IdleMeasurement | null;
  readonly growth: GrowthMeasurement | null;
  readonly targets: readonly Target[];
  /** True when the ledgers balanced, duplicates were as sent and counters exact, on every server. */
  readonly verified: boolean;
  /** Why the run ended early; null when it did not. */
  readonly failure: string | null;
}

/** One goal, and whether the measurement met it. */
export interface Target {
  readonly name: string;
  readonly goal: string;
  readonly measured: number;
  readonly met: boolean;
}

type Found = Pick<Report, 'measurements' | 'idle' | 'growth'>;

const MB = 1024 ** 2;

/** The machine that the figures hold for, and how fast it was at the time. */
export function describeMachine(yardstickMicros: readonly [number, number]): Report['machine'] {
  const list = cpus();
  return {
    cpu: list[0]?.model ?? 'unknown',
    cpus: list.length,
    memoryBytes: totalmem(),
    node: process.version,
    yardstickMicros,
  };
}

/** The goals of the product that these measurements can judge. */
export function judge({ measurements, idle, growth }: Found): Target[] {
  const targets: Target[] = [];
  const atLeast = (name: string, goal: number, measured: number) =>
    targets.push({ name, goal: `>= ${goal}`, measured, met: measured >= goal });
  const atMost = (name: string, goal: number, measured: number) =>
    targets.push({ name, goal: `<= ${goal}`, measured, met: measured <= goal });
  const named = (name: string) => measurements.find((measurement) => measurement.name === name);
  const batches = named('batch-100');
  if (batches) {
    atLeast('events/s to profile, batches of 100', 30_000, batches.eventsPerSecond);
    atMost('CPU-seconds per million events', 60, batches.cpuSecondsPerMillion.total);
  }
  const singles = named('single-latency');
  if (singles) {
    // The last answer comes a moment after the last request is due: 1% allows for it.
    atLeast(
      'single-event requests/s',
      0.99 * (singles.intendedEventsPerSecond ?? 0),
      singles.acknowledgedEventsPerSecond,
    );
    atMost('acknowledgement p99 of single events, ms', 25, singles.acknowledgementMs.p99);
  }
  const steady = named('profile-latency');
  if (steady) atMost('receipt to profile p95, ms', 300, steady.receiptToProfileMs.p95);
  if (measurements.length > 0) {
    const peak = Math.max(...measurements.map((measurement) => measurement.peakMemory.pssBytes));
    atMost('peak memory of all server processes, MB', 2048, peak / MB);
  }
  if (idle) {
    atMost('idle memory, MB', 700, idle.memory.pssBytes / MB);
    atMost('idle CPU, % of one core', 2, 100 * idle.cpuShare);
  }
  if (growth) {
    atMost('CPU per event, many over few stored', 1.2, growth.cpuRatio);
    atMost('time per event, many over few stored', 1.2, growth.timeRatio);
    atMost('start to ready with all stored, s', 5, growth.readySeconds);
  }
  return targets;
}

/** The report for people: tables in plain text. */
export function renderReport(report: Report): string {
  const { machine, idle, growth } = report;
  const measurements = growth ? [...report.measurements, growth.small, growth.large] : report.measurements;
  const [before, after] = machine.yardstickMicros.map((micros) => fixed(micros, 2));
  const lines = [
    `${machine.cpus} x ${machine.cpu}, Node ${machine.node}, seed ${report.seed}`,
    `JSON.parse of an event took ${before} µs before the run and ${after} µs after it`,
    '',
  ];
  if (measurements.length > 0) lines.push(...renderTable(measurementRows(measurements)), '');
  for (const [plan, seconds] of Object.entries(report.readySeconds)) {
    lines.push(`start to ready, empty (${plan}): ${fixed(seconds, 2)} s`);
  }
  if (idle) {
    const { pssBytes, anonymousBytes, serverPssBytes, postgresPssBytes } = idle.memory;
    const parts = `server ${mb(serverPssBytes)}, PostgreSQL ${mb(postgresPssBytes)}, anonymous ${mb(anonymousBytes)}`;
    lines.push(`idle: ${mb(pssBytes)} MB (${parts}), ${fixed(100 * idle.cpuShare, 2)}% of one core`);
  }
  if (growth) {
    const counts = `${growth.smallStored.toLocaleString('en')} -> ${growth.largeStored.toLocaleString('en')} stored`;
    const ratios = `CPU x ${fixed(growth.cpuRatio, 2)}, time x ${fixed(growth.timeRatio, 2)}`;
    lines.push(`growth, ${counts}: ${ratios}; start to ready ${fixed(growth.readySeconds, 2)} s`);
  }
  lines.push('');
  for (const { name, goal, measured, met } of report.targets) {
    lines.push(`${met ? 'met   ' : 'MISSED'}  ${name}: ${fixed(measured, 1)} (goal ${goal})`);
  }
  lines.push(report.verified ? 'verified: ledgers, duplicates and counters are exact' : 'NOT VERIFIED');
  if (report.failure !== null) lines.push('', `FAILED: ${report.failure}`);
  lines.push(
    '',
    'Memory is the sum of PSS over the server and all its processes (shared pages count once).',
    'CPU is that of all processes, the load generator (this process, sampling included) among them.',
  );
  return lines.join('\n');
}

/** One row a figure, one column a measurement. */
function measurementRows(all: readonly Measurement[]): string[][] {
  const row = (name: string, cell: (measurement: Measurement) => string) => [name, ...all.map(cell)];
  return [
    row('', (m) => m.name),
    row('events', (m) => m.events.toLocaleString('en')),
    row('requests in flight at most', (m) => String(m.connections)),
    row('intended events/s', (m) =>
      m.intendedEventsPerSecond === null ? 'as fast as can be' : String(m.intendedEventsPerSecond),
    ),
    row('events/s to profile', (m) => fixed(m.eventsPerSecond, 0)),
    row('events/s acknowledged', (m) => fixed(m.acknowledgedEventsPerSecond, 0)),
    row('acknowledgement ms: p50', (m) => fixed(m.acknowledgementMs.p50, 2)),
    row('  p95', (m) => fixed(m.acknowledgementMs.p95, 2)),
    row('  p99', (m) => fixed(m.acknowledgementMs.p99, 2)),
    row('  max', (m) => fixed(m.acknowledgementMs.max, 2)),
    row('receipt to profile ms: p50', (m) => fixed(m.receiptToProfileMs.p50, 1)),
    row('  p95', (m) => fixed(m.receiptToProfileMs.p95, 1)),
    row('  p99', (m) => fixed(m.receiptToProfileMs.p99, 1)),
    row('CPU-s per million: all', (m) => fixed(m.cpuSecondsPerMillion.total, 1)),
    row('  server', (m) => fixed(m.cpuSecondsPerMillion.server, 1)),
    row('  PostgreSQL', (m) => fixed(m.cpuSecondsPerMillion.postgres, 1)),
    row('  other', (m) => fixed(m.cpuSecondsPerMillion.other, 1)),
    row('  load generator', (m) => fixed(m.cpuSecondsPerMillion.loadGenerator, 1)),
    row('peak memory MB: all', (m) => mb(m.peakMemory.pssBytes)),
    row('  server', (m) => mb(m.peakMemory.serverPssBytes)),
    row('  PostgreSQL', (m) => mb(m.peakMemory.postgresPssBytes)),
    row('  anonymous', (m) => mb(m.peakMemory.anonymousBytes)),
    row('disk bytes per event', (m) => fixed(m.diskBytesPerEvent, 0)),
    row(
      'refused and sent again',
      (m) =>
        Object.entries(m.refused)
          .map(([status, n]) => `${n} x ${status}`)
          .join(' ') || '0',
    ),
  ];
}

function renderTable(rows: readonly string[][]): string[] {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}

function fixed(value: number, digits: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function mb(bytes: number): string {
  return fixed(bytes / MB, 0);
}
