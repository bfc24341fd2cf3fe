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
  const text = value.trim();
  if (!ISO_8601.test(text) || !isDay(text.slice(0, 10))) return undefined;
  const time = Date.parse(READ_AS_IT_IS.test(text) ? text : canonical(text));
  return Number.isNaN(time) ? undefined : time;
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
