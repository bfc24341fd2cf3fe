/**
 * What an author of a destination tests with: a context that records requests instead of sending them, whose clock goes when it is told to.
 * Needs no test runner, no server and no network.
 */
import { createHmac } from 'node:crypto';
import type { JsonObject, JsonValue } from '../core/json.js';
import type { Exchange, Files, SendContext, SendItem, SmallState } from './destinations/destination.js';

/** What a destination's test may say of its world. */
export interface TestContextOptions {
  readonly settings?: JsonObject;
  readonly options?: JsonObject;
  /** What the tool answers; left out: 200 with an empty object. `globalThis.fetch` speaks to a real server. */
  readonly answer?: (request: Request) => Response | Promise<Response>;
  /** Milliseconds since 1970 UTC. */
  readonly now?: number;
  readonly dryRun?: boolean;
  /** For destinations that write files. */
  readonly files?: Files;
}

/** A request that a destination made. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body as JSON; throws when it is none. */
  json(): JsonValue;
}

/** A context, and what happened in it. */
export interface TestContext extends SendContext {
  /** In the order in which they were made. */
  readonly requests: readonly SeenRequest[];
  /** What was recorded by `record`: of tools without HTTP. */
  readonly exchanges: readonly Exchange[];
  /** Lets time pass, for the clock and for what the state forgets. */
  advance(milliseconds: number): void;
  /** Ends the attempt, as a time limit does. */
  abort(): void;
}

/** Noon of the first of March 2026. */
const NOON = Date.UTC(2026, 2, 1, 12);

/** Makes a context for `send` and `test`. Each has a state of its own, kept in memory. */
export function testContext(given: TestContextOptions = {}): TestContext {
  const requests: SeenRequest[] = [];
  const exchanges: Exchange[] = [];
  const ending = new AbortController();
  const answer = given.answer ?? (() => Response.json({}));
  let now = given.now ?? NOON;
  return {
    destinationId: 'dst_test',
    settings: given.settings ?? {},
    options: given.options ?? {},
    async fetch(input, init) {
      const request = new Request(input, init);
      requests.push(await seen(request.clone()));
      request.signal.throwIfAborted();
      return given.dryRun === true ? Response.json({}) : answer(request);
    },
    resolve: async (host) => host,
    unsubscribeLink: ({ key }, address) => `https://cdp.example.com/u/${key}/${encodeURIComponent(address)}`,
    mac: (use, text) => createHmac('sha256', use).update(text).digest(),
    record: (exchange) => void exchanges.push(exchange),
    state: stateInMemory(() => now),
    now: () => now,
    signal: ending.signal,
    dryRun: given.dryRun ?? false,
    ...(given.files === undefined ? {} : { files: given.files }),
    requests,
    exchanges,
    advance: (milliseconds) => {
      now += milliseconds;
    },
    abort: () => ending.abort(),
  };
}

let made = 0;

/** Makes something to send. Keys differ from item to item unless one is given. */
export function testItem(payload: JsonObject, given: Partial<SendItem> = {}): SendItem {
  made += 1;
  return {
    key: `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`,
    attempt: 1,
    profileId: '11111111-1111-4111-8111-111111111111',
    decidedAt: NOON,
    payload,
    ...given,
  };
}

async function seen(request: Request): Promise<SeenRequest> {
  const body = await request.text();
  return {
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(request.headers),
    body,
    json: () => JSON.parse(body) as JsonValue,
  };
}

function stateInMemory(now: () => number): SmallState {
  const kept = new Map<string, { readonly value: JsonValue; readonly until: number }>();
  return {
    async get(key) {
      const found = kept.get(key);
      return found !== undefined && now() < found.until ? structuredClone(found.value) : undefined;
    },
    async set(key, value, ttlMs = Number.POSITIVE_INFINITY) {
      kept.set(key, { value: structuredClone(value), until: now() + ttlMs });
    },
  };
}
