import type { LogRecord } from '../../src/log/log.js';

/** A record of the log with what a test cares for. */
export function aRecord(given: Partial<LogRecord> = {}): LogRecord {
  return {
    sourceId: 'src_test',
    receivedAt: 1_750_000_000_000,
    receipt: 'receipt',
    call: 'batch',
    ip: '192.0.2.1',
    userAgent: 'test',
    direct: false,
    count: 1,
    body: '{"batch":[{}]}',
    ...given,
  };
}
