/**
 * Properties of how a delivery lives, over any sequence of happenings, against models that only know what was promised:
 *
 * - the machine: a delivery is delivered, filtered or dropped once and for good, and dead only until somebody asks for it again; the books' two sides are
 *   equal after every happening;
 * - the breaker: never a call while it is open, a single one while it finds out; five failures in a row, for different people, open it, and nothing less;
 *   the tool is spared for longer each time, up to a limit; a success closes it;
 * - the bucket: in no stretch of time do more calls begin than fill it, plus what it holds; and a call that waited as long as was said may begin;
 * - waiting: never shorter than the tool asked for (within a day), never beyond an hour else, and never nothing.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BACKOFF, backoffMs } from '../../src/core/delivery/backoff.js';
import { CircuitBreaker } from '../../src/core/delivery/circuit-breaker.js';
import { after, type DeliveryStatus, type Happening } from '../../src/core/delivery/lifecycle.js';
import { TokenBucket } from '../../src/core/delivery/token-bucket.js';

const HAPPENINGS: readonly Happening[] = [
  'taken',
  'excluded',
  'failed',
  'given_up',
  'asked_again',
  'expired',
];

/** The books of some deliveries, kept as the stores keep them: by what changes. */
class Books {
  readonly statuses: DeliveryStatus[] = [];
  readonly counts: Record<DeliveryStatus, number> = {
    pending: 0,
    delivered: 0,
    filtered: 0,
    dead: 0,
    dropped: 0,
  };
  matched = 0;
}

class Decide implements fc.Command<object, Books> {
  check = () => true;
  run(_: object, books: Books): void {
    books.statuses.push('pending');
    books.matched += 1;
    books.counts.pending += 1;
  }
  toString = () => 'decide';
}

class Happen implements fc.Command<object, Books> {
  constructor(
    readonly which: number,
    readonly happening: Happening,
  ) {}
  check = (_: Readonly<object>): boolean => true;
  run(_: object, books: Books): void {
    if (books.statuses.length === 0) return;
    const index = this.which % books.statuses.length;
    const before = books.statuses[index] as DeliveryStatus;
    const next = after(before, this.happening);
    if (['delivered', 'filtered', 'dropped'].includes(before)) expect(next).toBe(before);
    if (before === 'dead') expect(['dead', 'pending', 'delivered', 'dropped']).toContain(next);
    if (next === 'dropped' && before !== 'dropped') expect(before).toBe('dead');
    books.statuses[index] = next;
    books.counts[before] -= 1;
    books.counts[next] += 1;
    const { pending, delivered, filtered, dead, dropped } = books.counts;
    expect(pending + delivered + filtered + dead + dropped).toBe(books.matched);
  }
  toString = () => `${this.happening} to ${this.which}`;
}

test('a delivery ends once, and the books balance after every happening', () => {
  const commands = fc.commands(
    [
      fc.constant(new Decide()),
      fc
        .tuple(fc.nat(20), fc.constantFrom(...HAPPENINGS))
        .map(([which, happening]) => new Happen(which, happening)),
    ],
    { maxCommands: 200 },
  );
  fc.assert(
    fc.property(commands, (given) => {
      fc.modelRun(() => ({ model: {}, real: new Books() }), given);
    }),
  );
});

/** What is known of a breaker from outside. */
interface BreakerModel {
  now: number;
  /** Whoever failed in a row since the last success or opening, each once when the same fails again and again. */
  row: string[];
  openUntilMost: number | undefined;
  openUntilLeast: number | undefined;
  opened: number;
}

type Call = { readonly isProbe: boolean };

class BreakerWorld {
  readonly breaker = new CircuitBreaker();
  readonly out: Array<{ readonly call: Call; readonly who: string }> = [];
}

class Pass implements fc.Command<BreakerModel, BreakerWorld> {
  constructor(readonly ms: number) {}
  check = () => true;
  run(model: BreakerModel): void {
    model.now += this.ms;
  }
  toString = () => `pass ${this.ms} ms`;
}

class Begin implements fc.Command<BreakerModel, BreakerWorld> {
  constructor(readonly who: string) {}
  check = () => true;
  run(model: BreakerModel, { breaker, out }: BreakerWorld): void {
    const isProbing = out.some(({ call }) => call.isProbe);
    const wait = breaker.waitMs(model.now);
    if (model.openUntilLeast !== undefined && model.now < model.openUntilLeast)
      expect(wait).toBeGreaterThan(0);
    if (model.openUntilMost !== undefined && model.now >= model.openUntilMost && !isProbing)
      expect(wait).toBe(0);
    if (model.openUntilMost === undefined) expect(wait).toBe(0);
    if (isProbing && model.openUntilMost !== undefined) expect(wait).toBe(Number.POSITIVE_INFINITY);
    if (wait === 0) out.push({ call: breaker.begin(), who: this.who });
  }
  toString = () => `begin for ${this.who}`;
}

class End implements fc.Command<BreakerModel, BreakerWorld> {
  constructor(
    readonly which: number,
    readonly how: 'succeeds' | 'fails' | 'is cut off',
    readonly random: number,
  ) {}
  check = () => true;
  run(model: BreakerModel, { breaker, out }: BreakerWorld): void {
    if (out.length === 0) return;
    const [ended] = out.splice(this.which % out.length, 1);
    const { call, who } = ended as (typeof out)[number];
    if (this.how === 'is cut off') {
      breaker.abandoned(call);
      return;
    }
    if (this.how === 'succeeds') {
      breaker.succeeded();
      Object.assign(model, { row: [], openUntilMost: undefined, openUntilLeast: undefined, opened: 0 });
      // A probe that was out is nobody's business any more.
      out.forEach((one, index) => {
        out[index] = { ...one, call: { isProbe: false } };
      });
      return;
    }
    breaker.failed(call, who, model.now, this.random);
    if (call.isProbe) open(model);
    else if (model.openUntilMost === undefined && model.row.at(-1) !== who) {
      model.row.push(who);
      if (model.row.length === 5) open(model);
    }
  }
  toString = () => `call ${this.which} ${this.how}`;
}

function open(model: BreakerModel): void {
  const most = Math.min(5 * 60_000, 1_000 * 2 ** model.opened);
  Object.assign(model, { row: [], opened: model.opened + 1 });
  Object.assign(model, { openUntilMost: model.now + most + 1, openUntilLeast: model.now + most * 0.8 });
}

test('a breaker spares the tool when, and for as long as, it promises', () => {
  const who = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
  const commands = fc.commands(
    [
      fc.integer({ min: 0, max: 400_000 }).map((ms) => new Pass(ms)),
      fc.integer({ min: 0, max: 2_000 }).map((ms) => new Pass(ms)),
      who.map((one) => new Begin(one)),
      who.map((one) => new Begin(one)),
      fc
        .tuple(
          fc.nat(10),
          fc.constantFrom(
            'succeeds' as const,
            'fails' as const,
            'fails' as const,
            'fails' as const,
            'is cut off' as const,
          ),
          fc.double({ min: 0, max: 0.999, noNaN: true }),
        )
        .map(([which, how, random]) => new End(which, how, random)),
    ],
    { maxCommands: 300 },
  );
  const model = (): BreakerModel => ({
    now: 0,
    row: [],
    openUntilMost: undefined,
    openUntilLeast: undefined,
    opened: 0,
  });
  fc.assert(
    fc.property(commands, (given) => {
      fc.modelRun(() => ({ model: model(), real: new BreakerWorld() }), given);
    }),
    { numRuns: 500 },
  );
});

test('a bucket lets no more begin in any stretch of time than it promises, and no fewer', () => {
  const rates = fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.double({ min: 0.05, max: 50, noNaN: true }));
  const waits = fc.array(fc.oneof(fc.constant('as said' as const), fc.integer({ min: -50, max: 3_000 })), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(rates, waits, (rate, steps) => {
      const bucket = new TokenBucket(rate, 0);
      const begun: number[] = [];
      let now = 0;
      for (const step of steps) {
        if (step === 'as said') now += bucket.waitMs(now);
        else now += step;
        const wait = bucket.waitMs(now);
        if (step === 'as said') expect(wait).toBe(0);
        if (wait === 0) {
          bucket.take(now);
          begun.push(now);
        }
      }
      begun.forEach((from, first) => {
        for (let last = first; last < begun.length; last += 1) {
          const stretch = Math.max(0, ...begun.slice(first, last + 1)) - from;
          const filled = (rate * Math.max(stretch, 0)) / 1000;
          // A clock that is set back may let it fill again what it filled before: at most what was taken back.
          const setBack = steps.reduce<number>(
            (sum, step) => sum + (typeof step === 'number' ? Math.max(0, -step) : 0),
            0,
          );
          expect(last - first + 1).toBeLessThanOrEqual(
            filled + bucket.capacity + (rate * setBack) / 1000 + 1e-6,
          );
        }
      });
    }),
  );
});

test('waiting is long enough for the tool, and never too long', () => {
  const said = fc.integer({ min: 0, max: 10 * BACKOFF.saidMsMax });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.double({ min: 0, max: 0.9999, noNaN: true }),
      said,
      (attempts, random, saidMs) => {
        const wait = backoffMs(attempts, random, saidMs);
        expect(wait).toBeGreaterThanOrEqual(Math.min(saidMs, BACKOFF.saidMsMax));
        expect(wait).toBeGreaterThanOrEqual(BACKOFF.shortestMs);
        expect(wait).toBeLessThanOrEqual(Math.max(BACKOFF.longestMs, Math.min(saidMs, BACKOFF.saidMsMax)));
        expect(wait).toBeLessThanOrEqual(
          Math.max(
            BACKOFF.firstMs * 2 ** (attempts - 1),
            Math.min(saidMs, BACKOFF.saidMsMax),
            BACKOFF.shortestMs,
          ),
        );
      },
    ),
  );
});
