import type { JsonValue } from '../json.js';

/** What measures and correlations count: everything but null, arrays and objects. */
export type Scalar = string | number | boolean;

/** True for a text, a number or a boolean. */
export function isScalar(value: JsonValue | undefined): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** Tells scalars of different types or values apart. */
export function scalarKey(value: Scalar): string {
  return typeof value === 'string' ? `s${value}` : typeof value === 'number' ? `n${value}` : `b${value}`;
}

/** The order of values: booleans, numbers, texts; texts by Unicode code points, as ClickHouse has their bytes. */
export function compareScalars(a: Scalar, b: Scalar): number {
  const byType = rank(a) - rank(b);
  if (byType !== 0) return byType;
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  return Number(a) - Number(b);
}

function rank(value: Scalar): number {
  return typeof value === 'boolean' ? 0 : typeof value === 'number' ? 1 : 2;
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let index = 0; index < left.length && index < right.length; index += 1) {
    // Invariant: the index is within both.
    const [x, y] = [left[index] as string, right[index] as string];
    if (x !== y) return (x.codePointAt(0) as number) - (y.codePointAt(0) as number);
  }
  return left.length - right.length;
}
