/**
 * One example of everything that a definition may hold. The types see to it that nothing is left out: a new kind of node, test,
 * measure or window does not compile without an example here.
 */
import type {
  ComputedValue,
  Condition,
  During,
  Measure,
  Node,
  Selector,
  Step,
  Test,
  Window,
} from '../src/core/segments/definition.js';

/** An example, and what it shows in a sentence. */
export interface Example<Of = Node> {
  readonly about: string;
  readonly of: Of;
}

type Keys<T> = T extends unknown ? keyof T : never;
type Sequence = Extract<Node, { kind: 'sequence' }>;

const vip: Node = { kind: 'segment', segment: 'vip' };
const pro: Node = { kind: 'trait', trait: 'plan', is: { op: 'equals', value: 'pro' } };
const order = (more: Omit<Extract<Node, { kind: 'events' }>, 'kind' | 'event'>): Node => ({
  kind: 'events',
  event: 'Order Completed',
  ...more,
});
const large: Condition = { field: 'properties.total', is: { op: 'gt', value: 100 } };
const coupon: Condition = { field: 'properties.coupon', is: { op: 'exists' } };

/** Nodes, by kind. */
export const NODE_EXAMPLES: Readonly<Record<Node['kind'], Example>> = {
  all: { about: 'All of some conditions hold.', of: { kind: 'all', of: [pro, vip] } },
  any: {
    about:
      'At least one of some conditions holds. Inside each other, joined conditions stand in parentheses.',
    of: {
      kind: 'any',
      of: [pro, { kind: 'all', of: [vip, { kind: 'consent', purpose: 'marketing' }] }],
    },
  },
  not: { about: 'A condition does not hold.', of: { kind: 'not', of: pro } },
  trait: {
    about: 'A trait of the person, or a computed trait, fulfils a test. A path leads into objects.',
    of: { kind: 'trait', trait: 'address.city', is: { op: 'equals', value: 'Graz' } },
  },
  events: {
    about: 'What the person did, how often and when; or a figure of it, tested.',
    of: order({ where: large, is: { op: 'gte', value: 2 }, window: { kind: 'last', duration: '30 days' } }),
  },
  sequence: {
    about: 'Events in an order.',
    of: {
      kind: 'sequence',
      steps: [
        { event: 'Product Viewed' },
        { event: 'Product Added', within: '2 hours' },
        { event: 'Order Completed', within: '1 hour', absent: true },
      ],
      same: 'properties.product_id',
    },
  },
  segment: { about: 'Members of another segment.', of: vip },
  account: {
    about: 'A trait of the accounts that the person belongs to: of `any`, `all` or `none` of them.',
    of: {
      kind: 'account',
      match: 'any',
      trait: 'plan',
      is: { op: 'in', values: ['business', 'enterprise'] },
    },
  },
  account_members: {
    about:
      'How many of those who belong to the accounts of the person, the person among them, are in another segment: `any` of them, `all` (and there is an account), or `none`.',
    of: { kind: 'account_members', match: 'any', segment: 'vip' },
  },
  list: { about: 'People on an uploaded or hand-kept list.', of: { kind: 'list', list: 'newsletter' } },
  random: {
    about: 'A part of all people, always the same for one salt.',
    of: { kind: 'random', percent: 10, salt: 'spring test' },
  },
  consent: {
    about: 'The last word on a purpose is yes; with `given: false`, no. Who was never asked is neither.',
    of: { kind: 'consent', purpose: 'marketing', given: false },
  },
};

/** Tests, by operation, each with a trait that it may be asked of. */
export const TEST_EXAMPLES: {
  readonly [Op in Test['op']]: { readonly trait: string; readonly is: Test & { readonly op: Op } };
} = {
  equals: { trait: 'plan', is: { op: 'equals', value: 'pro', ignoreCase: true } },
  not_equals: { trait: 'plan', is: { op: 'not_equals', value: 'free' } },
  in: { trait: 'country', is: { op: 'in', values: ['DE', 'AT'] } },
  not_in: { trait: 'country', is: { op: 'not_in', values: ['DE', 'AT'] } },
  contains: { trait: 'company', is: { op: 'contains', value: 'labs', ignoreCase: true } },
  starts_with: { trait: 'phone', is: { op: 'starts_with', value: '+43' } },
  ends_with: { trait: 'email', is: { op: 'ends_with', value: '@example.com' } },
  matches: { trait: 'sku', is: { op: 'matches', pattern: '^[A-Z]{2}\\d+$' } },
  exists: { trait: 'phone', is: { op: 'exists' } },
  is_null: { trait: 'phone', is: { op: 'is_null' } },
  is_missing: { trait: 'phone', is: { op: 'is_missing' } },
  gt: { trait: 'age', is: { op: 'gt', value: 17 } },
  gte: { trait: 'age', is: { op: 'gte', value: 18 } },
  lt: { trait: 'score', is: { op: 'lt', value: 0.5 } },
  lte: { trait: 'score', is: { op: 'lte', value: -1 } },
  between: { trait: 'age', is: { op: 'between', from: 18, to: 29 } },
  before: { trait: 'signed_up_at', is: { op: 'before', date: '2026-03-01' } },
  after: { trait: 'signed_up_at', is: { op: 'after', date: '2026-03-01T09:30:00Z' } },
  within_last: { trait: 'signed_up_at', is: { op: 'within_last', duration: '7 days' } },
  within_next: { trait: 'renewal_at', is: { op: 'within_next', duration: '2 weeks' } },
  older_than: { trait: 'signed_up_at', is: { op: 'older_than', duration: '90 days' } },
  anniversary: {
    trait: 'birthday',
    is: { op: 'anniversary', inNextDays: 7, zone: 'Europe/Berlin' },
  },
  near: { trait: 'home', is: { op: 'near', latitude: 52.5, longitude: 13.4, km: 5 } },
  has_any: { trait: 'tags', is: { op: 'has_any', values: ['beta', 'partner'] } },
  has_all: { trait: 'tags', is: { op: 'has_all', values: ['beta', 'partner'] } },
  has_none: { trait: 'tags', is: { op: 'has_none', values: ['churned', 7] } },
};

const figure = (about: string, measure: Measure, is: Test): Example => ({
  about,
  of: order({ measure, is }),
});
const total = 'properties.total';

/** Measures, by kind. */
export const MEASURE_EXAMPLES: Readonly<Record<Measure['kind'], Example>> = {
  count: figure(
    'How many events; this is what is measured when nothing is said.',
    { kind: 'count' },
    { op: 'gte', value: 1 },
  ),
  sum: figure('The sum of their values.', { kind: 'sum', of: total }, { op: 'gte', value: 500 }),
  avg: figure('The average of their values.', { kind: 'avg', of: total }, { op: 'gt', value: 50 }),
  min: figure('The smallest of their values.', { kind: 'min', of: total }, { op: 'gte', value: 20 }),
  max: figure('The largest of their values.', { kind: 'max', of: total }, { op: 'gt', value: 1000 }),
  distinct: figure(
    'How many different values.',
    { kind: 'distinct', of: 'properties.store' },
    { op: 'gte', value: 2 },
  ),
  list: figure(
    'The different values, as an array.',
    { kind: 'list', of: 'properties.store' },
    { op: 'has_any', values: ['Graz', 'Linz'] },
  ),
  first: figure(
    'The value of the first of them.',
    { kind: 'first', of: 'properties.coupon' },
    { op: 'starts_with', value: 'WELCOME' },
  ),
  last: figure(
    'The value of the last of them.',
    { kind: 'last', of: 'properties.store' },
    { op: 'equals', value: 'Graz' },
  ),
  most_frequent: figure(
    'The most frequent value.',
    { kind: 'most_frequent', of: 'properties.store' },
    { op: 'equals', value: 'Graz' },
  ),
  first_at: figure('When the first of them was.', { kind: 'first_at' }, { op: 'before', date: '2025-01-01' }),
  last_at: figure(
    'When the last of them was.',
    { kind: 'last_at' },
    { op: 'older_than', duration: '60 days' },
  ),
};

/** Windows, by kind. */
export const WINDOW_EXAMPLES: Readonly<Record<Window['kind'], Example>> = {
  ever: { about: 'All times; so it is when nothing is said.', of: order({}) },
  last: {
    about: 'A length of time up to now.',
    of: order({ window: { kind: 'last', duration: '30 days' } }),
  },
  between: {
    about: 'From a moment (included) to another (excluded); one of the two may be missing.',
    of: order({ window: { kind: 'between', from: '2026-01-01', to: '2026-04-01' } }),
  },
  since: {
    about: 'After the last event of another kind.',
    of: order({ window: { kind: 'since', event: { event: 'Cart Emptied' } } }),
  },
};

/** Which events, by field. */
export const SELECTOR_EXAMPLES: Readonly<Record<keyof Selector, Example>> = {
  event: { about: 'Track calls of a name.', of: { kind: 'events', event: 'Order Completed' } },
  type: { about: 'Calls of another type.', of: { kind: 'events', type: 'identify' } },
  name: { about: 'A page or screen of a name.', of: { kind: 'events', type: 'page', name: 'Pricing' } },
  where: { about: 'Events that fulfil a condition.', of: order({ where: large }) },
  during: {
    about:
      "Events at times of the day and on days of the week, on the person's own clock unless a zone is given.",
    of: order({
      during: { days: [6, 7], hours: { from: 22, to: 6 }, zone: 'Europe/Berlin' } satisfies Required<During>,
    }),
  },
};

/** Conditions on events, by the field that tells them apart. */
export const CONDITION_EXAMPLES: Readonly<Record<Exclude<Keys<Condition>, 'is' | 'where'>, Example>> = {
  field: { about: 'A value of the event fulfils a test.', of: order({ where: coupon }) },
  all: { about: 'All of some conditions hold.', of: order({ where: { all: [large, coupon] } }) },
  any: { about: 'At least one of some conditions holds.', of: order({ where: { any: [large, coupon] } }) },
  not: { about: 'A condition does not hold.', of: order({ where: { not: coupon } }) },
  items: {
    about: 'At least one object of an array fulfils a condition, as a whole.',
    of: order({
      where: {
        items: 'properties.products',
        where: {
          all: [
            { field: 'price', is: { op: 'gt', value: 10 } },
            { field: 'sku', is: { op: 'equals', value: 'A-1' } },
          ],
        },
      },
    }),
  },
};

const sequence = (second: Step, more: Partial<Sequence> = {}): Node => ({
  kind: 'sequence',
  steps: [{ event: 'Product Viewed' }, second],
  ...more,
});

/** What a sequence and its steps may say beside which events, by field. */
export const SEQUENCE_EXAMPLES: Readonly<
  Record<
    Exclude<keyof Step, keyof Selector> | 'sequence.within' | 'sequence.same' | 'sequence.window',
    Example
  >
> = {
  within: {
    about: 'At most so long after the step before.',
    of: sequence({ event: 'Product Added', within: '2 hours' }),
  },
  without: {
    about: 'With none of some events between the step before and this one.',
    of: sequence({
      event: 'Order Completed',
      without: [{ event: 'Coupon Applied' }, { type: 'page', name: 'Sale' }],
    }),
  },
  same: {
    about: 'Where the value stands that all steps share, if in this step it is elsewhere.',
    of: sequence(
      { event: 'Order Completed', same: { items: 'properties.products', field: 'product_id' } },
      { same: 'properties.product_id' },
    ),
  },
  absent: {
    about: 'The last step did not happen, and its time is over.',
    of: sequence({ event: 'Order Completed', within: '1 day', absent: true }),
  },
  'sequence.within': {
    about: 'From the first step to the last.',
    of: sequence({ event: 'Order Completed' }, { within: '3 days' }),
  },
  'sequence.same': {
    about: 'All steps have one value in common.',
    of: sequence({ event: 'Product Added' }, { same: 'properties.product_id' }),
  },
  'sequence.window': {
    about: 'All steps are in a window.',
    of: sequence({ event: 'Product Added' }, { window: { kind: 'last', duration: '90 days' } }),
  },
};

/** What computed traits are made of, by kind. */
export const COMPUTED_EXAMPLES: Readonly<Record<ComputedValue['kind'], Example<ComputedValue>>> = {
  events: {
    about: 'A figure of the person’s events.',
    of: {
      kind: 'events',
      event: 'Order Completed',
      measure: { kind: 'sum', of: total },
      window: { kind: 'last', duration: '90 days' },
    },
  },
  ratio: {
    about: 'One figure divided by another.',
    of: { kind: 'ratio', of: { event: 'Order Completed' }, to: { type: 'page' } },
  },
  days_since: { about: 'Whole days since an event.', of: { kind: 'days_since', event: 'Order Completed' } },
};
