import { TributaryError } from '../core/errors.js';

/**
 * Whether the door is open: closed while too much waits to be processed, or while the disk has too little room for the
 * log to be written safely.
 */
export class Gate {
  readonly #limits: { readonly backlogEventsMax: number; readonly diskFreeBytesMin: number };
  #appended: number;
  #committed: number;
  #diskFreeBytes = Number.POSITIVE_INFINITY;

  constructor(
    start: { readonly appended: number; readonly committed: number },
    limits: { readonly backlogEventsMax: number; readonly diskFreeBytesMin: number },
  ) {
    this.#appended = start.appended;
    this.#committed = start.committed;
    this.#limits = limits;
  }

  /** The log reaches to this offset. */
  appended(until: number): void {
    this.#appended = Math.max(this.#appended, until);
  }

  /** Everything before this offset is processed. */
  committed(until: number): void {
    this.#committed = Math.max(this.#committed, until);
    // Another process may have appended what this one committed.
    this.#appended = Math.max(this.#appended, until);
  }

  diskFree(bytes: number): void {
    this.#diskFreeBytes = bytes;
  }

  /** Everything before this offset is processed, as far as this process knows. */
  get committedUntil(): number {
    return this.#committed;
  }

  get backlog(): number {
    return this.#appended - this.#committed;
  }

  get diskFreeBytes(): number {
    return this.#diskFreeBytes;
  }

  /** Why nothing can be taken in now; undefined when it can. */
  closed(): TributaryError | undefined {
    const { backlogEventsMax, diskFreeBytesMin } = this.#limits;
    if (this.#diskFreeBytes < diskFreeBytesMin) {
      return new TributaryError(
        'log_unavailable',
        `The disk has ${this.#diskFreeBytes} bytes left; ${diskFreeBytesMin} are needed to take events in.`,
      );
    }
    if (this.backlog <= backlogEventsMax) return undefined;
    return new TributaryError(
      'backlog_full',
      `${this.backlog} events wait to be processed; at most ${backlogEventsMax} may. Send again later.`,
    );
  }
}
