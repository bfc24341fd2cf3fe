/**
 * From counts to recommendations, for one person. The score of a product is about the chance that it is in the next order:
 *
 *     popular       half of it by all orders, half by the recent ones: the share of orders that it is in
 *     bought again  what the person bought, the more recently the more, times how readily people buy it again
 *     bought with   how much more often than by chance it goes with something that the person bought
 *
 * The weights were chosen by hit rate on held-out orders; see docs/benchmarks.md.
 */

import type { RecommendationRules } from './recommendation-rules.js';
import type { Recommendation, RecommendationReason, RecommendOptions } from './recommender.js';

const AGAIN_WEIGHT = 0.1;
const ORDER_WEIGHT = 0.3;
const PERSON_WEIGHT = 0.1;
/** People that a product is thought to have had who never came back for it, so that few purchases prove little. */
const BUYERS_DOUBTED = 5;
/** From here on a product is one that people buy again. */
const REBOUGHT_MIN = 0.1;
const DAY_MS = 86_400_000;
/** Products that go with what a person bought: most answers are far shorter. */
const TIES_MAX = 200;

/** Something that a person bought. */
export interface Bought {
  readonly productId: string;
  readonly times: number;
  /** Its purchases, each weighing half as much for every `BOUGHT_HALF_LIFE_DAYS` that it lies back. */
  readonly weight: number;
  /** Milliseconds since 1970 UTC. */
  readonly lastAt: number;
}

/** After so many days a purchase says half as much of a person. */
export const BOUGHT_HALF_LIFE_DAYS = 180;

/** Products that go with one, and by how much. */
export interface Neighbours {
  readonly inOrders: ReadonlyArray<readonly [productId: string, excess: number]>;
  readonly ofPeople: ReadonlyArray<readonly [productId: string, excess: number]>;
}

/** In how many orders and with how many people a product is, and the weight of its recent orders. */
export interface Sales {
  readonly orders: number;
  readonly people: number;
  readonly recent: number;
}

/** What is known of a product. */
export interface Product {
  readonly name: string;
  readonly category: string;
  readonly price: number | undefined;
  readonly stock: number | undefined;
  readonly deleted: boolean;
}

/** How strongly a product goes with something that a person bought. */
export interface Tie {
  readonly part: number;
  readonly because: string;
}

/** Of each product that goes with something bought the strongest tie, the strongest of all first, and no more than are worth a look. */
export function tiesOf(
  bought: readonly Bought[],
  neighbours: ReadonlyMap<string, Neighbours>,
): ReadonlyMap<string, Tie> {
  const best = new Map<string, Tie>();
  for (const { productId: because, weight } of bought) {
    const { inOrders = [], ofPeople = [] } = neighbours.get(because) ?? {};
    const own = Math.min(1, weight);
    const tie = (productId: string, part: number) => {
      if (part > (best.get(productId)?.part ?? 0)) best.set(productId, { part, because });
    };
    for (const [productId, excess] of inOrders) tie(productId, own * excess * ORDER_WEIGHT);
    for (const [productId, excess] of ofPeople) tie(productId, own * excess * PERSON_WEIGHT);
  }
  return new Map([...best].sort(([, a], [, b]) => b.part - a.part).slice(0, TIES_MAX));
}

/** What one person's recommendations are made of. */
export interface Ranked {
  readonly bought: readonly Bought[];
  readonly ties: ReadonlyMap<string, Tie>;
  /** Products that are popular. */
  readonly popular: readonly string[];
  readonly sales: ReadonlyMap<string, Sales>;
  /** Of all products together. */
  readonly total: Sales;
  readonly products: ReadonlyMap<string, Product>;
  readonly rules: Pick<RecommendationRules, 'boughtAgain' | 'restDays'>;
}

interface Candidate {
  score: number;
  /** The largest part of the score so far, and what it comes from. */
  part: number;
  reason: RecommendationReason;
}

/** The best products for a person, the best first; of two alike, the one with the smaller id. */
export function rank(
  given: Ranked,
  { limit, category, exclude = [], now }: RecommendOptions,
): Recommendation[] {
  const candidates = new Map<string, Candidate>();
  const candidateOf = (productId: string) => {
    const known = candidates.get(productId);
    if (known !== undefined) return known;
    const popular = popularity(given.sales.get(productId), given.total);
    const made: Candidate = { score: popular, part: popular, reason: { code: 'popular', category } };
    candidates.set(productId, made);
    return made;
  };
  for (const productId of given.popular) candidateOf(productId);
  for (const one of given.bought) {
    const part = AGAIN_WEIGHT * one.weight * rebought(given.sales.get(one.productId));
    const candidate = candidateOf(one.productId);
    // Whoever bought it is not told that it is popular.
    candidate.part = 0;
    add(candidate, part, { code: 'bought_again', times: one.times });
  }
  for (const [productId, { part, because }] of given.ties) {
    const name = given.products.get(because)?.name || because;
    add(candidateOf(productId), part, { code: 'bought_with', productId: because, name });
  }
  const unwanted = new Set([...exclude, ...notAgain(given, now)]);
  return [...candidates]
    .filter(([productId]) => !unwanted.has(productId) && isOffered(given.products.get(productId), category))
    .sort(([a, { score: x }], [b, { score: y }]) => y - x || (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([productId, { score, reason }]) => {
      const { name = '', category: own = '', price, stock } = given.products.get(productId) ?? {};
      return { productId, name: name || productId, category: own, price, stock, score, reason };
    });
}

function add(candidate: Candidate, part: number, reason: RecommendationReason): void {
  candidate.score += part;
  if (part <= candidate.part) return;
  candidate.part = part;
  candidate.reason = reason;
}

/** What was bought and is not to be recommended again, or not yet. */
function notAgain({ bought, sales, rules }: Ranked, now: number): string[] {
  const isUnwanted = ({ productId, lastAt }: Bought) =>
    rules.boughtAgain === 'never' ||
    now - lastAt < rules.restDays * DAY_MS ||
    (rules.boughtAgain === 'sensibly' && rebought(sales.get(productId)) < REBOUGHT_MIN);
  return bought.filter(isUnwanted).map(({ productId }) => productId);
}

function isOffered(product: Product | undefined, category: string | undefined): boolean {
  if (category !== undefined && product?.category !== category) return false;
  return product === undefined || !(product.deleted || (product.stock !== undefined && product.stock <= 0));
}

/** Orders after the first one that a buyer of a product makes of it, on average, doubting the few. */
function rebought(sales: Sales | undefined): number {
  return sales === undefined ? 0 : Math.max(0, sales.orders - sales.people) / (sales.people + BUYERS_DOUBTED);
}

function popularity(sales: Sales | undefined, total: Sales): number {
  if (sales === undefined || total.orders === 0) return 0;
  return (sales.orders / total.orders + (total.recent > 0 ? sales.recent / total.recent : 0)) / 2;
}
