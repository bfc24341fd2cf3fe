/** Errors of sockets, names, TLS and HTTP as failures of a delivery. */
import { failureOf } from '../../core/delivery/classify.js';
import { SendFailure } from '../destinations/destination.js';

/** What `failureOf` does not know, by the error's code or class: what it is called, and whether it may pass. */
const OTHERS: ReadonlyArray<readonly [RegExp, code: string, message: string, retry: boolean]> = [
  [/^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|EPROTO)/, 'tls_failed', 'There is no secure connection', true],
  [
    /^(?:HPE_|HTTPParserError|UND_ERR_RES|UND_ERR_HEADERS_OVERFLOW)/,
    'response_invalid',
    'The answer is not HTTP',
    true,
  ],
  [/^(?:EAI_|ENODATA|ESERVFAIL)/, 'name_unknown', 'The host’s name could not be looked up', true],
  // A header with a line break in its value, or a method that does not exist. What is wrong may be a secret: it is not said.
  [
    /^(?:UND_ERR_INVALID_ARG|UND_ERR_NOT_SUPPORTED|ERR_INVALID_.*|TypeError)$/,
    'request_invalid',
    'A header or the method is not HTTP',
    false,
  ],
];

/** What a failed request to this host is called. What was refused on this side already goes as it is. */
export function networkFailure(host: string, error: unknown): SendFailure {
  if (error instanceof SendFailure) return error;
  const failure = failureOf(error);
  const name = nameOf(error);
  const [, code, message, retry] = OTHERS.find(([pattern]) => pattern.test(name)) ?? [
    undefined,
    'connection_lost',
    `The connection failed (${name})`,
    true,
  ];
  const told = failure.code === 'connector_failed' ? { code, message, retry } : failure;
  return told.code === 'address_refused'
    ? new SendFailure(told)
    : new SendFailure({ ...told, message: `${host}: ${told.message}` }, { cause: error });
}

/** The code of an error, or of what it was made from; its class where there is none. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no error';
  if ('code' in error && typeof error.code === 'string') return error.code;
  const [first]: unknown[] = error instanceof AggregateError ? error.errors : [error.cause];
  return first === undefined || first === error ? error.name : nameOf(first);
}
