/** Values of a payload that need the world, such as a coupon: they are resolved by the deliverer, once, and are fixed from then on. */
import type { JsonObject } from '../../core/json.js';
import type { WaitingDelivery } from '../../stores/state/delivery-state.js';

/** Why a delivery cannot get its late values: it goes no further. */
export interface LateRefusal {
  readonly refused: string;
}

/** Resolves late values. */
export interface LateResolver {
  /** Whether a payload has any. Quick: it is asked of every delivery. */
  isLate(payload: JsonObject): boolean;
  /**
   * Resolves those of some deliveries, by their keys. Asked again for the same key it gives the same: a crash may come before the answer is written
   * down. Deliveries that it says nothing of are asked about again later.
   */
  resolve(deliveries: readonly WaitingDelivery[]): Promise<ReadonlyMap<string, JsonObject | LateRefusal>>;
  /** The payload with what was resolved in the place of its placeholders. */
  fill(payload: JsonObject, late: JsonObject): JsonObject;
}

/** For payloads without any. */
export const NOTHING_LATE: LateResolver = {
  isLate: () => false,
  resolve: async () => new Map(),
  fill: (payload) => payload,
};
