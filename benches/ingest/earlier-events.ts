import type { CallType } from './event-template.js';
import { below, type Random } from './random.js';

/** Some of the events written before, to be written again. */
export interface EarlierEvents {
  /** Remembers the event at `at` to `end`, at a random place. */
  keep(from: Uint8Array, at: number, end: number, type: CallType): void;
  /** Copies one of them and returns the offset behind it, or `at` when the place drawn holds none yet. */
  repeat(into: Uint8Array, at: number): number;
  /** Type of the event copied last. */
  readonly type: CallType;
}

/** Room that any event fits into, in bytes. */
export const EVENT_BYTES_MAX = 2048;
/** Events are kept this often: copying all would cost more than it is worth. */
export const KEPT_EVERY = 8;
/** With one event in eight kept at random, a repeat is 8,000 events late at the mean, and mostly under 30,000. */
const PLACES = 1024;

/** Makes an empty store of a fixed size: 2 MB. */
export function createEarlierEvents(random: Random): EarlierEvents {
  const bytes = new Uint8Array(PLACES * EVENT_BYTES_MAX);
  const lengths = new Int32Array(PLACES);
  const types: CallType[] = new Array<CallType>(PLACES).fill('track');
  let type: CallType = 'track';
  return {
    get type() {
      return type;
    },
    keep(from, at, end, kind) {
      const place = below(random, PLACES);
      bytes.set(from.subarray(at, end), place * EVENT_BYTES_MAX);
      lengths[place] = end - at;
      types[place] = kind;
    },
    repeat(into, at) {
      const place = below(random, PLACES);
      const from = place * EVENT_BYTES_MAX;
      const length = lengths[place] as number; // `place` is within bounds
      into.set(bytes.subarray(from, from + length), at);
      type = types[place] as CallType;
      return at + length;
    },
  };
}
