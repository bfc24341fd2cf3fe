import type { LogRecord } from './log.js';

/*
 * A chunk's payload is text: its records one after the other, each as a JSON header, a line break, the body as it came, and
 * a record separator. JSON holds control characters in escapes alone, so none of these occurs in a header or a body
 * (compare RFC 7464). The body is never parsed or printed on its way through the log.
 */
const SEPARATOR = '\u001e';
const END = Buffer.from(SEPARATOR);

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

/** Prints records as one payload, in UTF-8. */
export function encodeRecords(records: readonly LogRecord[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const { sourceId, receivedAt, receipt, call, ip, userAgent, direct, count, body, utf8 } of records) {
    const header: Header = [sourceId, receivedAt, receipt, call, ip, userAgent, direct, count];
    parts.push(Buffer.from(`${JSON.stringify(header)}\n`), utf8 ?? Buffer.from(body), END);
  }
  return Buffer.concat(parts);
}

/**
 * Reads what `encodeRecords` printed.
 * @throws Error when the payload is cut short or is none of ours.
 */
export function decodeRecords(payload: string): LogRecord[] {
  const records: LogRecord[] = [];
  let at = 0;
  while (at < payload.length) {
    const bodyAt = payload.indexOf('\n', at) + 1;
    const end = payload.indexOf(SEPARATOR, bodyAt);
    if (bodyAt === 0 || end === -1) throw new Error('A chunk of the log is cut short');
    const header = JSON.parse(payload.slice(at, bodyAt)) as Header;
    const [sourceId, receivedAt, receipt, call, ip, userAgent, direct, count] = header;
    records.push({
      ...{ sourceId, receivedAt, receipt, call: call as LogRecord['call'], ip, userAgent, direct, count },
      body: payload.slice(bodyAt, end),
    });
    at = end + 1;
  }
  return records;
}
