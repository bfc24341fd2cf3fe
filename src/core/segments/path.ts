import type { JsonValue } from '../json.js';
import { isObject } from '../json.js';

/** Most keys of a path. */
const PATH_KEYS_MAX = 20;

/**
 * The keys of a path: separated by dots, with a dot inside a key written `\.` and a backslash `\\`.
 * @returns undefined when it is empty, has an empty key, or ends in a lone backslash.
 */
export function readPathKeys(path: string): readonly string[] | undefined {
  const keys: string[] = [];
  let key = '';
  for (let index = 0; index < path.length; index += 1) {
    const char = path[index] as string;
    if (char === '\\') {
      index += 1;
      const escaped = path[index];
      if (escaped !== '.' && escaped !== '\\') return undefined;
      key += escaped;
    } else if (char === '.') {
      keys.push(key);
      key = '';
    } else key += char;
  }
  keys.push(key);
  return keys.includes('') || keys.length > PATH_KEYS_MAX ? undefined : keys;
}

/** The keys of a path that was checked before. */
export function pathKeys(path: string): readonly string[] {
  const keys = readPathKeys(path);
  if (keys === undefined) throw new Error(`${path} is no path`);
  return keys;
}

/** What stands at the keys of a value; inherited properties are not read. */
export function valueAt(
  from: JsonValue | undefined,
  keys: readonly string[],
  first = 0,
): JsonValue | undefined {
  let value = from;
  for (let index = first; index < keys.length; index += 1) {
    const key = keys[index] as string;
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}
