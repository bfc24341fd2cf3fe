import { SendFailure } from './destination.js';

/** How much of a refusal's text is shown. */
const SHOWN_CHARS_MAX = 300;
/** The same may succeed later: the tool was busy, late, or out of order. */
const RETRIED = new Set([408, 425, 429]);

/**
 * Takes an answer of 200 to 299 as success.
 * @returns its text.
 * @throws SendFailure `http_<status>` for any other, with what the tool says and how long it wants to be left alone.
 */
export async function requireOk(response: Response, now: number): Promise<string> {
  const text = await response.text();
  if (response.ok) return text;
  const { status } = response;
  const moved = status >= 300 && status < 400 ? response.headers.get('location') : null;
  const said =
    moved === null ? text.replace(/\s+/g, ' ').trim().slice(0, SHOWN_CHARS_MAX) : `it moved to ${moved}`;
  const retryAfterMs = readRetryAfter(response.headers.get('retry-after'), now);
  throw new SendFailure({
    code: `http_${status}`,
    message: `The tool answered ${status}${said === '' ? '' : `: ${said}`}`,
    retry: RETRIED.has(status) || status >= 500,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** `Retry-After` (RFC 9110): seconds, or a date. @returns milliseconds from now, or `undefined` when it cannot be read. */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
