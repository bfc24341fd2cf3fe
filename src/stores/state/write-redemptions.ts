/** Coupons that came back, on their way into PostgreSQL. */
import { float8Array, int8Array, textArray, uuidArray } from '../../engines/postgres.js';
import type { OwnerOverrides } from '../events/event-store.js';
import type { Run } from './send-together.js';

/** An order that named a code, whose coupon there may be. */
export interface RedeemedCode {
  /** See core/coupon/code-key.ts. */
  readonly key: string;
  readonly offset: number;
  readonly profileId: string;
  readonly sourceId: string;
  readonly messageId: string;
  readonly orderId: string | null;
  /** When it was ordered. */
  readonly at: number;
}

/** Codes that are none of ours have no row to join. */
const REDEMPTIONS_WRITE = `
  INSERT INTO coupon_redemption (coupon_key, "offset", profile_id, source_id, message_id, order_id, at)
  SELECT k, o, p, s, m, i, to_timestamp(t / 1000)
  FROM unnest($1::text[], $2::int8[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::float8[]) AS used (k, o, p, s, m, i, t)
  JOIN coupon ON coupon.key = k
  ON CONFLICT DO NOTHING`;

/** Whoever has used one that was free knew it without us: nobody else is to get it. */
const USED = 'UPDATE coupon SET taken = true WHERE key = ANY ($1::text[]) AND NOT taken';

const REDEMPTIONS_MOVE = `
  UPDATE coupon_redemption AS r SET profile_id = moved.profile_id
  FROM unnest($1::int8[], $2::uuid[]) AS moved ("offset", profile_id) WHERE r."offset" = moved."offset"`;

/** Writes what a batch redeemed. */
export function writeRedemptions(run: Run, codes: readonly RedeemedCode[]): void {
  if (codes.length === 0) return;
  const keys = textArray(codes.map(({ key }) => key));
  run('redemptions-write', REDEMPTIONS_WRITE, [
    keys,
    int8Array(codes.map(({ offset }) => offset)),
    uuidArray(codes.map(({ profileId }) => profileId)),
    textArray(codes.map(({ sourceId }) => sourceId)),
    textArray(codes.map(({ messageId }) => messageId)),
    textArray(codes.map(({ orderId }) => orderId)),
    float8Array(codes.map(({ at }) => at)),
  ]);
  run('redemptions-used', USED, [keys]);
}

/** Orders that were placed with other people take their redemptions along. */
export function moveRedemptions(run: Run, events: OwnerOverrides['events']): void {
  if (events.length === 0) return;
  run('redemptions-move', REDEMPTIONS_MOVE, [
    int8Array(events.map(({ offset }) => offset)),
    uuidArray(events.map(({ profileId }) => profileId)),
  ]);
}
