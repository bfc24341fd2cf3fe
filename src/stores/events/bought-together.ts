import type { Bought, Neighbours, Sales } from '../../core/recommend/rank.js';
import { BOUGHT_HALF_LIFE_DAYS, rank } from '../../core/recommend/rank.js';
import type { RecommendationRules } from '../../core/recommend/recommendation-rules.js';
import type { Recommendation, Recommender, RecommendOptions } from '../../core/recommend/recommender.js';
import type { ClickHouse } from '../../engines/clickhouse.js';
import type { Catalogue } from './catalogue.js';
import { PLACED_IN } from './placed-in.js';

/** Products of a person that are looked at, the latest bought. */
const BOUGHT_MAX = 200;
const POPULAR_MAX = 300;
/** How long a list of what is popular is used, and how many of them are kept. */
const POPULAR_MS = 60_000;
const POPULAR_LISTS_MAX = 200;

const NO_SALES: Sales = { orders: 0, people: 0, recent: 0 };

/** What the recommender leans on beside the event store. */
export interface BoughtTogetherParts {
  readonly clickhouse: ClickHouse;
  readonly catalogue: Catalogue;
  /** Whom of these profiles others were merged into: their ids by the id of the profile that they are now. */
  readonly merged: (profileIds: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>;
  readonly served: () => Promise<{ readonly id: number; readonly rules: RecommendationRules }>;
}

interface PopularList {
  readonly generation: number;
  readonly until: number;
  readonly productIds: Promise<readonly string[]>;
}

/** Recommends what goes with what a person bought, what the person buys again, and what is popular; see core/recommend/rank.ts. */
export class BoughtTogether implements Recommender {
  readonly #parts: BoughtTogetherParts;
  /** By category; '' is all of them. */
  readonly #popular = new Map<string, PopularList>();

  constructor(parts: BoughtTogetherParts) {
    this.#parts = parts;
  }

  async recommend(
    profileIds: readonly string[],
    options: RecommendOptions,
  ): Promise<Map<string, readonly Recommendation[]>> {
    if (profileIds.length === 0) return new Map();
    const { id: generation, rules } = await this.#parts.served();
    const [bought, popular] = await Promise.all([
      this.#bought(generation, profileIds, options.now),
      this.#popularIn(generation, options.category ?? '', options.now),
    ]);
    const own = new Set([...bought.values()].flatMap((some) => some.map(({ productId }) => productId)));
    const neighbours = await this.#neighbours(generation, [...own]);
    const candidates = new Set([...own, ...popular]);
    for (const { inOrders, ofPeople } of neighbours.values())
      for (const [productId] of [...inOrders, ...ofPeople]) candidates.add(productId);
    const [sales, products] = await Promise.all([
      this.#sales(generation, ['', ...candidates]),
      this.#parts.catalogue.productsOf([...candidates]),
    ]);
    const shared = { neighbours, popular, sales, total: sales.get('') ?? NO_SALES, products, rules };
    return new Map(profileIds.map((id) => [id, rank({ ...shared, bought: bought.get(id) ?? [] }, options)]));
  }

  /** What people bought, by their profiles, each the latest first. */
  async #bought(
    generation: number,
    profileIds: readonly string[],
    now: number,
  ): Promise<Map<string, Bought[]>> {
    const merged = await this.#parts.merged(profileIds);
    const homes = new Map(profileIds.map((id) => [id, id]));
    for (const [home, ids] of merged) for (const id of ids) homes.set(id, home);
    const rows = await this.#parts.clickhouse.query<Bought & { readonly placed: string }>(
      `SELECT toString(if(o.version > 0, o.profile_id, l.written)) AS placed, l.product_id AS productId, uniqExact(l.order_id) AS times,
         sum(exp2((toUnixTimestamp64Milli(l.at) - {now:Float64}) / {halfLife:Float64})) AS weight, toUnixTimestamp64Milli(max(l.at)) AS lastAt
       FROM (SELECT profile_id AS written, product_id, order_id, offset, at FROM order_lines AS events FINAL
             WHERE generation = {generation:UInt32} AND ${PLACED_IN}) AS l
       LEFT ANY JOIN (SELECT offset, profile_id, version FROM event_override FINAL WHERE profile_id IN {ids:Array(UUID)}) AS o ON o.offset = l.offset
       GROUP BY placed, productId ORDER BY lastAt DESC, productId LIMIT {most:UInt32} BY placed`,
      {
        ...{ generation, ids: [...homes.keys()], now, most: BOUGHT_MAX },
        halfLife: BOUGHT_HALF_LIFE_DAYS * 86_400_000,
      },
    );
    const bought = new Map<string, Bought[]>();
    for (const { placed, ...one } of rows) {
      const home = homes.get(placed);
      if (home !== undefined) bought.set(home, [...(bought.get(home) ?? []), one]);
    }
    return new Map([...bought].map(([home, some]) => [home, together(some)]));
  }

  async #neighbours(generation: number, ids: readonly string[]): Promise<Map<string, Neighbours>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#parts.clickhouse.query<Neighbours & { readonly product: string }>(
      `SELECT product, in_orders AS inOrders, of_people AS ofPeople FROM product_neighbours FINAL
       WHERE generation = {generation:UInt32} AND product IN {ids:Array(String)}`,
      { generation, ids },
    );
    return new Map(rows.map(({ product, ...neighbours }) => [product, neighbours]));
  }

  /** How products sell; '' is all of them together. */
  async #sales(generation: number, ids: readonly string[]): Promise<Map<string, Sales>> {
    const rows = await this.#parts.clickhouse.query<Sales & { readonly id: string }>(
      `SELECT other AS id, sumIf(n, kind = 1) AS orders, sumIf(n, kind = 2) AS people, sumIf(recent, kind = 1) AS recent
       FROM product_pairs WHERE generation = {generation:UInt32} AND kind IN (1, 2) AND product = '' AND other IN {ids:Array(String)}
       GROUP BY other`,
      { generation, ids },
    );
    return new Map(rows.map(({ id, ...sales }) => [id, sales]));
  }

  /** What is popular, the most popular first; a list is asked for now and then. */
  #popularIn(generation: number, category: string, now: number): Promise<readonly string[]> {
    const known = this.#popular.get(category);
    if (known !== undefined && known.generation === generation && known.until > now) return known.productIds;
    const productIds = this.#readPopular(generation, category);
    productIds.catch(() => this.#popular.delete(category));
    this.#popular.delete(category);
    this.#popular.set(category, { generation, until: now + POPULAR_MS, productIds });
    // Invariant: it was added above. The one that was asked for first goes.
    if (this.#popular.size > POPULAR_LISTS_MAX)
      this.#popular.delete(this.#popular.keys().next().value as string);
    return productIds;
  }

  async #readPopular(generation: number, category: string): Promise<readonly string[]> {
    const within =
      category === ''
        ? 'true'
        : `other IN (SELECT product_id FROM products FINAL WHERE category = {category:String}
             UNION ALL SELECT product_id FROM products_seen FINAL WHERE category = {category:String})`;
    const rows = await this.#parts.clickhouse.query<{ id: string }>(
      `WITH (SELECT (sum(n), sum(recent)) FROM product_pairs WHERE generation = {generation:UInt32} AND kind = 1 AND product = '' AND other = '') AS total
       SELECT other AS id FROM product_pairs
       WHERE generation = {generation:UInt32} AND kind = 1 AND product = '' AND other != '' AND ${within}
       GROUP BY other ORDER BY sum(n) / total.1 + sum(recent) / total.2 DESC, other LIMIT {most:UInt32}`,
      { generation, category, most: POPULAR_MAX },
    );
    return rows.map(({ id }) => id);
  }
}

/** What was bought under several ids of one person. */
function together(some: readonly Bought[]): Bought[] {
  const byProduct = new Map<string, Bought>();
  for (const one of some) {
    const { times = 0, weight = 0, lastAt = 0 } = byProduct.get(one.productId) ?? {};
    byProduct.set(one.productId, {
      productId: one.productId,
      ...{ times: times + one.times, weight: weight + one.weight, lastAt: Math.max(lastAt, one.lastAt) },
    });
  }
  return [...byProduct.values()];
}
