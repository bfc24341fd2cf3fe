/** Places on the way of a batch, and of an operation, in their order, at which the tests make the consumer fail. In production nobody looks there. */
export const FAULT_POINTS = [
  'read',
  'planned',
  'processed',
  'events_inserted',
  'committed',
  'operation_planned',
  'operation_committed',
  'segment_planned',
  'segment_committed',
  'sync_planned',
  'sync_committed',
] as const;
export type FaultPoint = (typeof FAULT_POINTS)[number];

/** Called when a batch gets to a point. What it throws ends the attempt. */
export type Fault = (point: FaultPoint) => void | Promise<void>;

/**
 * A fault for a whole process: kill -9 of itself.
 * @param setting a point and which time it counts, such as `events_inserted:3`.
 * @throws Error when it is not of this form.
 */
export function killAt(setting: string): Fault {
  const [point, nth] = setting.split(':');
  let left = Number(nth);
  if (!FAULT_POINTS.some((known) => known === point) || !(left > 0)) {
    throw new Error(
      `TRIBUTARY_TEST_FAULT=${setting} must be a point and a number: ${FAULT_POINTS.join(', ')}`,
    );
  }
  return (reached) => {
    if (reached !== point) return;
    left -= 1;
    if (left <= 0) process.kill(process.pid, 'SIGKILL');
  };
}
