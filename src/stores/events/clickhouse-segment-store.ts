import type { JsonObject } from '../../core/json.js';
import { emptyObject } from '../../core/json.js';
import type { PersonRow } from '../../core/segments/person-row.js';
import type { Slice } from '../../core/segments/sql/sql-context.js';
import { SqlContext } from '../../core/segments/sql/sql-context.js';
import type { ClickHouse } from '../../engines/clickhouse.js';
import { isDataError } from '../../engines/clickhouse.js';
import type { MembershipChange } from '../state/segment-state.js';
import { askedAt } from './asked-at.js';
import { jsonColumn } from './json-column.js';
import { writeMembershipBlock } from './native/membership-block.js';
import { SpareWriter } from './native/spare-writer.js';
import { readPast } from './past-events.js';
import { READ_ROWS } from './read-rows.js';
import type {
  AccountRow,
  PastEvent,
  PastQuery,
  PeopleRows,
  SegmentStore,
  SliceFound,
} from './segment-store.js';

/** Changes that one row of the outbox can hold; each has a place of its own in the order of all. */
const CHANGES_PER_SEQ = 2 ** 22;
const ROW_BYTES_MAX_HINT = { max_insert_block_size: 1_000_000, input_format_parallel_parsing: 0 } as const;
const SETTINGS = { ...READ_ROWS, ...ROW_BYTES_MAX_HINT } as const;

/** Segments' side of ClickHouse, embedded or a server. */
export class ClickHouseSegmentStore implements SegmentStore {
  readonly #clickhouse: ClickHouse;
  readonly #spare = new SpareWriter();

  constructor(clickhouse: ClickHouse) {
    this.#clickhouse = clickhouse;
  }

  async mirror({ version, people, gone, accounts }: PeopleRows): Promise<void> {
    const rows = people.map((row) => ({
      row,
      print: (traits?: JsonObject) => personLine(row, version, traits),
    }));
    await this.#insertTraits('profiles', rows);
    const lines = gone.map((id) => JSON.stringify({ profile_id: id, version, deleted: true }));
    if (lines.length > 0) await this.#insert('profiles', lines);
    await this.#insertTraits(
      'accounts',
      accounts.map((row) => ({ row, print: (traits?: JsonObject) => accountLine(row, version, traits) })),
    );
  }

  async tell(seq: number, changes: readonly MembershipChange[]): Promise<void> {
    if (changes.length === 0) return;
    await this.#spare.lend((writer) => {
      writeMembershipBlock(writer, changes, seq * CHANGES_PER_SEQ);
      return this.#clickhouse.insertNative('membership_changes', writer.bytes);
    });
  }

  past(query: PastQuery): AsyncIterable<readonly PastEvent[]> {
    return readPast(this.#clickhouse, query);
  }

  async membersAmong(
    ids: readonly string[],
    segmentIds: readonly string[],
  ): ReturnType<SegmentStore['membersAmong']> {
    if (ids.length === 0 || segmentIds.length === 0) return [];
    const rows = await this.#clickhouse.query<{ profile: string; segment: string }>(
      `SELECT toString(profile_id) AS profile, segment_id AS segment
       FROM membership_changes WHERE segment_id IN {segments:Array(String)} AND profile_id IN {ids:Array(UUID)}
       GROUP BY segment_id, profile_id HAVING argMax(entered, seq)`,
      { ids: [...ids], segments: [...segmentIds] },
    );
    return rows.map(({ profile, segment }) => [profile, segment] as const);
  }

  async slices(people: number): Promise<string[]> {
    const rows = await this.#clickhouse.query<{ id: string }>(
      `SELECT toString(profile_id) AS id FROM (
         SELECT profile_id, rowNumberInAllBlocks() AS row FROM (SELECT DISTINCT profile_id FROM profiles ORDER BY profile_id)
       ) WHERE row % {people:UInt64} = 0 ORDER BY profile_id`,
      { people },
    );
    return rows.map(({ id }) => id);
  }

  async context(now: number, slice: Slice, zones: boolean): Promise<SqlContext> {
    return new SqlContext({ ...(await askedAt(this.#clickhouse, now, zones)), slice });
  }

  async ask(sql: SqlContext, membersSelect: string, dues: readonly string[]): Promise<SliceFound> {
    const members = await this.#clickhouse.query<{ id: string }>(
      `SELECT toString(person) AS id FROM (${membersSelect})`,
      sql.params,
      READ_ROWS,
    );
    if (dues.length === 0) return { members: members.map(({ id }) => id), dues: [] };
    const found = await this.#clickhouse.query<{ profileId: string; dueAt: number }>(
      `SELECT toString(person) AS profileId, min(due) AS dueAt FROM (${dues.join(' UNION ALL ')})
       WHERE person IN (SELECT p.profile_id FROM ${sql.people()}) GROUP BY person`,
      sql.params,
      READ_ROWS,
    );
    return { members: members.map(({ id }) => id), dues: found };
  }

  async membersIn(segmentId: string, slice: Slice): Promise<string[]> {
    const { from, to } = slice;
    const rows = await this.#clickhouse.query<{ id: string }>(
      `SELECT toString(profile_id) AS id FROM membership_changes WHERE segment_id = {segment:String}
         ${from === undefined ? '' : 'AND profile_id >= {from:UUID}'} ${to === undefined ? '' : 'AND profile_id < {to:UUID}'}
       GROUP BY profile_id HAVING argMax(entered, seq)`,
      { segment: segmentId, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
    );
    return rows.map(({ id }) => id);
  }

  async changesOf(segmentId: string): Promise<number> {
    const [row] = await this.#clickhouse.query<{ changes: number }>(
      'SELECT count() AS changes FROM membership_changes WHERE segment_id = {segment:String}',
      { segment: segmentId },
    );
    return row?.changes ?? 0;
  }

  async membersByPrefix(segmentId: string, from: number, until: number): Promise<string[]> {
    const rows = await this.#clickhouse.query<{ id: string }>(
      `SELECT toString(profile_id) AS id FROM membership_changes
       WHERE segment_id = {segment:String} AND bitShiftRight(toUInt128(profile_id), 112) BETWEEN {from:UInt32} AND {until:UInt32} - 1
       GROUP BY profile_id HAVING argMax(entered, seq) ORDER BY id`,
      { segment: segmentId, from, until },
    );
    return rows.map(({ id }) => id);
  }

  /** Rows with traits. Should ClickHouse not take one's traits, the row comes without: a person must not hold up all others. */
  async #insertTraits(
    table: string,
    rows: ReadonlyArray<{ readonly print: (traits?: JsonObject) => string }>,
  ): Promise<void> {
    if (rows.length === 0) return;
    try {
      await this.#insert(
        table,
        rows.map(({ print }) => print()),
      );
    } catch (error) {
      if (!isDataError(error)) throw error;
      const [one] = rows;
      if (rows.length === 1 && one !== undefined) await this.#insert(table, [one.print(emptyObject([]))]);
      else {
        const middle = Math.ceil(rows.length / 2);
        await this.#insertTraits(table, rows.slice(0, middle));
        await this.#insertTraits(table, rows.slice(middle));
      }
    }
  }

  async #insert(table: string, lines: readonly string[]): Promise<void> {
    await this.#clickhouse.insertJsonLines(table, Buffer.from(lines.join('\n')), { settings: SETTINGS });
  }
}

function personLine(row: PersonRow, version: number, traits: JsonObject = row.traits): string {
  const { profileId, nulls, objects, consents, refusals, accounts, identifierKinds } = row;
  const rest = { nulls, objects, consents, refusals, accounts, identifier_kinds: identifierKinds };
  return withTraits({ profile_id: profileId, version, ...rest }, traits);
}

function accountLine(row: AccountRow, version: number, traits: JsonObject = row.traits): string {
  const { groupId, nulls, objects } = row;
  return withTraits({ group_id: groupId, version, nulls, objects }, traits);
}

function withTraits(row: object, traits: JsonObject): string {
  const json = JSON.stringify(traits);
  return `${JSON.stringify(row).slice(0, -1)},"traits":${jsonColumn(json, traits)}}`;
}
