import { TributaryError } from '../core/errors.js';
import type { PartitionChange } from '../core/identity/compare-partitions.js';
import { comparePartitions } from '../core/identity/compare-partitions.js';
import { compileRules } from '../core/identity/compile-rules.js';
import type { Identifier } from '../core/identity/identifier.js';
import type { IdentifierChange, Join } from '../core/identity/population.js';
import { Population } from '../core/identity/population.js';
import type { IdentityRules } from '../core/identity/rules.js';
import { separationsOf } from '../core/identity/separations.js';
import { compileTraitRules } from '../core/profile/traits/trait-rules.js';
import type { EventHistory } from '../stores/events/event-store.js';
import type { IdentityFacts } from '../stores/state/identity-state.js';

const PAGE_EVENTS = 20_000;
/** Identifiers that a simulation holds in memory, about 500 bytes each. */
const IDENTIFIERS_MAX = 2_000_000;

/**
 * Plays the stored history through the rules in force and through others, in memory and without profiles, and compares who would be who.
 * Nothing is changed.
 * @throws TributaryError `conflict` when there are too many people for it.
 */
export async function simulateIdentity(
  history: EventHistory,
  facts: IdentityFacts,
  rules: IdentityRules,
  samples: number,
): Promise<PartitionChange & { readonly events: number; readonly identifiers: number }> {
  const before = new Rehearsal(facts, facts.rules);
  const after = new Rehearsal(facts, rules);
  const properties = before.readsProperties || after.readsProperties;
  let events = 0;
  for (let offset = -1; ; ) {
    const page = await history.all({ after: offset, limit: PAGE_EVENTS, properties });
    for (const { event, isCrawler } of page) {
      if (isCrawler) continue;
      // Traits and consent do not tell who is who, and would take the most room.
      before.place(event);
      after.place(event);
    }
    events += page.length;
    const last = page.at(-1);
    if (last === undefined) break;
    offset = last.event.offset;
  }
  const change = comparePartitions(before.partition(), after.partition(), samples);
  return { ...change, events, identifiers: after.size };
}

/** One way to see the history. */
class Rehearsal {
  readonly #population: Population;
  readonly #owners = new Map<string, string>();
  readonly #joins: Join[];
  readonly readsProperties: boolean;

  constructor(facts: IdentityFacts, rules: IdentityRules) {
    this.#joins = [...facts.joins];
    const compiled = compileRules(rules, facts.blocked);
    this.readsProperties = compiled.readsProperties;
    this.#population = new Population({
      rules: compiled,
      traits: compileTraitRules({}),
      separations: separationsOf(facts.separations),
      // Any names do: profiles are compared by what they hold.
      idFor: ({ kind, value }: Identifier, generation) => `${kind}\n${value}\n${generation}`,
    });
  }

  get size(): number {
    return this.#owners.size;
  }

  place(event: Parameters<Population['place']>[0]): void {
    for (
      let join = this.#joins[0];
      join !== undefined && join.offset <= event.offset;
      join = this.#joins[0]
    ) {
      this.#population.join(join);
      this.#joins.shift();
    }
    this.#population.place(event);
    for (const change of this.#population.takeChanges().identifiers) this.#own(change);
    if (this.#owners.size > IDENTIFIERS_MAX) {
      throw new TributaryError(
        'conflict',
        `The history has over ${IDENTIFIERS_MAX} identifiers: too many to be simulated at once.`,
      );
    }
  }

  /** Whose each identifier is at the end. */
  partition(): Map<string, string> {
    return this.#owners;
  }

  #own({ identifier, profileId }: IdentifierChange): void {
    const key = `${identifier.kind}\n${identifier.value}`;
    if (profileId === undefined) this.#owners.delete(key);
    else this.#owners.set(key, profileId);
  }
}
