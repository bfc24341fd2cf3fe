import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/json.js';
import type { Node, Step, Test } from '../../../src/core/segments/definition.js';
import { aPerson, aWorld } from '../a-person.js';
import { murmur3 } from './bucket-of.js';
import { computedValue } from './computed-value.js';
import { isMember } from './is-member.js';
import type { NaiveEvent } from './naive-person.js';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 2, 10, 12);
const answer = (node: Node, events: ReadonlyArray<Partial<NaiveEvent>> = [], now = NOW) =>
  isMember(node, aPerson({}, events), now, aWorld());

describe('a test', () => {
  const holdsOf = (is: Test, value: JsonValue, now = NOW) =>
    isMember({ kind: 'trait', trait: 'x', is }, aPerson({ x: value }), now, aWorld());

  test.each<[Test, JsonValue, boolean]>([
    [{ op: 'equals', value: 1 }, '1', false],
    [{ op: 'equals', value: 'ÄB', ignoreCase: true }, 'äb', true],
    [{ op: 'not_equals', value: 1 }, '1', true],
    [{ op: 'not_equals', value: 1 }, [2], false],
    [{ op: 'not_equals', value: 1 }, null, false],
    [{ op: 'in', values: [1, true] }, true, true],
    [{ op: 'not_in', values: [1, true] }, 'true', true],
    [{ op: 'contains', value: '' }, '', true],
    [{ op: 'contains', value: '2' }, 12, false],
    [{ op: 'starts_with', value: 'ab' }, 'abc', true],
    [{ op: 'ends_with', value: 'B', ignoreCase: true }, 'ab', true],
    [{ op: 'matches', pattern: 'b+' }, 'abbc', true],
    [{ op: 'matches', pattern: '^b' }, 'ab', false],
    [{ op: 'exists' }, null, false],
    [{ op: 'exists' }, {}, true],
    [{ op: 'is_null' }, null, true],
    [{ op: 'is_missing' }, null, false],
    [{ op: 'gt', value: 5 }, 5, false],
    [{ op: 'gte', value: 5 }, 5, true],
    [{ op: 'lt', value: 5 }, '4', false],
    [{ op: 'between', from: 1, to: 5 }, 5, true],
    [{ op: 'has_any', values: ['A', 2], ignoreCase: true }, ['a'], true],
    [{ op: 'has_all', values: ['a', 2] }, ['a', '2'], false],
    [{ op: 'has_none', values: ['a'] }, [], true],
    [{ op: 'has_none', values: ['a'] }, 'b', false],
    [{ op: 'before', date: '2026-03-10' }, '2026-03-10T01:00+02:00', true],
    [{ op: 'before', date: '2026-03-10' }, '2026-03-10', false],
    [{ op: 'after', date: '2026-03-10T00:00' }, '2026-03-10 00:00:00.001', true],
    [{ op: 'after', date: '1950-01-01' }, '2026-02-29', false],
    [{ op: 'within_last', duration: '1 day' }, '2026-03-10T12:00Z', true],
    [{ op: 'within_last', duration: '1 day' }, '2026-03-09T12:00Z', false],
    [{ op: 'within_last', duration: '1 day' }, '2026-03-09T12:00:00.001Z', true],
    [{ op: 'within_last', duration: '1 day' }, '2026-03-10T12:00:00.001Z', false],
    [{ op: 'within_next', duration: '1 day' }, '2026-03-10T12:00Z', false],
    [{ op: 'within_next', duration: '1 day' }, '2026-03-11T12:00Z', true],
    [{ op: 'older_than', duration: '1 day' }, '2026-03-09T12:00Z', true],
    [{ op: 'older_than', duration: '1 day' }, '2026-03-09T12:00:00.001Z', false],
    [{ op: 'anniversary' }, '1980-03-10T23:59-11:00', true],
    [{ op: 'anniversary', zone: 'Pacific/Auckland' }, '1980-03-11', true],
    [{ op: 'anniversary', inNextDays: 1 }, '1980-03-11', true],
    [{ op: 'anniversary', inNextDays: 1 }, '1980-03-12', false],
    [{ op: 'near', latitude: 0, longitude: 0, km: 112 }, { lat: 1, lng: 0 }, true],
    [{ op: 'near', latitude: 0, longitude: 0, km: 111 }, { latitude: 0, longitude: 1 }, false],
    [{ op: 'near', latitude: 0, longitude: 0, km: 112 }, { lat: '1', lon: 0 }, false],
  ])('%j of %j: %s', (is, value, holds) => {
    expect(holdsOf(is, value)).toBe(holds);
  });

  test.each([
    ['2027-02-28', true],
    ['2027-03-01', false],
    ['2028-02-28', false],
    ['2028-02-29', true],
  ])('who was born on a 29 February has birthday on %s: %s', (today, yes) => {
    expect(holdsOf({ op: 'anniversary' }, '2000-02-29', Date.parse(today))).toBe(yes);
  });

  test('of what is missing holds only where it asks for that', () => {
    const ask = (is: Test) => isMember({ kind: 'trait', trait: 'x.y', is }, aPerson({ x: 1 }), NOW, aWorld());
    expect(ask({ op: 'is_missing' })).toBe(true);
    expect(ask({ op: 'is_null' })).toBe(false);
    expect(ask({ op: 'has_none', values: [1] })).toBe(false);
    expect(
      isMember(
        { kind: 'not', of: { kind: 'trait', trait: 'x', is: { op: 'equals', value: 2 } } },
        aPerson(),
        NOW,
        aWorld(),
      ),
    ).toBe(true);
  });

  test('in an event null and objects are missing, and items are objects of an array', () => {
    const event = {
      properties: { n: null, o: { a: 1, 'b.c': 2 }, list: [{ a: 1 }, { b: null }], mixed: [{ a: 1 }, 3] },
    };
    const where = (where: NonNullable<Step['where']>) =>
      answer({ kind: 'events', event: 'Seen', where }, [event]);
    expect(where({ field: 'properties.n', is: { op: 'is_null' } })).toBe(false);
    expect(where({ field: 'properties.n', is: { op: 'is_missing' } })).toBe(true);
    expect(where({ field: 'properties.o', is: { op: 'exists' } })).toBe(false);
    expect(where({ field: 'properties.o.b\\.c', is: { op: 'equals', value: 2 } })).toBe(true);
    expect(where({ items: 'properties.list', where: { field: 'b', is: { op: 'is_null' } } })).toBe(false);
    expect(where({ items: 'properties.list', where: { not: { field: 'a', is: { op: 'exists' } } } })).toBe(
      true,
    );
  });
});

describe('windows', () => {
  const at = (...times: number[]) => times.map((timestamp) => ({ timestamp }));
  const count = (window: NonNullable<Extract<Node, { kind: 'events' }>['window']>, n: number): Node => ({
    ...{ kind: 'events', event: 'Seen', window, is: { op: 'equals', value: n } },
  });

  test('open at their start where they are of the last days, and have no end', () => {
    const last = count({ kind: 'last', duration: '1 day' }, 2);
    expect(answer(last, at(NOW - DAY, NOW - DAY + 1, NOW + DAY))).toBe(true);
  });

  test('between two days hold the first and not the second', () => {
    const window = { kind: 'between', from: '2026-03-01', to: '2026-03-02' } as const;
    expect(answer(count(window, 1), at(Date.UTC(2026, 2, 1), Date.UTC(2026, 2, 2)))).toBe(true);
  });

  test('since an event begin after the last of them, by offset where times are one', () => {
    const since = (n: number) => count({ kind: 'since', event: { event: 'Left' } }, n);
    const seen = (timestamp: number) => ({ timestamp });
    const left = (timestamp: number) => ({ timestamp, name: 'Left' });
    expect(answer(since(0), [seen(1), seen(2)])).toBe(true);
    expect(answer(since(1), [left(1), seen(5), left(5), seen(5)])).toBe(true);
    expect(answer(since(0), [seen(5), left(5)])).toBe(true);
  });
});

describe('figures', () => {
  const figure = (kind: string, ...values: JsonValue[]) =>
    computedValue(
      { kind: 'events', event: 'Seen', measure: { kind: kind as 'sum', of: 'properties.v' } },
      aPerson(
        {},
        values.map((v, index) => ({ properties: { v }, timestamp: index })),
      ),
      NOW,
    );

  test.each<[string, JsonValue[], JsonValue | undefined]>([
    ['sum', [0.1, 0.2, '5', null], 0.3],
    ['sum', [], 0],
    ['sum', [1e11, 1.1e11], 1e11],
    ['sum', [0.00004, 0.00005, -0.00005], 0.0001],
    ['avg', [1, 2, 'x'], 1.5],
    ['avg', ['x'], undefined],
    ['min', [3, -1, '0'], -1],
    ['max', [2e11, 1], 2e11],
    ['distinct', [1, '1', true, 1, [1], null], 3],
    ['distinct', [], 0],
    [
      'list',
      ['b', 'a', 2, 10, true, 'b', '\u{1F600}', '\uFFFD'],
      [true, 2, 10, 'a', 'b', '\uFFFD', '\u{1F600}'],
    ],
    ['list', [[1]], undefined],
    ['first', [null, 'x', 2], 'x'],
    ['last', ['x', 2, {}], 2],
    ['most_frequent', ['b', 'a', 'b', 'a', 'c'], 'a'],
    ['most_frequent', [null], undefined],
  ])('%s of %j is %j', (kind, values, expected) => {
    expect(figure(kind, ...values)).toEqual(expected);
  });

  test('times, days and ratios', () => {
    const person = aPerson({}, [{ timestamp: NOW - 2 * DAY }, { timestamp: NOW - DAY - 1 }]);
    const first = { kind: 'events', event: 'Seen', measure: { kind: 'first_at' } } as const;
    expect(computedValue(first, person, NOW)).toBe('2026-03-08T12:00:00.000Z');
    expect(computedValue({ kind: 'days_since', event: 'Seen' }, person, NOW)).toBe(1);
    expect(computedValue({ kind: 'days_since', event: 'Seen' }, aPerson(), NOW)).toBe(undefined);
    const ratio = (to: string) => ({ kind: 'ratio', of: { event: 'Seen' }, to: { event: to } }) as const;
    expect(computedValue(ratio('Seen'), person, NOW)).toBe(1);
    expect(computedValue(ratio('Left'), person, NOW)).toBe(undefined);
  });

  test('without a test an events node asks whether there is one', () => {
    expect(answer({ kind: 'events', event: 'Seen' }, [{}])).toBe(true);
    expect(answer({ kind: 'events', event: 'Seen' })).toBe(false);
    const measure = { kind: 'max', of: 'properties.v' } as const;
    expect(answer({ kind: 'events', event: 'Seen', measure }, [{}])).toBe(false);
  });
});

describe('times of day', () => {
  // 29 March 2026, a Sunday; at 1:00 UTC the clocks of Berlin go from 2 to 3.
  const event = { timestamp: Date.UTC(2026, 2, 29, 1), context: { timezone: 'Europe/Berlin' } };
  test.each([
    [{ hours: { from: 3, to: 4 } }, true],
    [{ hours: { from: 2, to: 3 } }, false],
    [{ hours: { from: 1, to: 2 }, zone: 'UTC' }, true],
    [{ hours: { from: 22, to: 4 } }, true],
    [{ days: [7] }, true],
    [{ days: [6], zone: 'America/New_York' }, true],
    [{ days: [7], hours: { from: 0, to: 3 } }, false],
  ])('%j: %s', (during, yes) => {
    expect(answer({ kind: 'events', event: 'Seen', during }, [event])).toBe(yes);
  });

  test('a zone that there is not is UTC', () => {
    const odd = { ...event, context: { timezone: 'Nowhere/Atlantis' } };
    expect(answer({ kind: 'events', event: 'Seen', during: { hours: { from: 1, to: 2 } } }, [odd])).toBe(
      true,
    );
  });
});

describe('a sequence', () => {
  const steps = (...list: Step[]): Node => ({ kind: 'sequence', steps: list });
  const story = (...list: Array<[name: string, timestamp: number, sku?: string]>) =>
    list.map(([name, timestamp, sku]) => ({ name, timestamp, properties: sku === undefined ? {} : { sku } }));
  const hours = (n: number) => n * 3_600_000;

  test('needs one event after the other, by offset where times are one', () => {
    const ab = steps({ event: 'A' }, { event: 'B' });
    expect(answer(ab, story(['A', 5], ['B', 5]))).toBe(true);
    expect(answer(ab, story(['B', 5], ['A', 5]))).toBe(false);
    expect(answer(steps({ event: 'A' }, { event: 'A' }), story(['A', 5]))).toBe(false);
  });

  test('takes another first event where the gap is too long', () => {
    const within: Node = {
      kind: 'sequence',
      within: '2 hours',
      steps: [{ event: 'A' }, { event: 'B', within: '2 hours' }],
    };
    expect(answer(within, story(['A', 0], ['A', 1], ['B', hours(2) + 1]))).toBe(true);
    expect(answer(within, story(['A', 0], ['B', hours(2) + 1]))).toBe(false);
    const three: Node = {
      ...{ kind: 'sequence', within: '3 hours' },
      steps: [{ event: 'A' }, { event: 'B', within: '2 hours' }, { event: 'C', within: '2 hours' }],
    };
    expect(answer(three, story(['A', 0], ['B', hours(2)], ['C', hours(4)]))).toBe(false);
    expect(answer(three, story(['A', 0], ['B', hours(1)], ['B', hours(2)], ['C', hours(3)]))).toBe(true);
  });

  test('is broken by what must not lie between', () => {
    const without = steps({ event: 'A' }, { event: 'B', without: [{ event: 'X' }] });
    expect(answer(without, story(['A', 0], ['X', 1], ['B', 2]))).toBe(false);
    expect(answer(without, story(['A', 0], ['X', 1], ['A', 1], ['B', 2]))).toBe(true);
    expect(answer(without, story(['X', 1], ['A', 1], ['B', 1], ['X', 1]))).toBe(true);
  });

  test('may end with what did not happen, when its time is over', () => {
    const gone = steps({ event: 'A' }, { event: 'B', within: '1 hour', absent: true });
    const left = story(['A', NOW - hours(1)]);
    expect(answer(gone, left)).toBe(true);
    expect(answer(gone, left, NOW - 1)).toBe(false);
    expect(
      answer(
        gone,
        [...left, ...story(['B', NOW])].map((e, offset) => ({ ...e, offset })),
      ),
    ).toBe(false);
    expect(
      answer(
        gone,
        [...left, ...story(['B', NOW + 1])].map((e, offset) => ({ ...e, offset })),
      ),
    ).toBe(true);
  });

  test('may ask for one value that all share, of items too', () => {
    const same: Node = { kind: 'sequence', same: 'properties.sku', steps: [{ event: 'A' }, { event: 'B' }] };
    expect(answer(same, story(['A', 0, 'x'], ['B', 1, 'y']))).toBe(false);
    expect(answer(same, story(['A', 0, 'x'], ['A', 1, 'y'], ['B', 2, 'x']))).toBe(true);
    expect(answer(same, story(['A', 0], ['B', 1]))).toBe(false);
    const items: Node = {
      ...{ kind: 'sequence', same: 'properties.sku' },
      steps: [
        { event: 'A' },
        { event: 'B', within: '1 hour', absent: true, same: { items: 'properties.of', field: 'sku' } },
      ],
    };
    const bought = (sku: string) => ({
      name: 'B',
      timestamp: 1,
      properties: { of: [{ sku: 'z' }, { sku }] },
    });
    expect(
      answer(
        items,
        [...story(['A', 0, 'x']), bought('x')].map((e, offset) => ({ ...e, offset })),
      ),
    ).toBe(false);
    expect(
      answer(
        items,
        [...story(['A', 0, 'x']), bought('y')].map((e, offset) => ({ ...e, offset })),
      ),
    ).toBe(true);
  });

  test('has all of its events in its window', () => {
    const window: Node = {
      ...{ kind: 'sequence', window: { kind: 'last', duration: '1 hour' } },
      steps: [{ event: 'A' }, { event: 'B' }],
    };
    expect(answer(window, story(['A', NOW - hours(1)], ['B', NOW]))).toBe(false);
    expect(answer(window, story(['A', NOW - hours(1) + 1], ['B', NOW]))).toBe(true);
  });
});

describe('the other leaves', () => {
  test('a computed trait goes before a trait of the profile', () => {
    const world = aWorld({ computed: new Map([['n', { kind: 'events', event: 'Seen' }]]) });
    const node: Node = { kind: 'trait', trait: 'n', is: { op: 'equals', value: 1 } };
    expect(isMember(node, aPerson({ n: 5 }, [{}]), NOW, world)).toBe(true);
  });

  test.each<['any' | 'all' | 'none', string[], boolean]>([
    ['any', [], false],
    ['all', [], false],
    ['none', [], true],
    ['any', ['a', 'b'], true],
    ['all', ['a', 'b'], false],
    ['none', ['a', 'b'], false],
    ['all', ['a'], true],
    ['none', ['b', 'unheard'], true],
  ])('%s of the accounts %j: %s', (match, accounts, yes) => {
    const world = aWorld({
      accounts: new Map([
        ['a', new Map([['plan', 'pro']])],
        ['b', new Map()],
      ]),
    });
    const node: Node = { kind: 'account', match, trait: 'plan', is: { op: 'equals', value: 'pro' } };
    expect(isMember(node, { ...aPerson(), accounts }, NOW, world)).toBe(yes);
  });

  test('consent is a word, not the lack of one', () => {
    const person = { ...aPerson(), consent: new Map([['ads', false]]) };
    const ask = (purpose: string, given: boolean) =>
      isMember({ kind: 'consent', purpose, given }, person, NOW, aWorld());
    expect([ask('ads', true), ask('ads', false)]).toEqual([false, true]);
    expect([ask('mail', true), ask('mail', false)]).toEqual([false, false]);
  });

  test('on a list is who was put there last, not who left', () => {
    const word = (name: string, timestamp: number, list = 'vip') => ({
      name,
      timestamp,
      properties: { list_id: list },
    });
    const list: Node = { kind: 'list', list: 'vip' };
    expect(answer(list, [word('List Joined', 5), word('List Left', 5)])).toBe(false);
    expect(answer(list, [word('List Left', 5), word('List Joined', 5), word('List Left', 9, 'other')])).toBe(
      true,
    );
  });

  test.each([
    ['', 0],
    ['test', 0xba6bd213],
    ['Hello, world!', 0xc0363e43],
    ['The quick brown fox jumps over the lazy dog', 0x2e4ff723],
  ])('murmur3 of %j', (text, hash) => {
    expect(murmur3(text)).toBe(hash);
  });

  test('a segment stands for its definition', () => {
    const world = aWorld({
      segments: new Map([['s', { kind: 'not', of: { kind: 'events', event: 'Seen' } }]]),
    });
    expect(isMember({ kind: 'segment', segment: 's' }, aPerson(), NOW, world)).toBe(true);
  });
});
