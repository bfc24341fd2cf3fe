import type { Profile } from '../core/profile/profile.js';
import type { TraitRules } from '../core/profile/traits/trait-rules.js';
import type { Leaf } from '../core/segments/leaves/leaf.js';
import { LeafRoutes } from '../core/segments/leaves/leaf-routes.js';
import type { Person } from '../core/segments/person.js';
import { type PersonState, remember, unknownPerson } from '../core/segments/person-state.js';
import { PersonView } from '../core/segments/person-view.js';
import { findAccounts } from '../stores/state/accounts.js';
import { mergedInto } from '../stores/state/profiles.js';
import type { AdminParts } from './admin-parts.js';

/**
 * People as definitions look at them, with all that these leaves must know of their events. It is read from the events: what the consumer
 * remembers is a cache of those, of the leaves in force alone.
 */
export async function peopleAtHand(
  profiles: readonly Profile[],
  leaves: ReadonlySet<Leaf>,
  rules: TraitRules,
  { pool, segmentation }: AdminParts,
): Promise<Map<string, Person>> {
  const groupIds = new Set(profiles.flatMap(({ accounts }) => [...accounts.keys()]));
  const accounts = await findAccounts(pool, [...groupIds]);
  const states = new Map(profiles.map(({ id }) => [id, unknownPerson()]));
  if (leaves.size > 0) {
    const homes = new Map<string, string>();
    for (const { id } of profiles)
      for (const written of [id, ...(await mergedInto(pool, id))]) homes.set(written, id);
    await recall(states, homes, leaves, segmentation.past);
  }
  return new Map(
    profiles.map((profile) => {
      const state = states.get(profile.id) ?? unknownPerson();
      return [profile.id, new PersonView(profile, state, rules, (groupId) => accounts.get(groupId))];
    }),
  );
}

/** @param homes the id of the person by each id that its events were written under. */
async function recall(
  states: ReadonlyMap<string, PersonState>,
  homes: ReadonlyMap<string, string>,
  leaves: ReadonlySet<Leaf>,
  past: AdminParts['segmentation']['past'],
): Promise<void> {
  const filed = new LeafRoutes(leaves);
  const { routes, reads } = filed;
  for await (const page of past({ ids: [...homes.keys()], routes, reads, before: Number.MAX_SAFE_INTEGER })) {
    for (const event of page) {
      const state = states.get(homes.get(event.placedId) ?? '');
      if (state === undefined) continue;
      for (const leaf of filed.of(event)) remember(state, leaf, event);
    }
  }
}
