import type { NaiveEvent } from './naive-person.js';

/** True when the first event is the later one: of two at one millisecond the one with the higher offset. */
export function isLater(one: NaiveEvent, other: NaiveEvent): boolean {
  if (one.timestamp !== other.timestamp) return one.timestamp > other.timestamp;
  return one.offset > other.offset;
}

/** The events from the earliest to the latest. */
export function inOrder(events: readonly NaiveEvent[]): NaiveEvent[] {
  return [...events].sort((a, b) => (isLater(a, b) ? 1 : -1));
}
