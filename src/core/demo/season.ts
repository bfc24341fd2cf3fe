import type { Random } from './random.js';

const HOUR_MS = 3_600_000;
/** Milliseconds of a day. */
export const DAY_MS = 24 * HOUR_MS;

// Weights around 1. Hours are the person's own.
const BY_HOUR = [
  0.25, 0.12, 0.08, 0.06, 0.08, 0.2, 0.45, 0.75, 0.95, 1.05, 1.1, 1.2, 1.35, 1.2, 1.1, 1.1, 1.15, 1.3, 1.55,
  1.85, 2.0, 1.85, 1.2, 0.6,
] as const;
const BY_WEEKDAY = [1.25, 0.9, 0.9, 0.92, 0.95, 1.0, 1.15] as const;
const BY_MONTH = [0.85, 0.8, 0.9, 0.95, 1.0, 1.0, 0.9, 0.9, 1.0, 1.05, 1.4, 1.6] as const;
const WEIGHT_MAX = Math.max(...BY_HOUR) * Math.max(...BY_WEEKDAY) * Math.max(...BY_MONTH);

/** How busy the shop is at a time, about 1 on average: evenings, weekends and the weeks before the holidays are. */
export function busyness(at: number, utcOffsetHours: number): number {
  const local = new Date(at + utcOffsetHours * HOUR_MS);
  // Invariant: hours, weekdays and months are always inside their tables.
  const hour = BY_HOUR[local.getUTCHours()] as number;
  return hour * (BY_WEEKDAY[local.getUTCDay()] as number) * (BY_MONTH[local.getUTCMonth()] as number);
}

/** When somebody who comes `perDay` times a day comes next: a Poisson process thinned by the season. */
export function nextVisitAt(random: Random, after: number, perDay: number, utcOffsetHours: number): number {
  let at = after;
  do {
    at += random.wait(DAY_MS / (perDay * WEIGHT_MAX));
  } while (!random.chance(busyness(at, utcOffsetHours) / WEIGHT_MAX));
  return Math.ceil(at);
}
