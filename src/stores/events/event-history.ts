import { isCrawler } from '../../core/enrich/bot.js';
import type { Event, EventType } from '../../core/event/event.js';
import type { JsonObject } from '../../core/json.js';
import type { ClickHouse } from '../../engines/clickhouse.js';
import type { EventHistory, HistoryEvent, HistoryPage } from './event-store.js';
import { PLACED_IN } from './placed-in.js';
import { SHOW_ROWS } from './read-rows.js';

interface Row {
  readonly written: string;
  readonly offset: number;
  readonly source_id: string;
  readonly message_id: string;
  readonly type: EventType;
  readonly name: string;
  readonly user_id: string;
  readonly anonymous_id: string;
  readonly group_id: string;
  readonly previous_id: string;
  readonly person: string;
  readonly properties?: JsonObject;
  readonly context?: JsonObject;
  readonly is_bot: boolean;
  readonly at: number;
  readonly received: number;
}

/** What column `person` holds; see `person-text.ts`. */
interface Person {
  readonly traits?: JsonObject;
  readonly context?: JsonObject;
}

/** Rows as they were asked for, so that more of the same can be asked for. */
interface Look {
  readonly where: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const COLUMNS = `
  toString(events.profile_id) AS written, events.offset AS offset, source_id, message_id, type, name, user_id, anonymous_id,
  group_id, previous_id, person, is_bot, toUnixTimestamp64Milli(timestamp) AS at,
  toUnixTimestamp64Milli(received_at) AS received`;
/** ClickHouse spends several times as long on printing these two as on all others together. */
const JSON_COLUMNS = ', properties, context';

/** Offsets that one look over everybody spans, at least: each goes through all parts that hold some of them. */
const WINDOW_MIN = 50_000;
/** Log offsets for each event that is wanted: some have no row, being duplicates or refused. */
const WINDOW_ROOM = 2;
/** The history in ClickHouse. */
export class ClickHouseEventHistory implements EventHistory {
  readonly #clickhouse: ClickHouse;

  constructor(clickhouse: ClickHouse) {
    this.#clickhouse = clickhouse;
  }

  async ofProfiles(ids: readonly string[], page: HistoryPage): Promise<HistoryEvent[]> {
    if (ids.length === 0) return [];
    const where = `(${PLACED_IN}) AND events.offset >= {from:UInt64}`;
    return this.#read({ where, params: { ids: [...ids], from: page.after + 1 } }, page);
  }

  async all(page: HistoryPage): Promise<HistoryEvent[]> {
    const span = Math.max(WINDOW_MIN, page.limit * WINDOW_ROOM);
    let events: HistoryEvent[] = [];
    let from: number | undefined = page.after + 1;
    // Windows of offsets, so that nothing is sorted but what is read.
    while (from !== undefined && events.length < page.limit) {
      const to: number = from + span;
      const where = 'events.offset >= {from:UInt64} AND events.offset < {to:UInt64}';
      const limit = page.limit - events.length;
      events = events.concat(await this.#read({ where, params: { from, to } }, { ...page, limit }));
      if (events.length < page.limit) from = await this.#firstFrom(to);
    }
    return events;
  }

  async #read(look: Look, { limit, properties }: HistoryPage): Promise<HistoryEvent[]> {
    const rows = await this.#clickhouse.query<Row>(
      `SELECT ${COLUMNS} ${properties ? JSON_COLUMNS : ''} FROM events WHERE ${look.where}
       ORDER BY events.offset LIMIT {limit:UInt32}`,
      { ...look.params, limit },
      SHOW_ROWS,
    );
    const [first, last] = [rows[0]?.offset, rows.at(-1)?.offset];
    if (first === undefined || last === undefined) return [];
    const bounded = { ...look, params: { ...look.params, first, last } };
    const placed = await this.#placedOf(bounded);
    const calls =
      properties || !rows.some(({ type }) => type === 'merge') ? undefined : await this.#mergeCalls(bounded);
    return rows.map((row) => asHistory(row, placed.get(row.offset), calls?.get(row.offset)));
  }

  /** The profiles that events between `first` and `last` were placed in since they were written. */
  async #placedOf({ where, params }: Look): Promise<Map<number, string>> {
    const rows = await this.#clickhouse.query<{ offset: number; placed: string }>(
      `SELECT offset, toString(profile_id) AS placed FROM event_override FINAL
       WHERE offset >= {first:UInt64} AND offset <= {last:UInt64}
         AND offset IN (SELECT events.offset FROM events WHERE ${where})`,
      params,
    );
    return new Map(rows.map(({ offset, placed }) => [offset, placed]));
  }

  /** The properties of merge calls between `first` and `last`, by offset. They lie together, so this reads no others. */
  async #mergeCalls({ where, params }: Look): Promise<Map<number, JsonObject>> {
    const rows = await this.#clickhouse.query<{ offset: number; properties: JsonObject }>(
      `SELECT events.offset AS offset, properties FROM events
       WHERE type = 'merge' AND ${where} AND events.offset <= {last:UInt64}`,
      params,
      SHOW_ROWS,
    );
    return new Map(rows.map(({ offset, properties }) => [offset, properties]));
  }

  /** The first offset that has a row, from one on. */
  async #firstFrom(from: number): Promise<number | undefined> {
    const [found] = await this.#clickhouse.query<{ count: number; first: number }>(
      'SELECT count() AS count, min(offset) AS first FROM events WHERE offset >= {from:UInt64}',
      { from },
    );
    return found === undefined || found.count === 0 ? undefined : found.first;
  }
}

function asHistory(row: Row, placed: string | undefined, call: JsonObject | undefined): HistoryEvent {
  const person: Person = row.person === '' ? {} : (JSON.parse(row.person) as Person);
  // What the person's text holds is as it came; JSON columns keep no nulls.
  const context = row.context === undefined ? (person.context ?? {}) : { ...row.context, ...person.context };
  const event: Event = {
    offset: row.offset,
    sourceId: row.source_id,
    messageId: row.message_id,
    type: row.type,
    name: row.name,
    userId: row.user_id,
    anonymousId: row.anonymous_id,
    groupId: row.group_id,
    previousId: row.previous_id,
    properties: row.properties ?? call ?? {},
    traits: person.traits ?? {},
    context,
    integrations: {},
    timestamp: row.at,
    receivedAt: row.received,
  };
  const crawled = row.is_bot && typeof context.userAgent === 'string' && isCrawler(context.userAgent);
  return { event, isCrawler: crawled, writtenId: row.written, placedId: placed ?? row.written };
}
