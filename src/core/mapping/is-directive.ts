import { isObject } from '../json.js';

/** True for what can be nothing but a directive. */
export function isDirective(value: unknown): boolean {
  return isObject(value) && Object.keys(value).some((key) => key.startsWith('@'));
}
