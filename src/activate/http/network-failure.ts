/** Errors of sockets, names and TLS as failures of a delivery. */
import { SendFailure } from '../destinations/destination.js';

/** A header with a line break in its value, or a method that does not exist. */
const REQUEST_INVALID = 'request_invalid';

const CODES: ReadonlyArray<readonly [RegExp, string]> = [
  [/^(?:ENOTFOUND|EAI_.*|ENODATA|ESERVFAIL)$/, 'dns_failed'],
  [/TIMEOUT|^ETIMEDOUT$/, 'timeout'],
  [/^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)|EPROTO/, 'tls_failed'],
  [/^(?:HPE_|HTTPParserError|UND_ERR_RES|UND_ERR_HEADERS_OVERFLOW)/, 'response_invalid'],
  [/^(?:UND_ERR_INVALID_ARG|UND_ERR_NOT_SUPPORTED|ERR_INVALID_.*|TypeError)$/, REQUEST_INVALID],
];

/** What a failed request to this host is called. All may succeed later, but for what was refused here already. */
export function networkFailure(host: string, error: unknown): SendFailure {
  const known = failureWithin(error);
  if (known !== undefined) return known;
  const name = codeOf(error);
  const code = CODES.find(([pattern]) => pattern.test(name))?.[1] ?? 'connection_failed';
  const message =
    code === REQUEST_INVALID
      ? `The request to ${host} cannot be made: a header or the method is not HTTP.`
      : `No answer from ${host}: ${name}.`;
  return new SendFailure({ code, message, retry: code !== REQUEST_INVALID }, { cause: error });
}

/** The failure that an error is, or was made from. */
function failureWithin(error: unknown): SendFailure | undefined {
  if (error instanceof SendFailure) return error;
  if (!(error instanceof Error)) return undefined;
  const within = error instanceof AggregateError ? error.errors : [error.cause];
  return within.map((inner) => (inner === error ? undefined : failureWithin(inner))).find(Boolean);
}

/** The code of an error, or of what it was made from; its class where there is none. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection failed';
  if ('code' in error && typeof error.code === 'string') return error.code;
  const [first]: unknown[] = error instanceof AggregateError ? error.errors : [error.cause];
  return first === undefined || first === error ? error.name : codeOf(first);
}
