/**
 * What can become of a coupon.
 *
 *     free -> assigned -> redeemed
 *       \--------------------^       used by somebody to whom nobody gave it
 *
 * `expired` is where a free or assigned one ends by time alone; used later all the same, it is redeemed: the shop has taken it.
 */
export type CouponState = 'free' | 'assigned' | 'redeemed' | 'expired';

/** What the state of a coupon depends on. Times are milliseconds since 1970 UTC. */
export interface CouponFacts {
  readonly assignedAt: number | undefined;
  /** Of an assigned one its own end, of a free one that of the pool; undefined is never. */
  readonly expiresAt: number | undefined;
  readonly redeemedAt: number | undefined;
}

/** The state of a coupon at a time. */
export function couponState({ assignedAt, expiresAt, redeemedAt }: CouponFacts, now: number): CouponState {
  if (redeemedAt !== undefined) return 'redeemed';
  if (isOver(expiresAt, now)) return 'expired';
  return assignedAt === undefined ? 'free' : 'assigned';
}

/** True from the moment itself on. */
export function isOver(expiresAt: number | undefined, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}

/** How long the coupons of a pool are valid. */
export interface Validity {
  readonly validFrom: number | undefined;
  readonly validUntil: number | undefined;
  /** Counted from the assignment, or from `validFrom` where that is later. */
  readonly validDays: number | undefined;
}

const DAY_MS = 86_400_000;

/** When a coupon ends that is assigned now: what comes first. */
export function expiryOf({ validFrom, validUntil, validDays }: Validity, now: number): number | undefined {
  if (validDays === undefined) return validUntil;
  const ownEnd = Math.max(now, validFrom ?? now) + validDays * DAY_MS;
  return Math.min(ownEnd, validUntil ?? ownEnd);
}
