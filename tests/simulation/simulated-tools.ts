/** Tools that are slow, fail, limit rates, lie, hang and refuse, by a seed and in virtual time; and what they saw. */
import type {
  DestinationKind,
  SendContext,
  SendItem,
  SendResult,
} from '../../src/activate/destinations/destination.js';
import { SendFailure } from '../../src/activate/destinations/destination.js';
import type { Outlet } from '../../src/activate/outlet.js';
import type { Random } from '../../src/core/demo/random.js';
import type { DestinationFact } from '../../src/stores/state/delivery-state.js';
import type { VirtualTime } from './virtual-time.js';

/** How tools behave. */
export const TEMPERS = ['healthy', 'slow', 'failing', 'limiting', 'lying', 'hanging', 'refusing'] as const;
export type Temper = (typeof TEMPERS)[number];

/** What a tool saw of a key. */
export interface SeenKey {
  readonly bodies: Set<string>;
  /** When it was first sent, whatever came of it; counts calls of all tools. */
  readonly firstSent: number;
  readonly firstSentAt: number;
  /** When the tool first took it. */
  firstTaken?: number;
  firstTakenAt?: number;
}

/** Calls within a second that a tool which limits them bears. */
const LIMIT = 5;
const OUTAGE_MS = 20_000;

/** One tool. It lives through crashes of ours. */
export class SimulatedTool {
  readonly temper: Temper;
  readonly seen = new Map<string, SeenKey>();
  readonly #random: Random;
  static #events = 0;
  #recent: number[] = [];
  /** Most calls that were out at one time. */
  mostCalls = 0;
  #calls = 0;

  constructor(temper: Temper, random: Random) {
    this.temper = temper;
    this.#random = random;
  }

  /** Whoever called is gone: the calls that were out are nobody's. */
  forgotten(): void {
    this.#calls = 0;
  }

  async send(
    items: readonly SendItem[],
    time: VirtualTime,
    signal: AbortSignal,
  ): Promise<readonly SendResult[]> {
    this.#calls += 1;
    this.mostCalls = Math.max(this.mostCalls, this.#calls);
    const nth = SimulatedTool.#events++;
    for (const { key, payload } of items) {
      const known = this.seen.get(key) ?? {
        bodies: new Set<string>(),
        firstSent: nth,
        firstSentAt: time.now(),
      };
      known.bodies.add(JSON.stringify(payload));
      this.seen.set(key, known);
    }
    try {
      return await this.#answer(items, time, signal);
    } finally {
      this.#calls -= 1;
    }
  }

  async #answer(
    items: readonly SendItem[],
    time: VirtualTime,
    signal: AbortSignal,
  ): Promise<readonly SendResult[]> {
    const random = this.#random;
    await time.sleep(random.int(1, 40));
    switch (this.temper) {
      case 'healthy':
        return this.#take(items, time);
      case 'slow':
        await time.sleep(random.int(500, 4_000));
        return this.#take(items, time);
      case 'failing':
        // Out of order for a while, again and again; at other times some calls fail, a part of them after the tool took the items.
        if (Math.floor(time.now() / OUTAGE_MS) % 3 === 1) throw failure('http_503');
        if (random.chance(0.2)) {
          if (random.chance(0.5)) this.#take(items, time);
          throw random.chance(0.5) ? failure('http_500') : new Error('a bug of the connector');
        }
        return this.#take(items, time);
      case 'limiting':
        this.#recent = [...this.#recent.filter((at) => at > time.now() - 1_000), time.now()];
        if (this.#recent.length > LIMIT) throw failure('http_429', random.int(500, 3_000));
        return this.#take(items, time);
      case 'lying':
        return items.map((item): SendResult => {
          if (random.chance(0.25)) return { status: 'failed', ...failure('item_failed').failure };
          if (random.chance(0.05)) return { status: 'skipped', message: 'nothing to do' };
          this.#take([item], time);
          return { status: 'delivered' };
        });
      case 'hanging':
        if (!random.chance(0.15)) return this.#take(items, time);
        if (random.chance(0.5)) this.#take(items, time);
        // Some do not even listen when they are cut off.
        if (random.chance(0.5)) await new Promise(() => {});
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        return [];
      case 'refusing':
        if (random.chance(0.2)) throw failure('http_422', undefined, false);
        return this.#take(items, time);
      default:
        return this.temper satisfies never;
    }
  }

  #take(items: readonly SendItem[], time: VirtualTime): SendResult[] {
    return items.map(({ key }) => {
      // Invariant: it was noted when it was sent.
      const known = this.seen.get(key) as SeenKey;
      known.firstTaken ??= SimulatedTool.#events;
      known.firstTakenAt ??= time.now();
      return { status: 'delivered' };
    });
  }
}

function failure(code: string, retryAfterMs?: number, retry = true): SendFailure {
  return new SendFailure({
    ...{ code, message: 'a simulated failure', retry },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The way to a tool, in virtual time. */
export function outletTo(tool: SimulatedTool, destination: DestinationFact, time: VirtualTime): Outlet {
  const send = (items: readonly SendItem[], { signal }: SendContext) => tool.send(items, time, signal);
  const action = { title: '', description: '', fields: {}, ordered: true, send };
  const kind: DestinationKind = {
    ...{ kind: 'simulated', title: 'A simulated tool', description: '', categories: [], channel: 'other' },
    ...{ settings: {}, presets: [] },
    actions: { one: action, many: { ...action, batch: { itemsMax: 20 } } },
  };
  return {
    kind,
    call: ({ options, signal, dryRun }) => ({
      context: {
        ...{ destinationId: destination.id, settings: {}, options, signal, dryRun, now: () => time.now() },
        fetch: () => Promise.reject(new Error('Nothing goes over a network here')),
        resolve: async (host) => host,
        record: () => {},
        state: { get: async () => undefined, set: async () => {} },
      },
      exchanges: [],
    }),
    close: async () => {},
  };
}
