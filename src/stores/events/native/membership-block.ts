/** Changes of membership as one block of ClickHouse's Native format: somebody new may enter dozens of segments at once. */
import type { MembershipChange } from '../../state/segment-state.js';
import type { ByteWriter } from './byte-writer.js';
import { uuidWords } from './uuid-words.js';

/** Writes changes as rows of `membership_changes`, in their order. @param seq of the first; each further one has the next. */
export function writeMembershipBlock(
  writer: ByteWriter,
  changes: readonly MembershipChange[],
  seq: number,
): void {
  const columns: ReadonlyArray<readonly [name: string, type: string, write: () => void]> = [
    ['segment_id', 'String', () => writer.strings(changes.map((one) => one.segmentId))],
    ['profile_id', 'UUID', () => writer.u32s(uuidWords(changes.map((one) => one.profileId)))],
    ['seq', 'UInt64', () => writer.int64s(changes.map((_, index) => seq + index))],
    ['version', 'UInt64', () => writer.int64s(changes.map((one) => one.version))],
    ['at', "DateTime64(3, 'UTC')", () => writer.int64s(changes.map((one) => one.at))],
    ['entered', 'Bool', () => writer.u8s(changes.map((one) => (one.entered ? 1 : 0)))],
    ['cause', 'String', () => writer.strings(changes.map(({ cause }) => cause.kind))],
    ['cause_offset', 'UInt64', () => writer.int64s(changes.map(({ cause }) => cause.offset ?? 0))],
    ['cause_message_id', 'String', () => writer.strings(changes.map(({ cause }) => cause.messageId ?? ''))],
  ];
  writer.varint(columns.length);
  writer.varint(changes.length);
  for (const [name, type, write] of columns) {
    writer.string(name);
    writer.string(type);
    write();
  }
}
