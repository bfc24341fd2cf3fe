import type { MemberCount } from '../core/account/member-count.js';
import type { Profile } from '../core/profile/profile.js';
import type { TraitRules } from '../core/profile/traits/trait-rules.js';
import { SegmentCompiler } from '../core/segments/compile.js';
import type { Leaf } from '../core/segments/leaves/leaf.js';
import { LeafRoutes } from '../core/segments/leaves/leaf-routes.js';
import type { Person } from '../core/segments/person.js';
import { type PersonState, remember, unknownPerson } from '../core/segments/person-state.js';
import { type KnownAccounts, PersonView } from '../core/segments/person-view.js';
import { findAccounts } from '../stores/state/accounts.js';
import { mergedInto } from '../stores/state/profiles.js';
import type { AdminParts } from './admin-parts.js';

/** What is asked of people: about their events, and about who of their accounts is in which segments. */
export interface AskedOfPeople {
  readonly leaves: ReadonlySet<Leaf>;
  readonly counts: ReadonlySet<string>;
}

/**
 * People as definitions look at them, with all that is asked of them. Of their events it is read from the events: what the consumer
 * remembers is a cache of those, of the leaves in force alone.
 */
export async function peopleAtHand(
  profiles: readonly Profile[],
  { leaves, counts }: AskedOfPeople,
  rules: TraitRules,
  parts: AdminParts,
): Promise<Map<string, Person>> {
  const { pool, segmentation } = parts;
  const groupIds = [...new Set(profiles.flatMap(({ accounts }) => [...accounts.keys()]))];
  const [accounts, counted] = await Promise.all([
    findAccounts(pool, groupIds),
    countMembers(groupIds, counts, parts),
  ]);
  const known: KnownAccounts = {
    account: (groupId) => accounts.get(groupId),
    members: (groupId, segment) => counted.get(segment)?.get(groupId) ?? { members: 0, inside: 0 },
  };
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
      return [profile.id, new PersonView(profile, state, rules, known)];
    }),
  );
}

/** By segment and account. What the pipeline counts are the segments that others ask about: these may be any. */
async function countMembers(
  groupIds: readonly string[],
  segments: ReadonlySet<string>,
  { segmentation: { queries, vocabulary } }: AdminParts,
): Promise<Map<string, ReadonlyMap<string, MemberCount>>> {
  const counted = new Map<string, ReadonlyMap<string, MemberCount>>();
  if (segments.size === 0 || groupIds.length === 0) return counted;
  const compiler = new SegmentCompiler(await vocabulary());
  for (const segment of segments) {
    const node = compiler.segment({ kind: 'segment', segment });
    counted.set(
      segment,
      await queries.countMembers({ node, groupIds, now: Date.now(), zones: asksZones(node) }),
    );
  }
  return counted;
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

/** Whether any part of a definition looks at the person's own clock: its leaves say so, whatever it refers to. */
export function asksZones({ leaves }: Pick<AskedOfPeople, 'leaves'>): boolean {
  return Array.from(leaves).some(({ key }) => key.includes('"during":'));
}
