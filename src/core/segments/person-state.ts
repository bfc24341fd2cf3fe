/** What is remembered of a person for all segments: the states of leaves, and which segments the person is in. */
import type { Counted } from '../account/member-count.js';
import type { JsonValue } from '../json.js';
import type { SegmentEvent } from './events/segment-event.js';
import type { Leaf, LeafState } from './leaves/leaf.js';

/** See the head of the file. Changed in place, by the pipeline alone. */
export interface PersonState {
  /** States of leaves up to this number are there; those of newer ones must be read from the events. */
  hydrated: number;
  /** Segment versions up to this number are answered in `members`. */
  settled: number;
  /** Numbers of the segments that the person is in. */
  readonly members: Set<number>;
  readonly leaves: Map<Leaf, LeafState>;
  /** How the person is counted in accounts; undefined when in none, or while nobody asks. */
  counted: Counted | undefined;
  /** When an answer may change although nothing happens; Infinity when never. May be early, is never late. */
  dueAt: number;
}

/** Leaves as stored states name them. */
export interface LeafNumbers {
  numberOf(leaf: Leaf): number;
  /** Undefined for one that nobody asks for any more. */
  leafOf(number: number): Leaf | undefined;
}

/** A state as it is stored. Leaves are pairs, one after the other: number and state. How the person is counted is there where it is known. */
type Stored = readonly [
  ...[hydrated: number, members: readonly number[], leaves: readonly JsonValue[]],
  ...counted: readonly [accounts: readonly string[], inside: readonly number[]] | readonly [],
];

/** Somebody of whom nothing is known yet. */
export function unknownPerson(): PersonState {
  return {
    ...{ hydrated: 0, settled: 0, members: new Set(), leaves: new Map() },
    ...{ counted: undefined, dueAt: Number.POSITIVE_INFINITY },
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

/** The form that a state is stored in, without what cannot count any more. */
export function storedState(state: PersonState, numbers: LeafNumbers, now: number): JsonValue {
  const leaves: JsonValue[] = [];
  state.leaves.forEach((held, leaf) => {
    const kept = leaf.prune(held, now);
    if (kept === undefined) state.leaves.delete(leaf);
    else {
      if (kept !== held) state.leaves.set(leaf, kept);
      leaves.push(numbers.numberOf(leaf), kept);
    }
  });
  const { hydrated, members, counted } = state;
  const stored: Stored = [
    ...([hydrated, [...members], leaves] as const),
    ...(counted === undefined ? ([] as const) : ([counted.accounts, counted.inside] as const)),
  ];
  return stored as unknown as JsonValue;
}

/** The state of such a form; null stands for somebody unknown. */
export function personState(
  stored: JsonValue,
  settled: number,
  dueAt: number | null,
  numbers: LeafNumbers,
): PersonState {
  const state = unknownPerson();
  state.settled = settled;
  state.dueAt = dueAt ?? Number.POSITIVE_INFINITY;
  if (stored === null) return state;
  const [hydrated, members, leaves, accounts, inside] = stored as unknown as Stored;
  state.hydrated = hydrated;
  if (accounts !== undefined && inside !== undefined) state.counted = { accounts, inside };
  for (const segment of members) state.members.add(segment);
  // Invariant: they are pairs.
  for (let at = 0; at < leaves.length; at += 2) {
    const leaf = numbers.leafOf(leaves[at] as number);
    if (leaf !== undefined) state.leaves.set(leaf, leaves[at + 1] as LeafState);
  }
  return state;
}
