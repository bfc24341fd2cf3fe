/**
 * What the product tells of itself: named events, each a line in the log, a metric, or both. Code says what happened; only
 * this folder knows how it is shown.
 */

/** Receipt and count of one request whose events are now in their profiles. */
export interface Arrival {
  readonly receivedAt: number;
  readonly events: number;
}

export type TelemetryEvent =
  | {
      readonly name: 'server_started';
      readonly url: string;
      readonly dataDir: string;
      readonly tookMs: number;
    }
  | { readonly name: 'server_stopping'; readonly signal: string }
  | {
      readonly name: 'request_received';
      readonly sourceId: string;
      readonly call: string;
      readonly events: number;
      readonly bytes: number;
      readonly ackMs: number;
    }
  | { readonly name: 'request_refused'; readonly code: string }
  | {
      readonly name: 'request_failed';
      readonly method: string;
      readonly path: string;
      readonly error: unknown;
    }
  /** Somebody did not get in by the provider of sign-ins. The message holds no tokens. */
  | { readonly name: 'sign_in_failed'; readonly failure: string; readonly message: string }
  | { readonly name: 'client_metrics_received'; readonly series: number }
  | {
      readonly name: 'batch_committed';
      readonly until: number;
      readonly at: number;
      readonly verdicts: Readonly<Record<string, number>>;
      readonly arrivals: readonly Arrival[];
    }
  | { readonly name: 'batch_failed'; readonly message: string; readonly retryInMs: number }
  | { readonly name: 'worker_died'; readonly message: string; readonly restartInMs: number }
  | {
      readonly name: 'import_block_appended';
      readonly sourceId: string;
      readonly events: number;
      readonly bytes: number;
    }
  | {
      readonly name: 'import_stumbled';
      readonly importId: string;
      readonly error: unknown;
      readonly failures: number;
    }
  | {
      readonly name: 'import_ended';
      readonly importId: string;
      readonly status: string;
      readonly rows: number;
      readonly rejected: number;
    }
  | {
      readonly name: 'deliveries_settled';
      readonly destinationId: string;
      /** How many were delivered, retried, dead or filtered. */
      readonly outcomes: Readonly<Record<string, number>>;
      /** Of those that were delivered: from receipt to delivery. */
      readonly latenciesMs: readonly number[];
    }
  | { readonly name: 'delivery_failed'; readonly message: string; readonly retryInMs: number }
  /** A pool of coupons has few free codes left; told once, until it is filled. */
  | { readonly name: 'coupon_stock_low'; readonly poolId: string; readonly free: number }
  | { readonly name: 'log_pruned'; readonly segments: number }
  | { readonly name: 'maintenance_failed'; readonly task: string; readonly error: unknown }
  /** A file of one's own destinations cannot be loaded, or what it left running failed; then it is not known which. */
  | { readonly name: 'own_destination_failed'; readonly destination: string; readonly message: string }
  | {
      readonly name: 'engine_message';
      readonly engine: string;
      readonly level: 'info' | 'warn' | 'error';
      readonly message: string;
    };

/** Takes an event. Never throws and never waits. */
export type Tell = (event: TelemetryEvent) => void;
