import type { DestinationStream, Logger } from 'pino';
import { pino } from 'pino';
import type { Metrics } from './metrics.js';
import type { TelemetryEvent, Tell } from './telemetry.js';

/** Secrets never reach a log line, whatever is logged. */
const SECRETS = ['writeKey', 'token', 'password', 'authorization'];
const REDACTED = [...SECRETS, ...SECRETS.map((name) => `*.${name}`)];

/** What may come as often as strangers like, or as requests fail while a store is away: one line tells what a thousand would. */
const SELDOM: ReadonlySet<TelemetryEvent['name']> = new Set(['request_failed', 'sign_in_failed']);
/** Least time between two log lines of each of these. */
const SELDOM_INTERVAL_MS = 1_000;

/** A logger of JSON lines, on standard output unless told otherwise. */
export function createLogger(level: string, to?: DestinationStream): Logger {
  const options = { level, base: null, redact: { paths: REDACTED, censor: '[redacted]' } };
  return to === undefined ? pino(options) : pino(options, to);
}

/** Shows events as log lines and metrics. */
export function showOn(logger: Logger, metrics: Metrics, now: () => number = Date.now): Tell {
  const quietUntil = new Map<string, number>();
  return (event) => {
    metrics.count(event);
    if (SELDOM.has(event.name)) {
      if (now() < (quietUntil.get(event.name) ?? 0)) return;
      quietUntil.set(event.name, now() + SELDOM_INTERVAL_MS);
    }
    logLine(logger, event);
  };
}

function logLine(logger: Logger, event: TelemetryEvent): void {
  const { name, ...fields } = event;
  switch (event.name) {
    case 'request_received':
    case 'request_refused':
    case 'client_metrics_received':
    case 'import_block_appended':
    case 'deliveries_settled':
      return;
    case 'batch_committed':
      logger.debug({ until: event.until, verdicts: event.verdicts }, name);
      return;
    case 'engine_message':
      logger[event.level]({ engine: event.engine }, event.message);
      return;
    case 'server_started':
    case 'server_stopping':
    case 'log_pruned':
    case 'import_ended':
      logger.info(fields, name);
      return;
    case 'batch_failed':
    case 'delivery_failed':
    case 'worker_died':
      logger.error(fields, name);
      return;
    case 'request_failed':
      logger.error({ method: event.method, path: event.path, err: event.error }, name);
      return;
    case 'sign_in_failed':
    case 'coupon_stock_low':
      logger.warn(fields, name);
      return;
    case 'import_stumbled':
      logger.warn({ importId: event.importId, failures: event.failures, err: event.error }, name);
      return;
    case 'own_destination_failed':
      logger.warn(fields, name);
      return;
    case 'maintenance_failed':
      logger.error({ task: event.task, err: event.error }, name);
      return;
    default:
      event satisfies never;
  }
}
