import { isObject, type JsonObject, type JsonValue } from '../json.js';
import type { Conditions, Field, Fields } from './field.js';

/** The fields of an object that are required and have no value, by their paths; with those of the objects in it that conditions require. */
export function missingFields(given: JsonObject, fields: Fields, isInner: boolean): string[] {
  // As in the library: where conditions say what an inner object needs, its fields need nothing without them.
  const isConditional = isInner && hasConditions(fields);
  const missing: string[] = [];
  for (const [key, field] of Object.entries(fields)) {
    if (!isConditional && isRequired(field, given) && !Object.hasOwn(given, key)) missing.push(key);
    for (const inner of missingInside(given, key, field)) missing.push(`${key}.${inner}`);
  }
  return missing;
}

/** Conditions of an inner object's fields look at the fields beside that object. */
function missingInside(given: JsonObject, key: string, { properties = {}, multiple }: Field): string[] {
  if (!hasConditions(properties)) return [];
  const object = Object.hasOwn(given, key) ? given[key] : undefined;
  if (multiple === true && object !== undefined) return [];
  const has = (inner: string) => object !== undefined && (!isObject(object) || Object.hasOwn(object, inner));
  return Object.entries(properties)
    .filter(([, field]) => typeof field.required === 'object' && isRequired(field, given))
    .map(([inner]) => inner)
    .filter((inner) => !has(inner));
}

function hasConditions(fields: Fields): boolean {
  return Object.values(fields).some(({ required }) => typeof required === 'object');
}

function isRequired({ required }: Field, beside: JsonObject): boolean {
  return typeof required === 'object' ? conditionsHold(required, beside) : required === true;
}

/** Whether conditions hold for the values of fields. */
export function conditionsHold({ match, conditions }: Conditions, values: JsonObject): boolean {
  const holds = (condition: Conditions['conditions'][number]) => holdsOne(condition, values);
  return match === 'any' ? conditions.some(holds) : conditions.every(holds);
}

/** `is_not` of a value asks for another one: where there is none, it does not hold either. */
function holdsOne(
  { type, fieldKey, operator, value }: Conditions['conditions'][number],
  values: JsonObject,
): boolean {
  // How a sync works is not among the fields: nothing is required by it.
  if (type === 'syncMode' || fieldKey === undefined) return false;
  const found = valueAt(values, fieldKey.split('.'));
  if (value === undefined) return (operator === 'is') === (found === undefined || found === null);
  if (found === undefined) return false;
  return (operator === 'is') === (JSON.stringify(found) === JSON.stringify(value));
}

function valueAt(values: JsonObject, keys: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = values;
  for (const key of keys) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}
