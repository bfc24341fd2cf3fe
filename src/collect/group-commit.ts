import type { Log, LogRecord } from '../log/log.js';

/** Bounds of one commit, so that no chunk is too large to be read back with ease. */
const COMMIT_EVENTS_MAX = 10_000;
const COMMIT_BYTES_MAX = 4 * 1024 * 1024;
/** How long a commit may take before its requests are told to come again: less than the 10 s that clients wait. */
const COMMIT_MS_MAX = 8_000;

interface Waiting {
  readonly record: LogRecord;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Shares commits among concurrent requests: while one append is on its way to disk, what comes in gathers and goes with the
 * next. Nobody waits for company: an idle log takes a record at once, and a busy one at the latest after the commit in work.
 *
 * A log that hangs, neither committing nor failing, must not gather requests without end: when a commit takes too long,
 * all who wait are refused, and so is everybody until the log answers again. What was on its way may still be committed
 * then; clients that send it again find it deduplicated.
 */
export class GroupCommit {
  readonly #log: Log;
  readonly #appended: (until: number) => void;
  #waiting: Waiting[] = [];
  #writing = false;
  #hangs = false;
  readonly #commitMsMax: number;

  /** @param appended is told after each commit how far the log reaches. */
  constructor(log: Log, appended: (until: number) => void, commitMsMax = COMMIT_MS_MAX) {
    this.#log = log;
    this.#appended = appended;
    this.#commitMsMax = commitMsMax;
  }

  /** Resolves when the record is durable. Rejects when that cannot be said. */
  append(record: LogRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#hangs) {
        reject(this.#late());
        return;
      }
      this.#waiting.push({ record, resolve, reject });
      if (!this.#writing) void this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#writing = true;
    // Requests that were read in the same turn of the event loop belong together.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      const timer = setTimeout(() => this.#giveUp(group), this.#commitMsMax);
      try {
        const offset = await this.#log.append(group.map(({ record }) => record));
        this.#appended(offset + group.reduce((sum, { record }) => sum + record.count, 0));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
      clearTimeout(timer);
      this.#hangs = false;
    }
    this.#writing = false;
  }

  #giveUp(group: readonly Waiting[]): void {
    this.#hangs = true;
    for (const { reject } of [...group, ...this.#waiting.splice(0)]) reject(this.#late());
  }

  #late(): Error {
    return new Error(`The log has not answered for ${this.#commitMsMax} ms`);
  }

  /** As many of the waiting as one commit takes, in their order; at least one. */
  #takeGroup(): Waiting[] {
    let events = 0;
    let bytes = 0;
    const end = this.#waiting.findIndex(({ record }, index) => {
      events += record.count;
      bytes += record.body.length;
      return index > 0 && (events > COMMIT_EVENTS_MAX || bytes > COMMIT_BYTES_MAX);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }
}
