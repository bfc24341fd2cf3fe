import { TributaryError } from '../../core/errors.js';
import type { Question } from '../../core/insights/question.js';
import type { AskedAt } from '../../core/segments/sql/sql-context.js';
import type { ClickHouse, ClickHouseTable } from '../../engines/clickhouse.js';
import { exceededLimit } from '../../engines/clickhouse.js';
import { ANALYST_SECONDS_MAX } from '../../engines/clickhouse-settings.js';
import { askedAt } from './asked-at.js';

/** Questions that wait or run; further ones are turned away. */
const QUESTIONS_MAX = 20;

const LIMITS_TOLD = {
  time: `It ran longer than ${ANALYST_SECONDS_MAX} seconds.`,
  memory: 'It needed more memory than one query may have.',
  rows: 'Its answer is too large.',
} as const;

/** Asks what people want to know, one question after the other, each within the limits of an analyst's connection. */
export class Analyst {
  readonly #clickhouse: ClickHouse;
  #waiting = 0;

  /** @param clickhouse a connection of role `analyst`. */
  constructor(clickhouse: ClickHouse) {
    this.#clickhouse = clickhouse;
  }

  /** @throws TributaryError `query_too_costly` when a limit was hit, `queries_full` when too many wait. */
  rows<Row>({ sql, params }: Question): Promise<Row[]> {
    return this.#ask(() => this.#clickhouse.query<Row>(sql, params));
  }

  /** The same, when columns are not known. */
  table({ sql, params }: Question): Promise<ClickHouseTable> {
    return this.#ask(() => this.#clickhouse.table(sql, params));
  }

  /**
   * What questions depend on beside the events.
   * @param needsZones whether the zones that events name are wanted: they are looked for in all of them.
   */
  askedAt(now: number, needsZones: boolean): Promise<AskedAt> {
    return this.#ask(() => askedAt(this.#clickhouse, now, needsZones));
  }

  async #ask<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    if (this.#waiting >= QUESTIONS_MAX)
      throw new TributaryError(
        'queries_full',
        `${this.#waiting} queries wait already. Try again in a moment.`,
      );
    this.#waiting += 1;
    try {
      return await ask();
    } catch (cause) {
      const limit = exceededLimit(cause);
      // What people write may be no SQL: that is not for want of room.
      if (limit === undefined || limit === 'size') throw cause;
      const advice = 'Ask for a shorter period, fewer columns or fewer groups.';
      throw new TributaryError('query_too_costly', `${LIMITS_TOLD[limit]} ${advice}`, { cause });
    } finally {
      this.#waiting -= 1;
    }
  }
}
