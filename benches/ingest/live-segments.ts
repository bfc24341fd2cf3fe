/** Segments of mixed kinds over the workload's events, that are kept up to date while it comes in. */
import type { Node, Window } from '../../src/core/segments/definition.js';

const CATEGORIES = ['shoes', 'jackets', 'kitchen', 'books', 'garden', 'audio'] as const;
const WINDOWS: readonly Window[] = [
  { kind: 'ever' },
  { kind: 'last', duration: '7 days' },
  { kind: 'last', duration: '30 days' },
  { kind: 'last', duration: '1 hour' },
];

/** So many definitions, no two of them the same. */
export function liveSegments(count: number): Node[] {
  return Array.from({ length: count }, (_, index) => nthSegment(index));
}

function nthSegment(index: number): Node {
  const round = Math.floor(index / 10);
  const category = CATEGORIES[round % CATEGORIES.length] as string; // it is within the list
  const window = WINDOWS[Math.floor(round / CATEGORIES.length) % WINDOWS.length] as Window;
  const n = 1 + (index % 7);
  const inCategory = { field: 'properties.category', is: { op: 'equals', value: category } } as const;
  const viewed = { kind: 'events', event: 'Product Viewed', where: inCategory, window } as const;
  const ordered = { kind: 'events', event: 'Order Completed', window } as const;
  switch (index % 10) {
    case 0:
      return { kind: 'trait', trait: 'plan', is: { op: 'in', values: ['pro', `plan-${index}`] } };
    case 1:
      return { ...viewed, is: { op: 'gte', value: n } };
    case 2:
      return {
        ...ordered,
        measure: { kind: 'sum', of: 'properties.total' },
        is: { op: 'gte', value: 100 * (index + 1) },
      };
    case 3:
      return { kind: 'not', of: { ...ordered, is: { op: 'gte', value: n } } };
    case 4:
      return {
        kind: 'sequence',
        steps: [
          { event: 'Product Viewed', where: inCategory },
          { event: 'Product Added', within: `${n} hours` },
          { event: 'Order Completed', within: '1 day' },
        ],
        window: { kind: 'last', duration: '7 days' },
      };
    case 5:
      return {
        kind: 'all',
        of: [
          { kind: 'trait', trait: 'address.city', is: { op: 'not_equals', value: `c${index}` } },
          { kind: 'any', of: [viewed, { kind: 'random', percent: n, salt: String(index) }] },
        ],
      };
    case 6:
      return {
        ...viewed,
        measure: { kind: 'distinct', of: 'properties.product_id' },
        is: { op: 'gt', value: n },
      };
    case 7:
      return { ...viewed, measure: { kind: 'last_at' }, is: { op: 'within_last', duration: `${n} hours` } };
    case 8:
      return {
        ...{ kind: 'sequence', same: 'properties.product_id', window: { kind: 'last', duration: '30 days' } },
        steps: [
          { event: 'Product Viewed', where: inCategory },
          { event: 'Product Added', within: `${n} days` },
        ],
      };
    default:
      return {
        ...ordered,
        where: {
          items: 'properties.products',
          where: {
            all: [
              { field: 'category', is: inCategory.is },
              { field: 'price', is: { op: 'gt', value: 10 * n } },
            ],
          },
        },
      };
  }
}
