import { Worker } from 'node:worker_threads';
import { ERRORS, type ErrorCode, TributaryError } from '../core/errors.js';
import type { LiveEvent } from '../core/event/live-event.js';
import { packageFile } from '../package-file.js';
import type { MembershipChange } from '../stores/state/segment-state.js';
import type { TelemetryEvent } from '../telemetry/telemetry.js';
import type { FromWorker, ToWorker, Watched, WorkerStart } from './messages.js';

/** What the worker's owner hears of it. */
export interface WorkerEars {
  told(event: TelemetryEvent): void;
  live(events: readonly LiveEvent[], left: number): void;
  memberships(changes: readonly MembershipChange[], left: number): void;
  /** The thread ended without having been asked to. What it leaves of the embedded ClickHouse cannot be used any more. */
  died(error: unknown): void;
}

/** The pipeline in its thread, as the main thread sees it. */
export interface ProcessWorker {
  /** The log may hold more. */
  appended(): void;
  /** Whether anybody watches a live stream. */
  watch(what: Watched, on: boolean): void;
  /** Ends the work after the batch at hand. The thread itself stays until the process ends (see `openClickHouse`). */
  stop(): Promise<void>;
}

/** Starts the worker; resolves when it consumes the log. */
export async function startProcessWorker(start: WorkerStart, ears: WorkerEars): Promise<ProcessWorker> {
  const worker = new Worker(packageFile('dist/process/worker.js'), { workerData: start });
  const post = (message: ToWorker) => worker.postMessage(message);
  let stopped = () => {};
  const ended = new Promise<void>((resolve) => {
    stopped = resolve;
  });
  await new Promise<void>((resolve, reject) => {
    let ready = false;
    const die = (error: unknown) => {
      stopped();
      if (ready) ears.died(error);
      else reject(revived(error));
    };
    worker.on('error', die);
    worker.on('exit', (code) => die(new Error(`The process worker ended with code ${code}`)));
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'ready') {
        ready = true;
        resolve();
      } else if (message.type === 'told') ears.told(message.event);
      else if (message.type === 'live') ears.live(message.events, message.left);
      else if (message.type === 'membership') ears.memberships(message.changes, message.left);
      else stopped();
    });
  });
  return {
    appended: () => post({ type: 'appended' }),
    watch: (what, on) => post({ type: 'watch', what, on }),
    stop() {
      post({ type: 'stop' });
      return ended;
    },
  };
}

/** What crosses a thread keeps its code and loses its class. */
function revived(error: unknown): unknown {
  const { code, message } = error as Partial<TributaryError>;
  if (code === undefined || !(code in ERRORS)) return error;
  return new TributaryError(code as ErrorCode, message ?? '', { cause: error });
}
