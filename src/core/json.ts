/** A JSON value as `JSON.parse` returns it. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
/** A JSON object. Keys are the customer's own: never index a plain object literal with one, `__proto__` included. */
export type JsonObject = { [key: string]: JsonValue };

/** True for a JSON object: neither an array nor null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object for these keys. Only where `__proto__` is among them it has no prototype: those objects are far slower. */
export function emptyObject(keys: readonly string[]): JsonObject {
  return keys.includes('__proto__') ? (Object.create(null) as JsonObject) : {};
}
