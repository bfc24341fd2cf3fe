import type { JsonValue } from '../../../src/core/json.js';

const MOMENT =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):(\d\d))?)?$/;
const [YEAR_MIN, YEAR_MAX] = [1900, 2299];

/** The milliseconds of a value that is a moment; undefined for any other. */
export function momentOf(value: JsonValue | undefined): number | undefined {
  const parts = typeof value === 'string' ? MOMENT.exec(value) : null;
  if (parts === null) return undefined;
  const number = (index: number) => Number(parts[index] ?? 0);
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(number) as [
    ...[number, number, number, number, number, number],
  ];
  const ms = Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3));
  if (year < YEAR_MIN || year > YEAR_MAX) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || number(9) > 23 || number(10) > 59) return undefined;
  const midnight = new Date(Date.UTC(year, month - 1, day));
  // Another month comes out when there is no such day.
  if (month < 1 || midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  const offset = (parts[8] === '-' ? -1 : 1) * (number(9) * 60 + number(10)) * 60_000;
  return Date.UTC(year, month - 1, day, hour, minute, second, ms) - offset;
}
