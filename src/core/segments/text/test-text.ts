import type { Test } from '../definition.js';
import type { Cursor } from './cursor.js';
import type { Doc } from './layout.js';
import {
  printDuration,
  printScalar,
  printScalars,
  printText,
  readDuration,
  readMoment,
  readNumber,
  readScalar,
  readScalars,
  readZone,
} from './literal.js';

const VALUE = { equals: '=', not_equals: '!=' } as const;
const VALUES = {
  in: 'in',
  not_in: 'not in',
  has_any: 'has any of',
  has_all: 'has all of',
  has_none: 'has none of',
} as const;
const PART = { contains: 'contains', starts_with: 'starts with', ends_with: 'ends with' } as const;
const NOTHING = { exists: 'exists', is_null: 'is null', is_missing: 'is missing' } as const;
const AMOUNT = { gte: '>=', lte: '<=', gt: '>', lt: '<' } as const;
const DATE = { before: 'before', after: 'after' } as const;
const DURATION = {
  within_last: 'within the last',
  within_next: 'within the next',
  older_than: 'older than',
} as const;
/** What people write for tests that are written otherwise. */
const MISREAD: ReadonlyMap<string, string> = new Map([
  ['is', 'Write `=` for a value; after `is` stands `null` or `missing`.'],
  ['in', 'Values stand in parentheses: in ("DE", "AT").'],
  ['between', 'Write numbers: between 1 and 5. For dates write `after` and `before`.'],
]);
const CASELESS = 'ignoring case';

/** The text of a test, as it stands after what it tests. */
export function printTest(test: Test): Doc {
  switch (test.op) {
    case 'equals':
    case 'not_equals':
      return [`${VALUE[test.op]} ${printScalar(test.value)}`, caseless(test)];
    case 'in':
    case 'not_in':
    case 'has_any':
    case 'has_all':
    case 'has_none':
      return [`${VALUES[test.op]} `, printScalars(test.values), caseless(test)];
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      return [`${PART[test.op]} ${printText(test.value)}`, caseless(test)];
    case 'matches':
      return [`matches ${printText(test.pattern)}`, caseless(test)];
    case 'exists':
    case 'is_null':
    case 'is_missing':
      return NOTHING[test.op];
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return `${AMOUNT[test.op]} ${printScalar(test.value)}`;
    case 'between':
      return `between ${printScalar(test.from)} and ${printScalar(test.to)}`;
    case 'before':
    case 'after':
      return `${DATE[test.op]} ${test.date}`;
    case 'within_last':
    case 'within_next':
    case 'older_than':
      return `${DURATION[test.op]} ${printDuration(test.duration)}`;
    case 'anniversary':
      return printAnniversary(test);
    case 'near':
      return `near (${printScalar(test.latitude)}, ${printScalar(test.longitude)}) within ${printScalar(test.km)} km`;
    default:
      return test satisfies never;
  }
}

function caseless({ ignoreCase }: { readonly ignoreCase?: boolean }): string {
  return ignoreCase === true ? ` ${CASELESS}` : '';
}

function printAnniversary({ inNextDays = 0, zone = 'UTC' }: Extract<Test, { op: 'anniversary' }>): string {
  const when = inNextDays === 0 ? 'today' : `in the next ${inNextDays} ${inNextDays === 1 ? 'day' : 'days'}`;
  return `has anniversary ${when}${zone === 'UTC' ? '' : ` in zone ${printText(zone)}`}`;
}

/** Reads a test that must stand here. */
export function readTest(cursor: Cursor): Test {
  const what =
    'a test, such as = "pro", > 10, in ("DE", "AT"), contains "x", exists or within the last 7 days';
  return readTestIfAny(cursor) ?? cursor.fail(what, MISREAD.get(cursor.peek().raw));
}

/** Reads a test if one stands here. */
export function readTestIfAny(cursor: Cursor): Test | undefined {
  return readComparison(cursor) ?? readTextTest(cursor) ?? readTimeTest(cursor) ?? readNear(cursor);
}

function readComparison(cursor: Cursor): Test | undefined {
  const value = cursor.takeOneOf(VALUE);
  if (value !== undefined) return { op: value, value: readScalar(cursor), ...readCaseless(cursor) };
  const amount = cursor.takeOneOf(AMOUNT);
  if (amount !== undefined) return { op: amount, value: readNumber(cursor, 'a number') };
  if (cursor.take('between', 'number')) {
    const from = readNumber(cursor, 'a number');
    cursor.expect('and');
    return { op: 'between', from, to: readNumber(cursor, 'a number') };
  }
  const nothing = cursor.takeOneOf(NOTHING);
  if (nothing !== undefined) return { op: nothing };
  // `in` also begins "in the last": here a parenthesis follows.
  const values = cursor.takeOneOf(VALUES, 'symbol');
  return values && { op: values, values: readScalars(cursor), ...readCaseless(cursor) };
}

function readTextTest(cursor: Cursor): Test | undefined {
  const part = cursor.takeOneOf(PART);
  if (part !== undefined) return { op: part, value: readQuoted(cursor), ...readCaseless(cursor) };
  if (!cursor.take('matches')) return undefined;
  return { op: 'matches', pattern: readQuoted(cursor), ...readCaseless(cursor) };
}

function readQuoted(cursor: Cursor): string {
  return cursor.expectKind('text', 'a text in double quotes');
}

function readCaseless(cursor: Cursor): { ignoreCase?: true } {
  return cursor.take(CASELESS) ? { ignoreCase: true } : {};
}

function readTimeTest(cursor: Cursor): Test | undefined {
  const date = cursor.takeOneOf(DATE);
  if (date !== undefined) return { op: date, date: readMoment(cursor) };
  const duration = cursor.takeOneOf(DURATION);
  if (duration !== undefined) return { op: duration, duration: readDuration(cursor) };
  if (!cursor.take('has anniversary')) return undefined;
  const inNextDays = readNextDays(cursor);
  const zone = cursor.take('in zone') ? readZone(cursor) : 'UTC';
  return {
    op: 'anniversary',
    ...(inNextDays === 0 ? {} : { inNextDays }),
    ...(zone === 'UTC' ? {} : { zone }),
  };
}

function readNextDays(cursor: Cursor): number {
  if (cursor.take('today')) return 0;
  cursor.expect('in the next');
  const days = readNumber(cursor, 'a number of days');
  if (!cursor.take('day')) cursor.expect('days');
  return days;
}

function readNear(cursor: Cursor): Test | undefined {
  if (!cursor.take('near')) return undefined;
  cursor.expect('(');
  const latitude = readNumber(cursor, 'a latitude in degrees, such as 52.5');
  cursor.expect(',');
  const longitude = readNumber(cursor, 'a longitude in degrees, such as 13.4');
  cursor.expect(')');
  cursor.expect('within');
  const km = readNumber(cursor, 'a number of kilometres');
  cursor.expect('km');
  return { op: 'near', latitude, longitude, km };
}
