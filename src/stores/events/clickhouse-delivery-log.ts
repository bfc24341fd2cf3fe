import type { ClickHouse } from '../../engines/clickhouse.js';
import type { DeliveryLog, LoggedAttempt, LoggedKey, SnapshotLog, SnapshotOutcome } from './delivery-log.js';
import { writeAttemptBlock } from './native/attempt-block.js';
import { SpareWriter } from './native/spare-writer.js';

// One block, as it came: rows of more months than usual may wait together.
const SETTINGS = {
  max_insert_block_size: 1_000_000,
  max_partitions_per_insert_block: 0,
  // Merges build them.
  materialize_skip_indexes_on_insert: 0,
} as const;

/** Attempts in ClickHouse, embedded or a server. The table keeps the newest row of each key and attempt, however often it comes. */
export class ClickHouseDeliveryLog implements DeliveryLog, SnapshotLog {
  readonly #clickhouse: ClickHouse;
  readonly #spare = new SpareWriter();

  constructor(clickhouse: ClickHouse) {
    this.#clickhouse = clickhouse;
  }

  async write(attempts: readonly LoggedAttempt[]): Promise<void> {
    if (attempts.length === 0) return;
    await this.#spare.lend((writer) => {
      writeAttemptBlock(writer, attempts);
      return this.#clickhouse.insertNative('deliveries', writer.bytes, { settings: SETTINGS });
    });
  }

  async delivered(destinationId: string, asked: readonly LoggedKey[]): Promise<ReadonlySet<string>> {
    if (asked.length === 0) return new Set();
    const rows = await this.#clickhouse.query<{ key: string }>(
      `SELECT DISTINCT toString(key) AS key FROM deliveries FINAL
       WHERE destination_id = {id:String} AND log_offset IN {offsets:Array(UInt64)} AND deliveries.key IN {keys:Array(UUID)}
         AND outcome = 'delivered'`,
      {
        id: destinationId,
        offsets: [...new Set(asked.map(({ offset }) => offset))],
        keys: asked.map(({ key }) => key),
      },
    );
    return new Set(rows.map(({ key }) => key));
  }

  async ofSnapshot(destinationId: string, id: string, startedAt: number): Promise<SnapshotOutcome> {
    // A row that is tried twice, since a process died, may be told of twice; what was delivered is.
    const rows = await this.#clickhouse.query<{ marker: boolean; reason: string; deliveries: number }>(
      `SELECT kind = 'closing' AS marker, reason, count()::Float64 AS deliveries FROM (
         SELECT key, any(kind) AS kind, if(countIf(outcome = 'delivered') > 0, '', argMax(reason, at)) AS reason FROM deliveries FINAL
         WHERE destination_id = {destination:String} AND message_id = {id:String} AND outcome IN ('delivered', 'filtered')
           AND received_at = fromUnixTimestamp64Milli({startedAt:Int64}, 'UTC')
         GROUP BY key
       ) GROUP BY marker, reason`,
      { destination: destinationId, id, startedAt },
    );
    const ofRows = rows.filter(({ marker }) => !marker);
    return {
      delivered: ofRows.find(({ reason }) => reason === '')?.deliveries ?? 0,
      filtered: Object.fromEntries(
        ofRows.flatMap(({ reason, deliveries }) => (reason === '' ? [] : [[reason, deliveries]])),
      ),
      isClosed: rows.some(({ marker, reason }) => marker && reason === ''),
    };
  }
}
