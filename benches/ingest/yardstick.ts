import { EVENT_BYTES_MAX } from './earlier-events.js';
import { createWorkload } from './workload.js';

const EVENTS = 1_000;
const ROUNDS = 20;

/**
 * Microseconds of CPU that `JSON.parse` takes for one event of the workload, now: what all other figures are to be compared by, since
 * the same machine may be half as fast an hour later.
 */
export function measureYardstick(): number {
  const workload = createWorkload({ seed: 1, startMs: 0 });
  const bytes = new Uint8Array(EVENT_BYTES_MAX);
  const texts = Array.from({ length: EVENTS }, () =>
    Buffer.from(bytes.subarray(0, workload.next(bytes, 0))).toString(),
  );
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    for (const text of texts) JSON.parse(text);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / EVENTS;
  });
  // The median: the first rounds compile, and some wait for others.
  return rounds.sort((a, b) => a - b)[ROUNDS / 2] as number;
}
