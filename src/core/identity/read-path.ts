import type { Event } from '../event/event.js';
import { PERSON_CONTEXT_KEYS } from '../event/person-context.js';
import type { JsonObject, JsonValue } from '../json.js';
import { isObject } from '../json.js';

/** Reads what stands at a path of an event: nothing, a value, or an array of them. Inherited properties are not read. */
export type ReadPath = (event: Event) => JsonValue | undefined;

const EXTERNAL_ID = /^context\.externalIds\[([^\]]+)\]$/;
const ROOTS = ['traits', 'context', 'properties'] as const;

/**
 * Compiles a path; see `PathSchema` for what may stand there.
 * @returns undefined when it is not a path.
 */
export function readPath(path: string): ReadPath | undefined {
  if (path === 'userId') return (event) => event.userId;
  if (path === 'anonymousId') return (event) => event.anonymousId;
  if (path === 'groupId') return (event) => event.groupId;
  const [, type] = EXTERNAL_ID.exec(path) ?? [];
  if (type !== undefined) return (event) => externalIds(event.context, type);
  const [root, ...keys] = path.split('.');
  const known = ROOTS.find((name) => name === root);
  if (known === undefined || keys.length === 0 || keys.includes('') || path.includes('[')) return undefined;
  // A group call's traits are the group's, not the person's.
  if (known === 'traits') return (event) => (event.type === 'group' ? undefined : walk(event.traits, keys));
  return (event) => walk(event[known], keys);
}

/** True when a path leads to what every stored event tells at once: names, traits, and the person's part of the context. */
export function isOfPerson(path: string): boolean {
  const [root, key] = path.split(/[.[]/);
  if (root === 'context') return PERSON_CONTEXT_KEYS.some((known) => known === key);
  return root !== 'properties';
}

function walk(from: JsonObject, keys: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = from;
  for (const key of keys) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function externalIds({ externalIds: entries }: JsonObject, type: string): JsonValue | undefined {
  if (!Array.isArray(entries)) return undefined;
  const ids: JsonValue[] = [];
  for (const entry of entries) {
    if (!isObject(entry) || entry.type !== type || entry.id === undefined) continue;
    const { id, collection = null, encoding = null } = entry;
    // Another collection is that of accounts; another encoding hides the value.
    const ofUsers = collection === null || collection === 'users';
    if (ofUsers && (encoding === null || encoding === 'none')) ids.push(id);
  }
  return ids;
}
