import type { JsonObject, JsonValue } from '../../core/json.js';
import type { Wanted } from '../../core/mapping/late.js';
import type { Recommendation, Recommender } from '../../core/recommend/recommender.js';
import type { LateAnswer, LateAsk, ResolveLate } from './late-resolver.js';

/** Gives coupons; see `stores/state/coupons.ts`. */
export interface CouponDesk {
  /**
   * An answer for each request, in their order; undefined when there is no such pool. The same request is always answered alike.
   * @param campaign undefined for the pool's own.
   */
  give(
    pool: string,
    campaign: string | undefined,
    requests: ReadonlyArray<{ readonly profileId: string; readonly key: string }>,
  ): Promise<readonly CouponGiven[] | undefined>;
}

type CouponGiven =
  | { readonly kind: 'assigned'; readonly coupon: { readonly code: string } }
  | { readonly kind: 'expired' }
  | { readonly kind: 'empty' };

/** What late values are resolved with. */
export interface LateTools {
  readonly coupons: CouponDesk;
  readonly recommender: Recommender;
  readonly now: () => number;
}

/** A value, a reason why the delivery cannot go without it, or nothing: then it is asked for again later. */
type Found = { readonly value: JsonValue } | { readonly refused: string } | undefined;

interface Place {
  readonly ask: LateAsk;
  readonly at: number;
}

/** Resolves late values, those of one kind together: coupons of a pool and campaign, recommendations of a limit and category. */
export function resolveLate(tools: LateTools): ResolveLate {
  return async (asked) => {
    const groups = new Map<string, { readonly wanted: Wanted; readonly places: Place[] }>();
    for (const ask of asked)
      for (const [at, wanted] of ask.wanted.entries()) {
        const key = JSON.stringify(wanted);
        const group = groups.get(key) ?? { wanted, places: [] };
        groups.set(key, group);
        group.places.push({ ask, at });
      }
    const found = new Map<LateAsk, Found[]>(asked.map((ask) => [ask, ask.wanted.map(() => undefined)]));
    for (const { wanted, places } of groups.values()) {
      const values = await (wanted.kind === 'coupon'
        ? couponsOf(wanted, places, tools)
        : productsOf(wanted, places, tools));
      for (const [index, { ask, at }] of places.entries()) {
        const of = found.get(ask);
        if (of !== undefined) of[at] = values[index];
      }
    }
    return new Map([...found].flatMap(([{ key }, values]) => answerOf(key, values)));
  };
}

/** A refusal goes before a value that is still missing. */
function answerOf(key: string, values: readonly Found[]): Array<readonly [string, LateAnswer]> {
  const known: JsonValue[] = [];
  for (const one of values) {
    if (one !== undefined && 'refused' in one) return [[key, one]];
    if (one !== undefined) known.push(one.value);
  }
  return known.length < values.length ? [] : [[key, { values: known }]];
}

/** An empty pool may be filled again, so who waits for one of its codes goes on waiting; one that is over will not come back. */
async function couponsOf(
  { pool, campaign }: Extract<Wanted, { kind: 'coupon' }>,
  places: readonly Place[],
  { coupons }: LateTools,
): Promise<Found[]> {
  const requests = places.map(({ ask: { key, profileId }, at }) => ({ profileId, key: `${key} ${at}` }));
  const given = await coupons.give(pool, campaign, requests);
  if (given === undefined) return places.map(() => ({ refused: `There is no pool of coupons ${pool}` }));
  return given.map((one): Found => {
    if (one.kind === 'assigned') return { value: one.coupon.code };
    return one.kind === 'expired' ? { refused: `The coupons of the pool ${pool} are over` } : undefined;
  });
}

async function productsOf(
  { limit, category }: Extract<Wanted, { kind: 'recommendations' }>,
  places: readonly Place[],
  { recommender, now }: LateTools,
): Promise<Found[]> {
  const ids = [...new Set(places.map(({ ask }) => ask.profileId))];
  const products = await recommender.recommend(ids, { limit, category, now: now() });
  return places.map(({ ask }) => ({ value: (products.get(ask.profileId) ?? []).map(productOf) }));
}

/** A product, as templates and tools are told of it. */
function productOf({ productId, name, category, price, reason }: Recommendation): JsonObject {
  return {
    ...{ product_id: productId, name, category, reason: reason.code },
    ...(price === undefined ? {} : { price }),
    ...(reason.code === 'bought_with' ? { because: reason.name } : {}),
  };
}
