import { Worker } from 'node:worker_threads';
import { TributaryError } from '../core/errors.js';
import type { TelemetryEvent } from '../telemetry/telemetry.js';
import type { AskName, Asks, FromActivate, ToActivate } from './messages.js';
import type { ActivateStart } from './worker.js';

/** What the worker's owner hears of it. */
export interface ActivateEars {
  told(event: TelemetryEvent): void;
  /** The thread ended without having been asked to. What it leaves of the embedded ClickHouse cannot be used any more. */
  died(error: unknown): void;
}

/** The deliverer in its thread, as the main thread sees it. The thread begins when it is first needed. */
export interface ActivateWorker {
  /** Deliveries may wait, or destinations changed. */
  changed(): void;
  /** Asks the connectors' code. @throws TributaryError */
  ask<Name extends AskName>(name: Name, ask: Asks[Name]['ask']): Promise<Asks[Name]['answer']>;
  /** Ends the work: what is out is waited for a moment. The thread itself stays until the process ends (see `openClickHouse`). */
  stop(): Promise<void>;
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/**
 * Makes the handle; starts nothing.
 * @param isNeeded whether there is anything to deliver to: until it is true, `changed` starts no thread.
 */
export function createActivateWorker(
  start: ActivateStart,
  isNeeded: () => Promise<boolean>,
  ears: ActivateEars,
): ActivateWorker {
  let worker: Worker | undefined;
  let isAsking = false;
  let next = 1;
  const waiting = new Map<number, Waiting>();
  let stopped = () => {};
  const ended = new Promise<void>((resolve) => {
    stopped = resolve;
  });
  const die = (error: unknown) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    stopped();
    ears.died(error);
  };
  const hear = (message: FromActivate) => {
    if (message.type === 'told') ears.told(message.event);
    else if (message.type === 'stopped') stopped();
    else if (message.type !== 'ready') {
      const asked = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.type === 'answer') asked?.resolve(message.answer);
      else asked?.reject(new TributaryError(message.code, message.message));
    }
  };
  const running = (): Worker => {
    if (worker === undefined) {
      worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: start });
      worker.on('error', die);
      worker.on('exit', (code) => die(new Error(`The activate worker ended with code ${code}`)));
      worker.on('message', hear);
    }
    return worker;
  };
  const post = (message: ToActivate) => running().postMessage(message);
  let isOver = false;
  return {
    changed() {
      if (worker !== undefined) post({ type: 'changed' });
      else if (!isAsking && !isOver) {
        isAsking = true;
        isNeeded()
          .then((needed) => {
            if (needed && !isOver) running();
          })
          // PostgreSQL is away: the next word asks again.
          .catch(() => {})
          .finally(() => {
            isAsking = false;
          });
      }
    },
    ask(name, ask) {
      if (isOver) return Promise.reject(new TributaryError('engine_unavailable', 'The server is stopping.'));
      const id = next++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
        post({ type: 'ask', id, name, ask });
      });
    },
    async stop() {
      isOver = true;
      if (worker === undefined) return;
      post({ type: 'stop' });
      await ended;
    },
  };
}
