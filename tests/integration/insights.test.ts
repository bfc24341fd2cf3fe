/** Trends, funnels and retention on the real engine, with answers that were counted by hand; see also the property tests. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readFunnel } from '../../src/core/insights/funnel.js';
import { readRetention } from '../../src/core/insights/retention.js';
import { readTrends } from '../../src/core/insights/trends.js';
import type { JsonObject } from '../../src/core/json.js';
import type { ComputedValue, Node } from '../../src/core/segments/definition.js';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import { Analyst } from '../../src/stores/events/analyst.js';
import { ClickHouseEventStore } from '../../src/stores/events/clickhouse-event-store.js';
import { InsightQueries } from '../../src/stores/events/insight-queries.js';
import { anEvent } from '../support/an-event.js';
import { aPrintedEvent, type EventTables, openEventTables } from '../support/event-tables.js';

const id = (n: number) => `0190f7c1-7c5e-8a3b-9d2e-00000000000${n}`;
const [ANN, BOB, CAT, DAN, OLD] = [1, 2, 3, 4, 5].map(id) as [string, string, string, string, string];
const NOBODY = '00000000-0000-0000-0000-000000000000';
const NOW = Date.parse('2026-12-01T00:00:00Z');
const BUYERS: Node = { kind: 'events', event: 'Buy' };
const ORDERS: ComputedValue = { kind: 'events', event: 'Buy' };

let tables: EventTables;
let connection: ClickHouse;
let insights: InsightQueries;
beforeAll(async () => {
  tables = await openEventTables();
  connection = await tables.another('analyst');
  const vocabulary = { segments: new Map([['seg_buyers', BUYERS]]), computed: new Map([['orders', ORDERS]]) };
  insights = new InsightQueries(new Analyst(connection), async () => vocabulary);
});
beforeEach(() => tables.empty());
afterAll(async () => {
  await connection.close();
  await tables.remove();
});

type Row = readonly [person: string, name: string, at: string, properties?: JsonObject, country?: string];
let batches = 0;

/** Stores events in the order given, of which OLD is Ann by now. */
async function store(rows: readonly Row[]): Promise<void> {
  batches += 1;
  const events = rows.map(([person, name, at, properties = {}, country = ''], offset) =>
    aPrintedEvent(
      anEvent({ ...{ offset, name, properties, messageId: `m${offset}` }, timestamp: Date.parse(at) }),
      person,
      { country },
    ),
  );
  const offsets = rows.map((_, offset) => offset);
  const overrides = [{ fromId: OLD, intoId: ANN }];
  const writer = new ClickHouseEventStore(tables.clickhouse);
  await writer.insert({ token: `h${batches}`, rows: events, offsets, again: false, overrides, version: 1 });
}

async function people(traits: Readonly<Record<string, JsonObject>>): Promise<void> {
  const lines = Object.entries(traits).map(([profile, own]) =>
    JSON.stringify({ profile_id: profile, version: 1, deleted: false, traits: own, nulls: [], objects: [] }),
  );
  await tables.clickhouse.insertJsonLines('profiles', Buffer.from(lines.join('\n')));
}

const trends = (asked: object) => insights.trends(readTrends(asked), NOW);
const funnel = (asked: object) => insights.funnel(readFunnel(asked), NOW);
const retention = (asked: object, now = NOW) => insights.retention(readRetention(asked), now);

describe('trends', () => {
  const MARCH = { from: '2026-03-27T23:00:00Z', to: '2026-03-31T22:00:00Z', zone: 'Europe/Berlin' };

  beforeEach(async () => {
    await store([
      [ANN, 'Buy', '2026-03-28T10:00:00Z', { total: 10, plan: 'pro' }, 'DE'],
      // Half past eleven at night in UTC is the next day in Berlin, before and after the clocks are put forward.
      [OLD, 'Buy', '2026-03-28T23:30:00Z', { total: 5.5, plan: 'pro' }, 'DE'],
      [BOB, 'Buy', '2026-03-29T21:59:59Z', { total: 1, plan: 'free' }, 'AT'],
      [BOB, 'Buy', '2026-03-29T22:00:00Z', { total: 2, plan: 'free' }, 'AT'],
      [CAT, 'Buy', '2026-03-30T12:00:00Z', { total: 'much' }, 'CH'],
      [NOBODY, 'Buy', '2026-03-30T12:00:00Z', { total: 100 }],
      [DAN, 'Look', '2026-03-30T12:00:00Z'],
      [DAN, 'Buy', '2026-03-31T22:00:00Z', { total: 7 }],
    ]);
    await people({ [ANN]: { tier: 'gold' }, [BOB]: { tier: 'gold' }, [CAT]: { tier: 3 }, [DAN]: {} });
  });

  test('count events and people by the days of a zone; empty days are zeros', async () => {
    const asked = { events: [{ event: 'Buy' }, { event: 'Look' }], per: 'day', ...MARCH };
    expect(await trends(asked)).toEqual([
      { event: 0, total: 6, values: [1, 2, 3, 0] },
      { event: 1, total: 1, values: [0, 0, 1, 0] },
    ]);
    // Ann bought as two profiles on two days, and nobody is nobody.
    expect(await trends({ ...asked, measure: { kind: 'people' } })).toEqual([
      { event: 0, total: 3, values: [1, 2, 2, 0] },
      { event: 1, total: 1, values: [0, 0, 1, 0] },
    ]);
  });

  test('measure a property: numbers alone count, and of none there is no average', async () => {
    const asked = { events: [{ event: 'Buy' }], per: 'day', ...MARCH };
    const of = 'properties.total';
    const valuesOf = async (measure: object) =>
      (await trends({ ...asked, measure })).map((s) => [s.total, ...s.values]);
    expect(await valuesOf({ kind: 'sum', of })).toEqual([[118.5, 10, 6.5, 102, 0]]);
    expect(await valuesOf({ kind: 'avg', of })).toEqual([[23.7, 10, 3.25, 51, null]]);
    expect(await valuesOf({ kind: 'min', of })).toEqual([[1, 10, 1, 2, null]]);
    expect(await valuesOf({ kind: 'max', of })).toEqual([[100, 10, 5.5, 100, null]]);
    expect(await valuesOf({ kind: 'distinct', of: 'properties.plan' })).toEqual([[2, 1, 2, 1, 0]]);
  });

  test('break down by a field: the most frequent have a series each, all others one', async () => {
    const asked = { events: [{ event: 'Buy' }], per: 'month', ...MARCH };
    expect(await trends({ ...asked, by: { field: 'country' } })).toEqual([
      { event: 0, value: 'AT', total: 2, values: [2] },
      { event: 0, value: 'DE', total: 2, values: [2] },
      { event: 0, value: 'CH', total: 1, values: [1] },
      { event: 0, value: null, total: 1, values: [1] },
    ]);
    expect(await trends({ ...asked, by: { field: 'country', top: 1 }, measure: { kind: 'people' } })).toEqual(
      [
        { event: 0, value: 'AT', total: 1, values: [1] },
        { event: 0, other: true, total: 2, values: [2] },
      ],
    );
  });

  test('break down by traits of the person, computed ones included', async () => {
    const asked = { events: [{ event: 'Buy' }], per: 'month', ...MARCH };
    expect(await trends({ ...asked, by: { trait: 'tier' } })).toEqual([
      { event: 0, value: 'gold', total: 4, values: [4] },
      { event: 0, value: 3, total: 1, values: [1] },
      { event: 0, value: null, total: 1, values: [1] },
    ]);
    const byOrders = {
      events: [{}],
      per: 'month',
      ...MARCH,
      measure: { kind: 'people' },
      by: { trait: 'orders' },
    };
    // Dan's one order is after the period, but his trait is that of now.
    expect(await trends(byOrders)).toEqual([
      { event: 0, value: 1, total: 2, values: [2] },
      { event: 0, value: 2, total: 2, values: [2] },
    ]);
  });

  test('are of members of a segment alone, by definition or by id', async () => {
    const asked = { events: [{}], per: 'month', ...MARCH };
    const among = { kind: 'trait', trait: 'tier', is: { op: 'equals', value: 'gold' } };
    expect(await trends({ ...asked, among })).toEqual([{ event: 0, total: 4, values: [4] }]);
    const changes = [
      { segment_id: 'seg_buyers', profile_id: BOB, seq: 1, version: 1, at: 1, entered: true, cause: 'event' },
      { segment_id: 'seg_buyers', profile_id: CAT, seq: 2, version: 1, at: 1, entered: true, cause: 'event' },
      {
        segment_id: 'seg_buyers',
        profile_id: CAT,
        seq: 3,
        version: 1,
        at: 2,
        entered: false,
        cause: 'timer',
      },
      { segment_id: 'seg_other', profile_id: DAN, seq: 4, version: 1, at: 2, entered: true, cause: 'event' },
    ];
    const lines = changes.map((change) =>
      JSON.stringify({ ...change, cause_offset: 0, cause_message_id: '' }),
    );
    await tables.clickhouse.insertJsonLines('membership_changes', Buffer.from(lines.join('\n')));
    expect(await trends({ ...asked, among: 'seg_buyers' })).toEqual([{ event: 0, total: 2, values: [2] }]);
    // As a definition, the segment is what it says.
    const nested = { kind: 'segment', segment: 'seg_buyers' };
    expect(await trends({ ...asked, among: nested })).toEqual([{ event: 0, total: 6, values: [6] }]);
  });

  test('without any events are zeros, or nothing to tell apart', async () => {
    const asked = { events: [{ event: 'Never' }], per: 'day', ...MARCH };
    expect(await trends(asked)).toEqual([{ event: 0, total: 0, values: [0, 0, 0, 0] }]);
    expect(await trends({ ...asked, by: { field: 'country' } })).toEqual([]);
  });
});

describe('funnels', () => {
  const APRIL = { from: '2026-04-01', to: '2026-05-01' };
  const STEPS = ['View', 'Cart', 'Buy'].map((event) => ({ event }));

  test('count who comes how far, and how long it took the first time', async () => {
    await store([
      // Ann as two profiles; the view that began last counts.
      [OLD, 'View', '2026-04-01T10:00:00Z', { plan: 'pro' }],
      [ANN, 'View', '2026-04-01T10:05:00Z', { plan: 'free' }],
      [OLD, 'Cart', '2026-04-01T10:10:00Z'],
      [ANN, 'Cart', '2026-04-01T10:20:00Z'],
      [ANN, 'Buy', '2026-04-01T10:30:00Z'],
      // Bob's order came too late, and his cart was before his view.
      [BOB, 'Cart', '2026-04-02T09:00:00Z'],
      [BOB, 'View', '2026-04-02T10:00:00Z', { plan: 'pro' }],
      [BOB, 'Cart', '2026-04-02T10:30:00Z'],
      [BOB, 'Buy', '2026-04-02T11:00:01Z'],
      [CAT, 'View', '2026-04-30T23:59:00Z'],
      // After the period, but within an hour of what was in it.
      [CAT, 'Cart', '2026-05-01T00:30:00Z'],
      [DAN, 'View', '2026-05-01T00:00:00Z'],
      [DAN, 'Cart', '2026-04-03T00:00:00Z'],
    ]);
    const minutes = (n: number) => n * 60_000;
    const [all] = await funnel({ steps: STEPS, within: '1 hour', ...APRIL });
    expect(all?.steps).toEqual([
      {
        ...{ people: 3, continued: 0, fromFirst: 3, rateFromPrevious: null, rateFromFirst: 1 },
        ...{ timeFromPrevious: null, timeFromFirst: null },
      },
      {
        ...{ people: 3, continued: 3, fromFirst: 3, rateFromPrevious: 1, rateFromFirst: 1 },
        // 5, 30 and 31 minutes.
        timeFromPrevious: { median: minutes(30), p90: minutes(31) },
        timeFromFirst: { median: minutes(30), p90: minutes(31) },
      },
      {
        ...{ people: 1, continued: 1, fromFirst: 1, rateFromPrevious: 1 / 3, rateFromFirst: 1 / 3 },
        timeFromPrevious: { median: minutes(20), p90: minutes(20) },
        timeFromFirst: { median: minutes(25), p90: minutes(25) },
      },
    ]);
    const parts = await funnel({
      steps: STEPS,
      within: '1 hour',
      ...APRIL,
      by: { field: 'properties.plan' },
    });
    // Ann entered with pro.
    expect(parts.map(({ value, steps }) => [value, ...steps.map((step) => step.people)])).toEqual([
      ['pro', 2, 2, 1],
      [null, 1, 1, 0],
    ]);
  });

  test('that are open let people enter at any step', async () => {
    await store([
      [ANN, 'View', '2026-04-01T10:00:00Z'],
      [ANN, 'Cart', '2026-04-01T11:00:00Z'],
      [ANN, 'Buy', '2026-04-01T12:00:00Z'],
      [BOB, 'Cart', '2026-04-01T10:00:00Z'],
      [BOB, 'Buy', '2026-04-01T10:30:00Z'],
      [CAT, 'Buy', '2026-04-01T10:00:00Z'],
      [DAN, 'Look', '2026-04-01T10:00:00Z'],
    ]);
    const [part] = await funnel({ steps: STEPS, ...APRIL, mode: 'open' });
    expect(part?.steps.map((step) => [step.people, step.continued, step.fromFirst])).toEqual([
      [1, 0, 1],
      [2, 1, 1],
      [3, 2, 1],
    ]);
    expect(part?.steps.map((step) => [step.rateFromPrevious, step.rateFromFirst])).toEqual([
      [null, 1],
      [1, 1],
      [1, 1],
    ]);
    expect(part?.steps[2]?.timeFromPrevious).toEqual({ median: 3_600_000, p90: 3_600_000 });
  });

  test('share a value, of items too, and are of members alone', async () => {
    await store([
      [ANN, 'View', '2026-04-01T10:00:00Z', { sku: 'a' }],
      [ANN, 'Buy', '2026-04-01T11:00:00Z', { items: [{ sku: 'b' }, { sku: 'a' }] }],
      [BOB, 'View', '2026-04-01T10:00:00Z', { sku: 'a' }],
      [BOB, 'Buy', '2026-04-01T11:00:00Z', { items: [{ sku: 'b' }] }],
      [CAT, 'View', '2026-04-01T10:00:00Z'],
    ]);
    await people({ [ANN]: { tier: 'gold' }, [BOB]: { tier: 'gold' }, [CAT]: {} });
    const steps = [{ event: 'View' }, { event: 'Buy', same: { items: 'properties.items', field: 'sku' } }];
    const asked = { steps, ...APRIL, same: 'properties.sku' };
    const counts = async (more: object) =>
      (await funnel({ ...asked, ...more })).map(({ value, steps: own }) => [
        value,
        ...own.map((step) => step.people),
      ]);
    expect(await counts({})).toEqual([[undefined, 2, 1]]);
    expect(await counts({ by: { trait: 'tier' } })).toEqual([['gold', 2, 1]]);
    const among = {
      kind: 'events',
      event: 'Buy',
      where: { items: 'properties.items', where: { field: 'sku', is: { op: 'equals', value: 'a' } } },
    };
    expect(await counts({ among })).toEqual([[undefined, 1, 1]]);
  });

  test('of nobody are zeros', async () => {
    const [part, ...rest] = await funnel({ steps: STEPS, ...APRIL });
    expect(rest).toEqual([]);
    expect(part?.steps.map((step) => [step.people, step.rateFromFirst, step.timeFromFirst])).toEqual(
      Array(3).fill([0, null, null]),
    );
  });
});

describe('retention', () => {
  const WEEKS = {
    start: { event: 'Join' },
    return: { event: 'Use' },
    per: 'week',
    periods: 2,
    from: '2026-06-01',
    to: '2026-06-15',
  };
  const ROWS: readonly Row[] = [
    // Weeks begin on 1, 8, 15, 22 June.
    [OLD, 'Join', '2026-06-01T00:00:00Z'],
    [ANN, 'Use', '2026-06-07T23:59:59Z'],
    [ANN, 'Use', '2026-06-15T00:00:00Z'],
    [BOB, 'Join', '2026-06-03T00:00:00Z'],
    [BOB, 'Use', '2026-06-02T00:00:00Z'],
    [BOB, 'Join', '2026-06-10T00:00:00Z'],
    [BOB, 'Use', '2026-06-10T00:00:00Z'],
    // Cat joined before, and so is in no first cohort.
    [CAT, 'Join', '2026-05-01T00:00:00Z'],
    [CAT, 'Join', '2026-06-08T00:00:00Z'],
    [CAT, 'Use', '2026-06-29T00:00:00Z'],
    [DAN, 'Join', '2026-06-14T23:59:59Z'],
    [NOBODY, 'Join', '2026-06-14T23:59:59Z'],
  ];
  const table = async (asked: object, now?: number) =>
    (await retention(asked, now)).map(({ people: n, returned }) => [n, ...returned]);

  test('tells who of whom came back after how many weeks', async () => {
    await store(ROWS);
    expect(await table(WEEKS)).toEqual([
      // Ann and Bob: Ann in the same week and two weeks later, Bob in the next one.
      [2, 1, 1, 1],
      [1, 0, 0, 0],
    ]);
    expect(await table({ ...WEEKS, unbounded: true })).toEqual([
      [2, 2, 2, 1],
      [1, 0, 0, 0],
    ]);
    expect(await table({ ...WEEKS, cohorts: 'recurring' })).toEqual([
      [2, 1, 1, 1],
      // Bob's use is later than his joining at the same moment; Cat's comes three weeks later.
      [3, 1, 0, 0],
    ]);
    expect(await table({ ...WEEKS, cohorts: 'recurring', unbounded: true })).toEqual([
      [2, 2, 2, 1],
      [3, 2, 1, 1],
    ]);
  });

  test('tells nothing of weeks that have not begun', async () => {
    await store(ROWS);
    expect(await table(WEEKS, Date.parse('2026-06-15T00:00:00Z'))).toEqual([
      [2, 1, 1, 1],
      [1, 0, 0, null],
    ]);
  });

  test('is of members alone', async () => {
    await store(ROWS);
    await people({ [ANN]: { tier: 'gold' }, [BOB]: {} });
    const among = { kind: 'trait', trait: 'tier', is: { op: 'exists' } };
    expect(await table({ ...WEEKS, among })).toEqual([
      [1, 1, 0, 1],
      [0, 0, 0, 0],
    ]);
  });
});
