/** Somebody who asks for coupons for people under load, whatever becomes of the server, and remembers every answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Random } from '../../src/core/demo/random.js';
import type { RunningServer } from '../harness/running-server.js';

const POOL = 'crashing';
/** Fewer than people, so that the pool runs out. */
const CODES = 40;
const ASKERS = 2;
const PAUSE_MS = 15;

/** Asks until stopped. */
export class CouponAsks {
  readonly #server: RunningServer;
  readonly #users: readonly string[];
  /** By code whose it is; by person the codes that were answered. */
  readonly #owners = new Map<string, Set<string>>();
  readonly #answers = new Map<string, Set<string>>();
  #stopped = false;
  #running: Promise<void>[] = [];

  constructor(server: RunningServer, users: readonly string[]) {
    this.#server = server;
    this.#users = users;
  }

  /** Makes the pool and lets the askers loose. */
  async start(random: Random): Promise<void> {
    await this.#server.admin('/pools', { id: POOL, name: 'Crashing' });
    const codes = Array.from({ length: CODES }, (_, nth) => `CRASH-${nth}`);
    await this.#server.admin(`/pools/${POOL}/codes`, { codes });
    this.#running = Array.from({ length: ASKERS }, async () => {
      while (!this.#stopped) {
        await this.#ask(random.pick(this.#users), random.int(1, 3));
        await sleep(PAUSE_MS);
      }
    });
  }

  /** Asks once more for everybody, and holds all answers against each other. The server must be up. */
  async audit(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
    for (const user of this.#users) for (const nth of [1, 2, 3]) await this.#ask(user, nth);
    const shared = (of: Map<string, Set<string>>) => [...of].filter(([, { size }]) => size > 1);
    expect(shared(this.#owners), 'codes of several people').toEqual([]);
    expect(shared(this.#answers), 'requests with several answers').toEqual([]);
    expect(this.#owners.size).toBe(CODES);
    const { stock } = await this.#server.admin<{ stock: object }>(`/pools/${POOL}`);
    expect(stock).toMatchObject({ free: 0, assigned: CODES });
  }

  async #ask(user: string, nth: number): Promise<void> {
    const key = `${user} ${nth}`;
    try {
      const answer = await this.#server.adminAnswer(`/pools/${POOL}/assign`, {
        profile: `user_id:${user}`,
        key,
      });
      const { coupon = null } = (await answer.json()) as { coupon?: { code: string } | null };
      if (coupon === null) return;
      this.#owners.set(coupon.code, (this.#owners.get(coupon.code) ?? new Set()).add(user));
      // A person has one coupon, under whichever key.
      this.#answers.set(user, (this.#answers.get(user) ?? new Set()).add(coupon.code));
    } catch {
      // Nobody answered: the server is down.
    }
  }
}
