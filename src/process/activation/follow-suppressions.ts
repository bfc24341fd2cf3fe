import { NOTHING_LEAVES } from './activation.js';
import { decideSlice, type SyncTools } from './sync.js';

/** Entries that are looked at in one step. */
const CHANGES_PER_STEP = 1_000;

/**
 * Looks at people again whose suppression changed, between two batches: who is on a list now is taken off audiences, and who is no longer is added.
 * @returns how many commits that made: none when there is nobody to look at.
 */
export async function followSuppressions(
  at: { readonly offset: number; readonly commits: number; readonly now: number },
  tools: SyncTools,
): Promise<number> {
  const { stores, activation, fault } = tools;
  const audiences = [...activation.inForce.audiences.values()];
  const { seqs, profileIds } = await stores.state.suppressionChanges(CHANGES_PER_STEP);
  if (seqs.length === 0) return 0;
  const changes =
    audiences.length === 0 ? NOTHING_LEAVES : await decideSlice(profileIds, audiences, at, tools);
  await fault?.('sync_planned');
  await stores.state.commitSuppressions({ ...at, seqs, changes });
  await fault?.('sync_committed');
  return 1;
}
