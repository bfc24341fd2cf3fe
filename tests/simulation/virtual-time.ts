/** Time that goes from one timer to the next as soon as no store is at work. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Time } from '../../src/activate/time.js';
import type { Random } from '../../src/core/demo/random.js';

/** Turns of the event loop after which whatever could go on has. */
const TURNS = 3;

interface Timer {
  readonly at: number;
  readonly nth: number;
  readonly call: () => void;
}

/** See the head of the file. */
export class VirtualTime implements Time {
  #now: number;
  #timers: Timer[] = [];
  #nth = 0;
  #atWork = 0;
  readonly #random: Random;

  constructor(now: number, random: Random) {
    this.#now = now;
    this.#random = random;
  }

  now(): number {
    return this.#now;
  }

  random(): number {
    return this.#random.next();
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms), nth: this.#nth++, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Real work, which takes no time. */
  async work<Result>(run: () => Promise<Result>): Promise<Result> {
    this.#atWork += 1;
    try {
      return await run();
    } finally {
      this.#atWork -= 1;
    }
  }

  /** Lets everything happen that can without time, then goes on. */
  async step(): Promise<void> {
    await this.quiet();
    this.advance();
  }

  /** Goes to the next timer. */
  advance(): void {
    const next = this.#timers.sort((a, b) => a.at - b.at || a.nth - b.nth).shift();
    if (next === undefined) throw new Error('Nothing will ever happen any more');
    this.#now = Math.max(this.#now, next.at);
    next.call();
  }

  /** Resolves when only time can bring something about. */
  async quiet(): Promise<void> {
    for (let left = TURNS; left > 0; left -= 1) {
      await turn();
      if (this.#atWork > 0) left = TURNS;
    }
  }
}
