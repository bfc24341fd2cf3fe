/**
 * Giving coupons to people: never one code to two, one of a campaign to each, and the same answer to the same request for ever.
 *
 * One transaction for many requests. Its statements take their locks in one order everywhere, codes, pool, assignments, requests, each in the
 * order of its keys, so that two never wait for each other in a circle:
 *
 * 1. who has one already, or whose request was answered before, is served from that;
 * 2. free codes are locked, past those that others hold locked at this moment; a pool that makes its codes makes what is missing;
 * 3. assignments are inserted. Of two who come at once for one person, the second waits here for the first, and finds its row;
 * 4. what each request was answered is written beside it.
 */
import type { Pool, PoolClient } from 'pg';
import { codeBytes, makeCode, readCodePattern } from '../../core/coupon/code-pattern.js';
import { expiryOf, isOver } from '../../core/coupon/coupon.js';
import { inTransaction } from '../../engines/in-transaction.js';
import { textArray, uuidArray } from '../../engines/postgres.js';
import type { CouponPool } from './coupon-pools.js';

/** Requests of one transaction. */
const REQUESTS_MAX = 500;
/** Lots in which missing codes are made: more than one only where a code came out that there is already. */
const LOTS_MAX = 3;

/** Somebody is to get a coupon. */
export interface CouponRequest {
  readonly profileId: string;
  /** Stands for this request for ever: asked again under it, the answer is the same. */
  readonly key: string;
}

/** A coupon as its holder is told. Times are milliseconds since 1970 UTC. */
export interface HeldCoupon {
  readonly code: string;
  readonly poolId: string;
  readonly campaign: string;
  readonly assignedAt: number;
  readonly expiresAt: number | undefined;
  readonly redeemedAt: number | undefined;
}

/** What came of a request. */
export type CouponAnswer =
  | { readonly kind: 'assigned'; readonly coupon: HeldCoupon }
  /** The person's coupon, or the whole pool, is over. */
  | { readonly kind: 'expired' }
  /** No code is free now. */
  | { readonly kind: 'empty' };

/** A pool that has few codes left, or none. */
export interface LowStock {
  readonly poolId: string;
  readonly free: number;
}

interface Tools {
  /** Bytes that nobody can foresee. */
  readonly random: (bytes: number) => Uint8Array;
  /** A pool's stock has become low. Told once, until it is filled again. */
  readonly low: (stock: LowStock) => void;
}

/** Gives coupons to people; see the head of the file. */
export class Coupons {
  readonly #pool: Pool;
  readonly #tools: Tools;
  /** Pools that were told to be low. */
  readonly #low = new Set<string>();

  constructor(pool: Pool, tools: Tools) {
    this.#pool = pool;
    this.#tools = tools;
  }

  /**
   * Gives each of these people a coupon of a pool, or tells which they have: an answer for each request, in their order.
   * @param campaign mostly the pool's own.
   */
  async assign(
    pool: CouponPool,
    campaign: string,
    requests: readonly CouponRequest[],
    now: number,
  ): Promise<CouponAnswer[]> {
    const answers: CouponAnswer[] = [];
    for (let from = 0; from < requests.length; from += REQUESTS_MAX) {
      const some = requests.slice(from, from + REQUESTS_MAX);
      answers.push(...(await this.#assignSome({ pool, campaign, now }, some)));
    }
    if (pool.lowStock > 0) await this.#watchStock(pool);
    return answers;
  }

  async #assignSome(asked: Asked, requests: readonly CouponRequest[]): Promise<CouponAnswer[]> {
    return inTransaction(this.#pool, async (client) => {
      const homes = await homesWithout(client, asked.campaign, requests);
      if (homes.length > 0 && !isOver(asked.pool.validUntil, asked.now)) {
        const keys = await this.#take(client, asked.pool, homes.length);
        await client.query(ASSIGN, assignValues(asked, homes.slice(0, keys.length), keys));
      }
      await client.query(REMEMBER, [asked.campaign, ...columnsOf(requests)]);
      const { rows } = await client.query<AnswerRow>(ANSWERS, [asked.campaign, ...columnsOf(requests)]);
      return rows.map((row) => answerOf(row, asked));
    });
  }

  /** Locks up to so many free codes. */
  async #take(client: PoolClient, pool: CouponPool, count: number): Promise<string[]> {
    const keys = await freeKeys(client, pool.id, count, []);
    for (let lot = 0; lot < LOTS_MAX && keys.length < count && pool.pattern !== undefined; lot += 1) {
      await this.#make(client, pool, count - keys.length);
      keys.push(...(await freeKeys(client, pool.id, count - keys.length, keys)));
    }
    return keys;
  }

  async #make(client: PoolClient, { id, pattern = '' }: CouponPool, count: number): Promise<void> {
    const { rows } = await client.query<{ room: number }>(
      'SELECT codes_max - codes_made AS room FROM coupon_pool WHERE id = $1 FOR UPDATE',
      [id],
    );
    const read = readCodePattern(pattern);
    const codes = Array.from({ length: Math.min(count, rows[0]?.room ?? 0) }, () =>
      makeCode(read, this.#tools.random(codeBytes(read))),
    );
    await client.query(
      `WITH made AS (
         INSERT INTO coupon (key, code, pool_id) SELECT code, code, $1 FROM unnest($2::text[]) AS given (code)
         ON CONFLICT DO NOTHING RETURNING 1)
       UPDATE coupon_pool SET codes_made = codes_made + (SELECT count(*) FROM made) WHERE id = $1`,
      [id, textArray(codes)],
    );
  }

  async #watchStock({ id, lowStock }: CouponPool): Promise<void> {
    const { rows } = await this.#pool.query<LowStock>(FREE_UP_TO, [id, lowStock + 1]);
    const free = rows[0]?.free ?? 0;
    if (free > lowStock) this.#low.delete(id);
    else if (!this.#low.has(id)) {
      this.#low.add(id);
      this.#tools.low({ poolId: id, free });
    }
  }
}

interface Asked {
  readonly pool: CouponPool;
  readonly campaign: string;
  readonly now: number;
}

/** No further than it matters. */
const FREE_UP_TO = `
  SELECT $1 AS "poolId", coalesce(max(codes_max - codes_made), 0) + (
    SELECT count(*) FROM (SELECT FROM coupon WHERE pool_id = $1 AND NOT taken LIMIT $2) AS counted) AS free
  FROM coupon_pool WHERE id = $1`;

/** What is asked, with the profile that each person is now. */
const ASKED = `asked AS (
    SELECT nth, key, coalesce(into_id, asked.profile_id) AS home
    FROM unnest($2::text[], $3::uuid[]) WITH ORDINALITY AS asked (key, profile_id, nth)
    LEFT JOIN profile_merge ON from_id = asked.profile_id)`;

/** Of those that a person has by way of merges, the one that was given first. */
const HELD = `(
    SELECT coupon_key FROM coupon_assignment AS a
    WHERE a.campaign = $1 AND (a.profile_id = home OR a.profile_id IN (SELECT from_id FROM profile_merge WHERE into_id = home))
    ORDER BY assigned_at, coupon_key LIMIT 1)`;

const WITHOUT = `
  WITH ${ASKED}
  SELECT DISTINCT home FROM asked
  WHERE NOT EXISTS (SELECT FROM coupon_request AS r WHERE r.campaign = $1 AND r.key = asked.key) AND ${HELD} IS NULL
  ORDER BY home`;

const FREE = `
  SELECT key FROM coupon WHERE pool_id = $1 AND NOT taken AND key <> ALL ($3::text[])
  ORDER BY seq LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`;

/** A code whose person got another one meanwhile stays free. */
const ASSIGN = `
  WITH given AS (
    INSERT INTO coupon_assignment (campaign, profile_id, coupon_key, pool_id, assigned_at, expires_at)
    SELECT $1, profile_id, coupon_key, $4, to_timestamp($5::float8 / 1000), to_timestamp($6::float8 / 1000)
    FROM unnest($2::uuid[], $3::text[]) WITH ORDINALITY AS pair (profile_id, coupon_key, nth) ORDER BY nth
    ON CONFLICT (campaign, profile_id) DO NOTHING RETURNING coupon_key)
  UPDATE coupon SET taken = true FROM given WHERE key = coupon_key`;

const REMEMBER = `
  WITH ${ASKED}
  INSERT INTO coupon_request (campaign, key, coupon_key)
  SELECT $1, key, held FROM (SELECT DISTINCT ON (key) key, ${HELD} AS held FROM asked ORDER BY key, nth) AS answered
  WHERE held IS NOT NULL ORDER BY key
  ON CONFLICT DO NOTHING`;

const ANSWERS = `
  WITH ${ASKED}
  SELECT coupon.code, a.pool_id AS "poolId", a.campaign, round(extract(epoch FROM a.assigned_at) * 1000)::float8 AS "assignedAt",
    round(extract(epoch FROM a.expires_at) * 1000)::float8 AS "expiresAt",
    (SELECT round(extract(epoch FROM r.at) * 1000)::float8 FROM coupon_redemption AS r
     WHERE r.coupon_key = a.coupon_key ORDER BY "offset" LIMIT 1) AS "redeemedAt"
  FROM asked
  LEFT JOIN coupon_request ON coupon_request.campaign = $1 AND coupon_request.key = asked.key
  LEFT JOIN coupon_assignment AS a ON a.coupon_key = coupon_request.coupon_key
  LEFT JOIN coupon ON coupon.key = a.coupon_key
  ORDER BY nth`;

type AnswerRow = { readonly [Key in keyof HeldCoupon]: NonNullable<HeldCoupon[Key]> | null };

function columnsOf(requests: readonly CouponRequest[]): Buffer[] {
  return [textArray(requests.map(({ key }) => key)), uuidArray(requests.map(({ profileId }) => profileId))];
}

/** The people who have no coupon of the campaign and were never answered, each once. */
async function homesWithout(
  client: PoolClient,
  campaign: string,
  requests: readonly CouponRequest[],
): Promise<string[]> {
  const { rows } = await client.query<{ home: string }>(WITHOUT, [campaign, ...columnsOf(requests)]);
  return rows.map(({ home }) => home);
}

async function freeKeys(
  client: PoolClient,
  poolId: string,
  count: number,
  besides: readonly string[],
): Promise<string[]> {
  const { rows } = await client.query<{ key: string }>(FREE, [poolId, count, textArray(besides)]);
  return rows.map(({ key }) => key);
}

function assignValues({ pool, campaign, now }: Asked, homes: readonly string[], keys: readonly string[]) {
  return [campaign, uuidArray(homes), textArray(keys), pool.id, now, expiryOf(pool, now) ?? null];
}

function answerOf(row: AnswerRow, { pool, now }: Asked): CouponAnswer {
  const { code, poolId, campaign, assignedAt } = row;
  if (code === null || poolId === null || campaign === null || assignedAt === null)
    return { kind: isOver(pool.validUntil, now) ? 'expired' : 'empty' };
  const [expiresAt, redeemedAt] = [row.expiresAt ?? undefined, row.redeemedAt ?? undefined];
  if (isOver(expiresAt, now)) return { kind: 'expired' };
  return { kind: 'assigned', coupon: { code, poolId, campaign, assignedAt, expiresAt, redeemedAt } };
}
