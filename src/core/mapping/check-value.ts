/** Checks values against fields, and makes small mends: those that the destinations' library makes, and no others. */
import { emptyObject, isObject, type JsonObject, type JsonValue } from '../json.js';
import { allowsNull, type Field, type Fields, type FieldType, fieldOf } from './field.js';
import { formatOf, isMoment } from './formats.js';
import { missingFields } from './missing-fields.js';

/** What is wrong: the path, and a sentence that names it and the fix. No value stands in it, for it may be a secret or personal. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** Takes what is wrong with a field, and the fix. */
export type TakeFault = (path: string, fix: string) => void;

/** Faults, as they are found. */
export interface FaultList {
  readonly faults: Fault[];
  readonly fault: TakeFault;
}

/** A list that collects faults. */
export function faultList(): FaultList {
  const faults: Fault[] = [];
  return { faults, fault: (path, fix) => faults.push({ path, message: `${path}: ${fix}` }) };
}

/** How values are checked. */
export interface Checking {
  readonly fault: TakeFault;
  /** Whether a value is one that is known later, and so cannot be checked yet. */
  readonly isLate: (value: JsonValue) => boolean;
}

const TYPE_NAMES: Readonly<Record<FieldType, string>> = {
  string: 'a text',
  text: 'a text',
  password: 'a text',
  number: 'a number',
  integer: 'a whole number',
  datetime: 'a time, such as 2026-03-01T09:30:00Z, or a number',
  boolean: 'true or false',
  object: 'an object',
};

/**
 * The object of these fields as it is sent: with types mended.
 * @param others what becomes of what no field is for.
 */
export function checkedObject(
  given: JsonObject,
  fields: Fields,
  path: string,
  checking: Checking,
  others: 'kept' | 'dropped',
): JsonObject {
  const keys = Object.keys(given);
  const checked = emptyObject(keys);
  for (const key of keys) {
    const field = fieldOf(fields, key);
    // `keys` are of `given`.
    const value = given[key]!;
    if (field !== undefined) checked[key] = checkedValue(value, field, joined(path, key), checking);
    else if (others === 'kept') checked[key] = value;
  }
  for (const missing of missingFields(given, fields, path !== '')) {
    checking.fault(joined(path, missing), 'is required and has no value.');
  }
  return checked;
}

/** A value as its field wants it. */
export function checkedValue(given: JsonValue, field: Field, path: string, checking: Checking): JsonValue {
  if (checking.isLate(given)) return given;
  if (field.multiple !== true) return checkedOne(given, field, path, checking);
  // At the top it was packed into one already; within, the library makes lists of plain values alone.
  if (isObject(given)) {
    checking.fault(path, 'must be a list.');
    return given;
  }
  const values = Array.isArray(given) ? given : [given];
  return values.map((value, index) => checkedOne(value, itemOf(field), `${path}[${index}]`, checking));
}

/** The items of a list are of its type and among its choices; the library asks no more of them, not even that a time is one. */
function itemOf({ label, type, choices, properties, additionalProperties }: Field): Field {
  return {
    ...{ label, type, format: 'text' },
    ...(choices && { choices }),
    ...(properties && { properties }),
    ...(additionalProperties && { additionalProperties }),
  };
}

function checkedOne(given: JsonValue, field: Field, path: string, checking: Checking): JsonValue {
  if (checking.isLate(given)) return given;
  const value = mended(given, field);
  if (value === undefined) {
    checking.fault(path, `must be ${TYPE_NAMES[field.type]}, and is ${typeName(given)}.`);
    return given;
  }
  if (value === null) return value;
  if (field.choices?.some((choice) => choice.value === value) === false) {
    checking.fault(path, `must be one of ${field.choices.map((choice) => choice.value).join(', ')}.`);
  }
  if (typeof value === 'string') checkText(value, field, path, checking);
  if (field.type === 'number' && typeof value === 'number') checkBounds(value, field, path, checking, '');
  if (!isObject(value) || field.properties === undefined) return value;
  return checkedObject(
    value,
    field.properties,
    path,
    checking,
    field.additionalProperties === true ? 'kept' : 'dropped',
  );
}

function checkText(text: string, field: Field, path: string, checking: Checking): void {
  if (field.type === 'datetime') {
    if (field.format !== 'text' && !isMoment(text)) checking.fault(path, `must be ${TYPE_NAMES.datetime}.`);
    return;
  }
  if (field.type === 'string') checkBounds([...text].length, field, path, checking, ' characters');
  const format = field.type === 'string' && field.format !== undefined ? formatOf(field.format) : undefined;
  if (format?.holds(text) === false) checking.fault(path, `must be ${format.name}.`);
}

/** As in the library, a bound of 0 is none. */
function checkBounds(
  size: number,
  { minimum, maximum }: Field,
  path: string,
  checking: Checking,
  of: string,
): void {
  if (minimum && size < minimum) checking.fault(path, `must be at least ${minimum}${of}.`);
  if (maximum && size > maximum) checking.fault(path, `must be at most ${maximum}${of}.`);
}

/** The value in the field's type, where nothing is lost by it: a list of one as that one, `"5"` as 5, 5 as `"5"`; else undefined. */
function mended(given: JsonValue, field: Field): JsonValue | undefined {
  const isNullable = allowsNull(field);
  // Lists of one object stay lists: so the library's validator has it.
  const isUnpacked = Array.isArray(given) && given.length === 1 && field.type !== 'object';
  const value = isUnpacked ? (given[0] as JsonValue) : given;
  if (value === null && isNullable) return null;
  const typed = inType(value, field.type);
  if (typed !== undefined || !isNullable) return typed;
  return value === '' || value === 0 || value === false ? null : undefined;
}

function inType(value: JsonValue, type: FieldType): JsonValue | undefined {
  switch (type) {
    case 'string':
    case 'text':
    case 'password':
      return asText(value);
    case 'datetime':
      return typeof value === 'number' ? value : asText(value);
    case 'number':
      return asNumber(value);
    case 'integer': {
      const number = asNumber(value);
      return number !== undefined && Number.isInteger(number) ? number : undefined;
    }
    case 'boolean':
      if (value === 'true' || value === 1) return true;
      if (value === 'false' || value === 0 || value === null) return false;
      return typeof value === 'boolean' ? value : undefined;
    case 'object':
      return isObject(value) ? value : undefined;
    default:
      return type satisfies never;
  }
}

function asText(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  return typeof value === 'object' ? undefined : String(value);
}

function asNumber(value: JsonValue): number | undefined {
  if (typeof value === 'number') return value;
  if (value === null || typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string' || value === '') return undefined;
  const number = Number(value);
  // Infinity is no JSON.
  return Number.isFinite(number) ? number : undefined;
}

function typeName(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
