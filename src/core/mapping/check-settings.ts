import { isObject, type JsonObject, type JsonValue } from '../json.js';
import { checkedObject, type Fault, faultList } from './check-value.js';
import { type Fields, fieldOf } from './field.js';
import { nearestName } from './nearest-name.js';

/** Settings with their defaults, or why they cannot be used. */
export type CheckedSettings =
  | { readonly settings: JsonObject; readonly faults?: undefined }
  | { readonly faults: readonly [Fault, ...Fault[]] };

/** Checks the settings of a destination against their fields. An empty text is no value; an unknown setting is a fault. */
export function checkSettings(given: JsonValue, fields: Fields): CheckedSettings {
  if (!isObject(given)) return { faults: [{ path: '', message: 'The settings must be an object.' }] };
  const { faults, fault } = faultList();
  const filled: JsonObject = {};
  for (const [key, field] of Object.entries(fields)) {
    const value = Object.hasOwn(given, key) ? given[key] : undefined;
    const isGiven = value !== undefined && value !== '' && (value !== null || field.allowNull === true);
    if (isGiven) filled[key] = value;
    else if (field.default !== undefined) filled[key] = field.default;
  }
  for (const key of Object.keys(given)) {
    if (fieldOf(fields, key) === undefined) fault(key, unknownField('setting', key, Object.keys(fields)));
  }
  const settings = checkedObject(filled, fields, '', { fault, isLate: () => false }, 'dropped');
  const [first, ...others] = faults;
  return first === undefined ? { settings } : { faults: [first, ...others] };
}

/** A sentence about a name that is not known, with the one that was most likely meant. */
export function unknownField(what: string, name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  if (near !== undefined) return `is no ${what}. Did you mean ${near}?`;
  return known.length === 0
    ? `is no ${what}: there are none.`
    : `is no ${what}. There are ${known.join(', ')}.`;
}
