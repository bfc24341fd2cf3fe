import type { JsonValue } from '../../json.js';
import type { SegmentEvent } from '../events/segment-event.js';

/** What a leaf remembers of a person: JSON that only the leaf itself looks into. Never changed in place. */
export type LeafState = JsonValue;

/**
 * What must be remembered of a person's events to answer a leaf of a definition. The same events give the same state in any order, one
 * by one or joined from two people's, within the bounds of `LIMITS`.
 */
export interface Leaf {
  /** Names it: leaves of the same key are the same, whatever segments they belong to. */
  readonly key: string;
  /** Where the events that it looks at are filed (see `routesOf`), each under one of these at most. */
  readonly routes: readonly string[];
  /** Which JSON columns of events it reads. */
  readonly reads: ReadonlySet<string>;
  /** The state with one more event; the same when the event is none of its. */
  add(state: LeafState | undefined, event: SegmentEvent): LeafState | undefined;
  /** The state of two people who are one. */
  join(one: LeafState, other: LeafState): LeafState;
  /** Without what cannot count any more from `now` on; undefined when nothing is left. */
  prune(state: LeafState, now: number): LeafState | undefined;
}
