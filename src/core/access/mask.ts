/** Masking: what a schema marks as personal is hidden from those who may not see it. */
import { isObject } from '../json.js';

/** The keyword that marks a schema: all that it describes is personal, or the fields of some names, at whatever depth. */
export const PERSONAL = 'x-personal';
/** Stands in place of a hidden value. */
export const MASK = '•••';

/** Hides what is personal in a value; everything else is the same. */
export type Masker = (value: unknown) => unknown;

/** Marks a schema as describing personal data: all of it, or the fields of some names, at whatever depth. */
export function personal<Schema extends object>(schema: Schema, names?: readonly string[]): Schema {
  return { ...schema, [PERSONAL]: names ?? true };
}

/**
 * The masker of a JSON schema. It follows `properties`, `additionalProperties`, `items` and the alternatives of a union: where one of those marks a value,
 * it is hidden whichever applies.
 * @returns undefined where the schema marks nothing.
 */
export function maskerOf(schema: unknown): Masker | undefined {
  if (!isObject(schema)) return undefined;
  const marked = schema[PERSONAL];
  if (marked === true) return hide;
  if (Array.isArray(marked)) return (value) => hideNamed(value, new Set(marked));
  const parts = [
    ...[schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) =>
      Array.isArray(list) ? list.map(maskerOf) : [],
    ),
    itemMasker(schema.items),
    fieldMasker(schema),
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return undefined;
  return (value) => parts.reduce((shown, part) => part(shown), value);
}

/** Hides every value, and keeps names and shape: which traits are known is no secret, what they hold is. */
export function hide(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hide);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, hide(one)]));
  return value === null || value === undefined || value === '' ? value : MASK;
}

function hideNamed(value: unknown, names: ReadonlySet<unknown>): unknown {
  if (Array.isArray(value)) return value.map((one) => hideNamed(one, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, names.has(key) ? hide(one) : hideNamed(one, names)]),
  );
}

function itemMasker(items: unknown): Masker | undefined {
  const mask = maskerOf(items);
  return mask && ((value) => (Array.isArray(value) ? value.map(mask) : value));
}

function fieldMasker({ properties, additionalProperties }: { [key: string]: unknown }): Masker | undefined {
  const known = isObject(properties) ? properties : {};
  const masks = new Map(Object.entries(known).map(([name, field]) => [name, maskerOf(field)]));
  const others = maskerOf(additionalProperties);
  if (others === undefined && [...masks.values()].every((mask) => mask === undefined)) return undefined;
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => {
        const mask = masks.has(name) ? masks.get(name) : others;
        return [name, mask === undefined ? one : mask(one)];
      }),
    );
  };
}
