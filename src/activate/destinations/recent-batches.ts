/**
 * Which deliveries were in which of a destination's last calls, for tools that take many together and cannot tell a repeat by its key. What was sent and
 * not settled comes again, and not always in the same company; it is then asked for in the tool instead of being sent blindly.
 */
import type { JsonObject, JsonValue } from '../../core/json.js';
import { isObject } from '../../core/json.js';
import type { SendContext } from './destination.js';

/** Calls that are remembered: more than can be out at once. */
const CALLS = 256;
/** Longer than anything is tried for. */
const REMEMBERED_MS = 14 * 24 * 60 * 60_000;

/** One call: where its rows went, and their deliveries. */
interface Call {
  readonly nth: number;
  readonly where: string;
  readonly keys: readonly string[];
}

/** See the head of the file. */
export class RecentBatches {
  readonly #state: SendContext['state'];
  readonly #where = new Map<string, string>();
  readonly #calls: Call[];
  #next: number;

  constructor(calls: readonly Call[], state: SendContext['state']) {
    this.#state = state;
    this.#calls = [...calls].sort((a, b) => a.nth - b.nth);
    this.#next = (this.#calls.at(-1)?.nth ?? -1) + 1;
    for (const call of this.#calls) this.#learn(call);
  }

  /** Where a delivery may have gone already; undefined when this is the first time. */
  find(key: string): string | undefined {
    return this.#where.get(key);
  }

  /** Resolves when it is certain to be remembered; send after that. */
  async add(where: string, keys: readonly string[]): Promise<void> {
    const call = { nth: this.#next++, where, keys };
    this.#learn(call);
    this.#calls.push(call);
    if (this.#calls.length > CALLS) this.#forget(this.#calls.shift() as Call);
    const stored: JsonObject = { ...call, keys: [...keys] };
    await this.#state.set(slot(call.nth), stored, REMEMBERED_MS);
  }

  #learn({ where, keys }: Call): void {
    for (const key of keys) this.#where.set(key, where);
  }

  #forget({ where, keys }: Call): void {
    for (const key of keys) if (this.#where.get(key) === where) this.#where.delete(key);
  }
}

/** By the settings of the destination, whose lifetime they have. */
const kept = new WeakMap<JsonObject, Promise<RecentBatches>>();

/** Those of a destination, read once and then remembered. */
export function recentBatches({ settings, state }: SendContext): Promise<RecentBatches> {
  const known = kept.get(settings);
  if (known !== undefined) return known;
  const reading = readCalls(state).then((calls) => new RecentBatches(calls, state));
  kept.set(settings, reading);
  reading.catch(() => kept.delete(settings));
  return reading;
}

async function readCalls(state: SendContext['state']): Promise<Call[]> {
  const stored = await Promise.all(Array.from({ length: CALLS }, (_, nth) => state.get(slot(nth))));
  return stored.flatMap((value) => {
    const call = readCall(value);
    return call === undefined ? [] : [call];
  });
}

function readCall(value: JsonValue | undefined): Call | undefined {
  if (!isObject(value)) return undefined;
  const { nth, where, keys } = value;
  if (typeof nth !== 'number' || typeof where !== 'string' || !Array.isArray(keys)) return undefined;
  return { nth, where, keys: keys.map(String) };
}

function slot(nth: number): string {
  return `batch:${nth % CALLS}`;
}
