const UNITS = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
} as const;
const DURATION = /^(\d{1,9}) (second|minute|hour|day|week)s?$/;

/** Longest duration: longer ones reach beyond all times that events may have. */
const DURATION_MS_MAX = 200 * 366 * UNITS.day;

/** Milliseconds of a duration such as `7 days`, `90 minutes` or `1 week`; undefined when it is none. */
export function readDuration(text: string): number | undefined {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  const ms = Number(amount) * UNITS[unit as keyof typeof UNITS];
  return ms > 0 && ms <= DURATION_MS_MAX ? ms : undefined;
}

/** Milliseconds of a duration that was checked before. */
export function durationMs(text: string): number {
  const ms = readDuration(text);
  if (ms === undefined) throw new Error(`${text} is no duration`);
  return ms;
}
