/** Why something could not be sent. */
export interface Failure {
  /** A stable word, such as `http_429`, `timeout`, `address_refused`. */
  readonly code: string;
  /** For people; without secrets. */
  readonly message: string;
  /** Whether the same may succeed later. */
  readonly retry: boolean;
  /** Not before that many milliseconds, when the tool said so. */
  readonly retryAfterMs?: number;
  /** What the tool says of the address: it goes on the suppression list. */
  readonly feedback?: Feedback;
}

/** There is nobody at an address, or who is there calls it spam. */
export interface Feedback {
  readonly kind: 'hard_bounce' | 'complaint';
  readonly address: string;
}
