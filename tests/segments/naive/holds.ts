import { RE2JS } from 're2js';
import type { JsonValue } from '../../../src/core/json.js';
import type { Test } from '../../../src/core/segments/definition.js';
import { durationMs } from './duration-ms.js';
import { momentOf } from './moment-of.js';
import { isPlainObject } from './value-at.js';
import { wallTime } from './wall-clock.js';

/** Whether a test holds of a value, which is undefined when it is missing. */
export function holds(test: Test, value: JsonValue | undefined, now: number): boolean {
  if (test.op === 'is_missing') return value === undefined;
  if (test.op === 'is_null') return value === null;
  if (value === undefined || value === null) return false;
  switch (test.op) {
    case 'exists':
      return true;
    case 'equals':
      return isScalar(value) && same(value, test.value, test.ignoreCase);
    case 'not_equals':
      return isScalar(value) && !same(value, test.value, test.ignoreCase);
    case 'in':
      return isScalar(value) && test.values.some((one) => same(value, one, test.ignoreCase));
    case 'not_in':
      return isScalar(value) && !test.values.some((one) => same(value, one, test.ignoreCase));
    case 'contains':
    case 'starts_with':
    case 'ends_with':
    case 'matches':
      return typeof value === 'string' && holdsOfText(test, value);
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
    case 'between':
      return typeof value === 'number' && holdsOfNumber(test, value);
    case 'before':
    case 'after':
    case 'within_last':
    case 'within_next':
    case 'older_than':
      return holdsOfMoment(test, momentOf(value), now);
    case 'anniversary':
      return momentOf(value) !== undefined && isAnniversary(test, String(value), now);
    case 'near':
      return isNear(test, value);
    case 'has_any':
      return Array.isArray(value) && test.values.some((one) => has(value, one, test.ignoreCase));
    case 'has_all':
      return Array.isArray(value) && test.values.every((one) => has(value, one, test.ignoreCase));
    case 'has_none':
      return Array.isArray(value) && !test.values.some((one) => has(value, one, test.ignoreCase));
    default:
      return test satisfies never;
  }
}

/** The tests of these kinds; of types that name several kinds, those that name all of these. */
type Of<Op extends Test['op'], T = Test> = T extends { readonly op: infer O }
  ? Op extends O
    ? T
    : never
  : never;

function isScalar(value: JsonValue): boolean {
  return typeof value !== 'object';
}

function same(value: JsonValue, other: JsonValue, ignoreCase = false): boolean {
  if (typeof value === 'string' && typeof other === 'string' && ignoreCase) {
    return value.toLowerCase() === other.toLowerCase();
  }
  return value === other;
}

function has(array: readonly JsonValue[], value: JsonValue, ignoreCase: boolean | undefined): boolean {
  return array.some((item) => same(item, value, ignoreCase));
}

function holdsOfText(test: Of<'contains'> | Of<'matches'>, given: string): boolean {
  if (test.op === 'matches') {
    return RE2JS.compile(test.pattern, test.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
      .matcher(given)
      .find();
  }
  const [text, part] = test.ignoreCase
    ? [given.toLowerCase(), test.value.toLowerCase()]
    : [given, test.value];
  if (test.op === 'contains') return text.includes(part);
  return test.op === 'starts_with' ? text.startsWith(part) : text.endsWith(part);
}

function holdsOfNumber(test: Of<'gt'> | Of<'between'>, n: number): boolean {
  if (test.op === 'between') return test.from <= n && n <= test.to;
  if (test.op === 'gt') return n > test.value;
  if (test.op === 'gte') return n >= test.value;
  return test.op === 'lt' ? n < test.value : n <= test.value;
}

function holdsOfMoment(test: Of<'before'> | Of<'older_than'>, at: number | undefined, now: number): boolean {
  if (at === undefined) return false;
  if ('date' in test) {
    // A bound that is no moment makes every comparison false.
    const bound = momentOf(test.date) ?? Number.NaN;
    return test.op === 'before' ? at < bound : at > bound;
  }
  const d = durationMs(test.duration);
  if (test.op === 'within_last') return now - d < at && at <= now;
  return test.op === 'within_next' ? now < at && at <= now + d : at <= now - d;
}

/** Looks at every day from today on by itself. */
function isAnniversary(
  { inNextDays = 0, zone = 'UTC' }: Of<'anniversary'>,
  text: string,
  now: number,
): boolean {
  const today = wallTime(now, zone);
  const [month, day] = [Number(text.slice(5, 7)), Number(text.slice(8, 10))];
  for (let ahead = 0; ahead <= inNextDays; ahead += 1) {
    const date = new Date(Date.UTC(today.year, today.month - 1, today.day + ahead));
    const isLeapYear = new Date(Date.UTC(date.getUTCFullYear(), 1, 29)).getUTCMonth() === 1;
    const kept = month === 2 && day === 29 && !isLeapYear ? 28 : day;
    if (date.getUTCMonth() + 1 === month && date.getUTCDate() === kept) return true;
  }
  return false;
}

const EARTH_KM = 6371.0088;

function isNear(test: Of<'near'>, value: JsonValue): boolean {
  if (!isPlainObject(value)) return false;
  const latitude = value.latitude ?? value.lat;
  const longitude = value.longitude ?? value.lng ?? value.lon;
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return false;
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const [north, east] = [radians(latitude - test.latitude), radians(longitude - test.longitude)];
  const h =
    Math.sin(north / 2) ** 2 +
    Math.cos(radians(latitude)) * Math.cos(radians(test.latitude)) * Math.sin(east / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h))) <= test.km;
}
