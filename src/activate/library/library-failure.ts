/** Errors of the library, and the failed items of its batches, as failures of deliveries. */
import { failureOf, httpFailure } from '../../core/delivery/classify.js';
import type { Failure } from '../../core/delivery/failure.js';
import { SendFailure } from '../destinations/destination.js';
import { causesOf } from '../http/network-failure.js';
import type { MultiStatus } from './library-types.js';

const MESSAGE_CHARS_MAX = 1_000;
/** Classes of the errors that checking a payload ends in. */
const INVALID = new Set(['AggregateAjvError', 'AjvError', 'ValidationError', 'PayloadValidationError']);
const INVALID_CODES = new Set([
  'PAYLOAD_VALIDATION_FAILED',
  'INVALID_AUDIENCE_MEMBERSHIP',
  'INVALID_CURRENCY_CODE',
]);
const AUTHENTICATION_CODES = new Set([
  'INVALID_AUTHENTICATION',
  'REFRESH_TOKEN_EXPIRED',
  'OAUTH_REFRESH_FAILED',
  'UNAUTHORIZED',
]);
const TIMEOUTS = new Set(['TimeoutError', 'RequestTimeoutError', 'SelfTimeoutError']);

/**
 * What an error of the library is called.
 * @param now milliseconds since 1970 UTC, for a `Retry-After` that is a date.
 */
export function libraryFailure(error: unknown, now: number): Failure {
  const { name, code, message, status, response } = partsOf(error);
  // It comes from our own doors, and says itself what it is.
  const known = causesOf(error).find((cause) => cause instanceof SendFailure);
  if (known !== undefined) return known.failure;
  if (INVALID.has(name) || INVALID_CODES.has(code)) return payloadInvalid(message);
  if (TIMEOUTS.has(name)) return { code: 'timeout', message: 'No answer within the time', retry: true };
  const ofAnswer = response?.status ?? status;
  if (ofAnswer === 401 || AUTHENTICATION_CODES.has(code)) return authenticationFailed(message);
  if (name === 'RetryableError') return { code: 'retryable', message: cut(message), retry: true };
  if (ofAnswer === undefined) return failureOf(error);
  const retryAfter = response?.headers?.get('retry-after') ?? null;
  const told = { ...httpFailure(ofAnswer, { retryAfter, now }), message: cut(message) };
  return named(told, response !== undefined);
}

/** What an item of a batch came to: nothing when it was delivered. */
export function multiStatusFailure(item: MultiStatus | undefined, now: number): Failure | undefined {
  if (item === undefined)
    return {
      code: 'connector_failed',
      message: 'The connector told of other items, but not of this.',
      retry: true,
    };
  const { status, errortype = '', errormessage, errorreporter } = item;
  if (errormessage === undefined && status < 400) return undefined;
  const message = errormessage ?? `The tool answered ${status}`;
  if (INVALID_CODES.has(errortype)) return payloadInvalid(message);
  if (status === 401 || AUTHENTICATION_CODES.has(errortype)) return authenticationFailed(message);
  if (errortype === 'RETRYABLE_ERROR') return { code: 'retryable', message: cut(message), retry: true };
  return named({ ...httpFailure(status, { now }), message: cut(message) }, errorreporter !== 'INTEGRATIONS');
}

/**
 * What a single item came to, although its action did not throw: some give a result with a failure in it, and some look at no status.
 * @param results of `executeAction`
 * @param answer of its last request.
 */
export function singleFailure(
  results: unknown,
  answer: Response | undefined,
  now: number,
): Failure | undefined {
  const data = Array.isArray(results)
    ? (results.at(-1) as { data?: Partial<MultiStatusOfOne> } | undefined)?.data
    : undefined;
  if (typeof data?.getResponseAtIndex === 'function')
    return multiStatusFailure(data.getResponseAtIndex(0)?.value(), now);
  if (answer === undefined || answer.status < 400) return undefined;
  if (answer.status === 401) return authenticationFailed('');
  return httpFailure(answer.status, { retryAfter: answer.headers.get('retry-after'), now });
}

interface MultiStatusOfOne {
  getResponseAtIndex(index: number): { value(): MultiStatus } | undefined;
}

/** Whether new tokens may help. */
export function isUnauthorized(error: unknown): boolean {
  const { status, response } = partsOf(error);
  return (status ?? response?.status) === 401;
}

/** A status that is no answer of the tool's is the connector's own word. */
function named(failure: Failure, ofTool: boolean): Failure {
  return ofTool ? failure : { ...failure, code: failure.retry ? 'retryable' : 'connector_refused' };
}

function payloadInvalid(message: string): Failure {
  return { code: 'payload_invalid', message: cut(message), retry: false };
}

/** Tried again: the delivery is good, and somebody will mend the credentials. */
function authenticationFailed(message: string): Failure {
  return {
    code: 'authentication_failed',
    message: cut(message || 'The tool refuses the credentials'),
    retry: true,
  };
}

function cut(message: string): string {
  return message.length > MESSAGE_CHARS_MAX ? `${message.slice(0, MESSAGE_CHARS_MAX)}…` : message;
}

interface Parts {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly status?: number | undefined;
  readonly response?: { readonly status?: number; readonly headers?: { get(name: string): string | null } };
}

function partsOf(error: unknown): Parts {
  const { name, code, message, status, response } = (
    typeof error === 'object' && error !== null ? error : {}
  ) as Record<string, unknown>;
  return {
    name: typeof name === 'string' ? name : '',
    code: typeof code === 'string' ? code : '',
    message: typeof message === 'string' ? message : String(error),
    status: typeof status === 'number' ? status : undefined,
    ...(typeof response === 'object' && response !== null ? { response } : {}),
  };
}
