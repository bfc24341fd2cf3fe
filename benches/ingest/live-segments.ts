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
  const kinds = [...figures(index, n, category, window), ...steps(n, category)];
  return kinds[index % kinds.length] as Node; // it is within the list
}

const inCategory = (category: string) =>
  ({ field: 'properties.category', is: { op: 'equals', value: category } }) as const;

/** Traits, and figures of events. */
function figures(index: number, n: number, category: string, window: Window): Node[] {
  const viewed = { kind: 'events', event: 'Product Viewed', where: inCategory(category), window } as const;
  const ordered = { kind: 'events', event: 'Order Completed', window } as const;
  const large = {
    all: [
      { field: 'category', is: inCategory(category).is },
      { field: 'price', is: { op: 'gt', value: 10 * n } },
    ],
  } as const;
  return [
    { kind: 'trait', trait: 'plan', is: { op: 'in', values: ['pro', `plan-${index}`] } },
    { ...viewed, is: { op: 'gte', value: n } },
    {
      ...{ ...ordered, measure: { kind: 'sum', of: 'properties.total' } },
      is: { op: 'gte', value: 100 * (index + 1) },
    },
    { kind: 'not', of: { ...ordered, is: { op: 'gte', value: n } } },
    {
      kind: 'all',
      of: [
        { kind: 'trait', trait: 'address.city', is: { op: 'not_equals', value: `c${index}` } },
        { kind: 'any', of: [viewed, { kind: 'random', percent: n, salt: String(index) }] },
      ],
    },
    { ...viewed, measure: { kind: 'distinct', of: 'properties.product_id' }, is: { op: 'gt', value: n } },
    { ...viewed, measure: { kind: 'last_at' }, is: { op: 'within_last', duration: `${n} hours` } },
    { ...ordered, where: { items: 'properties.products', where: large } },
  ];
}

/** Sequences. */
function steps(n: number, category: string): Node[] {
  const first = { event: 'Product Viewed', where: inCategory(category) };
  return [
    {
      kind: 'sequence',
      steps: [
        first,
        { event: 'Product Added', within: `${n} hours` },
        { event: 'Order Completed', within: '1 day' },
      ],
      window: { kind: 'last', duration: '7 days' },
    },
    {
      ...{ kind: 'sequence', same: 'properties.product_id', window: { kind: 'last', duration: '30 days' } },
      steps: [first, { event: 'Product Added', within: `${n} days` }],
    },
  ];
}
