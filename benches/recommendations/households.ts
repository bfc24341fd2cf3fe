/** A grocer's real baskets (Complete Journey), the last one of each household put aside. */
import { existsSync, readFileSync } from 'node:fs';

/** One basket of a household. */
export interface Basket {
  readonly household: string;
  readonly basket: string;
  /** When it was paid, in milliseconds since 1970 UTC. */
  readonly at: number;
  readonly products: readonly string[];
  /** The lines of the file. */
  readonly lines: readonly string[];
}

/** What is known, and what is to be foretold. */
export interface HeldOut {
  readonly header: string;
  /** All baskets but the last of each household; of those who have one only, that one. */
  readonly known: readonly Basket[];
  readonly last: ReadonlyMap<string, Basket>;
}

/** Reads the folder's transactions; undefined when they are not there. */
export function readHouseholds(folder: URL): HeldOut | undefined {
  const file = new URL('transactions_sample.csv', folder);
  if (!existsSync(file)) return undefined;
  const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const baskets = new Map<
    string,
    { basket: Omit<Basket, 'products' | 'lines'>; products: Set<string>; lines: string[] }
  >();
  for (const line of lines) {
    const [household = '', , basket = '', product = '', ...rest] = line.split(',');
    const at = Date.parse(rest.at(-1) ?? '');
    const held = baskets.get(basket) ?? { basket: { household, basket, at }, products: new Set(), lines: [] };
    held.products.add(product);
    held.lines.push(line);
    baskets.set(basket, held);
  }
  const all = Array.from(
    baskets.values(),
    (one): Basket => ({ ...one.basket, products: [...one.products], lines: one.lines }),
  );
  all.sort((a, b) => a.at - b.at || (a.basket < b.basket ? -1 : 1));
  const last = new Map<string, Basket>();
  const count = new Map<string, number>();
  for (const one of all) {
    last.set(one.household, one);
    count.set(one.household, (count.get(one.household) ?? 0) + 1);
  }
  for (const [household, baskets] of count) if (baskets < 2) last.delete(household);
  return { header, known: all.filter((one) => last.get(one.household) !== one), last };
}

/** The share of those households whose last basket holds at least one of what was recommended for them. */
export function hitRate(
  last: ReadonlyMap<string, Basket>,
  recommended: ReadonlyMap<string, readonly string[]>,
): number {
  let hits = 0;
  for (const [household, { products }] of last)
    if (recommended.get(household)?.some((product) => products.includes(product))) hits += 1;
  return hits / last.size;
}
