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
  const period = { ...readMoment('from', filter.from), ...readMoment('to', filter.to) };
  return { ...filter, ...period };
}

function readMoment(field: keyof Period, given: string | undefined): Period {
  if (given === undefined) return {};
  const time = readTime(given);
  if (time !== undefined && time >= LIMITS.timestampMin && time < LIMITS.timestampMax) {
    return { [field]: new Date(time).toISOString() };
  }
  throw new TributaryError(
    'request_invalid',
    `${field} must be an ISO 8601 time between 1900 and 2199, such as 2026-01-31T09:30:00Z.`,
  );
}
