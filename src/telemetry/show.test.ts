import { beforeEach, describe, expect, test } from 'vitest';
import { createMetrics } from './metrics.js';
import { createLogger, showOn } from './show.js';
import type { TelemetryEvent } from './telemetry.js';

let lines: string[];
beforeEach(() => {
  lines = [];
});
const to = { write: (line: string) => void lines.push(line) };

function shown(level: string, event: TelemetryEvent): Array<Record<string, unknown>> {
  showOn(createLogger(level, to), createMetrics())(event);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('secrets', () => {
  test('never reach a line, on top or one level down', () => {
    const secrets = { writeKey: 's3cret', token: 's3cret', password: 's3cret', authorization: 's3cret' };
    createLogger('info', to).info({ ...secrets, source: { ...secrets, name: 'web' } }, 'hello');
    expect(lines.join()).not.toContain('s3cret');
    expect(lines.join()).toContain('[redacted]');
    expect(lines.join()).toContain('"name":"web"');
  });
});

describe('events', () => {
  test('become lines of their level, with their name', () => {
    expect(shown('info', { name: 'log_pruned', segments: 2 })).toMatchObject([
      { level: 30, msg: 'log_pruned', segments: 2 },
    ]);
    expect(shown('info', { name: 'batch_failed', message: 'no', retryInMs: 5 }).at(-1)).toMatchObject({
      level: 50,
      message: 'no',
    });
  });

  test('that come with every request make no line, but are counted', async () => {
    const metrics = createMetrics();
    const tell = showOn(createLogger('trace', to), metrics);
    tell({ name: 'request_received', sourceId: 's', call: 'batch', events: 100, bytes: 70_000, ackMs: 4 });
    tell({ name: 'request_refused', code: 'body_invalid' });
    expect(lines).toEqual([]);
    const { text } = await metrics.print();
    expect(text).toContain('tributary_events_received_total{call="batch"} 100');
    expect(text).toContain('tributary_requests_refused_total{code="body_invalid"} 1');
    expect(text).toContain('tributary_ack_seconds_bucket{le="0.005"} 1');
  });

  test('of a batch are told in detail only where that is asked for', async () => {
    const batch: TelemetryEvent = {
      ...{ name: 'batch_committed', until: 9, at: 2_000, verdicts: { processed: 8, duplicate: 1 } },
      arrivals: [{ receivedAt: 1_900, events: 9 }],
    };
    expect(shown('info', batch)).toEqual([]);
    expect(shown('debug', batch)).toMatchObject([
      { level: 20, until: 9, verdicts: { processed: 8, duplicate: 1 } },
    ]);
  });

  test('of a failure carry the error with its cause', () => {
    const error = new Error('outer', { cause: new Error('inner') });
    const [line] = shown('info', { name: 'request_failed', method: 'GET', path: '/x', error });
    expect(line).toMatchObject({ level: 50, method: 'GET', path: '/x', msg: 'request_failed' });
    expect(JSON.stringify(line)).toContain('inner');
  });
});
