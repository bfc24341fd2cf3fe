import type { Event } from '../event/event.js';
import type { Identifier } from './identifier.js';
import { identifierKey } from './identifier.js';
import type { Join, Owner, Population } from './population.js';
import { NOBODY } from './resolve.js';
import type { Separation } from './separations.js';

/** The end of a quarantine by an operator's word, at its place in the log: until then the value was out of the graph. */
export interface Release {
  readonly operationId: number;
  readonly offset: number;
  /** The event after which the value was out. */
  readonly quarantinedAt: number;
  readonly identifier: Identifier;
}

/** What operators did at a certain place in the log, each list in the order of the log. */
export interface Deeds {
  readonly joins: readonly Join[];
  readonly releases: readonly Release[];
  readonly separations: readonly Separation[];
}

type JoinDone = (join: Join, joined: ReturnType<Population['join']>) => void;

/** Does again what operators did, each at its place. */
export class Timeline {
  readonly #deeds: readonly Deed[];
  #next = 0;

  constructor({ joins, releases, separations }: Deeds) {
    this.#deeds = [...joins, ...releases, ...partings(separations)].sort(
      (one, other) => one.offset - other.offset || one.operationId - other.operationId,
    );
  }

  /** What was done before the event of an offset. @param done is called with each join. */
  until(offset: number, population: Population, done: JoinDone = () => {}): void {
    for (let deed = this.#deeds[this.#next]; deed && deed.offset <= offset; deed = this.#deeds[this.#next]) {
      this.#next += 1;
      if ('pairs' in deed) population.separate(deed.pairs);
      else if ('quarantinedAt' in deed) population.release(deed.identifier);
      // A join that can no longer be is left out: a separation, or a name that nobody has any more, is newer than it.
      else done(deed, population.join(deed));
    }
  }
}

type Deed = Join | Release | Parting;

/** Pairs that are apart from one place on. */
interface Parting {
  readonly offset: number;
  readonly operationId: number;
  readonly pairs: ReadonlyArray<Separation['pair']>;
}

function partings(separations: readonly Separation[]): Parting[] {
  const bySince = new Map<number, Array<Separation['pair']>>();
  for (const { pair, since } of separations) bySince.set(since, [...(bySince.get(since) ?? []), pair]);
  // Before whatever else was done there.
  return Array.from(bySince, ([offset, pairs]) => ({ offset, operationId: 0, pairs }));
}

/** An event that is to be placed anew. */
export interface Replayed {
  readonly event: Event;
  /** True when no person is behind it. */
  readonly isCrawler: boolean;
}

/**
 * Places events in the order of the log, with what operators did where it stood.
 * @returns the profile of each at that time.
 */
export function replay<One extends Replayed>(
  events: readonly One[],
  population: Population,
  deeds: Deeds,
): ReadonlyMap<One, string> {
  const placed = new Map<One, string>();
  const timeline = new Timeline(deeds);
  for (const one of events) {
    timeline.until(one.event.offset, population);
    placed.set(one, one.isCrawler ? NOBODY : population.place(one.event));
  }
  timeline.until(Number.POSITIVE_INFINITY, population);
  return placed;
}

/**
 * What must be known of identifiers before the first event of a replay: which quarantines are facts, since an operator ended them, or
 * since more people gave the value than anybody remembers. All others come about by themselves, if they do.
 */
export function presetOwners(
  owners: ReadonlyMap<string, Owner>,
  releases: readonly Release[],
): Map<string, Owner> {
  const facts = new Map<string, number[]>();
  for (const { identifier, quarantinedAt } of releases) {
    const key = identifierKey(identifier.kind, identifier.value);
    facts.set(key, [...(facts.get(key) ?? []), quarantinedAt]);
  }
  for (const [key, owner] of owners) {
    if (typeof owner === 'string' || owner.mark.quarantinedAt === undefined || !owner.mark.more) continue;
    facts.set(key, [...(facts.get(key) ?? []), owner.mark.quarantinedAt]);
  }
  return new Map(
    Array.from(facts, ([key, [quarantinedAt = 0, ...later]]): [string, Owner] => {
      const mark = { quarantinedAt, more: true, ...(later.length === 0 ? {} : { later }) } as const;
      return [key, { profileId: undefined, mark }];
    }),
  );
}
