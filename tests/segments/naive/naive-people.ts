/** People and accounts as all of their events tell, found by sorting: of each trait, purpose and account trait the last value counts. */
import { createEnricher } from '../../../src/core/enrich/enrich.js';
import type { Event } from '../../../src/core/event/event.js';
import type { JsonObject, JsonValue } from '../../../src/core/json.js';
import type { NaivePerson, NaiveWorld } from './naive-person.js';
import { isPlainObject } from './value-at.js';

const enrich = createEnricher(undefined);

/** A person, of all events that are theirs, in any order. */
export function naivePerson(id: string, given: readonly Event[]): NaivePerson {
  const events = [...given].sort((a, b) => a.timestamp - b.timestamp || a.offset - b.offset);
  const traits = new Map<string, JsonValue>();
  const consent = new Map<string, boolean>();
  const accounts = new Set<string>();
  for (const { type, traits: own, context, groupId } of events) {
    for (const [name, value] of Object.entries(objectOf(context.traits))) traits.set(name, value);
    if (type === 'identify') for (const [name, value] of Object.entries(own)) traits.set(name, value);
    const { categoryPreferences } = objectOf(context.consent);
    for (const [purpose, word] of Object.entries(objectOf(categoryPreferences))) {
      if (typeof word === 'boolean') consent.set(purpose, word);
    }
    if (groupId !== '') accounts.add(groupId);
    if (typeof context.groupId === 'string' && context.groupId !== '') accounts.add(context.groupId);
  }
  return {
    id,
    traits,
    consent,
    accounts: [...accounts],
    events: events.map((event) => ({ ...event, enrichment: enrich(event) })),
  };
}

/** The traits of all accounts that group calls speak of, by groupId. */
export function naiveAccounts(given: readonly Event[]): NaiveWorld['accounts'] {
  const accounts = new Map<string, Map<string, JsonValue>>();
  const calls = given.filter(({ type }) => type === 'group');
  for (const event of [...calls].sort((a, b) => a.timestamp - b.timestamp || a.offset - b.offset)) {
    const traits = accounts.get(event.groupId) ?? new Map<string, JsonValue>();
    for (const [name, value] of Object.entries(event.traits)) traits.set(name, value);
    accounts.set(event.groupId, traits);
  }
  return accounts;
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isPlainObject(value) ? value : {};
}
