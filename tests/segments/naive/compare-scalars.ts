import type { JsonValue } from '../../../src/core/json.js';

/** A text, a number or a boolean. */
export type Scalar = string | number | boolean;

/** True for what can be counted, listed and compared. */
export function isScalar(value: JsonValue | undefined): value is Scalar {
  return value !== undefined && typeof value !== 'object';
}

const TYPES = ['boolean', 'number', 'string'];

/** Negative, 0 or positive, as the first is before, at or behind the second: by type, then by value, texts by their UTF-8 bytes. */
export function compareScalars(a: Scalar, b: Scalar): number {
  if (typeof a !== typeof b) return TYPES.indexOf(typeof a) - TYPES.indexOf(typeof b);
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(String(b)));
  return Number(a) - Number(b);
}
