import { TributaryError } from '../core/errors.js';
import type { PartitionChange } from '../core/identity/compare-partitions.js';
import { comparePartitions } from '../core/identity/compare-partitions.js';
import type { Owner } from '../core/identity/population.js';
import type { IdentityRules } from '../core/identity/rules.js';
import type { EventHistory } from '../stores/events/event-store.js';
import type { IdentityFacts } from '../stores/state/identity-state.js';
import { Rehearsal } from './rehearsal.js';

/** Small, since the server answers others between two pages. */
const PAGE_EVENTS = 2_000;
/** Identifiers under either rules that a simulation holds in memory, about 1 KB each under both. */
const IDENTIFIERS_MAX = 1_000_000;

/** What other rules would change. */
export type SimulatedIdentity = PartitionChange & { readonly events: number; readonly identifiers: number };

/** What operators said, and the identifiers whose quarantine is a fact. */
interface Said {
  readonly facts: IdentityFacts;
  readonly marked: ReadonlyMap<string, Owner>;
}

/**
 * Plays the stored history through the rules in force and through others, in memory and without profiles, and compares who would be who.
 * Nothing is changed.
 * @throws TributaryError `conflict` when there are more identifiers than fit.
 */
export async function simulateIdentity(
  history: EventHistory,
  { facts, marked }: Said,
  rules: IdentityRules,
  samples: number,
  identifiersMax = IDENTIFIERS_MAX,
): Promise<SimulatedIdentity> {
  const before = new Rehearsal(facts, facts.rules, marked);
  const after = new Rehearsal(facts, rules, marked);
  const properties = before.rules.readsProperties || after.rules.readsProperties;
  let events = 0;
  for (let offset = -1; ; ) {
    const page = await history.all({ after: offset, limit: PAGE_EVENTS, properties });
    for (const { event, isCrawler } of page) {
      if (isCrawler) continue;
      before.place(event);
      after.place(event);
    }
    events += page.length;
    if (Math.max(before.size, after.size) > identifiersMax) {
      throw new TributaryError(
        'conflict',
        `The history has over ${identifiersMax} identifiers: too many to be simulated in memory. Nothing was changed.`,
      );
    }
    const last = page.at(-1);
    if (last === undefined) break;
    offset = last.event.offset;
  }
  const partition = after.end();
  const change = comparePartitions(before.end(), partition, samples);
  return { ...change, events, identifiers: partition.size };
}

/** Lets one simulation run at a time: each takes memory for everybody. */
export function oneSimulation(
  simulate: (rules: IdentityRules, samples: number) => Promise<SimulatedIdentity>,
): typeof simulate {
  let runs = false;
  return async (rules, samples) => {
    if (runs)
      throw new TributaryError('conflict', 'Another simulation is running: repeat this one after it.');
    runs = true;
    try {
      return await simulate(rules, samples);
    } finally {
      runs = false;
    }
  };
}
