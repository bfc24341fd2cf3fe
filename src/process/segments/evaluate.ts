import type { Person } from '../../core/segments/person.js';
import type { PersonState } from '../../core/segments/person-state.js';
import type { MembershipCause } from '../../stores/state/segment-state.js';
import type { BlankAnswers } from './blank-answers.js';
import type { LiveSegment } from './in-force.js';

/** Times at which one person's timers fire in one go; what is due after that many is looked at now. */
const STEPS_MAX = 1_000;

const TIMER: MembershipCause = { kind: 'timer' };

/** Hears of somebody who enters or leaves. */
export type OnChange = (segment: LiveSegment, entered: boolean, at: number, cause: MembershipCause) => void;

/** Tells what did it, should somebody enter or leave. */
export type CauseOf = (segment: LiveSegment) => MembershipCause;

/** Somebody whose segments are evaluated. Memberships and the next due time are kept in the state. */
export interface Evaluated {
  readonly person: Person;
  readonly state: PersonState;
  readonly onChange: OnChange;
}

/** Fires a person's timers until now, each at its own time, on what was known until now. */
export function fireTimers(evaluated: Evaluated, segments: readonly LiveSegment[], now: number): void {
  const { state } = evaluated;
  for (let step = 0; state.dueAt <= now; step += 1) {
    const at = step < STEPS_MAX ? state.dueAt : now;
    state.dueAt = Number.POSITIVE_INFINITY;
    // Nobody was in a segment before it came into force: when that is, everybody is asked.
    for (const segment of segments)
      if (segment.liveAt <= at) ask(evaluated, segment, at, () => TIMER);
      else state.dueAt = Math.min(state.dueAt, segment.liveAt);
    if (at === now) return;
  }
}

/** Evaluates segments now. */
export function evaluateNow(
  evaluated: Evaluated,
  segments: Iterable<LiveSegment>,
  now: number,
  causeOf: CauseOf,
): void {
  for (const segment of segments) ask(evaluated, segment, now, causeOf);
}

/** Evaluates all segments now for somebody who was in none and of whom nothing was remembered, but for what those that are asked look at. */
export function evaluateNewcomer(
  evaluated: Evaluated,
  { now, entered, personal, dueAt }: BlankAnswers,
  asked: ReadonlyMap<LiveSegment, unknown>,
  causeOf: CauseOf,
): void {
  const { state, onChange } = evaluated;
  state.dueAt = Math.min(state.dueAt, dueAt);
  for (const segment of entered) {
    if (asked.has(segment)) continue;
    state.members.add(segment.segmentNumber);
    onChange(segment, true, now, causeOf(segment));
  }
  for (const segment of personal) if (!asked.has(segment)) ask(evaluated, segment, now, causeOf);
  for (const segment of asked.keys()) ask(evaluated, segment, now, causeOf);
}

function ask(
  { person, state, onChange }: Evaluated,
  segment: LiveSegment,
  at: number,
  causeOf: CauseOf,
): void {
  const { compiled, segmentNumber } = segment;
  const holds = compiled.holds(person, at);
  state.dueAt = Math.min(state.dueAt, compiled.changesAt(person, at));
  if (holds === state.members.has(segmentNumber)) return;
  if (holds) state.members.add(segmentNumber);
  else state.members.delete(segmentNumber);
  onChange(segment, holds, at, causeOf(segment));
}
