import type { Pool } from 'pg';
import { codeKey } from '../../core/coupon/code-key.js';
import type { Validity } from '../../core/coupon/coupon.js';
import { TributaryError } from '../../core/errors.js';
import type { JsonObject } from '../../core/json.js';
import { textArray } from '../../engines/postgres.js';

/** A pool of coupons. Times are milliseconds since 1970 UTC. */
export interface CouponPool extends Validity {
  readonly id: string;
  readonly name: string;
  /** A person gets one coupon of a campaign. */
  readonly campaign: string;
  /** Undefined where codes are imported. */
  readonly pattern: string | undefined;
  /** Of generated codes: how many there may be. */
  readonly codesMax: number | undefined;
  readonly value: JsonObject;
  /** At so many free codes or less the stock is low. */
  readonly lowStock: number;
  readonly createdAt: number;
}

/** How many coupons of a pool are in which state. Codes that may still be made are free. */
export interface CouponStock {
  readonly free: number;
  readonly assigned: number;
  readonly redeemed: number;
  readonly expired: number;
}

/** A code that was not added, by its place among those given. */
export interface RefusedCode {
  readonly index: number;
  readonly code: string;
  /** Given twice; in this pool, or in another, already; or no code at all. */
  readonly reason: 'repeated' | 'in_pool' | 'in_other_pool' | 'invalid';
}

/** A row of table `coupon_pool`, as `POOL_COLUMNS` reads it: null where a pool has nothing. */
type PoolRow = { [Key in keyof CouponPool]: CouponPool[Key] | null };

const MS = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::float8`;
const POOL_COLUMNS = `id, name, campaign, pattern, codes_max AS "codesMax", value, low_stock AS "lowStock",
  valid_days AS "validDays", ${MS('valid_from')} AS "validFrom", ${MS('valid_until')} AS "validUntil",
  ${MS('created_at')} AS "createdAt"`;

/** Free are also those that may still be made. */
const STOCK = `
  SELECT
    CASE WHEN p.over THEN 0 ELSE count(*) FILTER (WHERE NOT taken) + coalesce(p.codes_max - p.codes_made, 0) END AS free,
    count(*) FILTER (WHERE taken AND r.coupon_key IS NULL AND (a.expires_at IS NULL OR a.expires_at > p.now)) AS assigned,
    count(r.coupon_key) AS redeemed,
    count(*) FILTER (WHERE r.coupon_key IS NULL AND CASE WHEN taken THEN a.expires_at <= p.now ELSE p.over END) AS expired
  FROM (SELECT *, coalesce(valid_until <= now, false) AS over
        FROM coupon_pool, to_timestamp($2::float8 / 1000) AS now WHERE id = $1) AS p
  LEFT JOIN coupon ON coupon.pool_id = p.id
  LEFT JOIN coupon_assignment AS a ON a.coupon_key = coupon.key
  LEFT JOIN (SELECT DISTINCT coupon_key FROM coupon_redemption) AS r ON r.coupon_key = coupon.key
  GROUP BY p.over, p.codes_max, p.codes_made`;

/** Pools of coupons, in PostgreSQL: made, read, filled. */
export class CouponPools {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** @throws TributaryError `conflict` when the id is taken. */
  async create(made: Omit<CouponPool, 'createdAt'>): Promise<CouponPool> {
    const { rows } = await this.#pool.query<PoolRow>(
      `INSERT INTO coupon_pool (id, name, campaign, pattern, codes_max, value, low_stock, valid_days, valid_from, valid_until)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9::float8 / 1000), to_timestamp($10::float8 / 1000))
       ON CONFLICT DO NOTHING RETURNING ${POOL_COLUMNS}`,
      [
        ...[made.id, made.name, made.campaign, made.pattern, made.codesMax, JSON.stringify(made.value)],
        ...[made.lowStock, made.validDays, made.validFrom, made.validUntil],
      ],
    );
    const [row] = rows;
    if (!row) throw new TributaryError('conflict', `There is a pool ${made.id} already.`);
    return poolOf(row);
  }

  /** @throws TributaryError `not_found` */
  async get(id: string): Promise<CouponPool> {
    const found = await this.find(id);
    if (found === undefined) throw new TributaryError('not_found', `There is no pool ${id}.`);
    return found;
  }

  /** A pool by its id; undefined when there is none. */
  async find(id: string): Promise<CouponPool | undefined> {
    const { rows } = await this.#pool.query<PoolRow>(
      `SELECT ${POOL_COLUMNS} FROM coupon_pool WHERE id = $1`,
      [id],
    );
    return rows[0] && poolOf(rows[0]);
  }

  /** Pools after an id, in the order of ids. */
  async list(after: string, limit: number): Promise<CouponPool[]> {
    const { rows } = await this.#pool.query<PoolRow>(
      `SELECT ${POOL_COLUMNS} FROM coupon_pool WHERE id > $1 ORDER BY id LIMIT $2`,
      [after, limit],
    );
    return rows.map(poolOf);
  }

  /** @param id of a pool that there is. */
  async stock(id: string, now: number): Promise<CouponStock> {
    const { rows } = await this.#pool.query<CouponStock>(STOCK, [id, now]);
    // Invariant: the pool has its one group, also without any code.
    return rows[0] as CouponStock;
  }

  /**
   * Adds codes, in their order. Adding the same again changes nothing.
   * @throws TributaryError `conflict` when the pool makes its codes itself.
   */
  async add(pool: CouponPool, codes: readonly string[]): Promise<{ added: number; refused: RefusedCode[] }> {
    if (pool.pattern !== undefined)
      throw new TributaryError('conflict', `The pool ${pool.id} makes its codes itself.`);
    const refused: RefusedCode[] = [];
    const fresh = new Map<string, { code: string; index: number }>();
    for (const [index, given] of codes.entries()) {
      const [code, key] = [given.trim(), codeKey(given)];
      if (key === undefined) refused.push({ index, code, reason: 'invalid' });
      else if (fresh.has(key)) refused.push({ index, code, reason: 'repeated' });
      else fresh.set(key, { code, index });
    }
    const keys = textArray([...fresh.keys()]);
    const { rows: added } = await this.#pool.query<{ key: string }>(
      `INSERT INTO coupon (key, code, pool_id)
       SELECT key, code, $3 FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS given (key, code, nth) ORDER BY nth
       ON CONFLICT DO NOTHING RETURNING key`,
      [keys, textArray([...fresh.values()].map(({ code }) => code)), pool.id],
    );
    for (const { key } of added) fresh.delete(key);
    const { rows: held } = await this.#pool.query<{ key: string; pool_id: string }>(
      'SELECT key, pool_id FROM coupon WHERE key = ANY ($1::text[])',
      [textArray([...fresh.keys()])],
    );
    const holders = new Map(held.map(({ key, pool_id }) => [key, pool_id]));
    for (const [key, { code, index }] of fresh)
      refused.push({ index, code, reason: holders.get(key) === pool.id ? 'in_pool' : 'in_other_pool' });
    return { added: added.length, refused: refused.sort((a, b) => a.index - b.index) };
  }
}

function poolOf(row: PoolRow): CouponPool {
  // Invariant: only columns that may be null are, and those are undefined here.
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value ?? undefined]),
  ) as unknown as CouponPool;
}
