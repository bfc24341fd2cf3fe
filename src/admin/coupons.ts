import type { Static } from 'typebox';
import { Type } from 'typebox';
import { readCodePattern } from '../core/coupon/code-pattern.js';
import { couponState } from '../core/coupon/coupon.js';
import { readCodes } from '../core/coupon/read-codes.js';
import { TributaryError } from '../core/errors.js';
import type { JsonObject } from '../core/json.js';
import type { ListedCoupon } from '../stores/state/coupon-holders.js';
import { couponsOf, holdersOf } from '../stores/state/coupon-holders.js';
import type { CouponPool } from '../stores/state/coupon-pools.js';
import { mergedInto } from '../stores/state/profiles.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { moment } from './profile-json.js';
import { ByProfileRef, profileByRef } from './profile-ref.js';
import { Moment, OpenObject, PageQuery, Problem, pageOf } from './schemas.js';

const MomentOrNull = Type.Union([Moment, Type.Null()]);
const StockSchema = Type.Object(
  {
    free: Type.Integer({
      description: 'Codes that may still be given, those included that are made on demand.',
    }),
    assigned: Type.Integer(),
    redeemed: Type.Integer(),
    expired: Type.Integer(),
    low: Type.Boolean({ description: 'No more are free than `lowStock`, which is not 0.' }),
  },
  { description: 'Coupons of the pool by their state now.' },
);
const PoolSchema = Type.Object({
  ...{ id: Type.String(), name: Type.String(), campaign: Type.String() },
  pattern: Type.Union([Type.String(), Type.Null()], { description: 'Null where codes are imported.' }),
  codesMax: Type.Union([Type.Integer(), Type.Null()]),
  value: OpenObject,
  ...{ validFrom: MomentOrNull, validUntil: MomentOrNull },
  validDays: Type.Union([Type.Integer(), Type.Null()]),
  lowStock: Type.Integer(),
  stock: StockSchema,
  createdAt: Moment,
});
const DAYS_MAX = 3_660;
const NewPool = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$' }),
    name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
    campaign: Type.Optional(
      Type.String({
        ...{ minLength: 1, maxLength: 200 },
        description:
          'A person gets one coupon of a campaign, from whichever pool. By default the pool is one of its own.',
      }),
    ),
    pattern: Type.Optional(
      Type.String({
        maxLength: 64,
        description:
          'Makes codes on demand, `#` where chance decides, such as `SUMMER-########`. Without it codes are imported.',
      }),
    ),
    codesMax: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Most codes that are made; by default as many as cannot be guessed.',
      }),
    ),
    value: Type.Optional(OpenObject),
    validFrom: Type.Optional(Moment),
    validUntil: Type.Optional(Moment),
    validDays: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: DAYS_MAX,
        description: 'From the moment that it is given to somebody.',
      }),
    ),
    lowStock: Type.Optional(
      Type.Integer({
        minimum: 0,
        default: 0,
        description: 'At so many free codes or less an alert is told; 0 is never.',
      }),
    ),
  },
  { additionalProperties: false },
);
const AddedSchema = Type.Object({
  added: Type.Integer(),
  refused: Type.Integer({ description: 'All codes that were not added.' }),
  refusals: Type.Array(
    Type.Object({
      line: Type.Integer({ description: 'Place among the codes given, from 1; of a text its line.' }),
      code: Type.String(),
      reason: Type.String({ description: '`repeated`, `in_pool`, `in_other_pool` or `invalid`.' }),
    }),
    { description: 'Up to 1,000 of them.' },
  ),
});
const CouponSchema = Type.Object({
  ...{ code: Type.String(), poolId: Type.String(), campaign: Type.String(), profileId: Type.String() },
  state: Type.String({ description: '`assigned`, `redeemed` or `expired`.' }),
  ...{ assignedAt: Moment, expiresAt: MomentOrNull },
  redemption: Type.Union([
    Type.Object({
      by: Type.String({ description: '`holder`, or `other` where somebody else ordered with it.' }),
      profileId: Type.String(),
      orderId: Type.Union([Type.String(), Type.Null()]),
      ...{ messageId: Type.String(), at: Moment },
    }),
    Type.Null(),
  ]),
  usedAgain: Type.Integer({ description: 'Orders that named it after that.' }),
});
const ById = Type.Object({ id: Type.String({ maxLength: 100 }) });
const CODES_MAX = 100_000;
const BODY_BYTES_MAX = 8 * 1024 * 1024;
const REFUSALS_SHOWN_MAX = 1_000;
const tags = ['coupons'];

/** Coupons: pools, their codes, and who holds them. */
export async function couponRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  poolRoutes(app, parts);
  holderRoutes(app, parts);
  assignRoute(app, parts);
  await app.register(async (scope) => codeRoute(scope as unknown as AdminApp, parts));
}

function poolRoutes(app: AdminApp, parts: AdminParts): void {
  app.get(
    '/api/v1/pools',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'List pools of coupons' },
        querystring: Type.Object(PageQuery),
        response: { 200: pageOf(PoolSchema) },
      },
    },
    async ({ query: { limit = 50, cursor } }) => {
      const [after = ''] = decodeCursor(cursor, ['string'] as const) ?? [];
      const found = await parts.coupons.pools.list(after, limit);
      const last = found.at(-1);
      const data = await Promise.all(found.map((pool) => poolJson(pool, parts)));
      return { data, nextCursor: found.length === limit && last ? encodeCursor([last.id]) : null };
    },
  );
  app.get(
    '/api/v1/pools/:id',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Read a pool and its stock', params: ById },
        response: { 200: PoolSchema, 404: Problem },
      },
    },
    async ({ params }) => poolJson(await parts.coupons.pools.get(params.id), parts),
  );
  app.post(
    '/api/v1/pools',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Create a pool of coupons', body: NewPool },
        response: { 201: PoolSchema, 409: Problem },
      },
    },
    async ({ body }, reply) => {
      const made = await parts.coupons.pools.create(newPool(body));
      return reply.code(201).send(await poolJson(made, parts));
    },
  );
}

/** @throws TributaryError `request_invalid` */
function newPool(body: Static<typeof NewPool>): Omit<CouponPool, 'createdAt'> {
  const { id, name, campaign = id, pattern, codesMax, value = {}, validDays, lowStock = 0 } = body;
  const at = (given: string | undefined) => (given === undefined ? undefined : Date.parse(given));
  const [validFrom, validUntil] = [at(body.validFrom), at(body.validUntil)];
  if (validFrom !== undefined && validUntil !== undefined && validFrom >= validUntil)
    throw new TributaryError('request_invalid', 'validUntil must be after validFrom.');
  if (pattern === undefined && codesMax !== undefined)
    throw new TributaryError(
      'request_invalid',
      'codesMax is for pools with a pattern: others have the codes that are added.',
    );
  const made = pattern === undefined ? undefined : (codesMax ?? readCodePattern(pattern).codesMax);
  if (pattern !== undefined) readCodePattern(pattern, made);
  return {
    ...{ id, name, campaign, pattern, codesMax: made, value: value as JsonObject, lowStock },
    ...{ validFrom, validUntil, validDays },
  };
}

/** Takes codes as JSON and as text. */
function codeRoute(app: AdminApp, parts: AdminParts): void {
  app.addContentTypeParser(['text/csv', 'text/plain'], { parseAs: 'string' }, (_, body, done) =>
    done(null, body),
  );
  app.post(
    '/api/v1/pools/:id/codes',
    {
      config: { access: { personal: 'masked' } },
      bodyLimit: BODY_BYTES_MAX,
      schema: {
        ...{ tags, summary: 'Add codes to a pool', params: ById },
        description: `As \`{"codes": [...]}\`, or as text/csv: one a line, or the first column. Up to ${CODES_MAX} at once; adding them again changes nothing.`,
        body: Type.Union([
          Type.Object(
            { codes: Type.Array(Type.String(), { minItems: 1, maxItems: CODES_MAX }) },
            { additionalProperties: false },
          ),
          Type.String({ minLength: 1 }),
        ]),
        response: { 200: AddedSchema, 404: Problem, 409: Problem },
      },
    },
    async ({ params, body }) => {
      const isText = typeof body === 'string';
      const codes = isText ? readCodes(body) : body.codes;
      if (codes.length > CODES_MAX)
        throw new TributaryError('request_invalid', `Give up to ${CODES_MAX} codes at once.`);
      const result = await parts.coupons.pools.add(await parts.coupons.pools.get(params.id), codes);
      // An empty line of a text says nothing.
      const refused = result.refused.filter(({ code }) => !(isText && code === ''));
      const shown = refused.slice(0, REFUSALS_SHOWN_MAX);
      return {
        added: result.added,
        refused: refused.length,
        refusals: shown.map(({ index, code, reason }) => ({ line: index + 1, code, reason })),
      };
    },
  );
}

function assignRoute(app: AdminApp, parts: AdminParts): void {
  app.post(
    '/api/v1/pools/:id/assign',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        ...{ tags, summary: 'Give somebody a coupon of a pool', params: ById },
        description:
          'Who has one of the campaign already is told that one again. Repeating a request under its `key` gives the same answer whatever became of the person since.',
        body: Type.Object(
          {
            profile: Type.String({ maxLength: 600, description: 'As in paths: `user_id:42`.' }),
            key: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            outcome: Type.String({
              description:
                '`assigned`; `expired`: the coupon, or the pool, is over; `empty`: no code is free.',
            }),
            coupon: Type.Union([
              Type.Object({
                ...{ code: Type.String(), poolId: Type.String(), campaign: Type.String() },
                ...{ assignedAt: Moment, expiresAt: MomentOrNull, redeemedAt: MomentOrNull },
              }),
              Type.Null(),
            ]),
          }),
          404: Problem,
        },
      },
    },
    async ({ params, body }) => {
      const pool = await parts.coupons.pools.get(params.id);
      const { profile } = await profileByRef(body.profile, parts);
      const request = { profileId: profile.id, key: body.key ?? `profile ${profile.id}` };
      const [answer] = await parts.coupons.given.assign(pool, pool.campaign, [request], Date.now());
      if (answer?.kind !== 'assigned') return { outcome: answer?.kind ?? 'empty', coupon: null };
      const { assignedAt, expiresAt, redeemedAt, ...coupon } = answer.coupon;
      const times = { expiresAt: momentOrNull(expiresAt), redeemedAt: momentOrNull(redeemedAt) };
      return { outcome: answer.kind, coupon: { ...coupon, assignedAt: moment(assignedAt), ...times } };
    },
  );
}

function holderRoutes(app: AdminApp, parts: AdminParts): void {
  app.get(
    '/api/v1/pools/:id/assignments',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'List who was given coupons of a pool', params: ById },
        querystring: Type.Object(PageQuery),
        response: { 200: pageOf(CouponSchema), 404: Problem },
      },
    },
    async ({ params, query: { limit = 50, cursor } }) => {
      const [after = ''] = decodeCursor(cursor, ['string'] as const) ?? [];
      const { id } = await parts.coupons.pools.get(params.id);
      const found = await holdersOf(parts.pool, id, after, limit);
      const last = found.at(-1);
      return {
        data: found.map(couponJson),
        nextCursor: found.length === limit && last ? encodeCursor([last.key]) : null,
      };
    },
  );
  app.get(
    '/api/v1/profiles/:ref/coupons',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'List the coupons of a person, the newest first', params: ByProfileRef },
        response: { 200: Type.Object({ data: Type.Array(CouponSchema) }), 404: Problem },
      },
    },
    async ({ params }) => {
      const { profile } = await profileByRef(params.ref, parts);
      const ids = [profile.id, ...(await mergedInto(parts.pool, profile.id))];
      return { data: (await couponsOf(parts.pool, ids)).map(couponJson) };
    },
  );
}

async function poolJson(pool: CouponPool, { coupons }: AdminParts): Promise<Static<typeof PoolSchema>> {
  const stock = await coupons.pools.stock(pool.id, Date.now());
  const {
    validFrom,
    validUntil,
    validDays = null,
    pattern = null,
    codesMax = null,
    createdAt,
    ...plain
  } = pool;
  return {
    ...{ ...plain, pattern, codesMax, validDays },
    ...{ validFrom: momentOrNull(validFrom), validUntil: momentOrNull(validUntil) },
    stock: { ...stock, low: pool.lowStock > 0 && stock.free <= pool.lowStock },
    createdAt: moment(createdAt),
  };
}

function couponJson({ key: _, assignedAt, expiresAt, redemption, ...coupon }: ListedCoupon) {
  const facts = { assignedAt, expiresAt, redeemedAt: redemption?.at };
  return {
    ...coupon,
    state: couponState(facts, Date.now()),
    ...{ assignedAt: moment(assignedAt), expiresAt: momentOrNull(expiresAt) },
    redemption: redemption
      ? { ...redemption, orderId: redemption.orderId ?? null, at: moment(redemption.at) }
      : null,
  };
}

function momentOrNull(at: number | undefined): string | null {
  return at === undefined ? null : moment(at);
}
