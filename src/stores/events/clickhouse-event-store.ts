import type { ClickHouse } from '../../engines/clickhouse.js';
import { isDataError } from '../../engines/clickhouse.js';
import { encodeRow } from './event-row.js';
import type { EventBatch, EventStore, OwnerOverrides, PrintedEvent } from './event-store.js';
import { ByteWriter } from './native/byte-writer.js';
import { writeEventBlock } from './native/event-block.js';
import { SpareWriter } from './native/spare-writer.js';
import { READ_ROWS } from './read-rows.js';

// One block for one batch, whatever its size: it is stored whole or not at all.
const ONE_BLOCK = {
  max_insert_block_size: 10_000_000,
  min_insert_block_size_rows: 0,
  min_insert_block_size_bytes: 0,
  // Merges build them: for the small parts of live batches they would be half of all files, and tell nothing.
  materialize_skip_indexes_on_insert: 0,
} as const;

const READ_AS_ONE = { ...READ_ROWS, ...ONE_BLOCK, input_format_parallel_parsing: 0 } as const;

/** Inserts that a batch may need until all of it is there; more than two would be a fault of ours. */
const ROUNDS_MAX = 3;

/**
 * Event rows in ClickHouse, embedded or a server.
 *
 * A batch goes as one binary block (see `native/event-block.ts`). The few rows that such a block cannot hold go as text,
 * under a token of their own. Both ways give the same rows, and parsing text costs ClickHouse ten times as much.
 */
export class ClickHouseEventStore implements EventStore {
  readonly #clickhouse: ClickHouse;
  readonly #spare = new SpareWriter();

  constructor(clickhouse: ClickHouse) {
    this.#clickhouse = clickhouse;
  }

  async insert(batch: EventBatch): Promise<void> {
    const { token, rows, overrides, version } = batch;
    if (batch.again) await this.#insertMissing(batch);
    else await this.#insertRows(rows, token);
    await this.override({ version, profiles: overrides, events: [] });
  }

  async override({ version, profiles, events }: OwnerOverrides): Promise<void> {
    // Without tokens: the tables keep the newest row of each key, however often it comes.
    if (profiles.length > 0) {
      const lines = profiles.map((p) => JSON.stringify({ from_id: p.fromId, into_id: p.intoId, version }));
      await this.#insertLines('profile_override', lines);
    }
    if (events.length > 0) {
      const lines = events.map((e) =>
        JSON.stringify({ offset: e.offset, from_id: e.fromId, profile_id: e.profileId, version }),
      );
      await this.#insertLines('event_override', lines);
    }
  }

  async probe(rows: readonly PrintedEvent[]): Promise<Map<number, string>> {
    const found = new Map<number, string>();
    await this.#probeRange(rows.map(encodeRow), 0, rows.length, found);
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
    // What is left goes the way that it goes among all: the token of the other way would not hold back a repeat.
    const asText = new Set(writeEventBlock(new ByteWriter(), rows).text);
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const stored = await this.#storedOf(offsets);
      const missing = rows.filter((_, index) => !stored.has(offsets[index] as number));
      if (missing.length === 0) return;
      // First under the batch's own token: an insert whose answer was lost may still be running on a server.
      await this.#insertRows(missing, round === 0 ? token : `${token}+${round}`, asText);
    }
    const stored = await this.#storedOf(offsets);
    if (stored.size < rows.length) throw new Error(`ClickHouse does not keep the rows of batch ${token}`);
  }

  /** @param asText rows that go as text in any case */
  async #insertRows(
    rows: readonly PrintedEvent[],
    token: string,
    asText: ReadonlySet<PrintedEvent> = new Set(),
  ): Promise<void> {
    const text = await this.#spare.lend(async (writer) => {
      const split = writeEventBlock(
        writer,
        rows.filter((row) => !asText.has(row)),
      );
      if (split.native.length > 0) await this.#insertBlock(writer.bytes, split.native, token);
      return split.text;
    });
    const lines = asText.size === 0 ? text : rows.filter((row) => asText.has(row) || text.includes(row));
    if (lines.length > 0) await this.#insertLines('events', lines.map(encodeRow), `${token}-text`);
  }

  /** @param rows those that are in the block */
  async #insertBlock(block: Buffer, rows: readonly PrintedEvent[], token: string): Promise<void> {
    try {
      await this.#clickhouse.insertNative('events', block, { token, settings: ONE_BLOCK });
    } catch (error) {
      if (!isDataError(error)) throw error;
      // A server that does not know this form of JSON columns yet; and if a row is at fault, then the text tells so too.
      await this.#insertLines('events', rows.map(encodeRow), token);
    }
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
    const options = token === undefined ? { settings: READ_AS_ONE } : { token, settings: READ_AS_ONE };
    await this.#clickhouse.insertJsonLines(table, Buffer.from(lines.join('\n')), options);
  }
}
