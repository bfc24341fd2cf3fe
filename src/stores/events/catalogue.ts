import type { Product } from '../../core/recommend/rank.js';
import type { ClickHouse } from '../../engines/clickhouse.js';
import { READ_ROWS } from './read-rows.js';

/** A product of the uploaded catalogue. What is undefined is not known. */
export interface CatalogueProduct {
  readonly productId: string;
  readonly name?: string | undefined;
  readonly category?: string | undefined;
  readonly price?: number | undefined;
  readonly stock?: number | undefined;
  /** Not to be recommended, until it is uploaded again. */
  readonly deleted?: boolean | undefined;
}

interface Row {
  readonly product_id: string;
  readonly name: string;
  readonly category: string;
  readonly price: number | null;
  readonly stock: number | null;
  readonly deleted: boolean;
}

const GIVEN = 'SELECT product_id, name, category, price, stock, deleted FROM products FINAL';

const AMONG = 'WHERE product_id IN {ids:Array(String)}';

/** What is known of products: what was uploaded, and where that says nothing, what orders say. */
export class Catalogue {
  readonly #clickhouse: ClickHouse;

  constructor(clickhouse: ClickHouse) {
    this.#clickhouse = clickhouse;
  }

  /** Adds products, or replaces those of the same ids. @param now in milliseconds; what is put later holds. */
  async put(products: readonly CatalogueProduct[], now: number): Promise<void> {
    const lines = products.map(({ productId, name = '', category = '', price, stock, deleted = false }) =>
      JSON.stringify({
        product_id: productId,
        name,
        category,
        price: price ?? null,
        stock: stock ?? null,
        deleted,
        version: now,
      }),
    );
    await this.#clickhouse.insertJsonLines('products', Buffer.from(lines.join('\n')), {
      settings: READ_ROWS,
    });
  }

  /** Uploaded products after an id, in the order of ids. */
  async list(after: string, limit: number): Promise<CatalogueProduct[]> {
    const rows = await this.#clickhouse.query<Row>(
      `${GIVEN} WHERE product_id > {after:String} ORDER BY product_id LIMIT {limit:UInt32}`,
      { after, limit },
    );
    return rows.map(({ product_id: productId, ...row }) => ({ productId, ...productOf(row, undefined) }));
  }

  /** What is known of some products; those of which nothing is are missing. */
  async productsOf(ids: readonly string[]): Promise<Map<string, Product>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#clickhouse.query<Row & { readonly given: boolean }>(
      `SELECT product_id, name, category, price, stock, deleted, true AS given FROM (${GIVEN} ${AMONG})
       UNION ALL SELECT product_id, name, category, price, NULL, false, false FROM products_seen FINAL ${AMONG}`,
      { ids: [...ids] },
    );
    const seen = new Map<string, Product>();
    for (const { product_id: id, given, ...row } of rows) if (!given) seen.set(id, productOf(row, undefined));
    const found = new Map(seen);
    for (const { product_id: id, given, ...row } of rows)
      if (given) found.set(id, productOf(row, seen.get(id)));
    return found;
  }
}

/** @param seen what orders say */
function productOf(
  { name, category, price, stock, deleted }: Omit<Row, 'product_id'>,
  seen: Product | undefined,
): Product {
  return {
    name: name || (seen?.name ?? ''),
    category: category || (seen?.category ?? ''),
    price: price ?? seen?.price,
    stock: stock ?? undefined,
    deleted,
  };
}
