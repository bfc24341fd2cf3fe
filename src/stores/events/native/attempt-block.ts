/** Attempts of deliveries as one block of ClickHouse's Native format. */
import type { LoggedAttempt } from '../delivery-log.js';
import type { ByteWriter } from './byte-writer.js';
import { uuidWords } from './uuid-words.js';

const ATTEMPTS_MAX = 0xffff;
const TOOK_MS_MAX = 0xffff_ffff;

/** Writes attempts as rows of `deliveries`, in their order. */
export function writeAttemptBlock(writer: ByteWriter, attempts: readonly LoggedAttempt[]): void {
  const strings = (read: (one: LoggedAttempt) => string) => writer.strings(attempts.map(read));
  const int64s = (read: (one: LoggedAttempt) => number) => writer.int64s(attempts.map(read));
  const columns: ReadonlyArray<readonly [name: string, type: string, write: () => void]> = [
    ['destination_id', 'String', () => strings((one) => one.destinationId)],
    ['log_offset', 'UInt64', () => int64s((one) => one.offset)],
    ['key', 'UUID', () => writer.u32s(uuidWords(attempts.map((one) => one.key)))],
    ['attempt', 'UInt16', () => writer.u16s(attempts.map((one) => Math.min(one.attempt, ATTEMPTS_MAX)))],
    ['connection_id', 'String', () => strings((one) => one.connectionId)],
    ['connection_version', 'UInt32', () => writer.u32s(attempts.map((one) => one.connectionVersion))],
    ['kind', 'String', () => strings((one) => one.kind)],
    ['profile_id', 'UUID', () => writer.u32s(uuidWords(attempts.map((one) => one.profileId)))],
    ['message_id', 'String', () => strings((one) => one.messageId)],
    ['segment_id', 'String', () => strings((one) => one.segmentId)],
    ['received_at', "DateTime64(3, 'UTC')", () => int64s((one) => one.receivedAt)],
    ['at', "DateTime64(3, 'UTC')", () => int64s((one) => one.at)],
    [
      'took_ms',
      'UInt32',
      () => writer.u32s(attempts.map(({ tookMs }) => Math.min(Math.round(tookMs), TOOK_MS_MAX))),
    ],
    ['outcome', 'String', () => strings((one) => one.outcome)],
    ['reason', 'String', () => strings((one) => one.reason)],
    ['error', 'String', () => strings((one) => one.error)],
    ['request', 'String', () => strings((one) => one.request)],
    ['response', 'String', () => strings((one) => one.response)],
  ];
  writer.varint(columns.length);
  writer.varint(attempts.length);
  for (const [name, type, write] of columns) {
    writer.string(name);
    writer.string(type);
    write();
  }
}
