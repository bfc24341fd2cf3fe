import type { JsonObject } from '../../core/json.js';
import type { SendItem } from './destination.js';
import { objectOf } from './read-values.js';

/** What a row of a snapshot says of the snapshot, by columns: its id, and of differences which it is. Nothing for other rows. */
export function snapshotColumns({ snapshot }: SendItem): JsonObject {
  if (snapshot === undefined) return {};
  return { snapshot_id: snapshot.id, ...(snapshot.part === 'row' ? {} : { change: snapshot.part }) };
}

/** True for the marker that a snapshot is whole. */
export function isClosing({ snapshot }: SendItem): boolean {
  return snapshot?.part === 'closing';
}

/** What the marker of a snapshot tells. */
export function manifestOf(item: SendItem): JsonObject {
  return objectOf(item.payload, 'manifest') ?? {};
}
