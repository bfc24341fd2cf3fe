import { Worker } from 'node:worker_threads';
import { TributaryError } from '../core/errors.js';
import { packageFile } from '../package-file.js';
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
  /** Destinations or alert rules changed, or may be there: starts the thread when there is one. */
  changed(): void;
  /** Deliveries may wait. */
  decided(): void;
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
 * @param isNeeded whether there is anything to deliver to, or an alert rule to look at: until it is true, `changed` starts no thread.
 */
export function createActivateWorker(
  start: ActivateStart,
  isNeeded: () => Promise<boolean>,
  ears: ActivateEars,
): ActivateWorker {
  return new ActivateThread(start, isNeeded, ears);
}

class ActivateThread implements ActivateWorker {
  readonly #start: ActivateStart;
  readonly #isNeeded: () => Promise<boolean>;
  readonly #ears: ActivateEars;
  #worker: Worker | undefined;
  #isAsking = false;
  #isOver = false;
  #next = 1;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  #end = () => {};

  constructor(start: ActivateStart, isNeeded: () => Promise<boolean>, ears: ActivateEars) {
    this.#start = start;
    this.#isNeeded = isNeeded;
    this.#ears = ears;
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  changed(): void {
    if (this.#worker !== undefined) this.decided();
    else if (!this.#isAsking && !this.#isOver) {
      this.#isAsking = true;
      this.#isNeeded()
        .then((needed) => {
          if (needed && !this.#isOver) this.#running();
        })
        // PostgreSQL is away: the next word asks again.
        .catch(() => {})
        .finally(() => {
          this.#isAsking = false;
        });
    }
  }

  decided(): void {
    this.#worker?.postMessage({ type: 'changed' } satisfies ToActivate);
  }

  ask<Name extends AskName>(name: Name, ask: Asks[Name]['ask']): Promise<Asks[Name]['answer']> {
    if (this.#isOver)
      return Promise.reject(new TributaryError('engine_unavailable', 'The server is stopping.'));
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.#running().postMessage({ type: 'ask', id, name, ask } satisfies ToActivate);
    });
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    if (this.#worker === undefined) return;
    this.#worker.postMessage({ type: 'stop' } satisfies ToActivate);
    await this.#ended;
  }

  #running(): Worker {
    if (this.#worker === undefined) {
      const worker = new Worker(packageFile('dist/activate/worker.js'), { workerData: this.#start });
      worker.on('error', (error) => this.#die(error));
      worker.on('exit', (code) => this.#die(new Error(`The activate worker ended with code ${code}`)));
      worker.on('message', (message: FromActivate) => this.#hear(message));
      this.#worker = worker;
    }
    return this.#worker;
  }

  #hear(message: FromActivate): void {
    if (message.type === 'told') this.#ears.told(message.event);
    else if (message.type === 'stopped') this.#end();
    else if (message.type !== 'ready') {
      const asked = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.type === 'answer') asked?.resolve(message.answer);
      else asked?.reject(new TributaryError(message.code, message.message));
    }
  }

  #die(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#end();
    this.#ears.died(error);
  }
}
