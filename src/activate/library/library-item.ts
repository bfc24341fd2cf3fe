/**
 * Payloads that were mapped here, in the form in which the library takes events: an event and a mapping of it. The library maps, checks and
 * sends in one; so the payload travels with the event, unseen by all but paths that read it back.
 */
import { isObject, type JsonObject, type JsonValue } from '../../core/json.js';
import type { SendItem } from '../destinations/destination.js';
import { INTERNAL_FIELDS } from './library-fields.js';

/** Events of one call of the library, and the one mapping for them. */
export interface LibraryItems {
  readonly events: readonly JsonObject[];
  readonly mapping: JsonObject;
}

const CARRIER = 'tributaryPayload';

/**
 * Dresses items up.
 * @param internal names of fields that are no part of the payload, the same in all items.
 * @param columns an object field whose keys the library looks up in the mapping.
 * @param columnNames its keys where they are known beforehand; by default those of the items.
 */
export function libraryItems(
  items: readonly SendItem[],
  {
    internal,
    columns,
    columnNames = [],
  }: { internal: ReadonlySet<string>; columns?: string; columnNames?: readonly string[] },
): LibraryItems {
  const carried: JsonValue[][] = items.map(() => []);
  const carry = (read: (payload: JsonObject) => JsonValue | undefined): JsonObject => {
    const index = carried[0]?.length ?? 0;
    items.forEach(({ payload }, item) => {
      // What is undefined stays a hole, which the library leaves out of the payload.
      const value = read(payload);
      if (value === undefined) (carried[item] ?? []).length = index + 1;
      else (carried[item] ?? [])[index] = value;
    });
    return { '@path': `$.${CARRIER}.${index}` };
  };
  const mapping: JsonObject = {};
  for (const name of new Set(items.flatMap(({ payload }) => Object.keys(payload)))) {
    const first = items[0]?.payload[name];
    if (internal.has(name)) mapping[name] = first ?? null;
    else if (name === columns && isObject(first)) {
      const keys = new Set([...columnNames, ...items.flatMap(({ payload }) => keysOf(payload[name]))]);
      mapping[name] = Object.fromEntries(
        [...keys].map((key) => [key, carry((payload) => memberOf(payload[name], key))]),
      );
    } else mapping[name] = carry((payload) => payload[name]);
  }
  const events = items.map(({ given = {} }, item) =>
    Object.defineProperty({ ...given }, CARRIER, { value: carried[item], enumerable: false }),
  );
  return { events, mapping };
}

/** What items must have in common to go in one batch: where they go to, and how. */
export function batchKey({ payload, given }: SendItem, internal: ReadonlySet<string>): string {
  const names = [...internal, ...batchKeysOf(payload)];
  const context = given?.context;
  return JSON.stringify([
    names.map((name) => payload[name] ?? null),
    isObject(context) ? (context.personas ?? null) : null,
  ]);
}

/** Fields of an action that say how to send: by these names in its mapping. */
export function internalFields(hooks: object | undefined): ReadonlySet<string> {
  return new Set([INTERNAL_FIELDS.syncMode, INTERNAL_FIELDS.matchingKey, ...Object.keys(hooks ?? {})]);
}

function batchKeysOf({ batch_keys: keys }: JsonObject): string[] {
  return Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : [];
}

function keysOf(value: JsonValue | undefined): string[] {
  return isObject(value) ? Object.keys(value) : [];
}

function memberOf(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
