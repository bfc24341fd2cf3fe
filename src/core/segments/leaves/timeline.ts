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
  if (timeline.length < most) return timeline.toSpliced(index, 0, entry);
  if (index === 0) return timeline;
  const newest = timeline.slice();
  newest.copyWithin(0, 1, index)[index - 1] = entry;
  return newest;
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

/** The part of a timeline that is later than a time: the timeline itself where that is all of it. */
export function laterThan<Entry extends Dated>(timeline: readonly Entry[], from: number): readonly Entry[] {
  let first = 0;
  while (first < timeline.length && (timeline[first] as Entry)[0] <= from) first += 1;
  return first === 0 ? timeline : timeline.slice(first);
}
