import type { Pool } from 'pg';
import { COUPONS } from './sent-world.js';

/** Codes that are coupons of ours: all but the last. */
export const OWN_COUPONS: readonly string[] = COUPONS.slice(0, -1);

/** Adds them, in one pool. */
export async function addOwnCoupons(pool: Pool): Promise<void> {
  await pool.query("INSERT INTO coupon_pool (id, name, campaign, value) VALUES ('p', 'P', 'c', '{}')");
  await pool.query(
    "INSERT INTO coupon (key, code, pool_id) SELECT code, code, 'p' FROM unnest($1::text[]) AS code",
    [OWN_COUPONS],
  );
}
