import { LIMITS } from '../../limits.js';

/** Something of an event, with its place in time: `[at, offset, …]`. */
export type Dated = readonly [at: number, offset: number, ...rest: unknown[]];

/** True when the first is later: by its time, and within one millisecond by its place in the log. */
export function isAfter([at, offset]: Dated, [otherAt, otherOffset]: Dated): boolean {
  return at > otherAt || (at === otherAt && offset > otherOffset);
}

/** A timeline, oldest first, with one more entry; of more than `most` the newest stay. */
export function withEntry<Entry extends Dated>(
  timeline: readonly Entry[],
  entry: Entry,
  most: number = LIMITS.windowEventsMax,
): readonly Entry[] {
  let index = timeline.length;
  // Nearly always the newest.
  while (index > 0 && isAfter(timeline[index - 1] as Entry, entry)) index -= 1;
  const longer = timeline.toSpliced(index, 0, entry);
  return longer.length > most ? longer.slice(longer.length - most) : longer;
}

/** Two timelines in one. */
export function merged<Entry extends Dated>(
  one: readonly Entry[],
  other: readonly Entry[],
  most: number = LIMITS.windowEventsMax,
): readonly Entry[] {
  const all = [...one, ...other].sort((a, b) => (isAfter(a, b) ? 1 : -1));
  return all.length > most ? all.slice(all.length - most) : all;
}
