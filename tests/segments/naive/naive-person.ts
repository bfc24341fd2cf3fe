import type { Enrichment } from '../../../src/core/enrich/enrichment.js';
import type { Event } from '../../../src/core/event/event.js';
import type { JsonValue } from '../../../src/core/json.js';
import type { ComputedValue, Node } from '../../../src/core/segments/definition.js';

/** An event as a definition may look at it. */
export interface NaiveEvent
  extends Pick<
    Event,
    | ('offset' | 'timestamp' | 'type' | 'name' | 'sourceId' | 'userId' | 'groupId')
    | ('properties' | 'traits' | 'context')
  > {
  readonly enrichment: Partial<Enrichment>;
}

/** One person: everything that there is to know, nothing worked out beforehand. */
export interface NaivePerson {
  readonly id: string;
  /** The value of each trait that counts; null where somebody said that there is none. */
  readonly traits: ReadonlyMap<string, JsonValue>;
  /** The last word on each purpose. */
  readonly consent: ReadonlyMap<string, boolean>;
  /** Ids of the accounts that the person belongs to. */
  readonly accounts: readonly string[];
  /** In any order. */
  readonly events: readonly NaiveEvent[];
}

/** What definitions look at beside the person. */
export interface NaiveWorld {
  /** Traits of accounts by groupId; an account without a group call is not here. */
  readonly accounts: ReadonlyMap<string, ReadonlyMap<string, JsonValue>>;
  /** Everybody there is, among whom accounts have their members. */
  readonly people: readonly NaivePerson[];
  /** Definitions in force, by the id of the segment. */
  readonly segments: ReadonlyMap<string, Node>;
  /** Computed traits, by name. */
  readonly computed: ReadonlyMap<string, ComputedValue>;
}
