/** Changes of membership as they wait in the outbox: by person, since somebody new may enter dozens of segments for one cause. */
import type { JsonValue } from '../../core/json.js';
import { packed, unpacked } from './message-pack.js';
import type { MembershipCause, MembershipChange } from './segment-state.js';

type SegmentKey = readonly [segmentId: string, version: number];
/** What one cause did to one person: of each segment its place among those named, twice that, and one more for who entered. */
type Move = readonly [
  profileId: string,
  at: number,
  kind: MembershipCause['kind'],
  offset: number | null,
  messageId: string | null,
  moves: readonly number[],
];
type Stored = readonly [segments: readonly SegmentKey[], moves: readonly Move[]];

/** The bytes of changes. */
export function outboxBytes(changes: readonly MembershipChange[]): Buffer {
  const places = new Map<string, { readonly version: number; readonly place: number }>();
  const segments: SegmentKey[] = [];
  const placeOf = ({ segmentId, version }: MembershipChange) => {
    const known = places.get(segmentId);
    // Of another version, which is rare, it is named once more.
    if (known?.version === version) return known.place;
    const place = segments.push([segmentId, version]) - 1;
    places.set(segmentId, { version, place });
    return place;
  };
  const moves: Move[] = [];
  let own: number[] = [];
  let before: MembershipChange | undefined;
  for (const change of changes) {
    const { profileId, at, cause, entered } = change;
    if (before?.profileId !== profileId || before.at !== at || before.cause !== cause) {
      own = [];
      moves.push([profileId, at, cause.kind, cause.offset ?? null, cause.messageId ?? null, own]);
    }
    own.push(placeOf(change) * 2 + (entered ? 1 : 0));
    before = change;
  }
  const stored: Stored = [segments, moves];
  return Buffer.from(packed([stored as unknown as JsonValue]).bytes);
}

/** What a row begins with that was written before migration 0010, as JSON text. */
const JSON_ARRAY = 0x5b;

/** The changes again, in their order. */
export function readOutbox(bytes: Buffer): MembershipChange[] {
  if (bytes[0] === JSON_ARRAY) return JSON.parse(bytes.toString()) as MembershipChange[];
  const [segments, moves] = unpacked(bytes) as unknown as Stored;
  return moves.flatMap(([profileId, at, kind, offset, messageId, own]) => {
    const cause: MembershipCause = {
      kind,
      ...(offset === null ? {} : { offset }),
      ...(messageId === null ? {} : { messageId }),
    };
    return own.map((move) => {
      // Invariant: whoever moved did so in a segment that is named.
      const [segmentId, version] = segments[move >> 1] as SegmentKey;
      return { segmentId, version, profileId, entered: move % 2 === 1, at, cause };
    });
  });
}
