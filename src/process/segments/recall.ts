import type { Profile } from '../../core/profile/profile.js';
import { LeafRoutes } from '../../core/segments/leaves/leaf-routes.js';
import type { PersonState } from '../../core/segments/person-state.js';
import { remember } from '../../core/segments/person-state.js';
import type { SegmentStore } from '../../stores/events/segment-store.js';
import type { SegmentState } from '../../stores/state/segment-state.js';
import type { SegmentsInForce } from './in-force.js';

/** Somebody whose state lacks the past of some leaves. */
export interface Lacking {
  readonly state: PersonState;
  readonly profile: Pick<Profile, 'id' | 'merged' | 'moreMerged'>;
}

/** Reads from the event store what leaves lack: the events before an offset, in whatever profile they were written. */
export async function recallPast(
  lacking: ReadonlyMap<string, Lacking>,
  before: number,
  inForce: SegmentsInForce,
  {
    state,
    store,
  }: { readonly state: Pick<SegmentState, 'mergedInto'>; readonly store: Pick<SegmentStore, 'past'> },
): Promise<void> {
  if (lacking.size === 0) return;
  const oldest = Math.min(...Array.from(lacking.values(), (one) => one.state.hydrated));
  const leaves = inForce.leavesAbove(oldest);
  if (leaves.length > 0) {
    const homes = await homesOf(lacking, state);
    const filed = new LeafRoutes(leaves);
    const { routes, reads } = filed;
    for await (const page of store.past({ ids: [...homes.keys()], routes, reads, before })) {
      for (const past of page) {
        const person = lacking.get(homes.get(past.placedId) ?? '');
        if (person === undefined) continue;
        for (const leaf of filed.of(past))
          if (inForce.numberOf(leaf) > person.state.hydrated) remember(person.state, leaf, past);
      }
    }
  }
  for (const person of lacking.values()) person.state.hydrated = inForce.newestLeaf;
}

/** Every id that events of these people may be written under, with the person's own. */
async function homesOf(
  lacking: ReadonlyMap<string, Lacking>,
  state: Pick<SegmentState, 'mergedInto'>,
): Promise<Map<string, string>> {
  const homes = new Map<string, string>();
  const more: string[] = [];
  for (const [id, { profile }] of lacking) {
    homes.set(id, id);
    for (const merged of profile.merged) homes.set(merged, id);
    // A profile's own row names the newest of very many alone.
    if (profile.moreMerged > 0) more.push(id);
  }
  if (more.length > 0) for (const [fromId, intoId] of await state.mergedInto(more)) homes.set(fromId, intoId);
  return homes;
}
