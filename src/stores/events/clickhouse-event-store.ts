import type { ClickHouse } from '../../engines/clickhouse.js';
import { isDataError } from '../../engines/clickhouse.js';
import type { EventBatch, EventStore } from './event-store.js';

/**
 * How rows are read. Strings stay strings, dates and numbers in them included; booleans stay booleans, in arrays of
 * mixed values too; a path that an object names twice (`{"a":{"b":1},"a.b":2}`) is kept apart by escaping the dots of
 * keys, which reading undoes (see `event-queries.ts`).
 */
const READ_ROWS = {
  input_format_try_infer_dates: 0,
  input_format_try_infer_datetimes: 0,
  input_format_json_try_infer_numbers_from_strings: 0,
  input_format_json_read_bools_as_numbers: 0,
  input_format_json_read_bools_as_strings: 0,
  json_type_escape_dots_in_keys: 1,
  type_json_skip_duplicated_paths: 1,
  input_format_json_max_depth: 100,
  // One block for one batch, whatever its size: it is stored whole or not at all.
  max_insert_block_size: 10_000_000,
  min_insert_block_size_rows: 0,
  min_insert_block_size_bytes: 0,
  input_format_parallel_parsing: 0,
} as const;

/** Inserts that a batch may need until all of it is there; more than two would be a fault of ours. */
const ROUNDS_MAX = 3;

/** Event rows in ClickHouse, embedded or a server. */
export class ClickHouseEventStore implements EventStore {
  readonly #clickhouse: ClickHouse;

  constructor(clickhouse: ClickHouse) {
    this.#clickhouse = clickhouse;
  }

  async insert(batch: EventBatch): Promise<void> {
    const { token, rows, overrides } = batch;
    if (batch.again) await this.#insertMissing(batch);
    else if (rows.length > 0) await this.#insertLines('events', rows, token);
    if (overrides.length > 0) {
      const lines = overrides.map((o) =>
        JSON.stringify({ from_id: o.fromId, into_id: o.intoId, offset: o.offset }),
      );
      // Without a token: the table keeps one row of each profile, however often it comes.
      await this.#insertLines('profile_override', lines);
    }
  }

  async probe(rows: readonly string[]): Promise<Map<number, string>> {
    const found = new Map<number, string>();
    await this.#probeRange(rows, 0, rows.length, found);
    return found;
  }

  async close(): Promise<void> {
    await this.#clickhouse.close();
  }

  /**
   * After a crash the token alone would not do: ClickHouse remembers it just before the rows become visible, so a process
   * killed between the two leaves a token without rows; and it does not flush that memory, so a machine that lost its power
   * may have rows without their token. What counts is what is there.
   */
  async #insertMissing({ token, rows, offsets }: EventBatch): Promise<void> {
    if (rows.length === 0) return;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const stored = await this.#storedOf(offsets);
      const missing = rows.filter((_, index) => !stored.has(offsets[index] as number));
      if (missing.length === 0) return;
      // First under the batch's own token: an insert whose answer was lost may still be running on a server.
      await this.#insertLines('events', missing, round === 0 ? token : `${token}+${round}`);
    }
    const stored = await this.#storedOf(offsets);
    if (stored.size < rows.length) throw new Error(`ClickHouse does not keep the rows of batch ${token}`);
  }

  /** Which offsets, between the first and the last of those given, have rows. */
  async #storedOf(offsets: readonly number[]): Promise<Set<number>> {
    const rows = await this.#clickhouse.query<{ offset: number }>(
      'SELECT offset FROM events WHERE offset >= {first:UInt64} AND offset <= {last:UInt64}',
      { first: offsets[0], last: offsets.at(-1) },
    );
    return new Set(rows.map((row) => row.offset));
  }

  /** Halves what fails until single rows are left: k bad rows of n cost about k log n inserts into nothing. */
  async #probeRange(
    rows: readonly string[],
    from: number,
    until: number,
    found: Map<number, string>,
  ): Promise<void> {
    if (from >= until) return;
    try {
      await this.#insertLines('events_probe', rows.slice(from, until));
    } catch (error) {
      if (!isDataError(error)) throw error;
      if (until - from === 1) {
        found.set(from, error instanceof Error ? error.message : String(error));
        return;
      }
      const middle = from + Math.floor((until - from) / 2);
      await this.#probeRange(rows, from, middle, found);
      await this.#probeRange(rows, middle, until, found);
    }
  }

  async #insertLines(table: string, lines: readonly string[], token?: string): Promise<void> {
    const options = token === undefined ? { settings: READ_ROWS } : { token, settings: READ_ROWS };
    await this.#clickhouse.insertJsonLines(table, Buffer.from(lines.join('\n')), options);
  }
}
