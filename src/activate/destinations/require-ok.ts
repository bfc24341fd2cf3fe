import { httpFailure } from '../../core/delivery/classify.js';
import { SendFailure } from './destination.js';

/** How much of a refusal's text is shown. */
const SHOWN_CHARS_MAX = 300;

/**
 * Takes an answer of 200 to 299 as success.
 * @returns its text.
 * @throws SendFailure `http_<status>` for any other, with what the tool says and how long it wants to be left alone.
 */
export async function requireOk(response: Response, now: number): Promise<string> {
  const text = await response.text();
  if (response.ok) return text;
  const { status, headers } = response;
  const moved = status >= 300 && status < 400 ? headers.get('location') : null;
  const detail =
    moved === null ? text.replace(/\s+/g, ' ').trim().slice(0, SHOWN_CHARS_MAX) : `it moved to ${moved}`;
  throw new SendFailure(httpFailure(status, { retryAfter: headers.get('retry-after'), detail, now }));
}
