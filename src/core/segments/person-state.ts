/** What is remembered of a person for all segments: the states of leaves, and which segments the person is in. */
import type { SegmentEvent } from './events/segment-event.js';
import type { Leaf, LeafState } from './leaves/leaf.js';

/** See the head of the file. Changed in place, by the pipeline alone. */
export interface PersonState {
  /** States of leaves up to this number are there; those of newer ones must be read from the events. */
  hydrated: number;
  /** Segment versions up to this number are answered in `members`. */
  settled: number;
  /** Segments that the person is in, by number, and since when. */
  readonly members: Map<number, number>;
  readonly leaves: Map<Leaf, LeafState>;
  /** When an answer may change although nothing happens; Infinity when never. May be early, is never late. */
  dueAt: number;
}

/** Leaves as stored states name them. */
export interface LeafNumbers {
  numberOf(leaf: Leaf): number;
  /** Undefined for one that nobody asks for any more. */
  leafOf(number: number): Leaf | undefined;
}

interface Stored {
  readonly h: number;
  readonly m: ReadonlyArray<readonly [segment: number, since: number]>;
  readonly l: ReadonlyArray<readonly [leaf: number, state: LeafState]>;
}

/** Somebody of whom nothing is known yet. */
export function unknownPerson(): PersonState {
  return {
    ...{ hydrated: 0, settled: 0, members: new Map(), leaves: new Map() },
    dueAt: Number.POSITIVE_INFINITY,
  };
}

/** Adds an event to what is remembered for a leaf. @returns whether that is another now. */
export function remember({ leaves }: PersonState, leaf: Leaf, event: SegmentEvent): boolean {
  const before = leaves.get(leaf);
  const after = leaf.add(before, event);
  if (after === before || after === undefined) return false;
  leaves.set(leaf, after);
  return true;
}

/** Prints a state, without what cannot count any more. */
export function encodePersonState(state: PersonState, numbers: LeafNumbers, now: number): string {
  const leaves: Array<readonly [number, LeafState]> = [];
  for (const [leaf, held] of state.leaves) {
    const kept = leaf.prune(held, now);
    if (kept === undefined) state.leaves.delete(leaf);
    else {
      if (kept !== held) state.leaves.set(leaf, kept);
      leaves.push([numbers.numberOf(leaf), kept]);
    }
  }
  const stored: Stored = { h: state.hydrated, m: [...state.members], l: leaves };
  return JSON.stringify(stored);
}

/** Reads what `encodePersonState` printed; nothing stands for somebody unknown. */
export function decodePersonState(
  text: string,
  settled: number,
  dueAt: number | null,
  numbers: LeafNumbers,
): PersonState {
  const { h, m, l }: Stored = text === '' ? { h: 0, m: [], l: [] } : (JSON.parse(text) as Stored);
  const leaves = new Map<Leaf, LeafState>();
  for (const [number, held] of l) {
    const leaf = numbers.leafOf(number);
    if (leaf !== undefined) leaves.set(leaf, held);
  }
  return { hydrated: h, settled, members: new Map(m), leaves, dueAt: dueAt ?? Number.POSITIVE_INFINITY };
}
