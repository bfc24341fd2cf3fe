import { NAME_TRAITS } from '../../core/profile/name-words.js';
import { SqlContext } from '../../core/segments/sql/sql-context.js';
import { jsonValue, traitValue } from '../../core/segments/sql/sql-value.js';
import type { CompiledTest } from '../../core/segments/tests/compiled-test.js';
import type { ClickHouse } from '../../engines/clickhouse.js';
import { type AskLimits, askWithinLimits } from './ask-within-limits.js';

/** Whom to look for; every condition must hold. */
export interface PeopleSought {
  /** In small letters; each begins a word of a name. */
  readonly words: readonly string[];
  readonly trait: { readonly keys: readonly string[]; readonly test: CompiledTest } | undefined;
}

/** How far back the first look at events goes, by places in the log; each further one goes so many times as far. */
const RECENT_WINDOW = 20_000;
const RECENT_WINDOW_GROWTH = 50;

/** Finds people for a list to look at. */
export class PeopleQueries {
  readonly #clickhouse: ClickHouse;
  readonly #limits: AskLimits;

  constructor(clickhouse: ClickHouse, limits: AskLimits) {
    this.#clickhouse = clickhouse;
    this.#limits = limits;
  }

  /** Ids that the newest events before a place in the log were written with, the last first. */
  async recent(end: number, limit: number): Promise<string[]> {
    for (let window = RECENT_WINDOW; ; window *= RECENT_WINDOW_GROWTH) {
      const after = Math.max(0, end - window);
      const rows = await this.#clickhouse.query<{ id: string }>(
        `SELECT toString(profile_id) AS id FROM events WHERE offset >= {after:UInt64} AND offset < {end:UInt64}
         GROUP BY profile_id ORDER BY max(events.offset) DESC LIMIT {limit:UInt32}`,
        { after, end, limit },
      );
      if (rows.length === limit || after === 0) return rows.map(({ id }) => id);
    }
  }

  /** Ids of people who are sought, or were so a while ago: what was replaced is still among the rows, so that nothing has to be merged while reading. */
  async find({ words, trait }: PeopleSought, limit: number): Promise<string[]> {
    const sql = new SqlContext({ now: 0, zones: [], merged: false, moved: false });
    const conditions = [
      'NOT p.deleted',
      // The column holds what `NAME_TRAITS` do, in small letters: see migrations/events/0007-people-names.sql.
      ...words.map((word) => `position(p.names, ${sql.text(` ${word}`)}) > 0`),
      ...(trait === undefined ? [] : [trait.test.sql(traitValue(sql, 'p', trait.keys), sql)]),
    ];
    const rows = await askWithinLimits<{ id: string }>(
      this.#clickhouse,
      `SELECT toString(p.profile_id) AS id FROM profiles AS p WHERE ${conditions.join(' AND ')}
       LIMIT 1 BY p.profile_id LIMIT ${sql.bind(limit, 'UInt32')}`,
      sql.params,
      this.#limits,
    );
    return rows.map(({ id }) => id);
  }

  /** Ids of accounts whose name has words that begin so. */
  async accounts(words: readonly string[], limit: number): Promise<string[]> {
    const sql = new SqlContext({ now: 0, zones: [], merged: false, moved: false });
    const rows = await askWithinLimits<{ id: string }>(
      this.#clickhouse,
      `SELECT group_id AS id FROM accounts AS a FINAL WHERE ${words.map((word) => beginsWord(sql, word)).join(' AND ')}
       ORDER BY group_id LIMIT ${sql.bind(limit, 'UInt32')}`,
      sql.params,
      this.#limits,
    );
    return rows.map(({ id }) => id);
  }
}

function beginsWord(sql: SqlContext, word: string): string {
  const names = NAME_TRAITS.map((trait) => `ifNull(${jsonValue('a.traits', [trait]).text}, '')`);
  return `position(lowerUTF8(concat(' ', ${names.join(", ' ', ")})), ${sql.text(` ${word}`)}) > 0`;
}
