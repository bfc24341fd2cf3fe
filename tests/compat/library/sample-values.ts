/** Values that a careful person would fill a form with, made from the fields of the library. */
import type { JsonObject, JsonValue } from '../../../src/core/json.js';
import type { Field, Fields } from '../../../src/core/mapping/field.js';

/** Settings of a destination. */
export function sampleSettings(fields: Fields): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, sampleValue(name, field)]));
}

/** What a payload lacks of what its action requires. */
export function sampleMissing(fields: Fields, payload: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      field.required === true && (payload[name] ?? '') === '' ? [[name, sampleValue(name, field)]] : [],
    ),
  );
}

function sampleValue(name: string, field: Field): JsonValue {
  const one = sampleOne(name, field);
  return field.multiple === true && !Array.isArray(one) ? [one] : one;
}

function sampleOne(
  name: string,
  { type, choices, properties, format, default: byDefault }: Field,
): JsonValue {
  if (
    byDefault !== undefined &&
    byDefault !== '' &&
    (typeof byDefault !== 'object' || Array.isArray(byDefault))
  )
    return byDefault;
  const [choice] = choices ?? [];
  if (choice !== undefined) return typeof choice === 'string' ? choice : choice.value;
  switch (type) {
    case 'number':
    case 'integer':
      return 7;
    case 'boolean':
      return false;
    case 'datetime':
      return '2026-03-01T12:00:00.000Z';
    case 'object':
      return Object.fromEntries(
        Object.entries(properties ?? {}).map(([key, inner]) => [key, sampleValue(key, inner)]),
      );
    default:
      return sampleText(name, format);
  }
}

const TEXTS: ReadonlyArray<readonly [RegExp, string]> = [
  [/url|uri|endpoint$|webhook/i, 'https://tool.example.com/in'],
  [/e-?mail/i, 'jane@example.com'],
  [/phone|^to$|msisdn/i, '+4915112345678'],
  [/host/i, 'tool.example.com'],
  [/domain|subdomain/i, 'shop'],
  [/date|time/i, '2026-03-01T12:00:00.000Z'],
  [/currency/i, 'EUR'],
  [/country/i, 'DE'],
  [/region/i, 'us-east-1'],
  [/brokers/i, 'tool.example.com:9092'],
  [/_?ids?$/i, '1234567890'],
];

function sampleText(name: string, format: string | undefined): string {
  if (format === 'uri') return 'https://tool.example.com/in';
  if (format === 'email') return 'jane@example.com';
  return TEXTS.find(([pattern]) => pattern.test(name))?.[1] ?? `sample-${name.toLowerCase()}`;
}
