/** What `fetch` was asked for, as plain data, and the request that a redirect makes of it. */
import { SendFailure } from '../destinations/destination.js';

/** One request as it goes out. */
export interface OutgoingRequest {
  readonly url: URL;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Headers;
  readonly body: Uint8Array | string | undefined;
}

/** Redirects that `fetch` follows: not those of other kinds, such as 304. */
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** What goes along to another origin; any other header may be a credential. */
const HARMLESS_HEADER = /^(?:accept|accept-.*|content-.*|user-agent)$/;

/**
 * Reads the arguments of `fetch`. Credentials in the address become an Authorization header, as clients of HTTP do it.
 * @throws SendFailure `address_invalid`
 */
export async function outgoingRequest(
  input: string | URL | Request,
  init: RequestInit = {},
): Promise<OutgoingRequest> {
  const plain =
    typeof input === 'string' || input instanceof URL
      ? await fromParts(readUrl(String(input)), init)
      : await fromRequest(new Request(input, init));
  return withDefaults(plain);
}

/**
 * The request that follows from a redirect, if this response is one. Across origins only harmless headers go along.
 * @throws SendFailure `address_invalid`, `redirect_refused`
 */
export function redirected(
  request: OutgoingRequest,
  status: number,
  location: string | undefined,
): OutgoingRequest | undefined {
  if (!REDIRECTS.has(status) || location === undefined) return undefined;
  const url = readUrl(location, request.url);
  if (request.url.protocol === 'https:' && url.protocol !== 'https:') {
    throw new SendFailure({
      code: 'redirect_refused',
      message: `${request.url.host} redirects to an address without TLS.`,
      retry: false,
    });
  }
  const headers = new Headers(request.headers);
  if (url.origin !== request.url.origin) {
    for (const name of [...headers.keys()]) if (!HARMLESS_HEADER.test(name)) headers.delete(name);
  }
  const becomesGet = status === 303 || (status <= 302 && request.method === 'POST');
  if (!becomesGet) return { ...request, url, headers };
  for (const name of [...headers.keys()]) if (name.startsWith('content-')) headers.delete(name);
  return { url, method: request.method === 'HEAD' ? 'HEAD' : 'GET', headers, body: undefined };
}

function readUrl(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) throw addressInvalid('It is not a URL');
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw addressInvalid(`${url.protocol} is not http or https`);
  return url;
}

function addressInvalid(why: string): SendFailure {
  return new SendFailure({
    code: 'address_invalid',
    message: `The address cannot be used: ${why}.`,
    retry: false,
  });
}

async function fromParts(url: URL, init: RequestInit): Promise<OutgoingRequest> {
  const { body = null, method = 'GET' } = init;
  if (body === null || typeof body === 'string' || body instanceof Uint8Array) {
    const headers = new Headers(init.headers);
    if (typeof body === 'string' && !headers.has('content-type'))
      headers.set('content-type', 'text/plain;charset=UTF-8');
    return { url, method: method.toUpperCase(), headers, body: body ?? undefined };
  }
  const bare = new URL(url);
  bare.username = bare.password = '';
  return { ...(await fromRequest(new Request(bare, { ...init, method: method.toUpperCase() }))), url };
}

async function fromRequest(request: Request): Promise<OutgoingRequest> {
  const bytes = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
  return { url: new URL(request.url), method: request.method, headers: request.headers, body: bytes };
}

function withDefaults(request: OutgoingRequest): OutgoingRequest {
  const { url, headers } = request;
  if (!headers.has('accept')) headers.set('accept', '*/*');
  if (!headers.has('user-agent')) headers.set('user-agent', 'Tributary');
  if (url.username === '' && url.password === '') return request;
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  if (!headers.has('authorization'))
    headers.set('authorization', `Basic ${Buffer.from(credentials).toString('base64')}`);
  const bare = new URL(url);
  bare.username = bare.password = '';
  return { ...request, url: bare };
}
