import { TributaryError } from '../core/errors.js';
import { readTime } from '../core/event/time.js';
import { LIMITS } from '../core/limits.js';

interface Period {
  readonly from?: string;
  readonly to?: string;
}

/**
 * A filter with its period in the one form that both stores read alike: ISO 8601 with milliseconds, in UTC.
 * @throws TributaryError `request_invalid` for a moment that the calendar or the stores do not have.
 */
export function withPeriod<Filter extends Period>(filter: Filter): Filter {
  const iso = (field: keyof Period): Period => {
    const time = readMoment(field, filter[field]);
    return time === undefined ? {} : { [field]: new Date(time).toISOString() };
  };
  return { ...filter, ...iso('from'), ...iso('to') };
}

/**
 * Reads a moment: milliseconds since 1970 UTC, undefined where none was given.
 * @throws TributaryError `request_invalid` for a moment that the calendar or the stores do not have.
 */
export function readMoment<Given extends string | undefined>(
  field: string,
  given: Given,
): Given extends string ? number : number | undefined;
export function readMoment(field: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const time = readTime(given);
  if (time !== undefined && time >= LIMITS.timestampMin && time < LIMITS.timestampMax) return time;
  throw new TributaryError(
    'request_invalid',
    `${field} must be an ISO 8601 time between 1900 and 2199, such as 2026-01-31T09:30:00Z.`,
  );
}
