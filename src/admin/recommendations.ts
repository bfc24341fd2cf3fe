import type { Static } from 'typebox';
import { Type } from 'typebox';
import {
  checkRecommendationRules,
  RecommendationRulesSchema,
} from '../core/recommend/recommendation-rules.js';
import type { Recommendation, RecommendationReason } from '../core/recommend/recommender.js';
import type { Generation } from '../stores/state/recommendation-state.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { moment } from './profile-json.js';
import { ByProfileRef, profileByRef } from './profile-ref.js';
import { Moment, PageQuery, Problem, pageOf } from './schemas.js';

const MomentOrNull = Type.Union([Moment, Type.Null()]);
const known = {
  price: Type.Union([Type.Number(), Type.Null()]),
  stock: Type.Union([Type.Integer(), Type.Null()], { description: 'Null where it is not known.' }),
};
const RecommendationSchema = Type.Object({
  ...{ productId: Type.String(), name: Type.String(), category: Type.String(), ...known },
  score: Type.Number({ description: 'To be compared within one answer.' }),
  reason: Type.Object({
    code: Type.String({ description: '`bought_with`, `bought_again` or `popular`.' }),
    text: Type.String({ description: 'The same in words.' }),
    productId: Type.Optional(Type.String({ description: 'What it is bought with.' })),
  }),
});
const StandingSchema = Type.Object({
  rules: RecommendationRulesSchema,
  countedUntil: Type.Integer({ description: 'Orders before this log offset are counted.' }),
  refreshedAt: MomentOrNull,
  complete: Type.Boolean({
    description:
      'Everything has been counted under these rules. Until then the rules before them are served.',
  }),
});
const NewProduct = Type.Object(
  {
    productId: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
    name: Type.Optional(Type.String({ maxLength: 300 })),
    category: Type.Optional(Type.String({ maxLength: 300 })),
    price: Type.Optional(Type.Number()),
    stock: Type.Optional(Type.Integer({ description: 'At 0 it is not recommended.' })),
    deleted: Type.Optional(Type.Boolean({ description: 'It is not recommended any more.' })),
  },
  { additionalProperties: false },
);
const ProductSchema = Type.Object({
  ...{ productId: Type.String(), name: Type.String(), category: Type.String(), ...known },
  deleted: Type.Boolean(),
});
const PRODUCTS_MAX = 10_000;
const BODY_BYTES_MAX = 8 * 1024 * 1024;
const EXCLUDED_MAX = 500;
const tags = ['recommendations'];

/** Recommendations: for a person, their rules, and the catalogue of products. */
export async function recommendationRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  personRoute(app, parts);
  standingRoutes(app, parts);
  catalogueRoutes(app, parts);
}

function personRoute(app: AdminApp, parts: AdminParts): void {
  app.get(
    '/api/v1/profiles/:ref/recommendations',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Recommend products to a person', params: ByProfileRef },
        description:
          'The best first: what goes with what was bought, what the person buys again, and what is popular.',
        querystring: Type.Object({
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 10 })),
          category: Type.Optional(
            Type.String({ minLength: 1, maxLength: 300, description: 'Only products of it.' }),
          ),
          exclude: Type.Optional(
            Type.Union(
              [Type.Array(Type.String(), { maxItems: EXCLUDED_MAX }), Type.String({ maxLength: 8_000 })],
              {
                description: 'Ids of products that are not wanted: several times, or separated by commas.',
              },
            ),
          ),
        }),
        response: { 200: Type.Object({ data: Type.Array(RecommendationSchema) }), 404: Problem },
      },
    },
    async ({ params, query: { limit = 10, category, exclude = [] } }) => {
      const { profile } = await profileByRef(params.ref, parts);
      const unwanted = [exclude].flat().flatMap((ids) => ids.split(','));
      const options = { limit, category, exclude: unwanted, now: Date.now() };
      const found = await parts.recommending.recommender.recommend([profile.id], options);
      return { data: (found.get(profile.id) ?? []).map(recommendationJson) };
    },
  );
}

function standingRoutes(app: AdminApp, parts: AdminParts): void {
  app.get(
    '/api/v1/recommendations',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Read the rules of recommendations, and how far they are counted' },
        response: { 200: StandingSchema },
      },
    },
    async () => standingJson(await parts.recommending.state.newest()),
  );
  app.put(
    '/api/v1/recommendations/rules',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Change the rules of recommendations', body: RecommendationRulesSchema },
        description:
          'Which events are orders, and what may be recommended again. All orders are counted anew under them; until that is done the rules before are served. The same rules count anew as well.',
        response: { 200: StandingSchema },
      },
    },
    async ({ body }) => {
      checkRecommendationRules(body);
      return standingJson(await parts.recommending.state.begin(body));
    },
  );
  app.post(
    '/api/v1/recommendations/refresh',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Bring recommendations up to date now' },
        description:
          'It happens every minute by itself. Answered when all orders that were processed before are counted.',
        response: { 200: StandingSchema },
      },
    },
    async () => {
      await parts.recommending.refresh();
      return standingJson(await parts.recommending.state.newest());
    },
  );
}

function catalogueRoutes(app: AdminApp, parts: AdminParts): void {
  app.post(
    '/api/v1/products',
    {
      config: { access: { personal: 'none' } },
      bodyLimit: BODY_BYTES_MAX,
      schema: {
        ...{ tags, summary: 'Add products to the catalogue, or replace them' },
        description:
          'Whole products by their ids. What is left out is not known, and then what orders say of name, category and price counts. Products need not be here to be recommended.',
        body: Type.Object(
          { products: Type.Array(NewProduct, { minItems: 1, maxItems: PRODUCTS_MAX }) },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ products: Type.Integer() }) },
      },
    },
    async ({ body: { products } }) => {
      // Of one that is given twice the last holds, as of one that is uploaded twice.
      const byId = new Map(products.map((product) => [product.productId, product]));
      await parts.recommending.catalogue.put([...byId.values()], Date.now());
      return { products: byId.size };
    },
  );
  app.get(
    '/api/v1/products',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'List the uploaded catalogue' },
        querystring: Type.Object(PageQuery),
        response: { 200: pageOf(ProductSchema) },
      },
    },
    async ({ query: { limit = 50, cursor } }) => {
      const [after = ''] = decodeCursor(cursor, ['string'] as const) ?? [];
      const found = await parts.recommending.catalogue.list(after, limit);
      const last = found.at(-1);
      return {
        data: found.map(
          ({ name = '', category = '', price = null, stock = null, deleted = false, productId }) => ({
            ...{ productId, name, category, price, stock, deleted },
          }),
        ),
        nextCursor: found.length === limit && last ? encodeCursor([last.productId]) : null,
      };
    },
  );
}

function standingJson({
  rules,
  done,
  told,
  refreshedAt,
  completedAt,
}: Generation): Static<typeof StandingSchema> {
  return {
    rules,
    countedUntil: Math.min(done, told),
    refreshedAt: refreshedAt === null ? null : moment(refreshedAt),
    complete: completedAt !== null,
  };
}

function recommendationJson({ price, stock, reason, ...rest }: Recommendation) {
  const because = reason.code === 'bought_with' ? { productId: reason.productId } : {};
  return {
    ...{ ...rest, price: price ?? null, stock: stock ?? null },
    reason: { code: reason.code, text: inWords(reason), ...because },
  };
}

function inWords(reason: RecommendationReason): string {
  switch (reason.code) {
    case 'bought_with':
      return `bought with ${reason.name}`;
    case 'bought_again':
      return reason.times === 1 ? 'bought before' : `bought ${reason.times} times before`;
    case 'popular':
      return reason.category === undefined ? 'popular' : `popular in ${reason.category}`;
    default:
      return reason satisfies never;
  }
}
