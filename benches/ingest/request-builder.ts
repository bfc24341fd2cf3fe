import { EVENT_BYTES_MAX } from './earlier-events.js';
import type { CallType } from './event-template.js';
import type { Workload } from './workload.js';

/** Writes whole HTTP requests, head and body, into the memory of a connection. */
export interface RequestBuilder {
  /** Bytes that a buffer needs to take any request of this many events. */
  bytesMax(events: number): number;
  /**
   * Writes a request with the next events of the workload and returns its length. A single event goes to the path of its
   * type; more go to `/v1/batch`. Like the clients, it puts `sentAt` beside the events, or into a single one.
   */
  fill(target: Uint8Array, events: number): number;
}

/** Width of the number in `Content-Length`: it is padded with spaces, so that the head has the same length each time. */
const LENGTH_WIDTH = 8;
const HEAD_BYTES_MAX = 1024;
const encoder = new TextEncoder();
const BATCH_OPEN = encoder.encode('{"batch":[');
const BATCH_CLOSE = encoder.encode('],"sentAt":"');
const SINGLE_CLOSE = encoder.encode(',"sentAt":"');
const CLOSE = encoder.encode('"}');
const COMMA = 44;

/** Makes a builder of requests that authenticate with the write key as the Basic user name. */
export function createRequestBuilder(workload: Workload, host: string, writeKey: string): RequestBuilder {
  const head = (path: string): Uint8Array => encoder.encode(headOf(path, host, writeKey));
  const batchHead = head('/v1/batch');
  const singleHeads: Record<CallType, Uint8Array> = {
    track: head('/v1/track'),
    page: head('/v1/page'),
    identify: head('/v1/identify'),
  };

  function fillBatch(target: Uint8Array, events: number): number {
    let at = write(target, batchHead.length, BATCH_OPEN);
    for (let event = 0; event < events; event++) {
      if (event > 0) target[at++] = COMMA;
      at = workload.next(target, at);
    }
    at = write(target, at, BATCH_CLOSE);
    return finish(target, batchHead, write(target, write(target, at, workload.time), CLOSE));
  }

  function fillSingle(target: Uint8Array): number {
    // The type, and with it the length of the head, is known only when the event is written: behind room for the longest head.
    const longest = singleHeads.identify.length;
    const end = workload.next(target, longest);
    const singleHead = singleHeads[workload.type];
    const shift = longest - singleHead.length;
    if (shift > 0) target.copyWithin(singleHead.length, longest, end);
    const brace = end - shift - 1;
    const at = write(target, write(target, brace, SINGLE_CLOSE), workload.time);
    return finish(target, singleHead, write(target, at, CLOSE));
  }

  return {
    bytesMax: (events) => HEAD_BYTES_MAX + events * (EVENT_BYTES_MAX + 1),
    fill: (target, events) => (events === 1 ? fillSingle(target) : fillBatch(target, events)),
  };
}

function headOf(path: string, host: string, writeKey: string): string {
  return [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}`,
    `Authorization: Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
    'Content-Type: application/json',
    `Content-Length: ${' '.repeat(LENGTH_WIDTH)}`,
    '',
    '',
  ].join('\r\n');
}

/** Writes the head before the body, with its length, and returns the end of the request. */
function finish(target: Uint8Array, head: Uint8Array, end: number): number {
  target.set(head, 0);
  let at = head.length - '\r\n\r\n'.length;
  for (let rest = end - head.length; rest > 0; rest = Math.floor(rest / 10)) target[--at] = 48 + (rest % 10);
  return end;
}

function write(target: Uint8Array, at: number, bytes: Uint8Array): number {
  target.set(bytes, at);
  return at + bytes.length;
}
