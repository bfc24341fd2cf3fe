import type { Pool } from 'pg';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import { migrate } from '../../src/stores/migrate.js';

const STATE_TABLES = [
  ...[
    'consumer',
    'ledger',
    'rejected',
    'profile',
    'identifier',
    'profile_merge',
    'account',
    'account_member',
    'account_tally',
    'account_turned',
  ],
  ...['identity_edge', 'identity_operation', 'identity_separation', 'identity_block', 'identity_join'],
  ...[
    'identity_outbox',
    'identity_rules',
    'identity_release',
    'consent_rules',
    'identity_refusal',
    'match_key',
    'seen_recent',
    'seen_run',
    'seen_page',
    'log_chunk',
    'log_received',
  ],
  ...['destination', 'connection', 'connection_version', 'delivery', 'delivery_balance', 'destination_state'],
  ...['filtered_outbox', 'audience_member', 'audience_sync'],
  ...['coupon_pool', 'coupon', 'coupon_assignment', 'coupon_request', 'coupon_redemption'],
  'recommendation_generation',
  ...['segment', 'segment_version', 'computed_trait', 'segment_leaf', 'segment_state', 'segment_outbox'],
];
const EVENT_TABLES = [
  ...[
    'events',
    'profile_override',
    'event_override',
    'profiles',
    'accounts',
    'membership_changes',
    'deliveries',
  ],
  ...['order_lines', 'product_pairs', 'product_neighbours', 'products_seen', 'products'],
];

/**
 * Makes both stores what they were after the migrations. Tables of ClickHouse are made anew: they remember the batches that they took,
 * and would not take others of the same names.
 */
export async function emptyStores(pool: Pool, clickhouse: ClickHouse): Promise<void> {
  await pool.query(`
    TRUNCATE ${STATE_TABLES.join(', ')};
    UPDATE log_head SET next_offset = 0;
    DELETE FROM schema_migration WHERE id LIKE 'events/%'`);
  for (const table of EVENT_TABLES) await clickhouse.command(`DROP TABLE ${table} SYNC`);
  await migrate(pool, clickhouse);
}
