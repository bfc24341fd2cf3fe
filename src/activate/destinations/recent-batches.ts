/**
 * Which deliveries were in which of a destination's last calls, for tools that take many together and cannot tell a repeat by its key. What was sent and
 * not settled comes again, and not always in the same company; it is then asked for in the tool instead of being sent blindly.
 */
import type { JsonObject, JsonValue } from '../../core/json.js';
import { isObject } from '../../core/json.js';
import type { SendContext } from './destination.js';

/** Calls that are remembered, and deliveries of all of them: more than can be out at once (see `destination-queue.ts`). */
const CALLS_MAX = 256;
const KEYS_MAX = 40_000;
/** Longer than anything is tried for. */
const REMEMBERED_MS = 14 * 24 * 60 * 60_000;

/** One call: where its rows went, and their deliveries. */
interface Call {
  readonly nth: number;
  readonly where: string;
  readonly keys: readonly string[];
}

/** A call, and where it is kept. */
interface Kept {
  readonly slot: number;
  readonly call: Call;
}

/** See the head of the file. */
export class RecentBatches {
  readonly #state: SendContext['state'];
  readonly #where = new Map<string, string>();
  /** The oldest first. */
  readonly #kept: Kept[] = [];
  /** Places whose calls are forgotten: what comes next is written over those. */
  readonly #free: number[];
  #keys = 0;
  #next = 0;

  constructor(stored: readonly Kept[], state: SendContext['state']) {
    this.#state = state;
    const taken = new Set(stored.map(({ slot }) => slot));
    this.#free = Array.from({ length: CALLS_MAX }, (_, slot) => slot).filter((slot) => !taken.has(slot));
    for (const kept of [...stored].sort((a, b) => a.call.nth - b.call.nth)) this.#learn(kept);
  }

  /** Where a delivery may have gone already; undefined when this is the first time. */
  find(key: string): string | undefined {
    return this.#where.get(key);
  }

  /** Resolves when it is certain to be remembered; send after that. */
  async add(where: string, keys: readonly string[]): Promise<void> {
    // Invariant: one place at least is free, since `#learn` makes room for the next.
    const kept = { slot: this.#free.shift()!, call: { nth: this.#next, where, keys } };
    this.#learn(kept);
    const stored: JsonObject = { ...kept.call, keys: [...keys] };
    await this.#state.set(nameOf(kept.slot), stored, REMEMBERED_MS);
  }

  #learn(kept: Kept): void {
    const { nth, where, keys } = kept.call;
    for (const key of keys) this.#where.set(key, where);
    this.#kept.push(kept);
    this.#keys += keys.length;
    this.#next = nth + 1;
    while (this.#kept.length >= CALLS_MAX || (this.#keys > KEYS_MAX && this.#kept.length > 1)) {
      this.#forget(this.#kept.shift()!);
    }
  }

  #forget({ slot, call: { where, keys } }: Kept): void {
    for (const key of keys) if (this.#where.get(key) === where) this.#where.delete(key);
    this.#keys -= keys.length;
    this.#free.unshift(slot);
  }
}

/** By the settings of the destination, whose lifetime they have. */
const kept = new WeakMap<JsonObject, Promise<RecentBatches>>();

/** Those of a destination, read once and then remembered. */
export function recentBatches({ settings, state }: SendContext): Promise<RecentBatches> {
  const known = kept.get(settings);
  if (known !== undefined) return known;
  const reading = readCalls(state).then((stored) => new RecentBatches(stored, state));
  kept.set(settings, reading);
  reading.catch(() => kept.delete(settings));
  return reading;
}

async function readCalls(state: SendContext['state']): Promise<Kept[]> {
  const stored = await Promise.all(
    Array.from({ length: CALLS_MAX }, async (_, slot) => ({
      slot,
      call: readCall(await state.get(nameOf(slot))),
    })),
  );
  return stored.flatMap(({ slot, call }) => (call === undefined ? [] : [{ slot, call }]));
}

function readCall(value: JsonValue | undefined): Call | undefined {
  if (!isObject(value)) return undefined;
  const { nth, where, keys } = value;
  if (typeof nth !== 'number' || typeof where !== 'string' || !Array.isArray(keys)) return undefined;
  return { nth, where, keys: keys.map(String) };
}

function nameOf(slot: number): string {
  return `batch:${slot}`;
}
