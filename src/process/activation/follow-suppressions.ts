import { NOTHING_LEAVES } from './activation.js';
import { decideAudience } from './decide-audience.js';
import { readyToDecide, type SyncTools } from './sync.js';

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
  const { inForce } = activation;
  const { seqs, profileIds } = await stores.state.suppressionChanges(CHANGES_PER_STEP);
  if (seqs.length === 0) return 0;
  let changes = NOTHING_LEAVES;
  if (inForce.audiences.size > 0) {
    const paths = [...inForce.audiences.values()].flatMap(({ pathsRead }) => pathsRead);
    const { people, deciding } = await readyToDecide(profileIds, paths, at, tools);
    const told = await activation.book.of(profileIds, []);
    for (const profileId of profileIds)
      for (const connection of inForce.audiences.values()) {
        const own = (told.get(profileId) ?? []).filter(
          (row) => row.connection === connection.connectionNumber,
        );
        decideAudience(
          { connection, profileId, one: people.get(profileId), told: own, change: undefined, isSync: true },
          deciding,
        );
      }
    changes = deciding.decisions.changes();
  }
  await fault?.('sync_planned');
  await stores.state.commitSuppressions({ ...at, seqs, changes });
  await fault?.('sync_committed');
  activation.decided(changes, []);
  return 1;
}
