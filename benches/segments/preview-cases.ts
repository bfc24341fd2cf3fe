/** Twelve definitions, each beside the best SQL that we could write for it by hand. */
import type { Node } from '../../src/core/segments/definition.js';
import { WORLD_END } from './bench-world.js';

/** One of them. `sql` answers a single row with the column `size`. */
export interface PreviewCase {
  readonly name: string;
  readonly node: Node;
  readonly sql: string;
}

const DAY_MS = 86_400_000;
const since = (days: number) => `timestamp > fromUnixTimestamp64Milli(toInt64(${WORLD_END - days * DAY_MS}))`;
const named = (name: string) => `type = 'track' AND name = '${name}'`;
const total = 'coalesce(properties.total.:Float64, toFloat64(properties.total.:Int64))';
const buyers = (days: number) =>
  `SELECT profile_id FROM events WHERE ${named('Order Completed')} AND ${since(days)}`;

/** See the head of the file. */
export const PREVIEW_CASES: readonly PreviewCase[] = [
  {
    name: 'simple trait',
    node: { kind: 'trait', trait: 'plan', is: { op: 'equals', value: 'pro' } },
    sql: `SELECT count() AS size FROM profiles FINAL WHERE NOT deleted AND traits.plan.:String = 'pro'`,
  },
  {
    name: 'windowed count',
    node: {
      ...{ kind: 'events', event: 'Product Viewed', window: { kind: 'last', duration: '30 days' } },
      is: { op: 'gte', value: 3 },
    },
    sql: `SELECT count() AS size FROM (SELECT profile_id FROM events WHERE ${named('Product Viewed')} AND ${since(30)} GROUP BY profile_id HAVING count() >= 3)`,
  },
  {
    name: 'sum',
    node: {
      ...{ kind: 'events', event: 'Order Completed', measure: { kind: 'sum', of: 'properties.total' } },
      ...{ window: { kind: 'last', duration: '90 days' }, is: { op: 'gte', value: 300 } },
    },
    sql: `SELECT count() AS size FROM (SELECT profile_id FROM events WHERE ${named('Order Completed')} AND ${since(90)} GROUP BY profile_id HAVING sum(${total}) >= 300)`,
  },
  {
    name: 'two orders over 100',
    node: {
      ...{ kind: 'events', event: 'Order Completed', is: { op: 'gte', value: 2 } },
      where: { field: 'properties.total', is: { op: 'gt', value: 100 } },
      window: { kind: 'last', duration: '90 days' },
    },
    sql: `SELECT count() AS size FROM (SELECT profile_id FROM events WHERE ${named('Order Completed')} AND ${since(90)} AND ${total} > 100 GROUP BY profile_id HAVING count() >= 2)`,
  },
  {
    name: 'three-step sequence',
    node: {
      kind: 'sequence',
      steps: [{ event: 'Product Viewed' }, { event: 'Product Added' }, { event: 'Order Completed' }],
    },
    sql: `SELECT count() AS size FROM (
      SELECT profile_id FROM events WHERE type = 'track' AND name IN ('Product Viewed', 'Product Added', 'Order Completed') GROUP BY profile_id
      HAVING sequenceMatch('(?1).*(?2).*(?3)')(toUInt64(toUnixTimestamp64Milli(timestamp)), name = 'Product Viewed', name = 'Product Added', name = 'Order Completed'))`,
  },
  {
    name: 'sequence with limits',
    node: {
      kind: 'sequence',
      steps: [
        { event: 'Product Viewed' },
        { event: 'Product Added', within: '2 days' },
        { event: 'Order Completed', within: '2 days' },
      ],
      window: { kind: 'last', duration: '90 days' },
    },
    sql: `SELECT count() AS size FROM (
      SELECT profile_id FROM events WHERE type = 'track' AND name IN ('Product Viewed', 'Product Added', 'Order Completed') AND ${since(90)} GROUP BY profile_id
      HAVING arrayExists(a -> arrayExists(v -> v < a AND a - v <= 172800000, groupArrayIf(toUnixTimestamp64Milli(timestamp), name = 'Product Viewed'))
        AND arrayExists(o -> o > a AND o - a <= 172800000, groupArrayIf(toUnixTimestamp64Milli(timestamp), name = 'Order Completed')),
        groupArrayIf(toUnixTimestamp64Milli(timestamp), name = 'Product Added')))`,
  },
  {
    name: 'correlated',
    node: {
      ...{ kind: 'sequence', same: 'properties.product_id', window: { kind: 'last', duration: '90 days' } },
      steps: [{ event: 'Product Viewed' }, { event: 'Product Added' }],
    },
    sql: `SELECT uniqExact(profile_id) AS size FROM (
      SELECT profile_id FROM events WHERE type = 'track' AND name IN ('Product Viewed', 'Product Added') AND ${since(90)}
      GROUP BY profile_id, properties.product_id.:String
      HAVING minIf(timestamp, name = 'Product Viewed') < maxIf(timestamp, name = 'Product Added') AND countIf(name = 'Product Viewed') > 0)`,
  },
  {
    name: 'negated',
    node: {
      kind: 'not',
      of: { kind: 'events', event: 'Order Completed', window: { kind: 'last', duration: '90 days' } },
    },
    sql: `SELECT count() AS size FROM profiles FINAL WHERE NOT deleted AND profile_id NOT IN (${buyers(90)})`,
  },
  {
    name: 'nested',
    node: {
      kind: 'all',
      of: [
        {
          kind: 'any',
          of: [
            { kind: 'trait', trait: 'plan', is: { op: 'in', values: ['pro', 'team'] } },
            { kind: 'trait', trait: 'country', is: { op: 'equals', value: 'DE' } },
          ],
        },
        {
          ...{ kind: 'events', event: 'Product Viewed', window: { kind: 'last', duration: '30 days' } },
          is: { op: 'gte', value: 2 },
        },
        { kind: 'not', of: { kind: 'events', event: 'Order Completed' } },
      ],
    },
    sql: `SELECT count() AS size FROM profiles FINAL WHERE NOT deleted AND (traits.plan.:String IN ('pro', 'team') OR traits.country.:String = 'DE')
      AND profile_id IN (SELECT profile_id FROM events WHERE ${named('Product Viewed')} AND ${since(30)} GROUP BY profile_id HAVING count() >= 2)
      AND profile_id NOT IN (SELECT profile_id FROM events WHERE ${named('Order Completed')})`,
  },
  {
    name: 'account',
    node: { kind: 'account', match: 'any', trait: 'industry', is: { op: 'equals', value: 'retail' } },
    sql: `SELECT count() AS size FROM profiles FINAL WHERE NOT deleted AND hasAny(accounts, (SELECT groupArray(group_id) FROM accounts FINAL WHERE traits.industry.:String = 'retail'))`,
  },
  {
    name: 'items',
    node: {
      ...{ kind: 'events', event: 'Order Completed', window: { kind: 'last', duration: '90 days' } },
      where: {
        items: 'properties.products',
        where: {
          all: [
            { field: 'category', is: { op: 'equals', value: 'hats' } },
            { field: 'price', is: { op: 'gt', value: 150 } },
          ],
        },
      },
    },
    sql: `SELECT uniqExact(profile_id) AS size FROM events WHERE ${named('Order Completed')} AND ${since(90)}
      AND arrayExists((c, f, i) -> c = 'hats' AND coalesce(f, toFloat64(i)) > 150, properties.products[].category.:String, properties.products[].price.:Float64, properties.products[].price.:Int64)`,
  },
  {
    name: 'last value',
    node: {
      ...{ kind: 'events', event: 'Product Viewed', measure: { kind: 'last', of: 'properties.category' } },
      is: { op: 'equals', value: 'hats' },
    },
    sql: `SELECT count() AS size FROM (SELECT profile_id FROM events WHERE ${named('Product Viewed')} GROUP BY profile_id
      HAVING argMax(properties.category.:String, (timestamp, offset)) = 'hats')`,
  },
];
