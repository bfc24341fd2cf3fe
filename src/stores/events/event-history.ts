import { isCrawler } from '../../core/enrich/bot.js';
import type { Event, EventType } from '../../core/event/event.js';
import type { JsonObject } from '../../core/json.js';
import type { ClickHouse } from '../../engines/clickhouse.js';
import type { EventHistory, HistoryEvent, HistoryPage } from './event-store.js';
import { PLACED_IN } from './placed-in.js';

interface Row {
  readonly written: string;
  readonly placed: string;
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
  readonly properties?: JsonObject | null;
  readonly is_bot: boolean;
  readonly at: number;
  readonly received: number;
}

const COLUMNS = `
  toString(events.profile_id) AS written, events.offset AS offset, source_id, message_id, type, name, user_id, anonymous_id,
  group_id, previous_id, person, is_bot, toUnixTimestamp64Milli(timestamp) AS at,
  toUnixTimestamp64Milli(received_at) AS received`;
const ALL_PROPERTIES = ', properties';
/** Reading a JSON column costs more than all others together. */
const MERGE_PROPERTIES = `, if(type = 'merge', properties, NULL) AS properties`;

/** Offsets that one look over everybody spans, at least. */
const WINDOW = 50_000;
const SHOW_ROWS = { json_type_escape_dots_in_keys: 1 } as const;

/** The history in ClickHouse. */
export class ClickHouseEventHistory implements EventHistory {
  readonly #clickhouse: ClickHouse;

  constructor(clickhouse: ClickHouse) {
    this.#clickhouse = clickhouse;
  }

  async ofProfiles(ids: readonly string[], page: HistoryPage): Promise<HistoryEvent[]> {
    if (ids.length === 0) return [];
    const rows = await this.#read(`(${PLACED_IN}) AND events.offset >= {from:UInt64}`, page, {
      ...{ ids: [...ids], from: page.after + 1, limit: page.limit },
    });
    const overrides = await this.#placedOf(rows);
    return rows.map((row) => asHistory(row, overrides.get(row.offset)));
  }

  async all({ after, limit, properties }: HistoryPage): Promise<HistoryEvent[]> {
    const [newest] = await this.#clickhouse.query<{ most: number }>('SELECT max(offset) AS most FROM events');
    const until = newest?.most ?? -1;
    const rows: Row[] = [];
    // Windows of offsets, so that nothing is sorted but what is read.
    for (let from = after + 1; from <= until && rows.length < limit; from += WINDOW) {
      const page = { after, properties, limit: limit - rows.length };
      rows.push(
        ...(await this.#read('events.offset >= {from:UInt64} AND events.offset < {to:UInt64}', page, {
          ...{ from, to: from + WINDOW, limit: page.limit },
        })),
      );
    }
    const overrides = await this.#placedOf(rows);
    return rows.map((row) => asHistory(row, overrides.get(row.offset)));
  }

  async #read(where: string, { properties }: HistoryPage, params: Record<string, unknown>): Promise<Row[]> {
    return this.#clickhouse.query<Row>(
      `SELECT ${COLUMNS} ${properties ? ALL_PROPERTIES : MERGE_PROPERTIES} FROM events WHERE ${where}
       ORDER BY events.offset LIMIT {limit:UInt32}`,
      params,
      SHOW_ROWS,
    );
  }

  /** The profiles that events between the first and the last were placed in since they were written. */
  async #placedOf(rows: readonly Row[]): Promise<Map<number, string>> {
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) return new Map();
    const overrides = await this.#clickhouse.query<{ offset: number; placed: string }>(
      `SELECT offset, toString(profile_id) AS placed FROM event_override FINAL
       WHERE offset >= {first:UInt64} AND offset <= {last:UInt64}`,
      { first: first.offset, last: last.offset },
    );
    return new Map(overrides.map(({ offset, placed }) => [offset, placed]));
  }
}

function asHistory(row: Row, placed: string | undefined): HistoryEvent {
  const person =
    row.person === '' ? {} : (JSON.parse(row.person) as { traits?: JsonObject; context?: JsonObject });
  const context = person.context ?? {};
  const event: Event = {
    ...{
      offset: row.offset,
      sourceId: row.source_id,
      messageId: row.message_id,
      type: row.type,
      name: row.name,
    },
    ...{
      userId: row.user_id,
      anonymousId: row.anonymous_id,
      groupId: row.group_id,
      previousId: row.previous_id,
    },
    ...{ properties: row.properties ?? {}, traits: person.traits ?? {}, context, integrations: {} },
    ...{ timestamp: row.at, receivedAt: row.received },
  };
  const crawled = row.is_bot && typeof context.userAgent === 'string' && isCrawler(context.userAgent);
  return { event, isCrawler: crawled, writtenId: row.written, placedId: placed ?? row.written };
}
