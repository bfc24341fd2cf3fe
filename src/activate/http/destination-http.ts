/**
 * A destination's way out over HTTP: pools of connections of its own, time limits, address rules, and a record of what went over the wire.
 * Lives as long as the destination's settings do.
 */
import { Agent, request as httpRequest } from 'undici';
import { type Exchange, type SendContext, SendFailure } from '../destinations/destination.js';
import type { AddressRules } from './address-rules.js';
import { ExchangeRecord, type ReceivedResponse } from './exchange-record.js';
import { guardedConnector, guardedResolve, type ResolveAll } from './guarded-connect.js';
import { HTTP_LIMITS } from './http-limits.js';
import { type Mask, makeMask } from './mask.js';
import { networkFailure } from './network-failure.js';
import { type OutgoingRequest, outgoingRequest, redirected } from './outgoing-request.js';
import { responseBody } from './response-body.js';

/** What a destination's way out is made of. */
export interface DestinationHttpOptions {
  readonly rules: AddressRules;
  /** Values of the destination's secret settings: never to be seen in a record. */
  readonly secrets: readonly string[];
  /** How names are resolved; the system's way but in tests. */
  readonly resolveAll?: ResolveAll;
}

/** One call of an action, and what it may use. */
export interface HttpCallOptions {
  readonly signal: AbortSignal;
  /** Nothing may leave: requests are recorded and answered with 200 and an empty object. */
  readonly dryRun: boolean;
  /** Of one request; by default `requestMsMax`. */
  readonly timeoutMs?: number;
}

/** The HTTP part of a `SendContext`, and what was recorded through it so far. */
export interface HttpCall extends Pick<SendContext, 'fetch' | 'resolve' | 'record'> {
  readonly exchanges: readonly Exchange[];
}

/** The way out of one destination. */
export class DestinationHttp {
  readonly #options: DestinationHttpOptions;
  readonly #mask: Mask;
  readonly #agent: Agent;

  constructor(options: DestinationHttpOptions) {
    this.#options = options;
    this.#mask = makeMask(options.secrets);
    this.#agent = new Agent({
      connect: guardedConnector(options.rules, options.resolveAll),
      connections: HTTP_LIMITS.connectionsPerHostMax,
    });
  }

  /** Opens what one call of an action may use. `fetch` rejects with a SendFailure, or with the reason of a signal that ended it. */
  call(options: HttpCallOptions): HttpCall {
    const record = new ExchangeRecord(this.#mask);
    const { rules, resolveAll } = this.#options;
    return {
      exchanges: record.exchanges,
      fetch: async (input, init) => {
        const outgoing = await outgoingRequest(input, init).catch((error: unknown) => {
          throw networkFailure('the tool', error);
        });
        if (options.dryRun) return dryAnswer(outgoing, record);
        return await withinLimits(outgoing.url.host, options, init?.signal ?? undefined, (signal) =>
          this.#follow(outgoing, init?.redirect ?? 'follow', record, signal),
        );
      },
      resolve: (host) =>
        guardedResolve(rules, host, resolveAll).catch((error: unknown) => {
          throw networkFailure(host, error);
        }),
      record: ({ request, response, tookMs }) =>
        record.add(
          { ...request, headers: Object.entries(request.headers) },
          response && { ...response, headers: Object.entries(response.headers) },
          tookMs,
        ),
    };
  }

  /** Cuts connections that are still open. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #follow(
    first: OutgoingRequest,
    mode: RequestInit['redirect'],
    record: ExchangeRecord,
    signal: AbortSignal,
  ): Promise<Response> {
    let outgoing = first;
    for (let hops = 0; hops <= HTTP_LIMITS.redirectsMax; hops++) {
      const response = await this.#exchange(outgoing, record, signal);
      if (mode === 'manual') return response;
      const next = redirected(outgoing, response.status, response.headers.get('location') ?? undefined);
      if (next === undefined) return response;
      if (mode === 'error') break;
      outgoing = next;
    }
    throw new SendFailure({
      code: 'redirect_refused',
      message: `${outgoing.url.host} redirects ${mode === 'error' ? '' : 'too often '}to another address.`,
      retry: false,
    });
  }

  async #exchange(outgoing: OutgoingRequest, record: ExchangeRecord, signal: AbortSignal): Promise<Response> {
    const started = performance.now();
    const { method, url, body } = outgoing;
    let received: ReceivedResponse | undefined;
    try {
      const answer = await httpRequest(url, {
        dispatcher: this.#agent,
        method,
        headers: Object.fromEntries(outgoing.headers),
        body: body ?? null,
        signal,
      });
      const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
        [value ?? []].flat().map((each): [string, string] => [name, each]),
      );
      const encoding = answer.headers['content-encoding'];
      const bytes = await responseBody(answer.body, typeof encoding === 'string' ? encoding : undefined);
      received = { status: answer.statusCode, headers, body: bytes };
      return response(url, answer.statusCode, answer.statusText, headers, bytes);
    } finally {
      const sent = { method, url: url.href, headers: outgoing.headers, body };
      record.add(sent, received, performance.now() - started);
    }
  }
}

function dryAnswer(outgoing: OutgoingRequest, record: ExchangeRecord): Response {
  const { method, url, headers, body } = outgoing;
  record.add({ method, url: url.href, headers, body }, undefined, 0);
  return response(url, 200, 'OK', [['content-type', 'application/json']], Buffer.from('{}'));
}

function response(
  url: URL,
  status: number,
  statusText: string,
  headers: [string, string][],
  bytes: Uint8Array,
): Response {
  const empty = status === 204 || status === 205 || status === 304;
  try {
    const made = new Response(empty ? null : bytes, { status, statusText, headers });
    return Object.defineProperty(made, 'url', { value: url.href });
  } catch (error) {
    // A status such as 999 or a reason of control characters, which a Response cannot hold.
    const message = `The answer of ${url.host} with status ${status} is not HTTP.`;
    throw new SendFailure({ code: 'response_invalid', message, retry: true }, { cause: error });
  }
}

/** Runs a request until it ends, its time is over, or a signal of the caller's ends it. */
async function withinLimits(
  host: string,
  { signal: ofCall, timeoutMs = HTTP_LIMITS.requestMsMax }: HttpCallOptions,
  ofRequest: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<Response>,
): Promise<Response> {
  const controller = new AbortController();
  const callers = ofRequest === undefined ? [ofCall] : [ofCall, ofRequest];
  const stop = () => controller.abort();
  for (const signal of callers) signal.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(stop, timeoutMs);
  try {
    for (const signal of callers) signal.throwIfAborted();
    return await run(controller.signal);
  } catch (error) {
    for (const signal of callers) signal.throwIfAborted();
    if (controller.signal.aborted)
      throw new SendFailure({
        code: 'timeout',
        message: `No answer from ${host} within ${timeoutMs} ms.`,
        retry: true,
      });
    throw networkFailure(host, error);
  } finally {
    clearTimeout(timer);
    for (const signal of callers) signal.removeEventListener('abort', stop);
  }
}
