/** Plain HTTP, byte by byte as a test wants it: `fetch` adds headers and hides connections. */
import type { Agent, IncomingHttpHeaders } from 'node:http';
import { request } from 'node:http';

/** An answer, read to its end. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** True when it came over a connection that had served a request before. */
  readonly reused: boolean;
  json<T = Record<string, unknown>>(): T;
}

/** What a raw request sends. */
export interface HttpOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  /** The body is sent in pieces of this many bytes, without a declared length. */
  readonly chunkBytes?: number;
  /** The body is never ended: the answer must come before it. */
  readonly unfinished?: boolean;
  readonly agent?: Agent;
}

/** Sends a request with no headers but the given ones and those that HTTP needs. Rejects when the connection breaks. */
export function httpRequest(url: string, options: HttpOptions = {}): Promise<HttpAnswer> {
  const { method = 'GET', headers = {}, body, chunkBytes, unfinished = false, agent } = options;
  const bytes = Buffer.from(body ?? '');
  const length =
    body === undefined || chunkBytes !== undefined || unfinished ? {} : { 'content-length': bytes.length };
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, headers: { ...length, ...headers }, agent: agent ?? false },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          if (unfinished) sent.destroy();
          const whole = Buffer.concat(parts);
          const text = whole.toString();
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            bytes: whole,
            text,
            reused: sent.reusedSocket,
            json: <T>() => JSON.parse(text) as T,
          });
        });
      },
    );
    sent.on('error', reject);
    if (chunkBytes !== undefined) {
      for (let at = 0; at < bytes.length; at += chunkBytes) sent.write(bytes.subarray(at, at + chunkBytes));
    } else if (bytes.length > 0) {
      sent.write(bytes);
    }
    if (!unfinished) sent.end();
    else sent.flushHeaders();
  });
}
