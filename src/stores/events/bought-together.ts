import type { Bought, Neighbours, Product, Sales } from '../../core/recommend/rank.js';
import { BOUGHT_HALF_LIFE_DAYS, rank, tiesOf } from '../../core/recommend/rank.js';
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

/** What is known of some products. */
interface Known {
  readonly sales: ReadonlyMap<string, Sales>;
  readonly products: ReadonlyMap<string, Product>;
}

/** What is popular, the most popular first; of it, and of all products together (''), what is known. */
interface Popular extends Known {
  readonly ids: readonly string[];
  /** When anybody ordered last. */
  readonly newestAt: number;
}

interface PopularList {
  readonly generation: number;
  readonly until: number;
  readonly popular: Promise<Popular>;
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
    const popular = await this.#popularIn(generation, options.category ?? '', options.now);
    // Time stands still while nobody orders: of old data alone the latest says as much as it did then.
    const bought = await this.#bought(generation, profileIds, Math.min(options.now, popular.newestAt));
    const neighbours = await this.#neighbours(generation, idsIn(bought.values()));
    const ties = new Map(Array.from(bought, ([id, some]) => [id, tiesOf(some, neighbours)] as const));
    const others = new Set(idsIn(bought.values()));
    for (const some of ties.values()) for (const id of some.keys()) others.add(id);
    for (const id of popular.ids) others.delete(id);
    const known = await this.#known(generation, [...others]);
    const shared = {
      ...{ rules, popular: popular.ids, total: popular.sales.get('') ?? NO_SALES },
      sales: new Map([...popular.sales, ...known.sales]),
      products: new Map([...popular.products, ...known.products]),
    };
    const rankFor = (id: string) =>
      rank({ ...shared, bought: bought.get(id) ?? [], ties: ties.get(id) ?? new Map() }, options);
    return new Map(profileIds.map((id) => [id, rankFor(id)]));
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

  async #known(generation: number, ids: readonly string[]): Promise<Known> {
    const [sales, products] = await Promise.all([
      this.#sales(generation, ids),
      this.#parts.catalogue.productsOf(ids),
    ]);
    return { sales, products };
  }

  /** How products sell; '' is all of them together. */
  async #sales(generation: number, ids: readonly string[]): Promise<Map<string, Sales>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#parts.clickhouse.query<Sales & { readonly id: string }>(
      `SELECT other AS id, sumIf(n, kind = 1) AS orders, sumIf(n, kind = 2) AS people, sumIf(recent, kind = 1) AS recent
       FROM product_pairs WHERE generation = {generation:UInt32} AND kind IN (1, 2) AND product = '' AND other IN {ids:Array(String)}
       GROUP BY other`,
      { generation, ids },
    );
    return new Map(rows.map(({ id, ...sales }) => [id, sales]));
  }

  /** What is popular now and then: a list is used for a while. */
  #popularIn(generation: number, category: string, now: number): Promise<Popular> {
    const known = this.#popular.get(category);
    if (known !== undefined && known.generation === generation && known.until > now) return known.popular;
    const popular = this.#readPopular(generation, category);
    popular.catch(() => this.#popular.delete(category));
    this.#popular.delete(category);
    this.#popular.set(category, { generation, until: now + POPULAR_MS, popular });
    // Invariant: it was added above. The one that was asked for first goes.
    if (this.#popular.size > POPULAR_LISTS_MAX)
      this.#popular.delete(this.#popular.keys().next().value as string);
    return popular;
  }

  async #readPopular(generation: number, category: string): Promise<Popular> {
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
    const ids = rows.map(({ id }) => id);
    const [latest] = await this.#parts.clickhouse.query<{ at: number }>(
      'SELECT toUnixTimestamp64Milli(max(at)) AS at FROM order_lines WHERE generation = {generation:UInt32}',
      { generation },
    );
    return { ids, newestAt: latest?.at ?? 0, ...(await this.#known(generation, ['', ...ids])) };
  }
}

function idsIn(bought: Iterable<readonly Bought[]>): string[] {
  const ids = new Set<string>();
  for (const some of bought) for (const { productId } of some) ids.add(productId);
  return [...ids];
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
