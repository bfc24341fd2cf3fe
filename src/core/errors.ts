/**
 * The one registry of errors. The code decides what happens (status, whether to try again), never the message's text.
 * Codes are part of the API: they are stable, and a new one is an entry here.
 */

interface ErrorKind {
  /** HTTP status when it reaches a door. */
  readonly status: number;
  /** True when the same request may succeed later, unchanged. */
  readonly retry: boolean;
  readonly title: string;
}

/** Errors of whole requests and of starting, by code. */
export const ERRORS = {
  // The whole request.
  body_invalid: { status: 400, retry: false, title: 'The body cannot be read' },
  request_invalid: { status: 400, retry: false, title: 'The request is not valid' },
  definition_invalid: { status: 400, retry: false, title: 'The definition is not valid' },
  definition_too_costly: { status: 400, retry: false, title: 'The definition would cost too much' },
  query_invalid: { status: 400, retry: false, title: 'The query is not valid' },
  query_forbidden: { status: 400, retry: false, title: 'The query does what queries must not do' },
  query_too_costly: { status: 400, retry: false, title: 'The query hit a limit' },
  nothing_accepted: { status: 400, retry: false, title: 'No event of the request was accepted' },
  write_key_missing: { status: 401, retry: false, title: 'No write key was given' },
  write_key_unknown: { status: 401, retry: false, title: 'The write key is unknown or disabled' },
  token_invalid: { status: 401, retry: false, title: 'The bearer token is missing or wrong' },
  credentials_invalid: { status: 401, retry: false, title: 'The e-mail address or the password is wrong' },
  forbidden: { status: 403, retry: false, title: 'The role does not allow it' },
  personal_data_forbidden: { status: 403, retry: false, title: 'Personal data may not be seen' },
  csrf_invalid: { status: 403, retry: false, title: 'The request does not prove where it comes from' },
  not_found: { status: 404, retry: false, title: 'There is no such thing' },
  conflict: { status: 409, retry: false, title: 'The request conflicts with what exists' },
  body_too_large: { status: 413, retry: false, title: 'The body is over the limit' },
  media_type_unsupported: {
    status: 415,
    retry: false,
    title: 'The content type or encoding is not supported',
  },
  backlog_full: { status: 429, retry: true, title: 'Too many events wait to be processed' },
  sign_in_limited: { status: 429, retry: true, title: 'Too many attempts to sign in' },
  queries_full: { status: 429, retry: true, title: 'Too many queries wait' },
  internal: { status: 500, retry: true, title: 'An error of ours' },
  log_unavailable: { status: 503, retry: true, title: 'The log cannot be written now' },
  disk_full: { status: 507, retry: true, title: 'The disk has no room for it' },
  engine_unavailable: { status: 503, retry: true, title: 'A store cannot be reached now' },
  // Starting.
  config_invalid: { status: 500, retry: false, title: 'A setting is not valid' },
  data_dir_in_use: { status: 500, retry: false, title: 'The data folder is in use' },
  data_dir_invalid: { status: 500, retry: false, title: 'The data folder cannot be used' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

/** An error with a code of the registry. `message` is a sentence for people that names the field and the fix. */
export class TributaryError extends Error {
  override readonly name = 'TributaryError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get retry(): boolean {
    return ERRORS[this.code].retry;
  }
}

/** Why a single event was refused. Stable: users filter the quarantine and alert by these. */
export const REJECTIONS = {
  not_an_object: 'The event is not a JSON object',
  type_unknown: 'The event has no type, or one that does not exist',
  event_name_missing: 'A track call has no event name',
  identifier_missing: 'The event names nobody',
  identifier_invalid: 'An identifier has the wrong type or form',
  group_id_missing: 'A group call has no groupId',
  previous_id_missing: 'An alias call has no previousId',
  merge_properties_invalid: 'A merge call does not name at least two identifiers',
  message_id_invalid: 'The messageId has the wrong type or is too long',
  field_invalid: 'A field has the wrong type',
  timestamp_invalid: 'A time cannot be read or is out of range',
  number_invalid: 'A number is too large to be kept',
  event_too_large: 'The event is over the size limit',
  nesting_too_deep: 'The event is nested too deeply',
  too_many_keys: 'The event has too many keys',
  message_id_conflict: 'An event with the same messageId but another body came before',
  row_invalid: 'A row of an import cannot be mapped',
  processing_failed: 'The event made a step of the pipeline fail',
} as const;

export type RejectionCode = keyof typeof REJECTIONS;

/** The verdict on a refused event: its code, and a sentence that names the field and the fix. */
export interface Rejection {
  readonly code: RejectionCode;
  readonly message: string;
}
