/** Places on the way of a delivery, in their order, at which the tests make the deliverer fail. In production nobody looks there. */
export const DELIVERY_FAULT_POINTS = [
  'delivery_taken',
  'delivery_sent',
  'delivery_logged',
  'delivery_settled',
] as const;
export type DeliveryFaultPoint = (typeof DELIVERY_FAULT_POINTS)[number];

/** Called when deliveries get to a point. What it throws ends what is done there. */
export type DeliveryFault = (point: DeliveryFaultPoint) => void | Promise<void>;

/**
 * A fault for a whole process: kill -9 of itself.
 * @param setting a point and which time it counts, such as `delivery_sent:3`; undefined when the point is none of these.
 */
export function killAtDelivery(setting: string): DeliveryFault | undefined {
  const [point, nth] = setting.split(':');
  let left = Number(nth);
  if (!DELIVERY_FAULT_POINTS.some((known) => known === point)) return undefined;
  return (reached) => {
    if (reached !== point) return;
    left -= 1;
    if (left <= 0) process.kill(process.pid, 'SIGKILL');
  };
}
