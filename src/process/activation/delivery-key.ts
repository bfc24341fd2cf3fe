import { uuidOf } from '../people.js';

/** The key of the delivery of an event by a version of a connection. A place in the log is that of one event for ever. */
export function eventKey(connectionId: string, version: number, offset: number): string {
  return uuidOf(`${connectionId}\n${version}\nevent\n${offset}`);
}

/**
 * The key of what is told of somebody and a segment.
 * @param commit number of the consumer's commit that decides it: what a crash undoes is decided anew under the same number, and nothing else ever is.
 * @param nth of all that the commit decides of segments: somebody may enter and leave by one commit.
 */
export function membershipKey(
  connectionId: string,
  version: number,
  profileId: string,
  commit: number,
  nth: number,
): string {
  return uuidOf(`${connectionId}\n${version}\nmembership\n${profileId}\n${commit}\n${nth}`);
}
