import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type Latencies, RecentLatencies } from './recent-latencies.js';
import type { TelemetryEvent } from './telemetry.js';

const SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
];

/** The product's metrics, for Prometheus. */
export interface Metrics {
  count(event: TelemetryEvent): void;
  /** Says how many events wait, whenever the metrics are read. */
  watchBacklog(read: () => number): void;
  /** How long the newest requests took from their receipt to their events being in their profiles. */
  recentLatency(): Latencies | undefined;
  /** All metrics in the Prometheus text format, and its content type. */
  print(): Promise<{ contentType: string; text: string }>;
}

/** Creates the metrics, with those of the process itself. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const meters = createMeters(registry);
  return {
    count: (event) => count(meters, event),
    recentLatency: () => meters.recent.read(),
    watchBacklog(read) {
      new Gauge({
        name: 'tributary_backlog_events',
        help: 'Events in the log that are not processed yet.',
        registers: [registry],
        collect() {
          this.set(read());
        },
      });
    },
    async print() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

type Meters = ReturnType<typeof createMeters>;

function createMeters(registry: Registry) {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name: `tributary_${name}`, help, labelNames, registers });
  const histogram = (name: string, help: string) =>
    new Histogram({ name: `tributary_${name}`, help, buckets: SECONDS, registers });
  return {
    received: counter('events_received_total', 'Events written to the log.', 'call'),
    bytes: counter('bytes_received_total', 'Bytes of accepted requests.'),
    refused: counter('requests_refused_total', 'Requests refused at the door, by code.', 'code'),
    verdicts: counter('events_total', 'Events processed, by verdict.', 'verdict'),
    failures: counter('failures_total', 'Failures of ours, by kind.', 'kind'),
    clientSeries: counter('client_metrics_total', 'Metrics that browser clients sent of themselves.'),
    couponsLow: counter('coupon_stock_low_total', 'Times that a pool of coupons ran low.', 'pool'),
    ack: histogram('ack_seconds', 'From a request to its acknowledgement.'),
    deliveries: counter(
      'deliveries_total',
      'Attempts of deliveries, by destination and outcome.',
      'destination',
      'outcome',
    ),
    deliveryLatency: histogram(
      'receipt_to_delivery_seconds',
      'From a request to the tool having taken the delivery.',
    ),
    recent: new RecentLatencies(),
    latency: histogram('receipt_to_profile_seconds', 'From a request to its events being in their profiles.'),
  };
}

function count(meters: Meters, event: TelemetryEvent): void {
  switch (event.name) {
    case 'request_received':
      meters.received.inc({ call: event.call }, event.events);
      meters.bytes.inc(event.bytes);
      meters.ack.observe(event.ackMs / 1000);
      return;
    case 'request_refused':
      meters.refused.inc({ code: event.code });
      return;
    case 'batch_committed':
      for (const [verdict, events] of Object.entries(event.verdicts))
        meters.verdicts.inc({ verdict }, events);
      for (const { receivedAt } of event.arrivals) {
        const ms = Math.max(0, event.at - receivedAt);
        meters.latency.observe(ms / 1000);
        meters.recent.observe(ms);
      }
      return;
    case 'deliveries_settled':
      for (const [outcome, deliveries] of Object.entries(event.outcomes))
        meters.deliveries.inc({ destination: event.destinationId, outcome }, deliveries);
      for (const latencyMs of event.latenciesMs) meters.deliveryLatency.observe(latencyMs / 1000);
      return;
    case 'client_metrics_received':
      meters.clientSeries.inc(event.series);
      return;
    case 'coupon_stock_low':
      meters.couponsLow.inc({ pool: event.poolId });
      return;
    case 'request_failed':
    case 'batch_failed':
    case 'delivery_failed':
    case 'worker_died':
    case 'maintenance_failed':
      meters.failures.inc({ kind: event.name });
      return;
    default:
  }
}
