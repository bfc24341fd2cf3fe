import type { JsonValue } from '../../../src/core/json.js';
import type { Condition, Path } from '../../../src/core/segments/definition.js';
import { holds } from './holds.js';
import { isPlainObject, itemValueAt, objectsOf } from './value-at.js';

/** Whether a condition is fulfilled by what `valueAt` reads from. */
export function fulfils(
  condition: Condition,
  valueAt: (path: Path) => JsonValue | undefined,
  now: number,
): boolean {
  if ('all' in condition) return condition.all.every((one) => fulfils(one, valueAt, now));
  if ('any' in condition) return condition.any.some((one) => fulfils(one, valueAt, now));
  if ('not' in condition) return !fulfils(condition.not, valueAt, now);
  if ('field' in condition) {
    const value = valueAt(condition.field);
    // In events a null and an object are missing, but that `near` looks into an object.
    const isThere = value !== null && (condition.is.op === 'near' || !isPlainObject(value));
    return holds(condition.is, isThere ? value : undefined, now);
  }
  return objectsOf(valueAt(condition.items)).some((item) =>
    fulfils(condition.where, (path) => itemValueAt(item, path), now),
  );
}
