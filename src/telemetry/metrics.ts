import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { TelemetryEvent } from './telemetry.js';

const SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
];

/** The product's metrics, for Prometheus. */
export interface Metrics {
  count(event: TelemetryEvent): void;
  /** Says how many events wait, whenever the metrics are read. */
  watchBacklog(read: () => number): void;
  /** All metrics in the Prometheus text format, and its content type. */
  print(): Promise<{ contentType: string; text: string }>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const name = (short: string) => `tributary_${short}`;
  const received = new Counter({
    name: name('events_received_total'),
    help: 'Events written to the log.',
    labelNames: ['call'],
    registers,
  });
  const requests = new Counter({
    name: name('requests_refused_total'),
    help: 'Requests refused at the door, by code.',
    labelNames: ['code'],
    registers,
  });
  const verdicts = new Counter({
    name: name('events_total'),
    help: 'Events processed, by verdict.',
    labelNames: ['verdict'],
    registers,
  });
  const bytes = new Counter({
    name: name('bytes_received_total'),
    help: 'Bytes of accepted requests.',
    registers,
  });
  const failures = new Counter({
    name: name('failures_total'),
    help: 'Failures of ours, by kind.',
    labelNames: ['kind'],
    registers,
  });
  const clientSeries = new Counter({
    name: name('client_metrics_total'),
    help: 'Metrics that browser clients sent of themselves.',
    registers,
  });
  const ack = new Histogram({
    name: name('ack_seconds'),
    help: 'From a request to its acknowledgement.',
    buckets: SECONDS,
    registers,
  });
  const latency = new Histogram({
    name: name('receipt_to_profile_seconds'),
    help: 'From a request to its events being in their profiles.',
    buckets: SECONDS,
    registers,
  });
  return {
    count(event) {
      switch (event.name) {
        case 'request_received':
          received.inc({ call: event.call }, event.events);
          bytes.inc(event.bytes);
          ack.observe(event.ackMs / 1000);
          return;
        case 'import_block_appended':
          received.inc({ call: 'import' }, event.events);
          bytes.inc(event.bytes);
          return;
        case 'request_refused':
          requests.inc({ code: event.code });
          return;
        case 'batch_committed':
          for (const [verdict, events] of Object.entries(event.verdicts)) verdicts.inc({ verdict }, events);
          for (const arrival of event.arrivals)
            latency.observe(Math.max(0, event.at - arrival.receivedAt) / 1000);
          return;
        case 'client_metrics_received':
          clientSeries.inc(event.series);
          return;
        case 'request_failed':
        case 'batch_failed':
        case 'worker_died':
        case 'maintenance_failed':
        case 'import_stumbled':
          failures.inc({ kind: event.name });
          return;
        default:
      }
    },
    watchBacklog(read) {
      new Gauge({
        name: name('backlog_events'),
        help: 'Events in the log that are not processed yet.',
        registers,
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
