import type { JsonObject } from '../json.js';
import type { Random } from './random.js';

/** Something that the shop sells. */
export interface Product {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly slug: string;
  /** Price in cents. */
  readonly cents: number;
  readonly sized: boolean;
}

/** A product in a basket. */
export interface Line {
  readonly product: Product;
  readonly quantity: number;
  readonly size: string;
}

/** Address of the shop's website. */
export const SHOP_URL = 'https://fernandfinch.example';
/** All prices are in it (ISO 4217). */
export const CURRENCY = 'USD';
/** What people wear. */
export const SIZES = ['XS', 'S', 'M', 'L', 'XL'] as const;

const KINDS = [
  {
    category: 'Shoes',
    code: 'SHO',
    sized: true,
    cents: 6900,
    nouns: ['Trail Shoe', 'Rain Boot', 'Canvas Sneaker', 'Felt Slipper'],
  },
  {
    category: 'Jackets',
    code: 'JAC',
    sized: true,
    cents: 12900,
    nouns: ['Rain Shell', 'Wool Coat', 'Fleece', 'Quilted Vest'],
  },
  {
    category: 'Shirts',
    code: 'SHI',
    sized: true,
    cents: 3900,
    nouns: ['Linen Shirt', 'Tee', 'Flannel Shirt', 'Polo'],
  },
  {
    category: 'Bags',
    code: 'BAG',
    sized: false,
    cents: 7900,
    nouns: ['Daypack', 'Tote', 'Duffel', 'Hip Pouch'],
  },
  {
    category: 'Camping',
    code: 'CAM',
    sized: false,
    cents: 5900,
    nouns: ['Lantern', 'Two-Person Tent', 'Enamel Mug', 'Sleeping Mat'],
  },
  {
    category: 'Home',
    code: 'HOM',
    sized: false,
    cents: 2900,
    nouns: ['Wool Throw', 'Candle', 'Stoneware Bowl', 'Plant Pot'],
  },
] as const;
const LINES = ['Alder', 'Cove', 'Ember', 'Fjord', 'Heath'] as const;

/** Departments of the shop. */
export const CATEGORIES: readonly string[] = KINDS.map((kind) => kind.category);

/** Everything that the shop sells. */
export const CATALOGUE: readonly Product[] = KINDS.flatMap((kind, at) =>
  kind.nouns.flatMap((noun, row) =>
    LINES.map((line, column) => {
      const number = (at + 1) * 100 + row * 10 + column;
      const name = `${line} ${noun}`;
      return {
        id: `p-${number}`,
        sku: `${kind.code}-${number}`,
        name,
        category: kind.category,
        slug: name.toLowerCase().replaceAll(' ', '-'),
        // From 0.5 to 1.7 times the usual price of the kind, never round.
        cents: Math.round((kind.cents * (0.5 + 0.2 * ((row * 3 + column * 2) % 7))) / 100) * 100 - 5,
        sized: kind.sized,
      };
    }),
  ),
);

const BY_CATEGORY = new Map(
  CATEGORIES.map((category) => [category, CATALOGUE.filter((product) => product.category === category)]),
);

/** A product that somebody with this favourite category looks at: few products draw most of the looks. */
export function pickProduct(random: Random, favourite: string): Product {
  const shelf = (random.chance(0.55) ? BY_CATEGORY.get(favourite) : undefined) ?? CATALOGUE;
  // Invariant: the index is inside, since next() < 1, and no shelf is empty.
  return shelf[Math.floor(random.next() ** 2 * shelf.length)] as Product;
}

/** A line as the e-commerce events carry it. */
export function lineProperties(line: Line): JsonObject {
  const { product, quantity, size } = line;
  return {
    product_id: product.id,
    sku: product.sku,
    name: product.name,
    category: product.category,
    brand: 'Fern & Finch',
    ...(product.sized ? { variant: size } : {}),
    price: product.cents / 100,
    quantity,
    url: `${SHOP_URL}${productPath(product)}`,
  };
}

/** Path of the product's page. */
export function productPath(product: Product): string {
  return `/products/${product.slug}`;
}
