import type { JsonObject } from '../../core/json.js';
import type { ClickHouse } from '../../engines/clickhouse.js';
import { PLACED_IN } from './placed-in.js';
import { SHOW_ROWS } from './read-rows.js';

/** A stored event as the API gives it. */
export interface StoredEvent {
  readonly offset: number;
  readonly profileId: string;
  readonly sourceId: string;
  readonly messageId: string;
  readonly type: string;
  readonly name: string;
  readonly userId: string;
  readonly anonymousId: string;
  readonly groupId: string;
  readonly previousId: string;
  readonly properties: JsonObject;
  readonly traits: JsonObject;
  readonly context: JsonObject;
  readonly enrichment: JsonObject;
  readonly timestamp: string;
  readonly receivedAt: string;
}

/** Which events are asked for; every condition must hold. */
export interface EventFilter {
  readonly type?: string | undefined;
  readonly name?: string | undefined;
  readonly sourceId?: string | undefined;
  readonly messageId?: string | undefined;
  readonly userId?: string | undefined;
  readonly anonymousId?: string | undefined;
  /** Of calls on an account, and those that took place in one. */
  readonly groupId?: string | undefined;
  /** ISO 8601, of the timestamp. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Where a page of a timeline begins: before this time, or at it and before this offset. */
export interface TimelineCursor {
  readonly timestamp: number;
  readonly offset: number;
}

const TEXTS = {
  type: 'type',
  name: 'name',
  sourceId: 'source_id',
  messageId: 'message_id',
  userId: 'user_id',
  anonymousId: 'anonymous_id',
} as const;

const COLUMNS = `
  offset, source_id AS sourceId, message_id AS messageId, type, name, user_id AS userId,
  anonymous_id AS anonymousId, group_id AS groupId, previous_id AS previousId, properties, traits, context,
  is_bot, browser, browser_version, os, device_type, campaign_source, campaign_medium, campaign_name, campaign_term,
  campaign_content, referrer_host, country, region, city, latitude, longitude,
  toUnixTimestamp64Milli(timestamp) AS timestampMs, toUnixTimestamp64Milli(received_at) AS receivedAtMs`;

/** How far back the first look at recent events goes; each further one goes this many times as far. */
const RECENT_WINDOW = 100_000;
const RECENT_WINDOW_GROWTH = 30;

interface Row extends Record<string, unknown> {
  readonly profileId: string;
  readonly timestampMs: number;
  readonly receivedAtMs: number;
}

/** Reads events for people to look at. */
export class EventQueries {
  readonly #clickhouse: ClickHouse;

  constructor(clickhouse: ClickHouse) {
    this.#clickhouse = clickhouse;
  }

  /** Events of one person, newest first. `profileIds` are the profile's own id and those of the ones merged into it. */
  async timeline(
    profileIds: readonly string[],
    filter: EventFilter,
    before: TimelineCursor | undefined,
    limit: number,
  ): Promise<StoredEvent[]> {
    const { conditions, params } = conditionsOf(filter);
    conditions.push(PLACED_IN);
    if (before) {
      conditions.push(
        '(timestamp, offset) < (fromUnixTimestamp64Milli({beforeMs:Int64}), {beforeOffset:UInt64})',
      );
      Object.assign(params, { beforeMs: before.timestamp, beforeOffset: before.offset });
    }
    const rows = await this.#clickhouse.query<Row>(
      `SELECT profile_id AS profileId, ${COLUMNS} FROM events WHERE ${conditions.join(' AND ')}
       ORDER BY events.timestamp DESC, offset DESC LIMIT {limit:UInt32}`,
      { ...params, ids: [...profileIds], limit },
      SHOW_ROWS,
    );
    const [own = ''] = profileIds;
    return rows.map((row) => ({ ...asEvent(row), profileId: own }));
  }

  /** Events of everybody before an offset, in the reverse order of arrival. */
  async recent(filter: EventFilter, before: number, limit: number): Promise<StoredEvent[]> {
    let rows: Row[] = [];
    for (let window = RECENT_WINDOW; rows.length < limit; window *= RECENT_WINDOW_GROWTH) {
      // Young parts hold the newest offsets: the narrow look skips all others by their ranges.
      const after = Math.max(0, before - window);
      rows = await this.#recentBetween(filter, after, before, limit);
      if (after === 0) break;
    }
    return rows.map(asEvent);
  }

  async #recentBetween(filter: EventFilter, after: number, before: number, limit: number): Promise<Row[]> {
    const { conditions, params } = conditionsOf(filter);
    conditions.push('offset >= {after:UInt64} AND offset < {before:UInt64}');
    return this.#clickhouse.query<Row>(
      `SELECT profile_id AS profileId, ${COLUMNS} FROM events_resolved WHERE ${conditions.join(' AND ')}
       ORDER BY offset DESC LIMIT {limit:UInt32}`,
      { ...params, after, before, limit },
      SHOW_ROWS,
    );
  }
}

function conditionsOf(filter: EventFilter): { conditions: string[]; params: Record<string, unknown> } {
  const conditions: string[] = [];
  const params: Record<string, unknown> = {};
  for (const [field, column] of Object.entries(TEXTS)) {
    const value = filter[field as keyof typeof TEXTS];
    if (value === undefined) continue;
    conditions.push(`${column} = {${field}:String}`);
    params[field] = value;
  }
  if (filter.groupId !== undefined) {
    conditions.push('(group_id = {groupId:String} OR toString(context.groupId) = {groupId:String})');
    params.groupId = filter.groupId;
  }
  if (filter.from !== undefined) {
    conditions.push('timestamp >= fromUnixTimestamp64Milli({fromMs:Int64})');
    params.fromMs = Date.parse(filter.from);
  }
  if (filter.to !== undefined) {
    conditions.push('timestamp < fromUnixTimestamp64Milli({toMs:Int64})');
    params.toMs = Date.parse(filter.to);
  }
  return { conditions, params };
}

function asEvent(row: Row): StoredEvent {
  const { timestampMs, receivedAtMs, ...rest } = row;
  const { is_bot, browser, browser_version, os, device_type, referrer_host, ...event } = rest;
  const { campaign_source, campaign_medium, campaign_name, campaign_term, campaign_content, ...placed } =
    event;
  const { country, region, city, latitude, longitude, ...own } = placed;
  const campaign = {
    source: campaign_source,
    medium: campaign_medium,
    name: campaign_name,
    term: campaign_term,
    content: campaign_content,
  };
  const enrichment = {
    ...{ bot: is_bot, browser, browserVersion: browser_version, os, deviceType: device_type },
    ...{ campaign, referrerHost: referrer_host, country, region, city, latitude, longitude },
  };
  return {
    ...own,
    enrichment,
    timestamp: new Date(timestampMs).toISOString(),
    receivedAt: new Date(receivedAtMs).toISOString(),
  } as unknown as StoredEvent;
}
