import { TributaryError } from '../errors.js';
import { readMoment } from '../segments/moment.js';
import type { QueryParam } from './check-query.js';

/**
 * The values of a query's parameters, as ClickHouse takes them: times with an offset, as answers have them, become seconds since 1970.
 * @throws TributaryError `query_invalid` when one is missing, or a number that JSON could not hold exactly.
 */
export function bindParams(
  params: readonly QueryParam[],
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const bound = params.map(({ name, type }): [string, unknown] => {
    if (!Object.hasOwn(given, name)) throw new TributaryError('query_invalid', `params.${name} is missing.`);
    const value = given[name];
    if (hasInexact(value))
      throw new TributaryError(
        'query_invalid',
        `params.${name} has a whole number beyond 2^53. Give it as a text.`,
      );
    return [name, /^(?:Nullable\()?DateTime/.test(type) ? asSeconds(value) : value];
  });
  return Object.fromEntries(bound);
}

function hasInexact(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasInexact);
  if (typeof value === 'object' && value !== null) return Object.values(value).some(hasInexact);
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

/** Times without an offset are left to ClickHouse, and to the zone that the type names. */
function asSeconds(value: unknown): unknown {
  if (typeof value !== 'string' || !/(?:Z|[+-]\d\d:\d\d)$/.test(value)) return value;
  const ms = readMoment(value);
  return ms === undefined ? value : (ms / 1_000).toFixed(3);
}
