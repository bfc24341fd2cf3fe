import type { Person } from '../../core/segments/person.js';
import type { PersonState } from '../../core/segments/person-state.js';
import type { MembershipCause } from '../../stores/state/segment-state.js';
import type { LiveSegment, SegmentsInForce } from './in-force.js';
import type { Touched } from './touched.js';

/** Times at which one person's timers fire in one go; what is due after that many is looked at now. */
const STEPS_MAX = 1_000;

/** Whose answers are asked, and which. */
export interface Asked {
  readonly person: Person;
  readonly state: PersonState;
  readonly inForce: SegmentsInForce;
  /** Segments that something happened for, with the event that did it. */
  readonly asking: ReadonlyMap<LiveSegment, Touched['events'][number] | undefined>;
  /** The person's last event of the batch. */
  readonly last: Touched['events'][number] | undefined;
  /** All segments are asked: a timer fired, or some of them never were. */
  readonly all: boolean;
  readonly isStale: boolean;
  readonly now: number;
  readonly change: (segment: LiveSegment, entered: boolean, at: number, cause: MembershipCause) => void;
}

/**
 * Evaluates a person's segments: first at each time that was due until now, then now. Keeps memberships and the next due time in the
 * state, and tells of every change.
 * @returns true when anybody entered or left.
 */
export function evaluate(asked: Asked): boolean {
  const { person, state, inForce, asking, all, isStale, now, last } = asked;
  let changed = false;
  const ask = (segment: LiveSegment, at: number, cause: MembershipCause): number => {
    const { compiled, segmentNumber } = segment;
    const holds = compiled.holds(person, at);
    if (holds !== state.members.has(segmentNumber)) {
      if (holds) state.members.set(segmentNumber, at);
      else state.members.delete(segmentNumber);
      asked.change(segment, holds, at, cause);
      changed = true;
    }
    return compiled.changesAt(person, at);
  };
  const askAll = (at: number, causeOf: (segment: LiveSegment) => MembershipCause): number => {
    let next = Number.POSITIVE_INFINITY;
    for (const segment of inForce.segments) next = Math.min(next, ask(segment, at, causeOf(segment)));
    return next;
  };
  const causeNow = (segment: LiveSegment): MembershipCause => {
    if (isStale) return { kind: 'operation' };
    const row = asking.get(segment) ?? last;
    return row === undefined
      ? { kind: 'timer' }
      : { kind: 'event', offset: row.event.offset, messageId: row.event.messageId };
  };
  if (!all) {
    for (const segment of asking.keys())
      state.dueAt = Math.min(state.dueAt, ask(segment, now, causeNow(segment)));
    return changed;
  }
  let due = isStale || state.dueAt <= 0 ? now : state.dueAt;
  for (let step = 0; due < now && step < STEPS_MAX; step += 1) due = askAll(due, () => ({ kind: 'timer' }));
  state.dueAt = askAll(now, causeNow);
  return changed;
}
