/** Hours, days, weeks and months of a zone, as moments: the database only ever compares with them. */
import { nextMidnight, type WallClock, wallClock } from '../segments/moment.js';

/** Lengths of time that a calendar has. */
export const UNITS = ['hour', 'day', 'week', 'month'] as const;
/** One of them. */
export type Unit = (typeof UNITS)[number];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * When the units of a zone begin: the first holds `from`, and all others begin before `to`. Weeks begin on Monday. Hours are counted from the
 * full hour on the wall at `from`.
 * @param spare how many further ones are given, those that begin at `to` or later.
 * @returns undefined when there would be more than `most`.
 */
export function bucketsOf(
  unit: Unit,
  zone: string,
  { from, to }: { readonly from: number; readonly to: number },
  most: number,
  spare = 0,
): number[] | undefined {
  const clock = wallClock(zone);
  if (clock === undefined) throw new Error(`${zone} is no zone`);
  const starts: number[] = [];
  let left = spare;
  for (let index = 0; ; index += 1) {
    const start = startOf(unit, clock, from, index);
    // A date that a zone left out begins when the next one does.
    if (start === starts.at(-1)) continue;
    if (start >= to) left -= 1;
    if (left < 0) return starts;
    starts.push(start);
    if (starts.length > most) return undefined;
  }
}

/** When the unit begins that is so many after the one that holds `from`. */
function startOf(unit: Unit, clock: WallClock, from: number, index: number): number {
  const { year, month, day, minute, second, weekday } = clock(from);
  switch (unit) {
    case 'hour': {
      const into = (minute * 60 + second) * 1_000 + (((from % 1_000) + 1_000) % 1_000);
      return from - into + index * HOUR_MS;
    }
    case 'day':
      return dateStart(clock, year, month, day + index);
    case 'week':
      return dateStart(clock, year, month, day - (weekday - 1) + 7 * index);
    case 'month':
      return dateStart(clock, year, month + index, 1);
    default:
      return unit satisfies never;
  }
}

/** The first moment of a date of a zone; of the next one, where the zone left it out. Months and days may be beyond their ends. */
function dateStart(clock: WallClock, year: number, month: number, day: number): number {
  const midnight = Date.UTC(year, month - 1, day);
  const near = midnight - eastOf(clock, midnight);
  const guess = midnight - eastOf(clock, near);
  if (dateOf(clock, guess) >= midnight && dateOf(clock, guess - 1) < midnight) return guess;
  // Clocks were moved at midnight: look for the change of the date from the day before on.
  let at = midnight - 2 * DAY_MS;
  while (dateOf(clock, at) < midnight) at = nextMidnight(clock, at);
  return at;
}

/** How far the clock on the wall is ahead of UTC. */
function eastOf(clock: WallClock, ms: number): number {
  const { year, month, day, hour, minute, second } = clock(ms);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1_000) * 1_000;
}

/** The date on the wall, as its midnight in UTC. */
function dateOf(clock: WallClock, ms: number): number {
  const { year, month, day } = clock(ms);
  return Date.UTC(year, month - 1, day);
}
