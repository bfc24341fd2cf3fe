import type { Event } from '../event/event.js';
import type { Identifier } from './identifier.js';
import type { Link } from './resolve.js';

/** How often a rule kept identifiers that nobody has out of one profile, with the last of them. */
export interface Refusals {
  readonly profileId: string;
  readonly kind: string;
  readonly rule: Link['rule'];
  readonly times: number;
  readonly last: LastRefusal;
}

/** The newest refusal of its sort: which value, given together with what, by which message. */
export interface LastRefusal {
  readonly value: string;
  readonly to: Identifier | null;
  readonly offset: number;
  readonly sourceId: string;
  readonly messageId: string;
  readonly at: number;
}

/**
 * Counts refusals of identifiers that nobody has. Such a value is new each time where a program makes one up for every call, so that
 * a record of each would grow without end: there is one count for each profile, kind and rule.
 */
export class RefusalTally {
  #counts = new Map<string, Refusals>();

  /** Counts one. */
  add(event: Event, profileId: string, { identifier: { kind, value }, to, rule }: Link): void {
    const { offset, sourceId, messageId, timestamp: at } = event;
    this.#count({ profileId, kind, rule, times: 1, last: { value, to, offset, sourceId, messageId, at } });
  }

  /** All counts since the last call, of the profiles that live. @param homeOf the profile that holds now what another one held. */
  take(homeOf: (profileId: string) => string): Refusals[] {
    const counts = [...this.#counts.values()];
    this.#counts = new Map();
    for (const one of counts) this.#count({ ...one, profileId: homeOf(one.profileId) });
    const atHome = [...this.#counts.values()];
    this.#counts = new Map();
    return atHome;
  }

  #count(next: Refusals): void {
    const key = `${next.profileId}\n${next.kind}\n${next.rule}`;
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, next);
    else {
      const { last } = known.last.offset > next.last.offset ? known : next;
      this.#counts.set(key, { ...known, times: known.times + next.times, last });
    }
  }
}
