import { TributaryError } from '../errors.js';
import { isObject, type JsonObject, type JsonValue } from '../json.js';
import { unknownField } from './check-settings.js';
import { checkedValue, type Fault, type FaultList, faultList } from './check-value.js';
import { type Field, type Fields, fieldOf } from './field.js';
import { isDirective } from './is-directive.js';
import { type Mapping, readMapping } from './read-mapping.js';

/** A mapping that fits an action, with the action's defaults in it; or what is wrong with it. */
export type CheckedMapping =
  | { readonly mapping: Mapping; readonly written: JsonValue; readonly faults?: undefined }
  | { readonly faults: readonly [Fault, ...Fault[]] };

/** What begins so steers the library's own machinery, and is no field of an action. */
const INTERNAL = '__segment_internal_';

/**
 * Checks a mapping against the fields of an action. A field without a mapping has its default's; one mapped to null is left out.
 * A mapping that is a single directive makes all fields at once, so that only events tell whether they fit.
 * @returns the mapping compiled, and as it was written out with defaults; or all that is wrong, by path and with the fix.
 */
export function checkMapping(given: JsonValue, fields: Fields): CheckedMapping {
  if (!isObject(given)) {
    return {
      faults: [{ path: 'mapping', message: 'mapping: must be an object with a mapping for each field.' }],
    };
  }
  const isWhole = isDirective(given) || Object.hasOwn(given, `${INTERNAL}directive`);
  const written = isWhole ? given : withDefaults(given, fields);
  const list = faultList();
  if (!isWhole) checkFields(written, fields, 'mapping', list);
  // What each field is well with may still be too much in all.
  const mapping = list.faults.length === 0 ? readOne(written, 'mapping', list) : undefined;
  const [first, ...others] = list.faults;
  if (first !== undefined) return { faults: [first, ...others] };
  if (mapping === undefined) throw new Error('a mapping was neither read nor refused');
  return { mapping, written };
}

/** A mapping with the defaults of the fields that it does not name. */
export function withDefaults(given: JsonObject, fields: Fields): JsonObject {
  const defaults = Object.entries(fields).filter(
    ([key, field]) => field.default !== undefined && !Object.hasOwn(given, key),
  );
  return {
    ...given,
    ...Object.fromEntries(defaults.map(([key, field]) => [key, field.default as JsonValue])),
  };
}

function checkFields(given: JsonObject, fields: Fields, at: string, list: FaultList): void {
  for (const [key, value] of Object.entries(given)) {
    const field = fieldOf(fields, key);
    const path = `${at}.${key}`;
    if (field !== undefined) checkOne(value, field, path, list);
    else if (key.startsWith(INTERNAL)) readOne(value, path, list);
    else list.fault(path, unknownField('field', key, Object.keys(fields)));
  }
  for (const [key, field] of Object.entries(fields)) {
    if (field.required !== true) continue;
    const value = Object.hasOwn(given, key) ? given[key] : undefined;
    if (value === undefined || value === null || value === '') {
      list.fault(`${at}.${key}`, `is required (${field.label}) and has neither a mapping nor a default.`);
    }
  }
}

function checkOne(value: JsonValue, field: Field, path: string, list: FaultList): void {
  // An action's own default is taken as it is: those of the library name some fields that are none, which then go.
  if (field.default !== undefined && JSON.stringify(value) === JSON.stringify(field.default)) {
    readOne(value, path, list);
    return;
  }
  if (Array.isArray(value) && field.multiple === true && field.properties !== undefined) {
    for (const [index, one] of value.entries())
      checkOne(one, { ...field, multiple: false }, `${path}[${index}]`, list);
    return;
  }
  if (isObject(value) && !isDirective(value) && field.properties !== undefined) {
    if (field.additionalProperties === true) {
      if (readOne(value, path, list) === undefined) return;
    }
    checkFields(known(value, field), field.properties, path, list);
    return;
  }
  const constant = readOne(value, path, list)?.constant;
  // An empty text and null are how a form says: nothing.
  if (constant === undefined || constant === null || constant === '') return;
  checkedValue(constant, field, path, { fault: list.fault, isLate: () => false });
}

/** As much of an object as has fields, where others may stand beside them. */
function known(value: JsonObject, { properties = {}, additionalProperties }: Field): JsonObject {
  if (additionalProperties !== true) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => fieldOf(properties, key) !== undefined));
}

function readOne(value: JsonValue, at: string, list: FaultList): Mapping | undefined {
  try {
    return readMapping(value, at);
  } catch (error) {
    if (!(error instanceof TributaryError) || error.code !== 'definition_invalid') throw error;
    list.faults.push({ path: at, message: error.message });
    return undefined;
  }
}
