import { join } from 'node:path';
import type { Pool } from 'pg';
import { ImportFiles } from './batch/import-files.js';
import { ImportRunner } from './batch/import-runner.js';
import { previewImport } from './batch/preview-import.js';
import type { Gate } from './collect/gate.js';
import type { Config } from './config.js';
import type { Identifies } from './core/event/check.js';
import { openClickHouse } from './engines/clickhouse.js';
import type { Engines } from './engines/engines.js';
import type { Log } from './log/log.js';
import type { ProcessWorker } from './process/process-worker.js';
import { Imports } from './stores/state/imports.js';
import type { Tell } from './telemetry/telemetry.js';

interface Parts {
  readonly config: Config;
  readonly engines: Engines;
  readonly pool: Pool;
  readonly log: Log;
  readonly gate: Gate;
  readonly worker: ProcessWorker;
  readonly tell: Tell;
  readonly identifies: Identifies;
}

/** The importing part of a server. */
export interface Importing {
  readonly imports: Imports;
  readonly files: ImportFiles;
  readonly runner: ImportRunner;
  /** What an import would make of the first rows of a text file. */
  readonly preview: (asked: Parameters<typeof previewImport>[1]) => ReturnType<typeof previewImport>;
}

/** Wires imports to the log and the engines, and takes up what an earlier life of the server left. */
export async function startImporting({
  config,
  engines,
  pool,
  log,
  gate,
  worker,
  tell,
  identifies,
}: Parts): Promise<Importing> {
  const dir = join(engines.dataDir, 'imports');
  const imports = new Imports(pool);
  const files = await ImportFiles.open(dir, config.diskFreeBytesMin);
  const runner = new ImportRunner({
    ...{ imports, files, tell, identifies, now: Date.now, eventBytesMax: config.eventBytesMax },
    // A ClickHouse server does not see our files: then an embedded one, with nothing in it, reads them.
    openReader: () =>
      openClickHouse({ path: join(dir, 'engine'), ...engines.clickhouse, url: undefined, role: 'reader' }),
    async append(records) {
      const until = (await log.append(records)) + records.reduce((sum, { count }) => sum + count, 0);
      gate.appended(until);
      worker.appended();
      return until;
    },
    logEnd: async () => (await log.extent()).next,
    processedUntil: () => gate.committedUntil,
    backlog: () => gate.backlog,
  });
  await runner.start();
  const { eventBytesMax } = config;
  const preview: Importing['preview'] = (asked) =>
    previewImport({ clickhouse: engines.reader, eventBytesMax, identifies }, asked);
  return { imports, files, runner, preview };
}
