import type { LogRecord } from './log.js';

/*
 * A chunk's payload is its records one after the other, each as two lengths (32 bits, little endian), a JSON header and
 * the body as it came. The body is never parsed or printed on its way through the log.
 */
const LENGTHS_BYTES = 8;

type Header = readonly [
  sourceId: string,
  receivedAt: number,
  receipt: string,
  call: string,
  ip: string,
  userAgent: string,
  direct: boolean,
  count: number,
];

/** Prints records as one payload. */
export function encodeRecords(records: readonly LogRecord[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const record of records) {
    const { sourceId, receivedAt, receipt, call, ip, userAgent, direct, count, body } = record;
    const header = Buffer.from(
      JSON.stringify([sourceId, receivedAt, receipt, call, ip, userAgent, direct, count] satisfies Header),
    );
    const lengths = Buffer.allocUnsafe(LENGTHS_BYTES);
    lengths.writeUInt32LE(header.length, 0);
    lengths.writeUInt32LE(body.length, 4);
    parts.push(lengths, header, body);
  }
  return Buffer.concat(parts);
}

/**
 * Reads what `encodeRecords` printed; bodies are views on the payload.
 * @throws Error when the payload is cut short or is none of ours.
 */
export function decodeRecords(payload: Buffer): LogRecord[] {
  const records: LogRecord[] = [];
  let at = 0;
  while (at < payload.length) {
    const bodyAt = at + LENGTHS_BYTES + payload.readUInt32LE(at);
    const end = bodyAt + payload.readUInt32LE(at + 4);
    if (end > payload.length) throw new Error('A chunk of the log is cut short');
    const header = JSON.parse(payload.toString('utf8', at + LENGTHS_BYTES, bodyAt)) as Header;
    const [sourceId, receivedAt, receipt, call, ip, userAgent, direct, count] = header;
    records.push({
      ...{ sourceId, receivedAt, receipt, call: call as LogRecord['call'], ip, userAgent, direct, count },
      body: payload.subarray(bodyAt, end),
    });
    at = end;
  }
  return records;
}
