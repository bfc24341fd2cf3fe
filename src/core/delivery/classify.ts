/** What an HTTP status or an error of the network means for a delivery. */
import type { Failure } from './failure.js';

/** Statuses outside 5xx that may pass by themselves. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 423, 425, 429]);
/** Of 5xx those that do not: the tool does not know how, and will not tomorrow. */
const LASTING: ReadonlySet<number> = new Set([501, 505, 511]);

/**
 * A failure of an HTTP answer that is no success.
 * @param retryAfter the header, in seconds or as a date.
 */
export function httpFailure(
  status: number,
  {
    retryAfter,
    detail,
    now,
  }: { readonly retryAfter?: string | null; readonly detail?: string; readonly now: number },
): Failure {
  const retry = (status >= 500 && !LASTING.has(status)) || PASSING.has(status);
  const retryAfterMs = retryAfterOf(retryAfter, now);
  return {
    code: `http_${status}`,
    message: `The tool answered ${status}${detail ? `: ${detail}` : ''}`,
    retry,
    ...(retry && retryAfterMs !== undefined ? { retryAfterMs } : {}),
  };
}

/** Milliseconds of a `Retry-After` header; undefined when there is none or it cannot be read. */
export function retryAfterOf(header: string | null | undefined, now: number): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.max(0, Math.ceil(ms)) : undefined;
}

/** By the codes of Node and its HTTP client: what they mean for people. All but the last two may pass. */
const NETWORK: Readonly<Record<string, readonly [code: string, message: string, retry: boolean]>> = {
  ECONNREFUSED: ['connection_refused', 'Nobody listens at the address', true],
  ECONNRESET: ['connection_lost', 'The connection was cut', true],
  EPIPE: ['connection_lost', 'The connection was cut', true],
  UND_ERR_SOCKET: ['connection_lost', 'The connection was cut', true],
  ENOTFOUND: ['name_unknown', 'The host’s name is unknown', true],
  EAI_AGAIN: ['name_unknown', 'The host’s name could not be looked up', true],
  EHOSTUNREACH: ['unreachable', 'The host cannot be reached', true],
  ENETUNREACH: ['unreachable', 'The network cannot be reached', true],
  ETIMEDOUT: ['timeout', 'No connection within the time', true],
  UND_ERR_CONNECT_TIMEOUT: ['timeout', 'No connection within the time', true],
  UND_ERR_HEADERS_TIMEOUT: ['timeout', 'No answer within the time', true],
  UND_ERR_BODY_TIMEOUT: ['timeout', 'The answer did not end within the time', true],
  CERT_HAS_EXPIRED: ['certificate_invalid', 'The certificate has expired', true],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['certificate_invalid', 'The certificate is signed by nobody known', true],
  SELF_SIGNED_CERT_IN_CHAIN: ['certificate_invalid', 'The certificate is signed by nobody known', true],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['certificate_invalid', 'The certificate cannot be verified', true],
  ERR_TLS_CERT_ALTNAME_INVALID: ['certificate_invalid', 'The certificate is for another name', true],
  ERR_INVALID_URL: ['address_invalid', 'The address is none', false],
};

/** How deep causes are looked into. */
const CAUSES_MAX = 5;

/**
 * A failure of whatever was thrown: one that a connector classified itself goes as it is; what the network says gets its code; anything else is
 * `connector_failed`, a fault of the connector's, and is tried again, since dropping what a customer wants sent would be worse.
 */
export function failureOf(error: unknown): Failure {
  let at: unknown = error;
  for (let depth = 0; depth < CAUSES_MAX && typeof at === 'object' && at !== null; depth += 1) {
    const { failure, name, code, cause, errors } = at as Record<string, unknown>;
    if (isFailure(failure)) return failure;
    if (name === 'TimeoutError')
      return { code: 'timeout', message: 'No answer within the time', retry: true };
    const known = typeof code === 'string' && Object.hasOwn(NETWORK, code) ? NETWORK[code] : undefined;
    if (known) return { code: known[0], message: known[1], retry: known[2] };
    // Of several addresses that were tried.
    at = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'connector_failed', message: message.slice(0, 1_000), retry: true };
}

function isFailure(value: unknown): value is Failure {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message, retry } = value as Partial<Failure>;
  return typeof code === 'string' && typeof message === 'string' && typeof retry === 'boolean';
}
