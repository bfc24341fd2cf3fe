import type { Pool } from 'pg';
import { uuidArray } from '../../engines/postgres.js';
import type { HeldCoupon } from './coupons.js';

/** The order that a coupon came back with. */
export interface Redemption {
  readonly orderId: string | undefined;
  readonly messageId: string;
  readonly at: number;
  /** Whose order it was: the person's to whom the coupon was given, or somebody else's. */
  readonly by: 'holder' | 'other';
  readonly profileId: string;
}

/** A coupon that somebody was given. */
export interface CouponOfHolder extends Omit<HeldCoupon, 'redeemedAt'> {
  /** The person as of now. */
  readonly profileId: string;
  readonly redemption: Redemption | undefined;
  /** How often orders named it after that. */
  readonly usedAgain: number;
}

const MS = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::float8`;

/** The first that came is the redemption, whatever its own time says: what comes late changes nothing. */
const HOLDERS = `
  SELECT coupon.code, a.coupon_key AS key, a.pool_id AS "poolId", a.campaign, coalesce(mine.into_id, a.profile_id) AS "profileId",
    ${MS('a.assigned_at')} AS "assignedAt", ${MS('a.expires_at')} AS "expiresAt",
    r.order_id AS "orderId", r.message_id AS "messageId", ${MS('r.at')} AS "redeemedAt", r.by AS "redeemedBy", coalesce(r.times, 0) AS times
  FROM coupon_assignment AS a
  JOIN coupon ON coupon.key = a.coupon_key
  LEFT JOIN profile_merge AS mine ON mine.from_id = a.profile_id
  LEFT JOIN LATERAL (
    SELECT order_id, message_id, at, coalesce(into_id, profile_id) AS by, count(*) OVER () AS times
    FROM coupon_redemption LEFT JOIN profile_merge ON from_id = profile_id
    WHERE coupon_redemption.coupon_key = a.coupon_key ORDER BY "offset" LIMIT 1) AS r ON true`;

interface Row {
  readonly code: string;
  readonly key: string;
  readonly poolId: string;
  readonly campaign: string;
  readonly profileId: string;
  readonly assignedAt: number;
  readonly expiresAt: number | null;
  readonly orderId: string | null;
  readonly messageId: string | null;
  readonly redeemedAt: number | null;
  readonly redeemedBy: string | null;
  readonly times: number;
}

/** A coupon with its key, by which a list goes on. */
export type ListedCoupon = CouponOfHolder & { readonly key: string };

/** Coupons of a pool that somebody was given, after one in the order of their keys. */
export async function holdersOf(
  pool: Pool,
  poolId: string,
  after: string,
  limit: number,
): Promise<ListedCoupon[]> {
  const { rows } = await pool.query<Row>(
    `${HOLDERS} WHERE a.pool_id = $1 AND a.coupon_key > $2 ORDER BY a.coupon_key LIMIT $3`,
    [poolId, after, limit],
  );
  return rows.map(couponOf);
}

/** Coupons of a person, the newest first. @param profileIds the profile's own id and those that were merged into it. */
export async function couponsOf(pool: Pool, profileIds: readonly string[]): Promise<ListedCoupon[]> {
  const { rows } = await pool.query<Row>(
    `${HOLDERS} WHERE a.profile_id = ANY ($1::uuid[]) ORDER BY a.assigned_at DESC, a.coupon_key`,
    [uuidArray(profileIds)],
  );
  return rows.map(couponOf);
}

function couponOf({
  expiresAt,
  orderId,
  messageId,
  redeemedAt,
  redeemedBy,
  times,
  ...row
}: Row): ListedCoupon {
  const isUsed = messageId !== null && redeemedAt !== null && redeemedBy !== null;
  return {
    ...row,
    expiresAt: expiresAt ?? undefined,
    redemption: isUsed
      ? {
          ...{ orderId: orderId ?? undefined, messageId, at: redeemedAt, profileId: redeemedBy },
          by: redeemedBy === row.profileId ? 'holder' : 'other',
        }
      : undefined,
    usedAgain: Math.max(0, times - 1),
  };
}
