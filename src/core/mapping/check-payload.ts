import { emptyObject, isObject, type JsonObject, type JsonValue } from '../json.js';
import { checkedObject, type Fault, faultList } from './check-value.js';
import { allowsNull, type Field, type Fields, fieldOf } from './field.js';
import { isStoredLate } from './late.js';

/** A payload as it may be sent, or why it may not. */
export type CheckedPayload =
  | { readonly payload: JsonObject; readonly faults?: undefined }
  | { readonly faults: readonly [Fault, ...Fault[]] };

/**
 * Checks what a mapping made against the fields of an action, as the destinations' library does before it sends: what is empty goes,
 * what no field is for goes, a number that stands as a text becomes a number, and so on.
 * @param holdsLate whether the mapping may have made late values: those stand for any value.
 */
export function checkPayload(
  made: JsonValue | undefined,
  fields: Fields,
  holdsLate: boolean,
): CheckedPayload {
  if (!isObject(made)) return { faults: [{ path: '', message: 'The mapping must make an object.' }] };
  const { faults, fault } = faultList();
  const isLate = holdsLate ? isStoredLate : () => false;
  const payload = checkedObject(
    withoutEmpty(made, fields, isLate, true),
    fields,
    '',
    { fault, isLate },
    'dropped',
  );
  const [first, ...others] = faults;
  return first === undefined ? { payload } : { faults: [first, ...others] };
}

/** Without nulls that a field does not allow, and empty texts where no text belongs. At the top no empty text stays, and what should be a list is one. */
function withoutEmpty(
  given: JsonObject,
  fields: Fields,
  isLate: (value: JsonValue) => boolean,
  isTop: boolean,
): JsonObject {
  const keys = Object.keys(given);
  const filled = emptyObject(keys);
  for (const key of keys) {
    const field = fieldOf(fields, key);
    const value = filledValue(given[key] as JsonValue, field, isLate);
    if (value === undefined || (isTop && value === '')) continue;
    const isToPack = isTop && field?.multiple === true && !Array.isArray(value) && !isLate(value);
    filled[key] = isToPack ? [value] : value;
  }
  return filled;
}

function filledValue(
  value: JsonValue,
  field: Field | undefined,
  isLate: (value: JsonValue) => boolean,
): JsonValue | undefined {
  if (field === undefined || isLate(value)) return value;
  const isMultiple = field.multiple === true;
  if (Array.isArray(value)) {
    return isMultiple ? value.filter((one) => !isEmpty(one, field, false)) : value;
  }
  if (isObject(value)) {
    return field.properties === undefined || isMultiple
      ? value
      : withoutEmpty(value, field.properties, isLate, false);
  }
  return isEmpty(value, field, isMultiple) ? undefined : value;
}

function isEmpty(value: JsonValue, field: Field, isMultiple: boolean): boolean {
  if (value === null) return !allowsNull(field);
  if (value !== '') return false;
  return isMultiple || !['string', 'text', 'password', 'datetime'].includes(field.type);
}
