/** Order events as rows of what was bought, by the rules of recommendations. */
import type { OrderRule } from '../../core/recommend/recommendation-rules.js';
import { pathKeys } from '../../core/segments/path.js';
import type { SqlContext } from '../../core/segments/sql/sql-context.js';
import { jsonItems, jsonValue } from '../../core/segments/sql/sql-value.js';

const ID_CHARS_MAX = 200;
const NAME_CHARS_MAX = 300;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Log offsets from one (included) to another (excluded). */
export interface OffsetRange {
  readonly from: number;
  readonly until: number;
}

/**
 * A subquery of what order events of a range say: `profile_id`, `offset`, `at`, `order_id`, `product_id`, `name`, `category`, `price`.
 * An order that claims to be of the future counts from when it came.
 */
export function orderLinesSql(sql: SqlContext, rules: readonly OrderRule[], range: OffsetRange): string {
  return `(${rules.map((rule) => linesOfRule(sql, rule, range)).join(' UNION ALL ')})`;
}

function linesOfRule(sql: SqlContext, rule: OrderRule, { from, until }: OffsetRange): string {
  const { event, order, products, productId, name, category, price } = rule;
  const item = products === undefined ? 'properties' : 'item';
  const items =
    products === undefined ? '' : `, arrayJoin(${jsonItems('properties', pathKeys(products))}) AS item`;
  const text = (path: string | undefined, charsMax: number, in_ = item) =>
    path === undefined ? "''" : `left(${idText(in_, path)}, ${charsMax})`;
  const number = price === undefined ? 'NULL' : jsonValue(item, pathKeys(price)).number;
  return `
    SELECT profile_id, offset, least(timestamp, received_at) AS at, ${text(order, ID_CHARS_MAX, 'properties')} AS given_order,
      if(given_order = '', concat('#', toString(offset)), given_order) AS order_id,
      ${text(productId, ID_CHARS_MAX)} AS product_id, ${text(name, NAME_CHARS_MAX)} AS name,
      ${text(category, NAME_CHARS_MAX)} AS category, ${number}::Nullable(Float64) AS price
    FROM (SELECT profile_id, offset, timestamp, received_at, properties${items} FROM events
          WHERE type = 'track' AND name = ${sql.text(event)} AND offset >= ${sql.bind(from, 'UInt64')}
            AND offset < ${sql.bind(until, 'UInt64')} AND profile_id != '${NOBODY}')
    WHERE product_id != ''`;
}

/** Numbers are ids as well. */
function idText(from: string, path: string): string {
  const { text, number } = jsonValue(from, pathKeys(path));
  return `ifNull(coalesce(${text}, toString(${number})), '')`;
}
