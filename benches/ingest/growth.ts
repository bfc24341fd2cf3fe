import { statfs } from 'node:fs/promises';
import { runLoad } from './load.js';
import { type Measurement, measure, type Scenario } from './measure.js';
import { HOST } from './server.js';
import type { Session } from './session.js';

/** What becomes of cost and start when events pile up. */
export interface GrowthMeasurement {
  /** The cost of the same events with few stored, and with many. */
  readonly small: Measurement;
  readonly large: Measurement;
  readonly smallStored: number;
  readonly largeStored: number;
  /** Cost per event with many stored over that with few: 1 is flat. */
  readonly cpuRatio: number;
  readonly timeRatio: number;
  /** From starting the process to ready, with all stored. */
  readonly readySeconds: number;
}

const SMALL_STORED = 1_000_000;
const WINDOW_EVENTS = 500_000;
const FILL_EVENTS = 1_000_000;
const BATCH = 100;
const CONNECTIONS = 16;
/** Disk that an event may take at most in all stores and logs, to refuse a run that cannot end. */
const EVENT_DISK_BYTES_MAX = 2500;

/**
 * Measures the cost of the same load with 1M events stored and with `stored`, then the time of a start on those.
 * @throws Error when `stored` is too few, or the disk too small.
 */
export async function measureGrowth(
  session: Session,
  stored: number,
  progress: (text: string) => void,
): Promise<GrowthMeasurement> {
  if (stored < SMALL_STORED + WINDOW_EVENTS) {
    throw new Error(`--stored ${stored} must be at least ${SMALL_STORED + WINDOW_EVENTS}`);
  }
  const disk = await statfs(session.dataDir);
  const needed = stored * EVENT_DISK_BYTES_MAX;
  if (disk.bavail * disk.bsize < needed) {
    throw new Error(
      `--stored ${stored} needs about ${Math.ceil(needed / 1e9)} GB free; use --data-dir for another disk`,
    );
  }
  const window = { batch: BATCH, connections: CONNECTIONS, events: WINDOW_EVENTS } satisfies Omit<
    Scenario,
    'name'
  >;
  await fill(session, SMALL_STORED, progress);
  const smallStored = session.workload.sent;
  const small = await measure(session, { name: 'growth-small', ...window });
  await fill(session, stored, progress);
  const largeStored = session.workload.sent;
  const large = await measure(session, { name: 'growth-large', ...window });
  await session.restart();
  return {
    small,
    large,
    smallStored,
    largeStored,
    cpuRatio: large.cpuSecondsPerMillion.total / small.cpuSecondsPerMillion.total,
    timeRatio: small.eventsPerSecond / large.eventsPerSecond,
    readySeconds: session.server.readySeconds,
  };
}

async function fill(session: Session, until: number, progress: (text: string) => void): Promise<void> {
  while (session.workload.sent < until) {
    const events = Math.min(FILL_EVENTS, until - session.workload.sent);
    const { port } = session.server;
    const load = { host: HOST, port, batch: BATCH, connections: CONNECTIONS, events };
    const { seconds } = await runLoad(session.builder, load);
    await session.settled();
    const rate = Math.round(events / seconds).toLocaleString('en');
    progress(`${session.workload.sent.toLocaleString('en')} events stored, the last at ${rate}/s`);
  }
}
