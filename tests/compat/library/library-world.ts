/**
 * A tool on loopback, and the two ways to it: our adapter, and the library called directly. Tools of the library have fixed addresses on the
 * internet; both ways are led here with the origin that was meant beside each request, and plain HTTP in place of TLS.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type {
  DestinationAction,
  SendContext,
  SendItem,
  SendResult,
} from '../../../src/activate/destinations/destination.js';
import { readAddressRules } from '../../../src/activate/http/address-rules.js';
import { DestinationHttp } from '../../../src/activate/http/destination-http.js';
import { asLibraryCall } from '../../../src/activate/library/library-call.js';
import { libraryKind } from '../../../src/activate/library/library-kind.js';
import type { ActionInput, MultiStatus } from '../../../src/activate/library/library-types.js';
import { libraryDefinition, libraryDestination } from '../../../src/activate/library/load-library.js';
import { testContext } from '../../../src/activate/test-kit.js';
import { isObject, type JsonObject, type JsonValue } from '../../../src/core/json.js';
import { checkPayload } from '../../../src/core/mapping/check-payload.js';
import { type Mapping, readMapping } from '../../../src/core/mapping/read-mapping.js';

const ORIGIN = 'x-meant-origin';
/** Of the connection, not of the request. */
const OF_THE_HOP = new Set(['host', 'connection', 'keep-alive', 'transfer-encoding', ORIGIN]);

/** A request as the tool saw it. */
export interface ToolRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a tool answers; 200 with an empty object when it has no opinion. */
export type ToolAnswer = (
  request: ToolRequest,
) =>
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: JsonValue }
  | undefined;

/** A tool that keeps what it was asked. */
export interface Tool {
  readonly url: string;
  answer: ToolAnswer;
  /** What came since it was last asked. */
  take(): ToolRequest[];
  close(): Promise<void>;
}

/** Starts a tool. */
export async function startTool(): Promise<Tool> {
  let seen: ToolRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => !OF_THE_HOP.has(name)),
      );
      const url = `${String(request.headers[ORIGIN] ?? '')}${request.url}`;
      const one = { method: request.method ?? '', url, headers, body: Buffer.concat(chunks).toString() };
      seen.push(one);
      send(response, tool.answer(one) ?? {});
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const tool: Tool = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: () => undefined,
    take() {
      const taken = seen;
      seen = [];
      return taken;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return tool;
}

function send(
  response: ServerResponse,
  { status = 200, headers = {}, body = {} }: NonNullable<ReturnType<ToolAnswer>>,
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}

/** What is sent, to which destination's action, and how it is set up. */
export interface Sending {
  readonly slug: string;
  readonly action: string;
  readonly settings: JsonObject;
  readonly mapping: JsonObject;
  readonly events: readonly JsonObject[];
  /** In one batch. */
  readonly batch?: boolean;
}

/** A context whose requests go to the tool through our own door to HTTP. */
export function contextAt(
  tool: Tool,
  given: { settings: JsonObject; options?: JsonObject; dryRun?: boolean },
) {
  const http = new DestinationHttp({ rules: readAddressRules(['127.0.0.0/8']), secrets: [] });
  const base = testContext({ ...given, now: Date.now() });
  const call = http.call({ signal: base.signal, dryRun: given.dryRun ?? false });
  const context: SendContext = {
    ...base,
    fetch: async (input, init) => {
      const meant = new URL(String(input));
      const headers = new Headers(init?.headers);
      headers.set(ORIGIN, meant.origin);
      return await call.fetch(`${tool.url}${meant.pathname}${meant.search}`, { ...init, headers });
    },
  };
  return { context, exchanges: () => [...call.exchanges, ...base.exchanges], close: () => http.close() };
}

const tools: Parameters<Mapping['evaluate']>[1] = {
  sha256: (text, encoding) => createHash('sha256').update(text).digest(encoding),
};

/** What a mapping makes of an event, before it is checked: as the pipeline does it. */
export function evaluated(mapping: JsonObject, event: JsonObject): JsonObject {
  const made = readMapping(mapping).evaluate(event, tools);
  if (!isObject(made)) throw new Error('The mapping makes no object');
  return made;
}

/** Something to be sent, as it stands in its delivery: the event goes along where the action asks for it. */
export function delivery(
  payload: JsonObject,
  given: JsonObject,
  { needsGiven }: Pick<DestinationAction, 'needsGiven'>,
  index = 0,
): SendItem {
  return {
    key: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    attempt: 1,
    profileId: '11111111-1111-4111-8111-111111111111',
    decidedAt: Date.now(),
    payload,
    ...(needsGiven === true ? { given } : {}),
  };
}

/** Sends by our adapter. */
export async function sendByAdapter(sending: Sending, tool: Tool): Promise<readonly SendResult[]> {
  const { context, close } = contextAt(tool, sending);
  const action = libraryKind(sending.slug)?.actions[sending.action];
  if (action === undefined) throw new Error(`${sending.slug} has no action ${sending.action}`);
  const items = sending.events.map((event, index) => {
    const checked = checkPayload(evaluated(sending.mapping, event), action.fields, false);
    if (checked.faults !== undefined) throw new Error(checked.faults.map(({ message }) => message).join(' '));
    return delivery(checked.payload, event, action, index);
  });
  try {
    return await action.send(items, context);
  } finally {
    await close();
  }
}

/**
 * Sends as a program would that has the library alone: with its own class, mapping and HTTP client.
 * @param settings as the library knows them, with tokens in `oauth`, and `environment`.
 */
export async function sendByLibrary(
  sending: Omit<Sending, 'settings'>,
  {
    settings,
    auth,
    environment,
  }: { settings: JsonObject; auth: ActionInput['auth']; environment: Record<string, string> },
  tool: Tool,
): Promise<readonly (MultiStatus | undefined)[] | undefined> {
  const destination = libraryDestination(sending.slug, libraryDefinition(sending.slug));
  const own = structuredClone(settings);
  destination.validateSettings(own);
  const input = {
    mapping: sending.mapping,
    settings: own,
    auth,
    features: {},
    signal: new AbortController().signal,
  } as ActionInput;
  const never = () => Promise.reject(new Error('The library was to use its own client'));
  const context = { fetch: never, resolve: never, signal: input.signal };
  return await withOwnClient(tool, () =>
    asLibraryCall({ context, environment }, async () => {
      if (sending.batch)
        return await destination.executeBatch(sending.action, { ...input, events: sending.events });
      const [event = {}] = sending.events;
      await destination.executeAction(sending.action, { ...input, event });
      return undefined;
    }),
  );
}

/** Taken before there is a call: what runs in it is led nowhere. */
const outsideOfCalls = AsyncLocalStorage.snapshot();

interface OwnClient {
  readonly fetch: (request: object) => Promise<unknown>;
  readonly Request: new (
    url: string,
    init: object,
  ) => { readonly headers: { set(name: string, value: string): void }; agent: unknown };
}

const ofLibrary = createRequire(createRequire(import.meta.url).resolve('@segment/action-destinations'));
const core = ofLibrary.resolve('@segment/actions-core');

/** Gives the library back the HTTP client that it comes with, as it is but for the address that it connects to. */
async function withOwnClient<T>(tool: Tool, run: () => Promise<T>): Promise<T> {
  const client = createRequire(core)('cross-fetch') as OwnClient;
  const seam = createRequire(core)(path.join(path.dirname(core), 'fetch.js')) as { default: unknown };
  const ours = seam.default;
  seam.default = async (request: { readonly url: string }) => {
    const meant = new URL(request.url);
    const led = new client.Request(`${tool.url}${meant.pathname}${meant.search}`, request);
    led.headers.set(ORIGIN, meant.origin);
    // Some have one for TLS.
    led.agent = undefined;
    return await outsideOfCalls(() => client.fetch(led));
  };
  try {
    return await run();
  } finally {
    seam.default = ours;
  }
}
