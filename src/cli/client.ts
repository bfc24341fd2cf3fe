/** A client of the server's HTTP API, as small as the commands need it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { ClientConfig } from '../config.js';
import { readClientConfig } from '../config.js';
import type { JsonObject, JsonValue } from '../core/json.js';
import { isObject } from '../core/json.js';

/** A source as the server lists it. */
export interface Source {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  /** Missing when the server does not show it again. */
  readonly writeKey?: string;
}

/** The answer to a batch. */
export interface Receipt {
  readonly receipt: string;
  readonly accepted: number;
  readonly rejected: readonly { readonly index: number; readonly code: string; readonly message: string }[];
}

/** The ledger's total, as far as commands look at it. */
export interface LedgerTotal {
  readonly received: number;
  readonly processed: number;
  readonly duplicate: number;
  readonly pending: number;
}

/** Nothing that speaks our API answers at the address. `message` says how to start one. */
export class ServerUnreachable extends Error {
  override readonly name = 'ServerUnreachable';
}

/** The server answered with an error. `message` is its sentence, with what to do where we know. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';

  constructor(
    message: string,
    readonly status: number,
    /** The stable code of the problem, or empty. */
    readonly code: string,
  ) {
    super(message);
  }
}

/** Every method throws ServerUnreachable or ServerRefusal. */
export interface Client {
  readonly url: string;
  sources(): Promise<Source[]>;
  createSource(name: string, kind: string): Promise<Source>;
  ledger(): Promise<LedgerTotal>;
  /** Asks any path of the server, as the holder of the token. */
  ask(path: string, init?: AskInit): Promise<JsonObject>;
  /** Sends calls; waits and tries again, with the same messageIds, while the server is too busy (429, 503). */
  sendBatch(writeKey: string, calls: readonly unknown[]): Promise<Receipt>;
  /** The same, for a body that is JSON text already. */
  sendBody(writeKey: string, body: string): Promise<Receipt>;
}

/** A request to the server. */
export interface AskInit extends RequestInit {
  /** Milliseconds until it is given up; without it there is a limit for short questions. */
  readonly timeoutMs?: number;
  /** What `fetch` wants to hear where a body is a stream. */
  readonly duplex?: 'half';
}

const REQUEST_MS_MAX = 60_000;
const TRIES_MAX = 20;
const RETRY_DELAY_MS_MAX = 30_000;

/** The options that every command takes which talks to a server. */
export interface ServerOptions {
  readonly url?: string;
  readonly token?: string;
}

/** Adds `--url` and `--token` to a command. */
export function withServerOptions(command: Command): Command {
  return command
    .option('--url <url>', 'address of the server (default: TRIBUTARY_URL, else http://127.0.0.1:3000)')
    .option('--token <token>', 'token of the admin API (default: TRIBUTARY_ADMIN_TOKEN)');
}

/** Makes a client from a command's options, else from the environment. */
export function createClient(options: ServerOptions, config: ClientConfig = readClientConfig()): Client {
  const url = (options.url ?? config.url).replace(/\/+$/, '');
  const token = options.token ?? config.token;
  const bearer: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };

  const ask = async (path: string, init: AskInit = {}) => {
    const answer = await request(url, path, { ...init, headers: { ...bearer, ...init.headers } });
    return expectSuccess(url, answer);
  };
  const sendBody = async (writeKey: string, body: string) => {
    const headers = { authorization: `Basic ${btoa(`${writeKey}:`)}`, 'content-type': 'application/json' };
    return readReceipt(url, await sendPatiently(url, { method: 'POST', headers, body }));
  };
  return {
    url,
    ask,
    sources: () => allSources(ask),
    async createSource(name, kind) {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ name, kind });
      return (await ask('/api/v1/sources', { method: 'POST', headers, body })) as unknown as Source;
    },
    async ledger() {
      return (await ask('/api/v1/ledger')).total as unknown as LedgerTotal;
    },
    sendBatch: (writeKey, calls) => sendBody(writeKey, JSON.stringify({ batch: calls })),
    sendBody,
  };
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  /** The body, when it is a JSON object. */
  readonly body: JsonObject | undefined;
}

async function request(url: string, path: string, init: AskInit): Promise<Answer> {
  const { timeoutMs = REQUEST_MS_MAX, ...rest } = init;
  let response: Response;
  try {
    response = await fetch(`${url}${path}`, { ...rest, signal: AbortSignal.timeout(timeoutMs) });
  } catch (cause) {
    const message = `No Tributary answers at ${url}. Start one with "tributary start", or name another with --url or TRIBUTARY_URL.`;
    throw new ServerUnreachable(message, { cause });
  }
  const text = await response.text();
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: parse(text) };
}

function parse(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function expectSuccess(url: string, { status, body }: Answer): JsonObject {
  if (body === undefined) {
    throw new ServerUnreachable(
      `What answers at ${url} is not Tributary (HTTP ${status} without JSON). Check --url.`,
    );
  }
  if (status < 300) return body;
  const sentence = String(body.detail ?? body.title ?? `The server answered HTTP ${status}.`);
  const hint = status === 401 ? HINTS[body.code === 'token_invalid' ? 'token' : 'writeKey'] : '';
  throw new ServerRefusal(sentence + hint, status, String(body.code ?? ''));
}

const HINTS = {
  token:
    ' Give the admin token with --token or TRIBUTARY_ADMIN_TOKEN; the first start of the server showed it.',
  writeKey: ' Give the write key of a source that is enabled.',
} as const;

async function allSources(ask: (path: string) => Promise<JsonObject>): Promise<Source[]> {
  const sources: Source[] = [];
  let cursor: JsonValue | undefined;
  do {
    const query = typeof cursor === 'string' ? `?cursor=${encodeURIComponent(cursor)}` : '';
    const page = await ask(`/api/v1/sources${query}`);
    sources.push(...(page.data as unknown as Source[]));
    cursor = page.nextCursor;
  } while (typeof cursor === 'string' && cursor !== '');
  return sources;
}

/** Sends until the server has room. A repeat does no harm: the messageIds are the same. */
async function sendPatiently(url: string, init: RequestInit): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await request(url, '/v1/batch', init);
    const busy = answer.status === 429 || answer.status === 503;
    if (!busy || tries === TRIES_MAX) return answer;
    await sleep(retryDelayMs(answer.retryAfter, tries));
  }
}

/** What `Retry-After` says in seconds, else twice as long each time, from 250 ms on. */
export function retryDelayMs(retryAfter: string | null, tries: number): number {
  const seconds = retryAfter === null || retryAfter.trim() === '' ? Number.NaN : Number(retryAfter);
  const delayMs = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : 125 * 2 ** tries;
  return Math.min(RETRY_DELAY_MS_MAX, delayMs);
}

/** A batch of which nothing was accepted is an error to HTTP, but tells about its items all the same. */
function readReceipt(url: string, answer: Answer): Receipt {
  const refused = answer.body?.rejected;
  const body = Array.isArray(refused) && answer.status < 500 ? answer.body : expectSuccess(url, answer);
  return {
    receipt: String(body?.receipt ?? ''),
    accepted: Number(body?.accepted ?? 0),
    rejected: (body?.rejected ?? []) as unknown as Receipt['rejected'],
  };
}
