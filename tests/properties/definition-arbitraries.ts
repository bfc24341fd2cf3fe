import fc from 'fast-check';
import type {
  ComputedValue,
  Condition,
  Correlation,
  During,
  EventsValue,
  Measure,
  Node,
  Selector,
  Step,
  Test,
  Window,
} from '../../src/core/segments/definition.js';

/** Texts that break naive printers and parsers. */
const ODD_TEXTS = [
  '',
  '"',
  '\\',
  '`',
  '#',
  "'",
  'a\nb',
  '\u2028',
  '\ud800',
  '“x”',
  '🎉',
  ' ',
  '\u0000',
  '__proto__',
  '$&',
];
/** Names that mean something in the text form. */
const KEYWORDS = [
  'and',
  'not',
  'LIST',
  'time',
  'first',
  'has',
  'is',
  'page',
  'where',
  'True',
  'in',
  'o',
  "o'clock",
  'km',
];

const text = fc.oneof(
  fc.constantFrom(...ODD_TEXTS, ...KEYWORDS),
  fc.string({ maxLength: 8, unit: 'binary' }),
);
const name = text.filter((one) => one !== '');
const number = fc
  .oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((one) => one + 0);
const scalar = fc.oneof(text, number, fc.boolean());
const scalars = fc.array(scalar, { minLength: 1, maxLength: 12 });
const key = fc.oneof(fc.constantFrom('properties', 'total', 'sku-1', 'plan', 'ä', '2nd'), name);
const path = fc
  .array(key, { minLength: 1, maxLength: 4 })
  .map((keys) => keys.map((one) => one.replace(/[\\.]/g, '\\$&')).join('.'));
const duration = fc
  .tuple(fc.integer({ min: 1, max: 999_999_999 }), fc.constantFrom('second', 'minute', 'hour', 'day', 'week'))
  .map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`);
const digits = (max: number) => fc.integer({ min: 0, max }).map((one) => String(one).padStart(2, '0'));
const moment = fc.oneof(
  fc.constantFrom(
    '2026-03-01',
    '2026-03-01 09:30',
    '2026-03-01T09:30+05:30',
    '1999-12-31T23:59:59.123456789Z',
  ),
  fc.tuple(digits(23), digits(59)).map(([hour, minute]) => `2024-02-29T${hour}:${minute}:00Z`),
);
const zone = fc.constantFrom('Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5');
const caseless = fc.constantFrom({}, { ignoreCase: true as const });
const op = <const Ops extends readonly string[]>(...ops: Ops) => fc.constantFrom<Ops[number]>(...ops);
const optional = <T extends object>(required: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(required, { requiredKeys: [] });

const caselessTest: fc.Arbitrary<Test> = fc
  .tuple(
    fc.oneof(
      fc.record({ op: op('equals', 'not_equals'), value: scalar }),
      fc.record({ op: op('in', 'not_in', 'has_any', 'has_all', 'has_none'), values: scalars }),
      fc.record({ op: op('contains', 'starts_with', 'ends_with'), value: text }),
      fc.record({ op: op('matches'), pattern: text }),
    ),
    caseless,
  )
  .map(([test, ignoring]) => ({ ...test, ...ignoring }));

/** Any test, in its normal form. */
export const test: fc.Arbitrary<Test> = fc.oneof(
  { weight: 4, arbitrary: caselessTest },
  fc.record({ op: op('exists', 'is_null', 'is_missing') }),
  { weight: 2, arbitrary: fc.record({ op: op('gt', 'gte', 'lt', 'lte'), value: number }) },
  fc.record({ op: op('between'), from: number, to: number }),
  fc.record({ op: op('before', 'after'), date: moment }),
  fc.record({ op: op('within_last', 'within_next', 'older_than'), duration }),
  fc.record(
    { op: op('anniversary'), inNextDays: fc.integer({ min: 1, max: 366 }), zone },
    { requiredKeys: ['op'] },
  ),
  fc.record({ op: op('near'), latitude: number, longitude: number, km: number }),
);

const condition: fc.Arbitrary<Condition> = fc.letrec<{ one: Condition }>((tie) => ({
  one: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({ field: path, is: test }),
    fc.record({ all: fc.array(tie('one'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('one'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('one') }),
    fc.record({ items: path, where: tie('one') }),
  ),
})).one;

const days = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }).map((some) => some.sort());
const hour = fc.oneof(fc.integer({ min: 0, max: 24 }), fc.constant(9.5));
const during: fc.Arbitrary<During> = fc
  .tuple(
    fc.oneof(
      fc.record({ days }),
      fc.record({ hours: fc.record({ from: hour, to: hour }) }),
      fc.record({ days, hours: fc.record({ from: hour, to: hour }) }),
    ),
    optional<{ zone: string }>({ zone }),
  )
  .map(([times, at]) => ({ ...times, ...at }));

const which = fc.oneof(
  fc.record({ event: name }),
  fc.record({ type: op('identify', 'group', 'alias') }),
  fc.record({ type: op('page', 'screen'), name }, { requiredKeys: ['type'] }),
  fc.constant({}),
);
const selector: fc.Arbitrary<Selector> = fc
  .tuple(which, optional<{ where: Condition; during: During }>({ where: condition, during }))
  .map(([event, clauses]) => ({ ...event, ...clauses }));

const measure: fc.Arbitrary<Measure> = fc.oneof(
  fc.record({ kind: op('sum', 'avg', 'min', 'max'), of: path }),
  fc.record({ kind: op('distinct', 'list', 'first', 'last', 'most_frequent'), of: path }),
  fc.record({ kind: op('first_at', 'last_at') }),
);
const timeWindow: fc.Arbitrary<Exclude<Window, { kind: 'since' }>> = fc.oneof(
  fc.record({ kind: op('last'), duration }),
  fc.record({ kind: op('between'), from: moment, to: moment }, { requiredKeys: ['kind', 'from'] }),
  fc.record({ kind: op('between'), to: moment }),
);
const window: fc.Arbitrary<Window> = fc.oneof(timeWindow, fc.record({ kind: op('since'), event: selector }));
const eventsValue: fc.Arbitrary<EventsValue> = fc
  .tuple(selector, optional<{ measure: Measure; window: Window }>({ measure, window }))
  .map(([events, made]) => ({ ...events, ...made }));

const same: fc.Arbitrary<Correlation> = fc.oneof(path, fc.record({ items: path, field: path }));
const step: fc.Arbitrary<Step> = fc
  .tuple(
    selector,
    optional<Required<Pick<Step, 'within' | 'without' | 'same' | 'absent'>>>({
      within: duration,
      without: fc.array(selector, { minLength: 1, maxLength: 3 }),
      same,
      absent: fc.constant(true),
    }),
  )
  .map(([events, clauses]) => ({ ...events, ...clauses }));

const leaf: fc.Arbitrary<Node> = fc.oneof(
  fc.record({ kind: op('trait'), trait: path, is: test }),
  fc
    .tuple(eventsValue, optional<{ is: Test }>({ is: test }))
    .map(([value, is]) => ({ kind: 'events', ...value, ...is }) satisfies Node),
  fc.record(
    {
      kind: op('sequence'),
      steps: fc.array(step, { minLength: 1, maxLength: 4 }),
      within: duration,
      same,
      window: timeWindow,
    },
    { requiredKeys: ['kind', 'steps'] },
  ),
  fc.record({ kind: op('segment'), segment: name }),
  fc.record({ kind: op('account'), match: op('any', 'all', 'none'), trait: path, is: test }),
  fc.record({ kind: op('account_members'), match: op('any', 'all', 'none'), segment: name }),
  fc.record({ kind: op('list'), list: name }),
  fc.record({ kind: op('random'), percent: number, salt: name }, { requiredKeys: ['kind', 'percent'] }),
  fc.record(
    { kind: op('consent'), purpose: name, given: fc.constant(false) },
    { requiredKeys: ['kind', 'purpose'] },
  ),
);

// fast-check's records have no prototype, unlike what is read: a clone has one.

/** Any definition, in its normal form. */
export const node: fc.Arbitrary<Node> = fc
  .letrec<{ one: Node }>((tie) => ({
    one: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { weight: 3, arbitrary: leaf },
      fc.record({ kind: op('all', 'any'), of: fc.array(tie('one'), { minLength: 1, maxLength: 4 }) }),
      fc.record({ kind: op('not'), of: tie('one') }),
    ),
  }))
  .one.map((one) => structuredClone(one));

/** Whatever a computed trait may be made of, in its normal form. */
export const computedValue: fc.Arbitrary<ComputedValue> = fc
  .oneof(
    eventsValue.map((value) => ({ kind: 'events', ...value }) satisfies ComputedValue),
    fc.record({ kind: op('ratio'), of: eventsValue, to: eventsValue }),
    selector.map((events) => ({ kind: 'days_since', ...events }) satisfies ComputedValue),
  )
  .map((one) => structuredClone(one));
