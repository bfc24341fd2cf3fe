import type { JsonValue } from '../json.js';
import { isObject } from '../json.js';
import type { MappedField } from './mapping.js';
import type { ReadTime } from './time-format.js';
import { compileTime } from './time-format.js';

/** Says why a row cannot be mapped; thrown within this folder, caught in `map-row.ts`. */
export class RowFault extends Error {
  override readonly name = 'RowFault';
}

/** Turns a column's value into a field's. Throws a RowFault that names the column and the value. */
export type ReadField = (value: JsonValue) => JsonValue;

/** Compiles what a field makes of its column's value. Empty values do not come here. */
export function compileField(column: string, field: MappedField): ReadField {
  const { type } = field;
  if (type === undefined) return (value) => value;
  switch (type) {
    case 'string':
      return (value) => textOf(value) ?? fail(column, value, 'a text');
    case 'number':
      return (value) => numberOf(value, field.decimal) ?? fail(column, value, 'a number');
    case 'integer':
      return (value) => {
        const number = numberOf(value, field.decimal);
        return number !== undefined && Number.isSafeInteger(number)
          ? number
          : fail(column, value, 'a whole number');
      };
    case 'boolean':
      return (value) => booleanOf(value) ?? fail(column, value, 'true or false');
    case 'json':
      return (value) => (typeof value === 'string' ? jsonOf(column, value) : value);
    case 'date': {
      const read = compileMoment(column, field.format, field.timezone);
      return (value) => new Date(read(value)).toISOString();
    }
  }
}

/** Compiles how a column's time is read, to milliseconds since 1970 UTC. */
export function compileMoment(
  column: string,
  format = 'iso',
  timezone?: string,
): (value: JsonValue) => number {
  const compiled = compileTime(format, timezone);
  // Invariant: parseMapping lets no other through.
  if (typeof compiled === 'string') throw new Error(compiled);
  const read: ReadTime = compiled;
  return (value) => {
    const text = textOf(value);
    const time = text === undefined ? undefined : read(text.trim());
    return time !== undefined && Math.abs(time) <= TIME_MAX
      ? time
      : fail(column, value, `a time of the format ${format}`);
  };
}

/** Milliseconds that a Date can hold. */
const TIME_MAX = 8.64e15;
const SHOWN_CHARS_MAX = 100;

/** @throws RowFault about what a column holds. */
export function fail(column: string, value: JsonValue, wanted: string): never {
  const text = JSON.stringify(value);
  const shown = text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX).toWellFormed()}…` : text;
  throw new RowFault(`Column "${column}" holds ${shown}, which is not ${wanted}.`);
}

/** The text of a value that has one without loss. */
export function textOf(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  // Beyond 2^53 two different numbers of a file may have become the same one.
  if (typeof value !== 'number' || (Number.isInteger(value) && !Number.isSafeInteger(value)))
    return undefined;
  return String(value);
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i;
const NUMBER_WITH_COMMA = /^[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?$/;

function numberOf(value: JsonValue, decimal: '.' | ',' = '.'): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (decimal === '.') return NUMBER.test(text) ? finite(Number(text)) : undefined;
  return NUMBER_WITH_COMMA.test(text)
    ? finite(Number(text.replaceAll('.', '').replace(',', '.')))
    : undefined;
}

function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 't', 'yes', 'y', '1'].map((word) => [word, true] as const),
  ...['false', 'f', 'no', 'n', '0'].map((word) => [word, false] as const),
]);

function booleanOf(value: JsonValue): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = textOf(value);
  return text === undefined ? undefined : BOOLEANS.get(text.trim().toLowerCase());
}

function jsonOf(column: string, text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return fail(column, text, 'JSON');
  }
}

/** True for what counts as missing: null, and a text of nothing but space. */
export function isEmpty(value: JsonValue | undefined): value is undefined | null | '' {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** The value of a column: by its own name, else as a path into nested objects. */
export function valueAt(row: Readonly<Record<string, JsonValue>>, column: string): JsonValue | undefined {
  if (Object.hasOwn(row, column)) return row[column];
  let at: JsonValue | undefined = row as JsonValue;
  for (const key of column.split('.')) {
    if (!isObject(at) || !Object.hasOwn(at, key)) return undefined;
    at = at[key];
  }
  return at;
}
