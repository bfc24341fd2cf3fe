import type { Event } from '../../src/core/event/event.js';
import type { PopulationRules } from '../../src/core/identity/population.js';
import { isObject } from '../../src/core/json.js';
import type { HeldMatch } from '../../src/core/profile/profile.js';
import type { Candidate } from '../../src/core/profile/traits/candidate.js';

/** What profiles can be matched by, found the plainest way: after each thing that happens to a profile, from all of its events. */
export class NaiveMatches {
  readonly #matching: PopulationRules['matching'];
  readonly #events = new Map<string, Event[]>();
  readonly #held = new Map<string, Array<HeldMatch & { readonly rule: string }>>();

  constructor(matching: PopulationRules['matching']) {
    this.#matching = matching;
  }

  /** Something has just happened to a profile: an event, or one after another it took in. */
  happened(
    profileId: string,
    taken: readonly string[],
    { offset, receivedAt, event }: { offset: number; receivedAt: number; event?: Event },
  ): void {
    const both = [profileId, ...taken];
    const events = [...both.flatMap((id) => this.#events.get(id) ?? []), ...(event ? [event] : [])];
    const known = both.flatMap((id) => this.#held.get(id) ?? []).sort((a, b) => a.offset - b.offset);
    for (const id of taken) {
      this.#events.delete(id);
      this.#held.delete(id);
    }
    this.#events.set(profileId, events);
    const day = Math.floor(receivedAt / 86_400_000);
    const held = this.#matching(traitsOf(events)).map(({ rule, hash, sourceId }) => ({
      ...(known.find((one) => one.hash === hash) ?? { hash, sourceId, offset, day }),
      rule,
    }));
    this.#held.set(profileId, held);
  }

  /** `profile rule hash source offset day shared` of each; sorted. */
  outcome(): string[] {
    const all = [...this.#held].flatMap(([profileId, held]) => held.map((one) => ({ profileId, ...one })));
    return all
      .map((one) => {
        const shared = all.some((other) => other.profileId !== one.profileId && other.hash === one.hash);
        return `${one.profileId} ${one.rule} ${one.hash} ${one.sourceId} ${one.offset} ${one.day} ${shared}`;
      })
      .sort();
  }
}

/** Of each trait the latest value of each source. */
function traitsOf(events: readonly Event[]): Map<string, Candidate[]> {
  const traits = new Map<string, Map<string, Candidate>>();
  for (const event of [...events].sort((a, b) => a.timestamp - b.timestamp || a.offset - b.offset)) {
    const { sourceId, messageId, timestamp: at, offset } = event;
    for (const said of [event.context.traits, event.type === 'identify' ? event.traits : {}]) {
      for (const [name, value] of Object.entries(isObject(said) ? said : {})) {
        const bySource = traits.get(name) ?? new Map<string, Candidate>();
        traits.set(name, bySource.set(sourceId, { value, sourceId, messageId, at, offset }));
      }
    }
  }
  return new Map(Array.from(traits, ([name, bySource]) => [name, [...bySource.values()]]));
}
