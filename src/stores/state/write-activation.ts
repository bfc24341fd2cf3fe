/** What leaves, as a part of a transaction. */
import type { Delivery } from '../../core/delivery/delivery.js';
import { int4Array, int8Array, textArray, uuidArray } from '../../engines/postgres.js';
import type { ActivationChanges, AudienceMember, BalanceChange } from './activation-state.js';
import type { Run } from './send-together.js';

/** Keys never meet: if any ever did, the books would show it, and no batch would be held up. */
const DELIVERIES_WRITE = `
  INSERT INTO delivery (key, destination, connection, kind, profile_id, log_offset, message_id, segment_id, payload, given,
                        received_at, decided_at, next_at)
  SELECT k, d, c, t, p, o, m, s, y, g, r, a, a
  FROM unnest($1::uuid[], $2::int4[], $3::int4[], $4::text[], $5::uuid[], $6::int8[], $7::text[], $8::text[], $9::text[], $10::text[],
              $11::int8[], $12::int8[]) WITH ORDINALITY AS one (k, d, c, t, p, o, m, s, y, g, r, a, nth)
  ORDER BY nth
  ON CONFLICT (key) DO NOTHING`;
const BALANCE_WRITE = `
  INSERT INTO delivery_balance AS b (destination, connection, outcome, reason, deliveries)
  SELECT * FROM unnest($1::int4[], $2::int4[], $3::text[], $4::text[], $5::int8[])
  ON CONFLICT (destination, connection, outcome, reason) DO UPDATE SET deliveries = b.deliveries + excluded.deliveries`;
const MEMBERS_WRITE = `
  INSERT INTO audience_member AS m (connection, profile_id, holder, is_added, key, given, decided_at, nth)
  SELECT * FROM unnest($1::int4[], $2::uuid[], $3::uuid[], $4::bool[], $5::uuid[], $6::text[], $7::int8[], $8::int4[])
  ON CONFLICT (connection, profile_id, nth) DO UPDATE
    SET holder = excluded.holder, is_added = excluded.is_added, key = excluded.key, given = excluded.given, decided_at = excluded.decided_at`;
/** Writes what a batch decides. */
export function writeActivation(run: Run, changes: ActivationChanges): void {
  const { deliveries, balance, filtered, members } = changes;
  if (deliveries.length > 0) run('deliveries-write', DELIVERIES_WRITE, deliveryValues(deliveries));
  if (balance.length > 0) run('balance-write', BALANCE_WRITE, balanceValues(balance));
  if (filtered.length > 0)
    run('filtered-write', 'INSERT INTO filtered_outbox (filtered) VALUES ($1)', [JSON.stringify(filtered)]);
  if (members.length > 0) run('members-decide', MEMBERS_WRITE, memberValues(members));
}

function deliveryValues(deliveries: readonly Delivery[]): unknown[] {
  return [
    uuidArray(deliveries.map((d) => d.key)),
    int4Array(deliveries.map((d) => d.destination)),
    int4Array(deliveries.map((d) => d.connection)),
    textArray(deliveries.map((d) => d.kind)),
    uuidArray(deliveries.map((d) => d.profileId)),
    int8Array(deliveries.map((d) => d.offset)),
    textArray(deliveries.map((d) => d.messageId)),
    textArray(deliveries.map((d) => d.segmentId)),
    textArray(deliveries.map((d) => JSON.stringify(d.payload))),
    textArray(deliveries.map((d) => (d.given === undefined ? null : JSON.stringify(d.given)))),
    int8Array(deliveries.map((d) => d.receivedAt)),
    int8Array(deliveries.map((d) => d.decidedAt)),
  ];
}

function balanceValues(balance: readonly BalanceChange[]): unknown[] {
  return [
    int4Array(balance.map((b) => b.destination)),
    int4Array(balance.map((b) => b.connection)),
    textArray(balance.map((b) => b.outcome)),
    textArray(balance.map((b) => b.reason)),
    int8Array(balance.map((b) => b.deliveries)),
  ];
}

function memberValues(members: readonly AudienceMember[]): unknown[] {
  return [
    int4Array(members.map((m) => m.connection)),
    uuidArray(members.map((m) => m.profileId)),
    uuidArray(members.map((m) => m.holder)),
    members.map((m) => m.isAdded),
    uuidArray(members.map((m) => m.key)),
    textArray(members.map((m) => JSON.stringify(m.given))),
    int8Array(members.map((m) => m.decidedAt)),
    int4Array(members.map((m) => m.nth)),
  ];
}
