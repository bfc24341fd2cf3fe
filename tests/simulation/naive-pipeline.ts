/**
 * What must come out of a run, found the plainest way: one event after the other in one population, in memory, with what operators
 * said known from the start; all events kept, and the profiles made of them at the end by sorting. It shares with the product who
 * is who (`Population`), and nothing else.
 */
import type { ConsentRulesVersion } from '../../src/core/consent/consent-rules.js';
import type { Event } from '../../src/core/event/event.js';
import { identifierOf, keyOf } from '../../src/core/identity/identifier.js';
import type { Owner, PopulationChanges } from '../../src/core/identity/population.js';
import { Population } from '../../src/core/identity/population.js';
import { presetOwners, Timeline } from '../../src/core/identity/replay.js';
import { NOBODY } from '../../src/core/identity/resolve.js';
import { isObject } from '../../src/core/json.js';
import type { Profile } from '../../src/core/profile/profile.js';
import { beforeAllDeeds } from '../../src/process/force.js';
import type { IdentityFacts } from '../../src/stores/state/identity-state.js';
import { anEvent } from '../support/an-event.js';
import { NaiveMatches } from './naive-matches.js';
import type { SentItem, SentRequest } from './sent-world.js';

/** Everything that the stores hold, in forms that can be compared. */
export interface Outcome {
  /** `offset source messageId` of each event row; by offset. */
  readonly rows: readonly string[];
  /** `offset profile` of each event row, with the profile whose it is now; by offset. */
  readonly resolved: readonly string[];
  /** The profiles' stored form, its lists sorted. */
  readonly profiles: Readonly<Record<string, unknown>>;
  readonly identifiers: Readonly<Record<string, string | null>>;
  /** Where merged profiles have gone. */
  readonly merges: Readonly<Record<string, string>>;
  /** `offset verdict identifier-or-profile` of each thing learnt about who is who; sorted. */
  readonly edges: readonly string[];
  /** `profile kind rule times` of refusals that are counted; sorted. */
  readonly refusals: readonly string[];
  /** See `NaiveMatches`. */
  readonly matches: readonly string[];
  /** Events by `source verdict`. */
  readonly ledger: Readonly<Record<string, number>>;
  /** `offset code`; by offset. */
  readonly quarantine: readonly string[];
}

/** What operators said in the course of a run, and the marks that identifiers have at its end. */
export interface SaidByOperators {
  readonly facts: IdentityFacts;
  readonly marks: ReadonlyMap<string, Owner>;
}

/** The outcome of requests that were appended in this order from offset 0 on. */
export function naiveOutcome(requests: readonly SentRequest[], said: SaidByOperators): Outcome {
  const naive = new NaivePipeline(said);
  for (const { record, items } of requests) for (const item of items) naive.take(record, item);
  return naive.outcome();
}

class NaivePipeline {
  #offset = 0;
  readonly #bodies = new Map<string, string>();
  readonly #population: Population;
  readonly #profiles = new Map<string, Profile>();
  readonly #identifiers = new Map<string, string | null>();
  readonly #merges = new Map<string, string>();
  readonly #rows: Array<{ event: Event; profileId: string }> = [];
  readonly #edges: string[] = [];
  readonly #ledger = new Map<string, number>();
  readonly #quarantine: string[] = [];
  readonly #refusals = new Map<string, number>();
  readonly #matches: NaiveMatches;
  readonly #said: SaidByOperators;
  readonly #timeline: Timeline;

  constructor(said: SaidByOperators) {
    const { facts, marks } = said;
    this.#said = said;
    this.#timeline = new Timeline(facts);
    const owners = presetOwners(marks, facts.releases);
    const rules = beforeAllDeeds(facts);
    this.#matches = new NaiveMatches(rules.matching);
    this.#population = new Population(rules, { owners, profiles: this.#profiles, homes: new Map() });
  }

  take({ sourceId, receivedAt }: SentRequest['record'], item: SentItem): void {
    const offset = this.#offset;
    this.#offset += 1;
    const verdict = this.#judge(sourceId, item);
    const key = `${sourceId} ${verdict}`;
    this.#ledger.set(key, (this.#ledger.get(key) ?? 0) + 1);
    if (verdict === 'processed') this.#place({ ...eventOf(item, sourceId, offset), receivedAt });
    else if (verdict !== 'duplicate') this.#quarantine.push(`${offset} ${verdict}`);
  }

  outcome(): Outcome {
    this.#deedsUntil(Number.POSITIVE_INFINITY);
    this.#population.settle(Array.from(this.#said.marks.keys(), identifierOf));
    this.#note(this.#population.takeChanges());
    const home = (id: string) => this.#merges.get(id) ?? id;
    const events = new Map<string, Event[]>();
    for (const { event, profileId } of this.#rows) {
      events.set(home(profileId), [...(events.get(home(profileId)) ?? []), event]);
    }
    return {
      rows: this.#rows.map(({ event: e }) => `${e.offset} ${e.sourceId} ${e.messageId}`),
      resolved: this.#rows.map(({ event, profileId }) => `${event.offset} ${home(profileId)}`),
      profiles: Object.fromEntries(
        Array.from(this.#profiles, ([id, profile]) => [
          id,
          storedForm(profile, events.get(id) ?? [], this.#said.facts.consent),
        ]),
      ),
      identifiers: Object.fromEntries(this.#identifiers),
      merges: Object.fromEntries(this.#merges),
      edges: this.#edges.sort(),
      refusals: Array.from(this.#refusals, ([key, times]) => `${key} ${times}`).sort(),
      matches: this.#matches.outcome(),
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
    this.#deedsUntil(event.offset);
    const profileId = this.#population.place(event);
    this.#rows.push({ event, profileId });
    const { offset, receivedAt } = event;
    const taken = this.#note(this.#population.takeChanges());
    if (profileId !== NOBODY) this.#matches.happened(profileId, taken, { offset, receivedAt, event });
  }

  #deedsUntil(offset: number): void {
    this.#timeline.until(offset, this.#population, (join, joined) => {
      const taken = this.#note(this.#population.takeChanges());
      if (typeof joined === 'object' && taken.length > 0)
        this.#matches.happened(joined.profileId, taken, { offset: join.offset, receivedAt: join.at });
    });
    this.#note(this.#population.takeChanges());
  }

  /** @returns the profiles that another took in. */
  #note({ merged, identifiers, edges, refusals }: PopulationChanges): string[] {
    for (const { fromId, intoId } of merged) {
      for (const [id, into] of this.#merges) if (into === fromId) this.#merges.set(id, intoId);
      this.#merges.set(fromId, intoId);
    }
    for (const { identifier, profileId } of identifiers) {
      this.#identifiers.set(keyOf(identifier), profileId ?? null);
    }
    for (const { offset, verdict, identifier, otherProfileId } of edges) {
      const what = verdict === 'merged' ? otherProfileId : identifier && keyOf(identifier);
      this.#edges.push(`${offset} ${verdict} ${what}`);
    }
    for (const { profileId, kind, rule, times } of refusals)
      this.#refuse(`${profileId} ${kind} ${rule}`, times);
    for (const { fromId, intoId } of merged) {
      for (const [key, times] of this.#refusals) {
        if (!key.startsWith(fromId)) continue;
        this.#refusals.delete(key);
        this.#refuse(key.replace(fromId, intoId), times);
      }
    }
    return merged.map(({ fromId }) => fromId);
  }

  #refuse(key: string, times: number): void {
    this.#refusals.set(key, (this.#refusals.get(key) ?? 0) + times);
  }
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

/** A profile as `encodeProfile` has it: of each value the latest of each source, of two at one time the one that came later. */
function storedForm(
  { identifiers, merged }: Profile,
  events: readonly Event[],
  rules: readonly ConsentRulesVersion[],
): unknown {
  const inTime = [...events].sort((a, b) => a.timestamp - b.timestamp || a.offset - b.offset);
  const traits = new Map<string, Map<string, unknown[]>>();
  const consent = new Map<string, unknown[]>();
  const counts = new Map<string, number>();
  const accounts = new Map<string, number[]>();
  for (const event of inTime) {
    const origin = [event.sourceId, event.messageId, event.timestamp, event.offset];
    const { traits: carried } = event.context;
    for (const said of [carried, event.type === 'identify' ? event.traits : {}]) {
      for (const [name, value] of Object.entries(isObject(said) ? said : {})) {
        traits.set(name, (traits.get(name) ?? new Map()).set(event.sourceId, [value, ...origin]));
      }
    }
    for (const [name, value] of wordsOf(event, rules)) consent.set(name, [name, value, ...origin]);
    const counted = event.type === 'track' ? event.name : event.type;
    counts.set(counted, (counts.get(counted) ?? 0) + 1);
    if (event.groupId !== '') {
      const [first = event.timestamp] = accounts.get(event.groupId) ?? [];
      accounts.set(event.groupId, [first, event.timestamp]);
    }
  }
  return sortedForm({
    i: [...identifiers].map(([key, { firstSeenAt, lastSeenAt }]) => [
      ...key.split('\n'),
      firstSeenAt,
      lastSeenAt,
    ]),
    t: Array.from(traits, ([name, bySource]) => {
      const [only, ...others] = [...bySource.values()];
      return others.length === 0 ? [name, ...(only ?? [])] : [name, [only, ...others]];
    }),
    c: [...consent.values()],
    m: [...merged],
    n: [...counts],
    first: inTime[0]?.timestamp,
    last: inTime.at(-1)?.timestamp,
    ...(accounts.size === 0 ? {} : { a: Array.from(accounts, ([id, times]) => [id, ...times]) }),
  });
}

/** What an event says of purposes by the rules of its place: here, each purpose of a rule has one category. */
function wordsOf({ offset, context }: Event, rules: readonly ConsentRulesVersion[]): Map<string, unknown> {
  const { consent } = context;
  const given = isObject(consent) && isObject(consent.categoryPreferences) ? consent.categoryPreferences : {};
  const words = new Map<string, unknown>(Object.entries(given));
  const [newest] = rules.filter(({ since }) => since <= offset).sort((a, b) => b.version - a.version);
  for (const [purpose, { categories = [] }] of Object.entries(newest?.rules.purposes ?? {})) {
    const word = given[categories[0] ?? ''];
    if (word === undefined) words.delete(purpose);
    else words.set(purpose, word);
  }
  return words;
}

/** A profile's stored form with its lists in one order, since theirs tells nothing. */
export function sortedForm(stored: Readonly<Record<string, unknown>>): unknown {
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [
      name,
      Array.isArray(value)
        ? value.map((item) => JSON.stringify(name === 't' ? candidatesInOrder(item) : item)).sort()
        : value,
    ]),
  );
}

/** Where sources disagree on a trait, their values are a set. */
function candidatesInOrder(trait: unknown[]): unknown {
  const [name, candidates] = trait;
  if (trait.length !== 2 || !Array.isArray(candidates)) return trait;
  return [name, candidates.map((one) => JSON.stringify(one)).sort()];
}
