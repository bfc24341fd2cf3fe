/** Values of a payload that need the world, such as a coupon: they are resolved by the deliverer, once, and are fixed from then on. */
import type { JsonValue } from '../../core/json.js';
import type { Wanted } from '../../core/mapping/late.js';

/** What a delivery wants to know. */
export interface LateAsk {
  readonly key: string;
  readonly profileId: string;
  readonly wanted: readonly Wanted[];
}

/** The values in their order, null for one that there is none of; or why the delivery cannot go without. */
export type LateAnswer = { readonly values: readonly JsonValue[] } | { readonly refused: string };

/**
 * Resolves late values of some deliveries, by their keys. Asked again for the same key it gives the same: a crash may come before the answer is written
 * down. Deliveries that it says nothing of are asked about again later.
 */
export type ResolveLate = (asked: readonly LateAsk[]) => Promise<ReadonlyMap<string, LateAnswer>>;

/** Where nothing can be resolved. */
export const NOTHING_LATE: ResolveLate = async (asked) =>
  new Map(asked.map(({ key }) => [key, { refused: 'Nothing here knows coupons or recommendations' }]));
