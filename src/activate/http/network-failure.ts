/** Errors of sockets, names, TLS and HTTP as failures of a delivery. */
import { SendFailure } from '../destinations/destination.js';

/** By the error's code or class: what it is called, and whether it may pass by itself. */
const KNOWN: ReadonlyArray<readonly [RegExp, code: string, message: string, retry: boolean]> = [
  [/^ECONNREFUSED$/, 'connection_refused', 'Nobody listens at the address', true],
  [/^(?:ENOTFOUND|EAI_|ENODATA|ESERVFAIL)/, 'name_unknown', 'The host’s name could not be looked up', true],
  [/^(?:EHOSTUNREACH|ENETUNREACH)$/, 'unreachable', 'The host cannot be reached', true],
  [/TIMEOUT|^ETIMEDOUT$/, 'timeout', 'No answer within the time', true],
  [
    /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT)/,
    'certificate_invalid',
    'The certificate is not valid',
    true,
  ],
  [/^(?:ERR_TLS|ERR_SSL|EPROTO)/, 'tls_failed', 'There is no secure connection', true],
  [
    /^(?:HPE_|HTTPParserError|UND_ERR_RES|UND_ERR_HEADERS_OVERFLOW)/,
    'response_invalid',
    'The answer is not HTTP',
    true,
  ],
  // A header with a line break in its value, or a method that does not exist. What is wrong may be a secret: it is not said.
  [
    /^(?:UND_ERR_INVALID_ARG|UND_ERR_NOT_SUPPORTED|ERR_INVALID_.*|TypeError)$/,
    'request_invalid',
    'A header or the method is not HTTP',
    false,
  ],
  [/^/, 'connection_lost', 'The connection was cut', true],
];
/** How deep causes are looked into. */
const CAUSES_MAX = 5;

/** What a failed request to this host is called. What was refused on this side already goes as it is. */
export function networkFailure(host: string, error: unknown): SendFailure {
  const causes = causesOf(error);
  const refused = causes.find((cause) => cause instanceof SendFailure);
  if (refused !== undefined) return refused;
  const name =
    causes.map(codeOf).find((code) => code !== undefined) ?? (causes.at(-1) as Error | undefined)?.name ?? '';
  // The last form fits all.
  const [, code, message, retry] = KNOWN.find(([form]) => form.test(name)) ?? KNOWN[KNOWN.length - 1]!;
  return new SendFailure({ code, message: `${host}: ${message}.`, retry }, { cause: error });
}

/** An error, and what it was made from, outermost first. */
export function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let at = error; at instanceof Error && causes.length < CAUSES_MAX; ) {
    causes.push(at);
    // Of several addresses that were tried.
    at = at.cause ?? (at instanceof AggregateError ? at.errors[0] : undefined);
  }
  return causes;
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
