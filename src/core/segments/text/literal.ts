/** The names and values in the text of a definition: how each is written and read. */
import type { Cursor } from './cursor.js';
import { type Doc, inParentheses, joined, line } from './layout.js';

type Scalar = string | number | boolean;

/** Words with which conditions begin or go on: paths and names that are called so stand in backquotes. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'and or not then all any no did count sum average min max list first last most time sequence in on random ' +
    'consent refused true false'
  ).split(' '),
);

const PLAIN_PATH = /^[\p{L}_$](?:[\p{L}\p{M}\p{N}_$-]|\\\.|\.(?=[\p{L}\p{N}_$]))*$/u;
const PLAIN_NAME = /^[\p{L}_][\p{L}\p{M}\p{N}_-]*$/u;

/** A path: plain, such as `properties.total`, or in backquotes, with a backquote in it doubled. */
export function printPath(path: string): string {
  const plain = PLAIN_PATH.test(path) && !RESERVED.has(path.toLowerCase());
  return plain ? path : quotePath(path);
}

/** A path in backquotes, which may hold anything. */
export function quotePath(path: string): string {
  return `\`${path.replaceAll('`', '``')}\``;
}

/** Reads a path. @param what it is, for the message. */
export function readPath(cursor: Cursor, what: string): string {
  const { kind, raw } = cursor.peek();
  if (kind === 'path') return cursor.expectKind('path', what);
  if (kind === 'word' && RESERVED.has(raw.toLowerCase())) {
    const after = cursor.peek(1).kind;
    const named = after === 'symbol' || after === 'word';
    cursor.fail(what, named ? `If it is a name, write it in backquotes: \`${raw}\`.` : undefined);
  }
  return cursor.expectKind('word', what);
}

/** The name of a segment, a list or a purpose: plain, or as a text. */
export function printName(name: string): string {
  return PLAIN_NAME.test(name) && !RESERVED.has(name.toLowerCase()) ? name : printText(name);
}

/** Reads such a name. @param what it is, for the message. */
export function readName(cursor: Cursor, what: string): string {
  return cursor.peek().kind === 'text' ? cursor.expectKind('text', what) : cursor.expectKind('word', what);
}

/** A text in double quotes, with the escapes of JSON. */
export function printText(text: string): string {
  return JSON.stringify(text);
}

/** A text, a number, `true` or `false`. */
export function printScalar(value: Scalar): string {
  return typeof value === 'string' ? printText(value) : String(value);
}

/** Reads such a value. */
export function readScalar(cursor: Cursor): Scalar {
  const what = 'a value: a text such as "pro", a number, true or false';
  const { kind, raw } = cursor.peek();
  if (kind === 'number') return readNumber(cursor, what);
  if (cursor.take('true')) return true;
  if (cursor.take('false')) return false;
  const bare = kind === 'word' || kind === 'moment';
  return cursor.expectKind('text', what, bare ? `Texts stand in double quotes: write "${raw}".` : undefined);
}

/** Values in parentheses, separated by commas. */
export function printScalars(values: readonly Scalar[]): Doc {
  return inParentheses(joined(values.map(printScalar), [',', line]));
}

/** Reads such values. */
export function readScalars(cursor: Cursor): Scalar[] {
  return readListed(cursor, () => readScalar(cursor));
}

/** Reads one thing or more, in parentheses and separated by commas. */
export function readListed<T>(cursor: Cursor, readOne: () => T): T[] {
  cursor.expect('(');
  const found = [readOne()];
  while (cursor.take(',')) found.push(readOne());
  cursor.expect(')');
  return found;
}

/** Reads a number. @param what it is, for the message. */
export function readNumber(cursor: Cursor, what: string): number {
  const { kind, value } = cursor.peek();
  if (kind === 'moment') cursor.fail(what, 'For dates write `before` or `after`.');
  // A number beyond all others would turn into null as JSON.
  if (kind === 'number' && !Number.isFinite(Number(value)))
    cursor.fail('a number that is not beyond 1.8e308');
  // Minus zero is zero: JSON does not keep the difference.
  return Number(cursor.expectKind('number', what)) + 0;
}

/** A length of time, its unit in the singular after 1, else in the plural. */
export function printDuration(duration: string): string {
  const [amount = '', unit = ''] = duration.split(' ');
  const count = Number(amount);
  return `${count} ${unit.replace(/s$/, '')}${count === 1 ? '' : 's'}`;
}

const UNITS = ['second', 'minute', 'hour', 'day', 'week'];

/** Reads a length of time, such as `7 days`. */
export function readDuration(cursor: Cursor): string {
  const what = 'a length of time, such as 7 days';
  const { kind, value } = cursor.peek();
  if (kind === 'number' && !/^\d{1,9}$/.test(value)) cursor.fail('a whole number and a unit, such as 7 days');
  const amount = cursor.expectKind('number', what);
  for (const unit of UNITS)
    if (cursor.take(unit) || cursor.take(`${unit}s`)) return printDuration(`${amount} ${unit}`);
  const uneven = /^(?:month|year|quarter)s?$/i.test(cursor.peek().raw);
  return cursor.fail(
    'seconds, minutes, hours, days or weeks',
    uneven ? 'Months and years are not all equally long: write days, such as 30 days.' : undefined,
  );
}

/** Reads a date, or a date and time. */
export function readMoment(cursor: Cursor): string {
  return cursor.expectKind('moment', 'a date such as 2026-03-01, or a time such as 2026-03-01T09:30:00Z');
}

/** The name of a time zone, in quotes. */
export function readZone(cursor: Cursor): string {
  return cursor.expectKind('text', 'the name of a time zone in quotes, such as "Europe/Berlin"');
}
