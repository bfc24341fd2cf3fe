import type { JsonObject, JsonValue } from '../../../src/core/json.js';
import type { Path } from '../../../src/core/segments/definition.js';
import type { NaiveEvent } from './naive-person.js';

/** What stands at a path of a trait, whose name is the path's first key; undefined when nothing does. */
export function traitAt(traits: ReadonlyMap<string, JsonValue>, path: Path): JsonValue | undefined {
  const [name, ...keys] = keysOf(path);
  return walk(traits.get(name ?? ''), keys);
}

/** What stands at a path of an event, or a text of its own: one that is empty is nothing. */
export function eventValueAt(event: NaiveEvent, path: Path): JsonValue | undefined {
  const [root, ...keys] = keysOf(path);
  if (root === 'properties' || root === 'traits' || root === 'context') return walk(event[root], keys);
  const own: Readonly<Record<string, unknown>> = { ...event.enrichment, ...event };
  const text = own[path];
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** What stands at a path of an array's item. */
export function itemValueAt(item: JsonObject, path: Path): JsonValue | undefined {
  return walk(item, keysOf(path));
}

/** The objects of an array, a null among them being an empty one; none, where it holds anything else. */
export function objectsOf(array: JsonValue | undefined): readonly JsonObject[] {
  if (!Array.isArray(array) || !array.some(isPlainObject)) return [];
  const objects = array.map((item) => (item === null ? {} : item));
  return objects.every(isPlainObject) ? objects : [];
}

/** The keys of a path, in which `\.` is a dot of a key. */
function keysOf(path: Path): string[] {
  return path.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.'));
}

function walk(from: JsonValue | undefined, keys: readonly string[]): JsonValue | undefined {
  const [key, ...rest] = keys;
  if (key === undefined) return from;
  return isPlainObject(from) && Object.hasOwn(from, key) ? walk(from[key], rest) : undefined;
}

/** True for an object that is neither null nor an array. */
export function isPlainObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
