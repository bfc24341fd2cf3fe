/**
 * Counts what is bought together, in ClickHouse.
 *
 * A pair of products is counted once for each unit, an order or a person, that both are in, in the step in which the second of them comes. So
 * the counts are exact whatever order events come in, and a step reads its own orders and what the same people bought before, no more.
 *
 * A step's counts go in as one block, which is one part, together with a mark of the step: whoever repeats a step looks for the mark. The token
 * keeps apart two inserts of which the first still runs on a server when its answer is given up.
 */
import type { RecommendationRules } from '../../core/recommend/recommendation-rules.js';
import { SqlContext } from '../../core/segments/sql/sql-context.js';
import type { ClickHouse } from '../../engines/clickhouse.js';
import type { OffsetRange } from './order-lines-sql.js';
import { orderLinesSql } from './order-lines-sql.js';

/** Order events of one step. */
const STEP_ORDERS_MAX = 5_000;
/** Products of one order or person that are counted, the first that came: few people buy more, and pairs grow as their square. */
export const UNIT_PRODUCTS_MAX = 100;
/** Products that are kept as going with one. */
const NEIGHBOURS_MAX = 50;
/** Rows of pairs that are looked at together for that. */
const PAIRS_PER_SLICE = 2_000_000;
/** Inserts that a step may need until its mark is there; more than two would be a fault of ours. */
const ROUNDS_MAX = 3;

/** One block, one part; and room for more pairs than fit. */
const ONE_BLOCK = {
  max_insert_threads: 1,
  min_insert_block_size_rows: 1_000_000_000,
  min_insert_block_size_bytes: 0,
  max_bytes_before_external_group_by: 200 * 1024 * 1024,
} as const;

/** Weights double every 30 days from here on: sums of them stay comparable for ever without being touched. */
const RECENT = "exp2(dateDiff('second', toDateTime64('2020-01-01 00:00:00', 3, 'UTC'), at) / 2592000)";

/** Writes recommendations' tables; see the head of the file. */
export class RecommendationStore {
  readonly #clickhouse: ClickHouse;

  constructor(clickhouse: ClickHouse) {
    this.#clickhouse = clickhouse;
  }

  /** Where a step ends that begins at an offset: `until`, or before it where there are too many orders for one. */
  async stepEnd({ orders }: RecommendationRules, { from, until }: OffsetRange): Promise<number> {
    const [found] = await this.#clickhouse.query<{ n: number; last: number }>(
      `SELECT count() AS n, max(offset) AS last FROM (
         SELECT offset FROM events WHERE type = 'track' AND name IN {names:Array(String)} AND offset >= {from:UInt64} AND offset < {until:UInt64}
         ORDER BY offset LIMIT {most:UInt32})`,
      { names: orders.map(({ event }) => event), from, until, most: STEP_ORDERS_MAX },
    );
    return found?.n === STEP_ORDERS_MAX ? found.last + 1 : until;
  }

  /** Writes down what the orders of a step say. Doing it again changes nothing. */
  async extract(generation: number, { orders }: RecommendationRules, range: OffsetRange): Promise<void> {
    const lines = new SqlContext({ now: 0, zones: [], merged: false, moved: false });
    await this.#clickhouse.command(
      `INSERT INTO order_lines (generation, profile_id, product_id, order_id, offset, at)
       SELECT ${lines.bind(generation, 'UInt32')}, profile_id, product_id, order_id, offset, at FROM ${orderLinesSql(lines, orders, range)}`,
      {},
      lines.params,
    );
    const products = new SqlContext(lines.at);
    await this.#clickhouse.command(
      `INSERT INTO products_seen (product_id, name, category, price, version)
       SELECT product_id, argMax(name, offset), argMax(category, offset), argMax(price, offset), max(offset) FROM ${orderLinesSql(products, orders, range)}
       WHERE name != '' OR category != '' OR price IS NOT NULL GROUP BY product_id`,
      {},
      products.params,
    );
  }

  /** Counts a step whose orders are written down, once however often it is called. */
  async count(generation: number, range: OffsetRange): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      if (await this.#isCounted(generation, range.until)) return;
      const token = `pairs-${generation}-${range.until}${round === 0 ? '' : `+${round}`}`;
      const settings = { ...ONE_BLOCK, insert_deduplication_token: token };
      await this.#clickhouse.command(COUNT, settings, { generation, ...range, most: UNIT_PRODUCTS_MAX });
    }
    if (!(await this.#isCounted(generation, range.until)))
      throw new Error(`ClickHouse does not keep the counts of the step to ${range.until}`);
  }

  /** Tells anew what goes with the products of everybody who bought in a range. Doing it again changes nothing. */
  async tell(generation: number, range: OffsetRange): Promise<void> {
    const [stored] = await this.#clickhouse.query<{ n: number }>(
      'SELECT count() AS n FROM product_pairs WHERE generation = {generation:UInt32}',
      { generation },
    );
    const slices = Math.max(1, Math.ceil((stored?.n ?? 0) / PAIRS_PER_SLICE));
    for (let slice = 0; slice < slices; slice += 1) {
      const params = { generation, ...range, slices, slice, most: NEIGHBOURS_MAX };
      await this.#clickhouse.command(TELL, {}, params);
    }
  }

  /** Drops all generations before one. */
  async dropBefore(generation: number): Promise<void> {
    for (const table of ['order_lines', 'product_pairs', 'product_neighbours']) {
      const old = await this.#clickhouse.query<{ id: number }>(
        `SELECT DISTINCT generation AS id FROM ${table} WHERE generation < {generation:UInt32}`,
        { generation },
      );
      for (const { id } of old)
        await this.#clickhouse.command(`ALTER TABLE ${table} DROP PARTITION ${Number(id)}`);
    }
  }

  async #isCounted(generation: number, until: number): Promise<boolean> {
    const [mark] = await this.#clickhouse.query<{ n: number }>(
      `SELECT count() AS n FROM product_pairs
       WHERE generation = {generation:UInt32} AND kind = 0 AND product = 'step' AND other = toString({until:UInt64})`,
      { generation, until },
    );
    return mark !== undefined && mark.n > 0;
  }
}

/** Whoever bought in the range, under all ids of theirs. */
const TOUCHED = `
  SELECT if(o.version > 0, o.into_id, l.profile_id) AS person
  FROM (SELECT DISTINCT profile_id FROM order_lines
        WHERE generation = {generation:UInt32} AND offset >= {from:UInt64} AND offset < {until:UInt64}) AS l
  LEFT ANY JOIN (SELECT from_id, into_id, version FROM profile_override FINAL) AS o ON l.profile_id = o.from_id`;
const TOUCHED_IDS = `
  SELECT person FROM (${TOUCHED})
  UNION ALL SELECT from_id FROM profile_override FINAL WHERE into_id IN (SELECT person FROM (${TOUCHED}))`;

/** What each unit holds: products by the offset at which they came, no more than count. */
const UNITS = `
  SELECT kind, unit, product, first, weight FROM (
    SELECT unit_kind.1 AS kind, unit_kind.2 AS unit, product, min(arrived) AS first, argMin(recent, arrived) AS weight
    FROM (
      SELECT product_id AS product, l.offset AS arrived, ${RECENT} AS recent,
        toString(if(o.version > 0, o.into_id, l.profile_id)) AS person,
        arrayJoin([(1, concat(person, ' ', order_id)), (2, person)]) AS unit_kind
      FROM order_lines AS l
      LEFT ANY JOIN (SELECT from_id, into_id, version FROM profile_override FINAL) AS o ON l.profile_id = o.from_id
      WHERE generation = {generation:UInt32} AND l.offset < {until:UInt64} AND l.profile_id IN (${TOUCHED_IDS})
    )
    GROUP BY kind, unit, product
  )
  ORDER BY first, product LIMIT {most:UInt32} BY kind, unit`;

/** Pairs of a unit of which at least one is new, each in both orders; each new one alone; and the unit, where all of it is new. */
const PAIRS = `
  arrayConcat(
    if(empty(known), [('', '', fresh[1].2)], []),
    arrayMap(f -> ('', f.1, f.2), fresh),
    arrayFlatten(arrayMap(f -> arrayMap(g -> (f.1, g.1, 0.), arrayFilter(g -> g.1 != f.1, fresh)), fresh)),
    arrayFlatten(arrayMap(f -> arrayFlatten(arrayMap(k -> [(f.1, k, 0.), (k, f.1, 0.)], known)), fresh)))`;

const COUNT = `
  INSERT INTO product_pairs (generation, kind, product, other, n, recent)
  SELECT {generation:UInt32}, kind, pair.1, pair.2, count(), sum(pair.3) FROM (
    SELECT kind, arrayJoin(${PAIRS}) AS pair FROM (
      SELECT kind, groupArrayIf((product, weight), first >= {from:UInt64}) AS fresh, groupArrayIf(product, first < {from:UInt64}) AS known
      FROM (${UNITS}) GROUP BY kind, unit HAVING notEmpty(fresh)
    )
  ) GROUP BY kind, pair.1, pair.2
  UNION ALL SELECT {generation:UInt32}, 0, 'step', toString({until:UInt64}), 1, 0`;

const TOTALS = `
  SELECT kind, other AS id, sum(n) AS n FROM product_pairs
  WHERE generation = {generation:UInt32} AND kind > 0 AND product = '' GROUP BY kind, other`;

const TOUCHED_PRODUCTS = `
  SELECT DISTINCT product_id FROM order_lines
  WHERE generation = {generation:UInt32} AND cityHash64(product_id) % {slices:UInt32} = {slice:UInt32} AND profile_id IN (
    SELECT profile_id FROM order_lines WHERE generation = {generation:UInt32} AND offset >= {from:UInt64} AND offset < {until:UInt64})`;

/**
 * How far above chance, at least: of the pairs counted, twice their own error is taken off, so that what few have in common does not count.
 * It is a share of those who have the product; five more of them are thought to have had nothing else.
 */
const EXCESS = '(together - alone.n * beside.n / units.n - 2 * sqrt(together)) / (alone.n + 5)';

const TELL = `
  INSERT INTO product_neighbours (generation, product, version, in_orders, of_people)
  SELECT {generation:UInt32}, touched.product_id, {until:UInt64}, lists.in_orders, lists.of_people
  FROM (${TOUCHED_PRODUCTS}) AS touched
  LEFT ANY JOIN (
    SELECT product, groupArrayIf((other, toFloat32(excess)), kind = 1) AS in_orders, groupArrayIf((other, toFloat32(excess)), kind = 2) AS of_people
    FROM (
      SELECT pairs.kind AS kind, pairs.product AS product, pairs.other AS other, ${EXCESS} AS excess
      FROM (
        SELECT kind, product, other, sum(n) AS together FROM product_pairs
        WHERE generation = {generation:UInt32} AND kind > 0 AND product IN (${TOUCHED_PRODUCTS}) GROUP BY kind, product, other
        HAVING together > 1
      ) AS pairs
      JOIN (${TOTALS}) AS alone ON alone.kind = pairs.kind AND alone.id = pairs.product
      JOIN (${TOTALS}) AS beside ON beside.kind = pairs.kind AND beside.id = pairs.other
      JOIN (${TOTALS} HAVING id = '') AS units ON units.kind = pairs.kind
      WHERE excess > 0
      ORDER BY excess DESC, other LIMIT {most:UInt32} BY kind, product
    ) GROUP BY product
  ) AS lists ON lists.product = touched.product_id`;
