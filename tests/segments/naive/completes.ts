import type { Correlation, Node, Step } from '../../../src/core/segments/definition.js';
import type { Scalar } from './compare-scalars.js';
import { isScalar } from './compare-scalars.js';
import { durationMs } from './duration-ms.js';
import { isInWindow } from './figure-of.js';
import { isLater } from './in-order.js';
import type { NaiveEvent } from './naive-person.js';
import { selects } from './selects.js';
import { eventValueAt, itemValueAt, objectsOf } from './value-at.js';

type Sequence = Extract<Node, { readonly kind: 'sequence' }>;

/** What a chain is looked for in. */
interface Search {
  readonly sequence: Sequence;
  readonly events: readonly NaiveEvent[];
  /** The value that all steps must share, where they must. */
  readonly shared: Scalar | undefined;
  readonly now: number;
}

/** Whether there is a chain: tries every shared value, and every event for every step. */
export function completes(sequence: Sequence, events: readonly NaiveEvent[], now: number): boolean {
  const correlations = sequence.steps.map((step) => step.same ?? sequence.same);
  if (correlations.every((one) => one === undefined)) {
    return continues([], { sequence, events, now, shared: undefined });
  }
  const values = events.flatMap((event) =>
    correlations.flatMap((one) => (one === undefined ? [] : scalarsAt(event, one))),
  );
  return values.some((shared) => continues([], { sequence, events, now, shared }));
}

/** Whether the events that are the first steps' can be followed by others to the end. */
function continues(chain: readonly NaiveEvent[], search: Search): boolean {
  const { sequence, events } = search;
  const step = sequence.steps[chain.length];
  if (step === undefined) return true;
  const before = chain.at(-1);
  if (step.absent && before !== undefined) return isAbsent(step, before, search);
  return events.some((event) => {
    if (!isStep(step, event, search) || !isWithin(step, event, chain, search)) return false;
    if (before !== undefined && hasBetween(step, before, event, search)) return false;
    return continues([...chain, event], search);
  });
}

function isStep(step: Step, event: NaiveEvent, { sequence, shared, now }: Search): boolean {
  const correlation = step.same ?? sequence.same;
  return (
    selects(step, event, now) &&
    (correlation === undefined || scalarsAt(event, correlation).some((value) => value === shared))
  );
}

function isWithin(
  step: Step,
  event: NaiveEvent,
  chain: readonly NaiveEvent[],
  { sequence, events, now }: Search,
): boolean {
  if (!isInWindow(event, sequence.window ?? { kind: 'ever' }, events, now)) return false;
  const [first, before] = [chain[0], chain.at(-1)];
  if (first === undefined || before === undefined) return true;
  if (!isLater(event, before)) return false;
  if (step.within !== undefined && event.timestamp - before.timestamp > durationMs(step.within)) return false;
  return sequence.within === undefined || event.timestamp - first.timestamp <= durationMs(sequence.within);
}

function hasBetween(step: Step, before: NaiveEvent, after: NaiveEvent, { events, now }: Search): boolean {
  return events.some(
    (event) =>
      isLater(event, before) &&
      isLater(after, event) &&
      (step.without ?? []).some((selector) => selects(selector, event, now)),
  );
}

function isAbsent(step: Step, before: NaiveEvent, search: Search): boolean {
  const d = durationMs(step.within ?? '0 days');
  const came = search.events.some(
    (event) =>
      isStep(step, event, search) && isLater(event, before) && event.timestamp - before.timestamp <= d,
  );
  return !came && search.now >= before.timestamp + d;
}

/** The values that an event may share with others. */
function scalarsAt(event: NaiveEvent, correlation: Correlation): Scalar[] {
  if (typeof correlation === 'string') return [eventValueAt(event, correlation)].filter(isScalar);
  return objectsOf(eventValueAt(event, correlation.items))
    .map((item) => itemValueAt(item, correlation.field))
    .filter(isScalar);
}
