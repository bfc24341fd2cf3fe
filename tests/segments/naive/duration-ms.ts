import type { Duration } from '../../../src/core/segments/definition.js';

const UNITS: Readonly<Record<string, number>> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
};

/** The milliseconds of a text such as `7 days`. */
export function durationMs(text: Duration): number {
  const [, count, unit] = /^(\d+) ([a-z]+?)s?$/.exec(text) ?? [];
  const ms = UNITS[unit ?? ''];
  if (ms === undefined) throw new Error(`${text} is no duration`);
  return Number(count) * ms;
}
