/** What an HTTP status, or whatever a connector threw, means for a delivery. */
import type { Failure } from './failure.js';

/** Statuses outside 5xx that may pass by themselves. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 423, 425, 429]);
/** Of 5xx those that do not: the tool does not know how, and will not tomorrow. */
const LASTING: ReadonlySet<number> = new Set([501, 505, 511]);
const MESSAGE_CHARS_MAX = 1_000;

/**
 * A failure of an HTTP answer that is no success.
 * @param said `retryAfter` is the header, in seconds or as a date; `detail` what the tool says, for people; `now` milliseconds since 1970 UTC.
 */
export function httpFailure(
  status: number,
  said: { readonly retryAfter?: string | null; readonly detail?: string; readonly now: number },
): Failure {
  const retry = (status >= 500 && !LASTING.has(status)) || PASSING.has(status);
  const retryAfterMs = retry ? retryAfterOf(said.retryAfter, said.now) : undefined;
  return {
    code: `http_${status}`,
    message: `The tool answered ${status}${said.detail ? `: ${said.detail}` : ''}`,
    retry,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** Milliseconds of a `Retry-After` header (RFC 9110); undefined when there is none or it cannot be read. */
export function retryAfterOf(header: string | null | undefined, now: number): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Dates begin with the name of a day: much else would be read as a date, too.
  const at = /^[A-Z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/**
 * A failure of whatever was thrown: one that carries its failure goes as that; anything else is a fault of the connector's, and is tried again,
 * since dropping what a customer wants sent would be worse.
 */
export function failureOf(error: unknown): Failure {
  const failure =
    typeof error === 'object' && error !== null ? (error as { failure?: unknown }).failure : undefined;
  if (isFailure(failure)) return failure;
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'connector_failed', message: message.slice(0, MESSAGE_CHARS_MAX), retry: true };
}

function isFailure(value: unknown): value is Failure {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message, retry } = value as Partial<Failure>;
  return typeof code === 'string' && typeof message === 'string' && typeof retry === 'boolean';
}
