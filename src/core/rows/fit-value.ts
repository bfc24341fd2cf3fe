import type { JsonValue } from '../json.js';
import type { ColumnType } from './column-types.js';

/**
 * A value as one of a column's type: `"5"` as 5, a time in UTC, an object as its JSON text where text is wanted.
 * @returns null for nothing; undefined when the value is no such thing.
 */
export function fitValue(
  value: JsonValue | undefined,
  type: ColumnType,
): string | number | boolean | null | undefined {
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'text':
      return typeof value === 'string' ? value : JSON.stringify(value);
    case 'json':
      return JSON.stringify(value);
    case 'number':
      return numberOf(value);
    case 'integer': {
      const number = numberOf(value);
      return Number.isSafeInteger(number) ? number : undefined;
    }
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'datetime': {
      const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
      return Number.isNaN(at) ? undefined : new Date(at).toISOString();
    }
    default:
      return type satisfies never;
  }
}

function numberOf(value: JsonValue): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
