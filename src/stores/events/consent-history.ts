import type { JsonObject } from '../../core/json.js';
import type { ClickHouse } from '../../engines/clickhouse.js';
import type { TimelineCursor } from './event-queries.js';
import { PLACED_IN } from './placed-in.js';
import { SHOW_ROWS } from './read-rows.js';

/** An event that said something else of consent than the one before it. */
export interface ConsentChange {
  readonly offset: number;
  readonly sourceId: string;
  readonly messageId: string;
  readonly type: string;
  readonly name: string;
  /** What it said, as it came: `consent` and `consentManagement` of its context. */
  readonly context: JsonObject;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly receivedAt: number;
}

/**
 * Most pages repeat what was said on the page before: those are left out. What was said is in column `person`, so that no JSON column has to be read.
 */
const CHANGES = `
  SELECT * FROM (
    SELECT *, lagInFrame(said) OVER (ORDER BY timestamp, offset ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before
    FROM (
      SELECT offset, source_id, message_id, type, name, timestamp, received_at,
             (JSONExtractRaw(person, 'context', 'consent'), JSONExtractRaw(person, 'context', 'consentManagement')) AS said
      FROM events WHERE ${PLACED_IN} AND position(person, '"consent') > 0)
    WHERE said != ('', ''))
  WHERE said != before`;

/** Reads what a person said of consent. */
export class ConsentHistory {
  readonly #clickhouse: ClickHouse;

  constructor(clickhouse: ClickHouse) {
    this.#clickhouse = clickhouse;
  }

  /** Changes, newest first. `profileIds` are the profile's own id and those of the ones merged into it. */
  async changes(
    profileIds: readonly string[],
    before: TimelineCursor | undefined,
    limit: number,
  ): Promise<ConsentChange[]> {
    const later = before && {
      beforeMs: before.timestamp,
      beforeOffset: before.offset,
    };
    const rows = await this.#clickhouse.query<Row>(
      `SELECT offset, source_id AS sourceId, message_id AS messageId, type, name, said.1 AS consent, said.2 AS managed,
              toUnixTimestamp64Milli(timestamp) AS at, toUnixTimestamp64Milli(received_at) AS receivedAt
       FROM (${CHANGES})
       ${later ? 'WHERE (timestamp, offset) < (fromUnixTimestamp64Milli({beforeMs:Int64}), {beforeOffset:UInt64})' : ''}
       ORDER BY timestamp DESC, offset DESC LIMIT {limit:UInt32}`,
      { ids: [...profileIds], ...later, limit },
      SHOW_ROWS,
    );
    return rows.map(({ consent, managed, ...row }) => ({
      ...row,
      context: { ...parsed('consent', consent), ...parsed('consentManagement', managed) },
    }));
  }
}

type Row = Omit<ConsentChange, 'context'> & { readonly consent: string; readonly managed: string };

function parsed(name: string, text: string): JsonObject {
  return text === '' ? {} : { [name]: JSON.parse(text) as JsonObject };
}
