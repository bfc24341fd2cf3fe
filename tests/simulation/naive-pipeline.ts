/**
 * What must come out of a run, found the plainest way: one event after the other, all events kept, and the profiles made
 * of them at the end by sorting. It shares with the product the rules of identity (`resolve`) and nothing else.
 */
import type { Event } from '../../src/core/event/event.js';
import type { Identifier } from '../../src/core/identity/identifier.js';
import { identifierKey } from '../../src/core/identity/identifier.js';
import type { IdentityGraph } from '../../src/core/identity/resolve.js';
import { resolve } from '../../src/core/identity/resolve.js';
import { isObject } from '../../src/core/json.js';
import { profileIdFor } from '../../src/process/people.js';
import { anEvent } from '../support/an-event.js';
import type { SentItem, SentRequest } from './sent-world.js';

/** Everything that the stores hold, in forms that can be compared. */
export interface Outcome {
  /** `offset source messageId profile` of each event row, with the id that it was written with; by offset. */
  readonly rows: readonly string[];
  /** `offset profile` of each event row, with the profile whose it is now; by offset. */
  readonly resolved: readonly string[];
  /** The profiles' stored form, its lists sorted. */
  readonly profiles: Readonly<Record<string, unknown>>;
  readonly identifiers: Readonly<Record<string, string>>;
  /** Where merged profiles have gone. */
  readonly merges: Readonly<Record<string, string>>;
  /** `offset verdict identifier-or-profile` of each thing learnt about who is who; sorted. */
  readonly edges: readonly string[];
  /** Events by `source verdict`. */
  readonly ledger: Readonly<Record<string, number>>;
  /** `offset code`; by offset. */
  readonly quarantine: readonly string[];
}

interface Person {
  readonly events: Event[];
  readonly merged: Set<string>;
  /** First and last time that an identifier was seen, by its key. */
  readonly seen: Map<string, [first: number, last: number]>;
}

/** The outcome of requests that were appended in this order from offset 0 on. */
export function naiveOutcome(requests: readonly SentRequest[]): Outcome {
  const naive = new NaivePipeline();
  for (const { record, items } of requests) for (const item of items) naive.take(record.sourceId, item);
  return naive.outcome();
}

class NaivePipeline implements IdentityGraph {
  #offset = 0;
  readonly #bodies = new Map<string, string>();
  readonly #owners = new Map<string, string>();
  readonly #people = new Map<string, Person>();
  readonly #merges = new Map<string, string>();
  readonly #rows: Array<{ event: Event; profileId: string }> = [];
  readonly #edges: string[] = [];
  readonly #ledger = new Map<string, number>();
  readonly #quarantine: string[] = [];

  profileOf({ kind, value }: Identifier): string | undefined {
    return this.#owners.get(identifierKey(kind, value));
  }

  userIdsOf(profileId: string): readonly string[] {
    return [...this.#owners]
      .filter(([key, owner]) => owner === profileId && key.startsWith('user_id\n'))
      .map(([key]) => key.slice('user_id\n'.length));
  }

  take(sourceId: string, item: SentItem): void {
    const offset = this.#offset;
    this.#offset += 1;
    const verdict = this.#judge(sourceId, item);
    const key = `${sourceId} ${verdict}`;
    this.#ledger.set(key, (this.#ledger.get(key) ?? 0) + 1);
    if (verdict === 'processed') this.#place(eventOf(item, sourceId, offset));
    else if (verdict !== 'duplicate') this.#quarantine.push(`${offset} ${verdict}`);
  }

  outcome(): Outcome {
    const home = (id: string) => this.#merges.get(id) ?? id;
    return {
      rows: this.#rows.map(
        ({ event: e, profileId }) => `${e.offset} ${e.sourceId} ${e.messageId} ${profileId}`,
      ),
      resolved: this.#rows.map(({ event, profileId }) => `${event.offset} ${home(profileId)}`),
      profiles: Object.fromEntries([...this.#people].map(([id, person]) => [id, storedForm(person)])),
      identifiers: Object.fromEntries(this.#owners),
      merges: Object.fromEntries(this.#merges),
      edges: this.#edges.sort(),
      ledger: Object.fromEntries(this.#ledger),
      quarantine: this.#quarantine,
    };
  }

  #judge(sourceId: string, { given, refused }: SentItem): string {
    if (refused !== undefined && refused !== 'processing_failed') return refused;
    const { timestamp: _, context: __, ...said } = given;
    const key = `${sourceId} ${given.messageId}`;
    const body = JSON.stringify(said);
    const before = this.#bodies.get(key);
    if (before !== undefined) return before === body ? 'duplicate' : 'message_id_conflict';
    // A poison leaves nothing behind, its id neither.
    if (refused !== undefined) return refused;
    this.#bodies.set(key, body);
    return 'processed';
  }

  #place(event: Event): void {
    const { profileId, created, merged, linked, identifiers, refused } = resolve(event, this, profileIdFor);
    if (created) this.#people.set(profileId, { events: [], merged: new Set(), seen: new Map() });
    const person = this.#person(profileId);
    const note = (verdict: string, what: string) => this.#edges.push(`${event.offset} ${verdict} ${what}`);
    for (const otherId of merged) {
      this.#takeIn(profileId, person, otherId);
      note('merged', otherId);
    }
    for (const { kind, value } of linked) {
      const key = identifierKey(kind, value);
      const holder = this.#owners.get(key);
      if (holder !== undefined && holder !== profileId) this.#person(holder).seen.delete(key);
      this.#owners.set(key, profileId);
      note('linked', key);
    }
    for (const { kind, value } of refused) note('refused', identifierKey(kind, value));
    for (const { kind, value } of identifiers)
      see(person, identifierKey(kind, value), [event.timestamp, event.timestamp]);
    person.events.push(event);
    this.#rows.push({ event, profileId });
  }

  #takeIn(profileId: string, person: Person, otherId: string): void {
    const other = this.#person(otherId);
    for (const [key, owner] of this.#owners) if (owner === otherId) this.#owners.set(key, profileId);
    for (const [key, times] of other.seen) see(person, key, times);
    person.events.push(...other.events);
    for (const id of [otherId, ...other.merged]) {
      person.merged.add(id);
      this.#merges.set(id, profileId);
    }
    this.#people.delete(otherId);
  }

  #person(id: string): Person {
    const person = this.#people.get(id);
    if (!person) throw new Error(`There is no profile ${id}`);
    return person;
  }
}

function see({ seen }: Person, key: string, [first, last]: [number, number]): void {
  const [from, until] = seen.get(key) ?? [first, last];
  seen.set(key, [Math.min(from, first), Math.max(until, last)]);
}

function eventOf({ given, timestamp }: SentItem, sourceId: string, offset: number): Event {
  const text = (field: string) => (typeof given[field] === 'string' ? given[field] : '');
  const object = (field: string) => (isObject(given[field]) ? given[field] : {});
  return anEvent({
    ...{ offset, sourceId, messageId: given.messageId, type: given.type, name: text('event'), timestamp },
    ...{ userId: text('userId'), anonymousId: text('anonymousId') },
    ...{ groupId: text('groupId'), previousId: text('previousId') },
    ...{ properties: object('properties'), traits: object('traits'), context: object('context') },
  });
}

/** A profile as `encodeProfile` has it: of each value the latest, of two at one time the one that came later. */
function storedForm({ events, merged, seen }: Person): unknown {
  const inTime = [...events].sort((a, b) => a.timestamp - b.timestamp || a.offset - b.offset);
  const traits = new Map<string, unknown[]>();
  const consent = new Map<string, unknown[]>();
  const counts = new Map<string, number>();
  for (const event of inTime) {
    const origin = [event.sourceId, event.messageId, event.timestamp, event.offset];
    const { traits: carried, consent: given } = event.context;
    for (const [name, value] of Object.entries(isObject(carried) ? carried : {}))
      traits.set(name, [name, value, ...origin]);
    for (const [name, value] of Object.entries(event.type === 'identify' ? event.traits : {}))
      traits.set(name, [name, value, ...origin]);
    const preferences =
      isObject(given) && isObject(given.categoryPreferences) ? given.categoryPreferences : {};
    for (const [name, value] of Object.entries(preferences)) consent.set(name, [name, value, ...origin]);
    const counted = event.type === 'track' ? event.name : event.type;
    counts.set(counted, (counts.get(counted) ?? 0) + 1);
  }
  return sortedForm({
    i: [...seen].map(([key, times]) => [...key.split('\n'), ...times]),
    t: [...traits.values()],
    c: [...consent.values()],
    m: [...merged],
    n: [...counts],
    first: inTime[0]?.timestamp,
    last: inTime.at(-1)?.timestamp,
  });
}

/** A profile's stored form with its lists in one order, since theirs tells nothing. */
export function sortedForm(stored: Readonly<Record<string, unknown>>): unknown {
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((item) => JSON.stringify(item)).sort() : value,
    ]),
  );
}
