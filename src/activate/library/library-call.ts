/**
 * The library was written for a process of its own: it brings its HTTP client, opens sockets and reads the environment. While one of its
 * destinations works, these lead to that destination's context instead: its HTTP, its address rules, its settings. Each call runs in an
 * asynchronous context that all of it is found by, also from within the clients of Kafka, SFTP and AWS. Outside of a call nothing changes, but
 * for the library's HTTP client, which then refuses.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { isIP, type LookupFunction, Socket } from 'node:net';
import { type SendContext, SendFailure } from '../destinations/destination.js';

/** What a call of the library may use of the world. */
export interface LibraryCall {
  readonly context: Pick<SendContext, 'fetch' | 'resolve' | 'signal'>;
  /** All of the environment that the library sees. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The classes of the library's HTTP client, those of `cross-fetch`. */
export interface LibraryHttp {
  default: (request: LibraryRequest) => Promise<unknown>;
  readonly Response: new (body: Uint8Array, init: object) => unknown;
}

interface LibraryRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Iterable<[string, string]>;
  readonly redirect: RequestInit['redirect'];
  readonly signal: AbortSignal | null;
  readonly body: unknown;
  arrayBuffer(): Promise<ArrayBuffer>;
}

const calls = new AsyncLocalStorage<LibraryCall>();

/** Runs code of the library with what it may use. */
export function asLibraryCall<T>(call: LibraryCall, run: () => T): T {
  return calls.run(call, run);
}

/** Leads the library's HTTP client to the context's `fetch`. Requests are those that it would send itself, default headers included. */
export function leadHttp(http: LibraryHttp): void {
  http.default = async (request) => {
    const call = calls.getStore();
    if (call === undefined) throw outsideOfACall();
    const headers = new Headers([...request.headers]);
    for (const [name, value] of [
      ['accept', '*/*'],
      ['accept-encoding', 'gzip,deflate'],
    ] as const)
      if (!headers.has(name)) headers.set(name, value);
    const body = request.body == null ? null : new Uint8Array(await request.arrayBuffer());
    // Its sockets obey the same rules by themselves.
    const response = await calls.exit(() =>
      call.context.fetch(request.url, {
        method: request.method,
        headers,
        body,
        redirect: request.redirect ?? 'follow',
        signal: request.signal,
      }),
    );
    return new http.Response(Buffer.from(await response.arrayBuffer()), {
      url: response.url,
      status: response.status,
      statusText: response.statusText,
      headers: Object.fromEntries(response.headers),
    });
  };
}

/** Makes sockets that the library's other clients open ask the context for the address: what it refuses, they cannot reach. */
export function leadSockets(): void {
  const connect = Socket.prototype.connect as (this: Socket, ...args: unknown[]) => Socket;
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
    const call = calls.getStore();
    if (call === undefined) return connect.apply(this, args);
    const { options, done } = connectArguments(args);
    if (typeof options.path === 'string') return this.destroy(outsideOfACall());
    const host = typeof options.host === 'string' ? options.host : 'localhost';
    const lookup: LookupFunction = (_host, { all }, found) => {
      call.context.resolve(host).then(
        (address) =>
          all ? found(null, [{ address, family: isIP(address) }]) : found(null, address, isIP(address)),
        (error: NodeJS.ErrnoException) => found(error, '', 0),
      );
    };
    // An address that is written out would not be looked up, and so not be judged.
    return connect.call(
      this,
      { ...options, lookup, host: isIP(host) === 0 ? host : 'address.invalid' },
      done,
    );
  } as typeof Socket.prototype.connect;
}

/** Shows the library the environment of its call, and nothing of this process's own. */
export function leadEnvironment(of: { env: NodeJS.ProcessEnv }): void {
  of.env = new Proxy(of.env, {
    get(own, name, receiver) {
      const call = calls.getStore();
      if (call === undefined || typeof name === 'symbol') return Reflect.get(own, name, receiver);
      return Object.hasOwn(call.environment, name) ? call.environment[name] : undefined;
    },
    // Left to itself a proxy defines what is set, in a form that an environment does not take.
    set: (own, name, value) => Reflect.set(own, name, value),
  });
}

/** The forms that `connect` takes: options, a port and a host, a path, or what `net.connect` has made of them. */
function connectArguments(args: readonly unknown[]): { options: Record<string, unknown>; done: unknown } {
  const [first, second] = args;
  if (Array.isArray(first)) return connectArguments(first);
  const done = args.find((arg) => typeof arg === 'function');
  if (typeof first === 'object' && first !== null) return { options: { ...first }, done };
  if (typeof first === 'string' && !/^\d+$/.test(first)) return { options: { path: first }, done };
  return { options: { port: first, host: second }, done };
}

function outsideOfACall(): SendFailure {
  return new SendFailure({
    code: 'address_refused',
    message: 'The connector asked for a connection that it may not have.',
    retry: false,
  });
}
