import { statfs } from 'node:fs/promises';
import type { Suppressing } from './admin/suppressing.js';
import type { Gate } from './collect/gate.js';
import type { Config } from './config.js';
import type { Log } from './log/log.js';
import type { Sources } from './stores/state/sources.js';
import type { Tell } from './telemetry/telemetry.js';

const HOUR_MS = 60 * 60 * 1000;
const DISK_INTERVAL_MS = 5_000;
const SOURCES_INTERVAL_MS = 10_000;
const SUPPRESSIONS_INTERVAL_MS = 2_000;
const PRUNE_INTERVAL_MS = 60_000;

interface Parts {
  readonly log: Log;
  readonly sources: Sources;
  readonly gate: Gate;
  readonly suppressing: Suppressing;
  readonly dataDir: string;
  readonly config: Config;
  readonly tell: Tell;
}

/**
 * The regular chores: watch the disk, see what other processes changed of the sources, tell what was suppressed, drop old segments of the log.
 * Resolves after the disk was looked at; the returned function ends them.
 */
export async function startMaintenance({
  log,
  sources,
  gate,
  suppressing,
  dataDir,
  config,
  tell,
}: Parts): Promise<() => void> {
  const chores: Array<[task: string, intervalMs: number, work: () => Promise<void>]> = [
    ['disk', DISK_INTERVAL_MS, async () => gate.diskFree(await freeBytes(dataDir))],
    ['sources', SOURCES_INTERVAL_MS, () => sources.refresh()],
    // What a crash kept from being told, and what the deliverer suppressed.
    ['suppressions', SUPPRESSIONS_INTERVAL_MS, () => suppressing.tell()],
    [
      'log',
      PRUNE_INTERVAL_MS,
      async () => {
        const closedBefore = Date.now() - config.logRetentionHours * HOUR_MS;
        const segments = await log.prune({
          processed: gate.committedUntil,
          closedBefore,
          bytesMax: config.logBytesMax,
        });
        if (segments > 0) tell({ name: 'log_pruned', segments });
      },
    ],
  ];
  gate.diskFree(await freeBytes(dataDir));
  const timers = chores.map(([task, intervalMs, work]) =>
    setInterval(() => {
      work().catch((error: unknown) => tell({ name: 'maintenance_failed', task, error }));
    }, intervalMs),
  );
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

/** Bytes that are left for us on the disk of a folder. */
async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
