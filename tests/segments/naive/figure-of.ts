import type { JsonValue } from '../../../src/core/json.js';
import type { EventsValue, Measure, Window } from '../../../src/core/segments/definition.js';
import type { Scalar } from './compare-scalars.js';
import { compareScalars, isScalar } from './compare-scalars.js';
import { durationMs } from './duration-ms.js';
import { inOrder, isLater } from './in-order.js';
import { momentOf } from './moment-of.js';
import type { NaiveEvent } from './naive-person.js';
import { selects } from './selects.js';
import { eventValueAt } from './value-at.js';

/** The figure of a person's events; undefined when it is missing. */
export function figureOf(
  value: EventsValue,
  events: readonly NaiveEvent[],
  now: number,
): JsonValue | undefined {
  const selected = events.filter(
    (event) => selects(value, event, now) && isInWindow(event, value.window ?? { kind: 'ever' }, events, now),
  );
  return measured(value.measure ?? { kind: 'count' }, inOrder(selected));
}

/** Whether an event's time counts. @param events all of the person's. */
export function isInWindow(
  event: NaiveEvent,
  window: Window,
  events: readonly NaiveEvent[],
  now: number,
): boolean {
  switch (window.kind) {
    case 'ever':
      return true;
    case 'last':
      return now - durationMs(window.duration) < event.timestamp;
    case 'between': {
      const [from, to] = [momentOf(window.from), momentOf(window.to)];
      return (from === undefined || from <= event.timestamp) && (to === undefined || event.timestamp < to);
    }
    case 'since': {
      const last = inOrder(events.filter((one) => selects(window.event, one, now))).at(-1);
      return last !== undefined && isLater(event, last);
    }
    default:
      return window satisfies never;
  }
}

function measured(measure: Measure, events: readonly NaiveEvent[]): JsonValue | undefined {
  switch (measure.kind) {
    case 'count':
      return events.length;
    case 'first_at':
      return isoOf(events[0]);
    case 'last_at':
      return isoOf(events.at(-1));
    default: {
      const values = events.map((event) => eventValueAt(event, measure.of));
      const numbers = values.filter((value) => typeof value === 'number');
      return measuredNumbers(measure.kind, numbers) ?? measuredScalars(measure.kind, values.filter(isScalar));
    }
  }
}

function isoOf(event: NaiveEvent | undefined): string | undefined {
  return event && new Date(event.timestamp).toISOString();
}

function measuredNumbers(kind: Measure['kind'], numbers: readonly number[]): number | undefined {
  const small = numbers.filter((n) => Math.abs(n) <= 1e11);
  const sum = Number(small.reduce((total, n) => total + BigInt(Math.floor(n * 10_000 + 0.5)), 0n)) / 10_000;
  if (kind === 'sum') return sum;
  if (kind === 'avg') return small.length === 0 ? undefined : sum / small.length;
  if (kind === 'min') return numbers.length === 0 ? undefined : Math.min(...numbers);
  if (kind === 'max') return numbers.length === 0 ? undefined : Math.max(...numbers);
  return undefined;
}

function measuredScalars(kind: Measure['kind'], values: readonly Scalar[]): JsonValue | undefined {
  const different = [...new Set(values)].sort(compareScalars);
  if (kind === 'distinct') return different.length;
  if (kind === 'list') return different.length === 0 ? undefined : different;
  if (kind === 'first') return values[0];
  if (kind === 'last') return values.at(-1);
  if (kind !== 'most_frequent') return undefined;
  const times = (value: Scalar) => values.filter((one) => one === value).length;
  const most = Math.max(...different.map(times));
  return different.find((value) => times(value) === most);
}
