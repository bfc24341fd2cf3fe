/** Reading values of settings and payloads, which were checked against their fields before: what is left out is `undefined`. */
import { isObject, type JsonObject, type JsonValue } from '../../core/json.js';
import { SendFailure } from './destination.js';

/** The text under a name; a number or boolean as text; `undefined` for anything else and for empty text. */
export function textOf(from: JsonObject, name: string): string | undefined {
  return asText(ownValue(from, name));
}

/** @throws SendFailure `field_missing`, to be mended by whoever set up the destination or its connection. */
export function requiredText(from: JsonObject, name: string): string {
  const text = textOf(from, name);
  if (text !== undefined) return text;
  throw new SendFailure({ code: 'field_missing', message: `"${name}" is empty.`, retry: false });
}

/** The texts under a name: of an array each, of one text that one. */
export function textsOf(from: JsonObject, name: string): readonly string[] {
  const value = ownValue(from, name);
  return (Array.isArray(value) ? value : [value]).map(asText).filter((text) => text !== undefined);
}

/** The object under a name. */
export function objectOf(from: JsonObject, name: string): JsonObject | undefined {
  const value = ownValue(from, name);
  return isObject(value) ? value : undefined;
}

function ownValue(from: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(from, name) ? from[name] : undefined;
}

function asText(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
