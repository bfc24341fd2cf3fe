/** What is kept of requests and responses with an attempt: masked, and cut at a limit. */
import type { Exchange } from '../destinations/destination.js';
import { HTTP_LIMITS } from './http-limits.js';
import type { Mask } from './mask.js';

/** A request as it went out, before it is masked. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Iterable<readonly [string, string]>;
  readonly body: Uint8Array | string | undefined;
}

/** A response as it came. */
export interface ReceivedResponse {
  readonly status: number;
  readonly headers: Iterable<readonly [string, string]>;
  readonly body: Uint8Array | string;
}

/** The exchanges of one attempt. */
export class ExchangeRecord {
  readonly #mask: Mask;
  readonly exchanges: Exchange[] = [];

  constructor(mask: Mask) {
    this.#mask = mask;
  }

  /** Keeps one; what comes beyond `recordedExchangesMax` is left out. */
  add(request: SentRequest, response: ReceivedResponse | undefined, tookMs: number): void {
    if (this.exchanges.length >= HTTP_LIMITS.recordedExchangesMax) return;
    this.exchanges.push({
      request: {
        method: request.method,
        url: this.#mask.url(request.url),
        headers: this.#mask.headers(request.headers),
        body: this.#body(request.body),
      },
      ...(response === undefined
        ? {}
        : {
            response: {
              status: response.status,
              headers: this.#mask.headers(response.headers),
              body: this.#body(response.body),
            },
          }),
      tookMs: Math.round(tookMs),
    });
  }

  /** Masked before it is cut: a secret must not be cut in half and so go unseen. */
  #body(body: Uint8Array | string | undefined): string {
    if (body === undefined) return '';
    if (typeof body !== 'string' && isBinary(body)) return `(${body.byteLength} bytes that are no text)`;
    const max = HTTP_LIMITS.recordedBodyCharsMax;
    // Four times as much may hold the part that is kept in bytes of UTF-8, and a secret that crosses its end.
    const text =
      typeof body === 'string' ? body.slice(0, 4 * max) : new TextDecoder().decode(body.subarray(0, 4 * max));
    const masked = this.#mask.text(text);
    return masked.length > max ? `${masked.slice(0, max)}…` : masked;
  }
}

/** Text has no zero bytes; files of any other kind have some near their beginning. */
function isBinary(body: Uint8Array): boolean {
  return body.subarray(0, 1024).includes(0);
}
