/** What recommendations are asked for. */
export interface RecommendOptions {
  /** Most of them. */
  readonly limit: number;
  /** Only products of it. */
  readonly category?: string | undefined;
  /** Products that are not wanted. */
  readonly exclude?: readonly string[];
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** Why a product is recommended. */
export type RecommendationReason =
  | { readonly code: 'bought_with'; readonly productId: string; readonly name: string }
  | { readonly code: 'bought_again'; readonly times: number }
  | { readonly code: 'popular'; readonly category: string | undefined };

/** A product for somebody. */
export interface Recommendation {
  readonly productId: string;
  readonly name: string;
  readonly category: string;
  readonly price: number | undefined;
  readonly stock: number | undefined;
  /** About the chance that it is in the person's next order; to be compared within one answer. */
  readonly score: number;
  readonly reason: RecommendationReason;
}

/**
 * Whatever recommends products to people. A deeper model is another implementation: who asks sees no difference.
 */
export interface Recommender {
  /** For each profile, by its id, the best first. Who is unknown is recommended what is popular. */
  recommend(
    profileIds: readonly string[],
    options: RecommendOptions,
  ): Promise<ReadonlyMap<string, readonly Recommendation[]>>;
}
