import type { JsonValue } from '../../src/core/json.js';
import type { NaiveEvent, NaivePerson, NaiveWorld } from './naive/naive-person.js';

/** A world without accounts, people, segments and computed traits, but for those given. */
export function aWorld(given: Partial<NaiveWorld> = {}): NaiveWorld {
  return { accounts: new Map(), people: [], segments: new Map(), computed: new Map(), ...given };
}

/** A track call with what a test cares for. */
export function aHappening(given: Partial<NaiveEvent> = {}): NaiveEvent {
  return {
    ...{ offset: 0, timestamp: 0, type: 'track', name: 'Seen', sourceId: 'src_test' },
    ...{ userId: '', groupId: '', enrichment: {} },
    ...{ properties: {}, traits: {}, context: {} },
    ...given,
  };
}

/** A person about whom no more is known than what is given. */
export function aPerson(
  traits: Readonly<Record<string, JsonValue>> = {},
  events: ReadonlyArray<Partial<NaiveEvent>> = [],
): NaivePerson {
  return {
    ...{ id: 'p', consent: new Map(), accounts: [], traits: new Map(Object.entries(traits)) },
    events: events.map((event, offset) => aHappening({ offset, ...event })),
  };
}
