/** The past of some people, as far as segments look at it. */
import type { Enrichment } from '../../core/enrich/enrichment.js';
import type { EventType } from '../../core/event/event.js';
import type { JsonObject } from '../../core/json.js';
import type { ClickHouse } from '../../engines/clickhouse.js';
import { PLACED_IN } from './placed-in.js';
import { SHOW_ROWS } from './read-rows.js';
import type { PastEvent, PastQuery } from './segment-store.js';

/** People of one look, and events of one page. */
const PEOPLE_PER_LOOK = 2_000;
const EVENTS_PER_PAGE = 50_000;

interface Row {
  readonly placed: string;
  readonly offset: number;
  readonly at: number;
  readonly source_id: string;
  readonly type: EventType;
  readonly name: string;
  readonly user_id: string;
  readonly group_id: string;
  readonly properties?: JsonObject;
  readonly context?: JsonObject;
  readonly traits?: JsonObject;
  readonly is_bot: boolean;
  readonly browser: string;
  readonly browser_version: string;
  readonly os: string;
  readonly device_type: string;
  readonly campaign_source: string;
  readonly campaign_medium: string;
  readonly campaign_name: string;
  readonly campaign_term: string;
  readonly campaign_content: string;
  readonly referrer_host: string;
  readonly country: string;
  readonly region: string;
  readonly city: string;
}

const COLUMNS = `
  events.offset AS offset, toUnixTimestamp64Milli(timestamp) AS at, source_id, type, name, user_id, group_id, is_bot, browser,
  browser_version, os, device_type, campaign_source, campaign_medium, campaign_name, campaign_term, campaign_content, referrer_host,
  country, region, city`;

/** Reads it, page by page. */
export async function* readPast(
  clickhouse: ClickHouse,
  query: PastQuery,
): AsyncGenerator<readonly PastEvent[]> {
  for (let first = 0; first < query.ids.length; first += PEOPLE_PER_LOOK) {
    const ids = query.ids.slice(first, first + PEOPLE_PER_LOOK);
    let after = -1;
    for (let more = true; more; ) {
      const page = await readPage(clickhouse, { ...query, ids }, after);
      if (page.length > 0) yield page;
      more = page.length === EVENTS_PER_PAGE;
      after = page.at(-1)?.event.offset ?? after;
    }
  }
}

async function readPage(
  clickhouse: ClickHouse,
  { ids, routes, reads, before }: PastQuery,
  after: number,
): Promise<PastEvent[]> {
  const json = ['properties', 'context', 'traits'].filter((column) => reads.has(column));
  const { where, params } = routed(routes);
  const rows = await clickhouse.query<Row>(
    `SELECT toString(if(moved.version > 0, moved.profile_id, events.profile_id)) AS placed, ${[COLUMNS, ...json].join(', ')}
     FROM events LEFT ANY JOIN (
       SELECT offset, profile_id, version FROM event_override FINAL WHERE from_id IN {ids:Array(UUID)} OR profile_id IN {ids:Array(UUID)}
     ) AS moved ON events.offset = moved.offset
     WHERE ${where} AND events.offset > {after:Int64} AND events.offset < {before:Int64} AND ${PLACED_IN}
     ORDER BY events.offset LIMIT {limit:UInt32}`,
    { ...params, ids: [...ids], after, before, limit: EVENTS_PER_PAGE },
    SHOW_ROWS,
  );
  return rows.map(asPast);
}

/** A condition on rows of `events`: those that are filed under one of the routes. */
function routed(routes: readonly string[]): { where: string; params: Record<string, unknown> } {
  if (routes.includes('')) return { where: 'true', params: {} };
  const named = routes.flatMap((route) => {
    const end = route.indexOf('\n');
    return end < 0 ? [] : [{ route, type: route.slice(0, end), name: route.slice(end + 1) }];
  });
  const types = routes.filter((route) => !route.includes('\n'));
  return {
    where: `(type IN {types:Array(String)} OR (type IN {routeTypes:Array(String)} AND name IN {names:Array(String)}
      AND concat(type, '\\n', name) IN {routes:Array(String)}))`,
    params: {
      types,
      routes: named.map(({ route }) => route),
      routeTypes: [...new Set(named.map(({ type }) => type))],
      names: [...new Set(named.map(({ name }) => name))],
    },
  };
}

function asPast(row: Row): PastEvent {
  const enrichment: Enrichment = {
    ...{ bot: row.is_bot, browser: row.browser, browserVersion: row.browser_version, os: row.os },
    ...{ deviceType: row.device_type, referrerHost: row.referrer_host },
    ...{ campaignSource: row.campaign_source, campaignMedium: row.campaign_medium },
    ...{ campaignName: row.campaign_name, campaignTerm: row.campaign_term },
    ...{ campaignContent: row.campaign_content },
    ...{ country: row.country, region: row.region, city: row.city, latitude: null, longitude: null },
  };
  const event: PastEvent['event'] = {
    ...{ offset: row.offset, timestamp: row.at, type: row.type, name: row.name, sourceId: row.source_id },
    ...{ userId: row.user_id, groupId: row.group_id },
    ...{ properties: row.properties ?? {}, traits: row.traits ?? {}, context: row.context ?? {} },
  };
  return { event, enrichment, placedId: row.placed };
}
