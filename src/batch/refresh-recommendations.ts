/**
 * Brings recommendations up to date with the orders that were processed since the last time.
 *
 * Step by step: the step's end is planned, its orders are written down, its pairs are counted, and only then the place moves on. Each of these
 * may be repeated, so a run that was cut off anywhere is taken up by the next one, and no pair is counted twice.
 */
import type { RecommendationStore } from '../stores/events/recommendation-store.js';
import type { Generation, RecommendationState } from '../stores/state/recommendation-state.js';

/** Places in a run at which the tests make it fail. */
export type RefreshPoint = 'planned' | 'extracted' | 'counted' | 'advanced' | 'told';

/** What a run leans on. */
export interface RefreshParts {
  readonly state: RecommendationState;
  readonly store: RecommendationStore;
  /** Whether to leave off after the step in work. */
  readonly stopped?: () => boolean;
  /** For tests. */
  readonly fault?: (point: RefreshPoint) => void | Promise<void>;
}

/** Runs until everything is counted that was processed when it began; one process at a time. */
export async function refreshRecommendations(parts: RefreshParts): Promise<void> {
  await parts.state.exclusively(async () => {
    const { state, store, stopped = () => false } = parts;
    const until = await state.processed();
    let generation = await state.newest();
    while (generation.done < until || generation.planned !== null) {
      if (stopped()) return;
      await step(generation, until, parts);
      await parts.fault?.('advanced');
      const newest = await state.newest();
      // Begun anew meanwhile: what was counted of the old one is dropped with it.
      generation = newest;
    }
    if (generation.told < generation.done) {
      await store.tell(generation.id, { from: generation.told, until: generation.done });
      await parts.fault?.('told');
    }
    await state.finish(generation, generation.done);
    if (!(await state.hasBefore(generation.id))) return;
    // The rows of a generation go last: what a crash leaves of it is found by them.
    await store.dropBefore(generation.id);
    await state.dropBefore(generation.id);
  });
}

async function step(
  generation: Generation,
  until: number,
  { state, store, fault }: RefreshParts,
): Promise<void> {
  const { id, rules, done: from, planned } = generation;
  const range = { from, until: planned ?? (await store.stepEnd(rules, { from, until })) };
  if (planned === null) await state.plan(generation, range.until);
  await fault?.('planned');
  await store.extract(id, rules, range);
  await fault?.('extracted');
  await store.count(id, range);
  await fault?.('counted');
  await state.advance(generation, range.until);
}
