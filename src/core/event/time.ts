import type { JsonValue } from '../json.js';

const ISO_8601 = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/i;
const READ_AS_IT_IS = /T[\d:.]+Z$/;
/** Numbers below are seconds since 1970, above milliseconds: 1e11 s is in the year 5138, 1e11 ms in 1973. */
const SECONDS_BELOW = 1e11;

/**
 * Reads a client's time: ISO 8601 (a time without a zone is UTC) or a number of seconds or milliseconds since 1970.
 * Returns milliseconds since 1970 UTC, or undefined when it is neither.
 */
export function readTime(value: JsonValue): number | undefined {
  if (typeof value === 'number') {
    return Number.isFinite(value)
      ? Math.round(Math.abs(value) < SECONDS_BELOW ? value * 1000 : value)
      : undefined;
  }
  if (typeof value !== 'string') return undefined;
  const printed = readPrinted(value);
  if (printed !== undefined) return printed;
  const text = value.trim();
  if (!ISO_8601.test(text) || !isDay(text.slice(0, 10))) return undefined;
  const time = Date.parse(READ_AS_IT_IS.test(text) ? text : canonical(text));
  return Number.isNaN(time) ? undefined : time;
}

/**
 * A time as `Date` itself prints it, `2026-01-31T09:30:00.123Z`, as nearly all clients send it: digit by digit, in a tenth of the time that
 * patterns take. Undefined for all else, and for what may be no time, such as the last days of a month.
 */
function readPrinted(text: string): number | undefined {
  if (text.length !== 24 || text[4] !== '-' || text[7] !== '-' || text[10] !== 'T') return undefined;
  if (text[13] !== ':' || text[16] !== ':' || text[19] !== '.' || text[23] !== 'Z') return undefined;
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)];
  const [hour, minute, second] = [digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19)];
  const millisecond = digits(text, 20, 23);
  // NaN is in no range.
  const inDate = year >= 1900 && month >= 1 && month <= 12 && day >= 1 && day <= 28;
  const inTime = hour <= 23 && minute <= 59 && second <= 59 && millisecond <= 999;
  return inDate && inTime ? Date.UTC(year, month - 1, day, hour, minute, second, millisecond) : undefined;
}

/** NaN where there is anything but digits. */
function digits(text: string, from: number, until: number): number {
  let value = 0;
  for (let at = from; at < until; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN;
  }
  return value;
}

/** False for the 30th of February: `Date.parse` would take it for a day in March. */
function isDay(date: string): boolean {
  const day = Number(date.slice(8));
  return day <= 28 || new Date(Date.parse(date)).getUTCDate() === day;
}

/** What `Date.parse` reads everywhere alike: a `T`, a point, and a zone. */
function canonical(text: string): string {
  const dated = text.toUpperCase().replace(' ', 'T').replace(',', '.');
  if (dated.length === 10) return `${dated}T00:00:00Z`;
  return /(?:Z|[+-]\d\d:?\d\d)$/.test(dated.slice(11))
    ? dated.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')
    : `${dated}Z`;
}
