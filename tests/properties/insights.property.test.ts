/**
 * What must hold of insights on the real engine, for any histories, merged people and moved events included:
 * - funnels, closed and open, with and without a limit, a shared value and a breakdown, equal a naive evaluator;
 * - of a closed funnel as many people come to a step as the sequence of the steps so far has members;
 * - retention, first and recurring, bounded or not, by day, week and month of any zone, equals a naive evaluator;
 * - a trend's buckets add up to its events, and each has what falls into it by the clock on the wall.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Event } from '../../src/core/event/event.js';
import type { InsightScope } from '../../src/core/insights/among.js';
import type { Unit } from '../../src/core/insights/buckets.js';
import type { Funnel } from '../../src/core/insights/funnel.js';
import type { Retention } from '../../src/core/insights/retention.js';
import { trendBuckets } from '../../src/core/insights/trends.js';
import { SegmentCompiler } from '../../src/core/segments/compile.js';
import { SqlContext } from '../../src/core/segments/sql/sql-context.js';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import { Analyst } from '../../src/stores/events/analyst.js';
import { ClickHouseEventStore } from '../../src/stores/events/clickhouse-event-store.js';
import { InsightQueries } from '../../src/stores/events/insight-queries.js';
import { anEvent } from '../support/an-event.js';
import { aPrintedEvent, type EventTables, openEventTables } from '../support/event-tables.js';
import { type Histories, naiveFunnel, naivePeriod, naiveQuantile, naiveRetention } from './naive-insights.js';

const RUNS = 24;
const NOBODY = '00000000-0000-0000-0000-000000000000';
const PEOPLE = [1, 2, 3, 4].map((n) => `0190f7c1-7c5e-8a3b-9d2e-00000000000${n}`);
const [ANN, BOB] = PEOPLE as [string, string, string, string];
/** A day before clocks are put forward in Berlin. */
const BEGIN = Date.UTC(2026, 2, 28, 0, 0, 0);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const VOCABULARY = { segments: new Map(), computed: new Map() };
const SCOPE: InsightScope = { vocabulary: VOCABULARY, compiler: new SegmentCompiler(VOCABULARY) };

let tables: EventTables;
let connection: ClickHouse;
let insights: InsightQueries;
beforeAll(async () => {
  tables = await openEventTables();
  connection = await tables.another('analyst');
  // Few events make slices, so that there are some.
  insights = new InsightQueries(new Analyst(connection), async () => VOCABULARY, 15);
});
afterAll(async () => {
  await connection.close();
  await tables.remove();
});

/** Who wrote which event, and what was said of it later. */
interface World {
  readonly events: readonly Event[];
  readonly writtenBy: readonly string[];
  /** Bob is Ann now. */
  readonly merged: boolean;
  /** Events that are now Bob's. */
  readonly moved: readonly number[];
}

const one = fc.record({
  person: fc.constantFrom(...PEOPLE, NOBODY),
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  // Few times, so that several events fall into one millisecond.
  hours: fc.integer({ min: 0, max: 16 }),
  k: fc.constantFrom(1, '1', true, undefined),
  plan: fc.constantFrom('x', 'y', 7, undefined),
});

/** @param stretch hours for one hour of the generator. */
const worlds = (stretch: number): fc.Arbitrary<World> =>
  fc
    .record({
      given: fc.array(one, { minLength: 1, maxLength: 40 }),
      merged: fc.boolean(),
      moved: fc.array(fc.nat({ max: 39 }), { maxLength: 3 }),
    })
    .map(({ given, merged, moved }) => ({
      events: given.map(({ name, hours, k, plan }, offset) =>
        anEvent({
          ...{ offset, name, messageId: `m${offset}`, timestamp: BEGIN + hours * stretch * HOUR },
          properties: { ...(k === undefined ? {} : { k }), ...(plan === undefined ? {} : { plan }) },
        }),
      ),
      writtenBy: given.map(({ person }) => person),
      merged,
      moved: [...new Set(moved)].filter((offset) => offset < given.length && given[offset]?.person !== BOB),
    }));

let batches = 0;
async function store(world: World): Promise<Histories> {
  await tables.empty();
  batches += 1;
  const { events, writtenBy, merged, moved } = world;
  const rows = events.map((event, index) => aPrintedEvent(event, writtenBy[index] as string));
  const offsets = events.map(({ offset }) => offset);
  const writer = new ClickHouseEventStore(tables.clickhouse);
  await writer.insert({ token: `i${batches}`, rows, offsets, again: false, overrides: [], version: 1 });
  await writer.override({
    version: 2,
    profiles: merged ? [{ fromId: BOB, intoId: ANN }] : [],
    events: moved.map((offset) => ({ offset, fromId: writtenBy[offset] as string, profileId: BOB })),
  });
  const people = PEOPLE.map((id) =>
    JSON.stringify({ profile_id: id, version: 1, deleted: merged && id === BOB }),
  );
  await tables.clickhouse.insertJsonLines('profiles', Buffer.from(people.join('\n')));
  const histories = new Map<string, Event[]>();
  for (const [index, event] of events.entries()) {
    const placed = moved.includes(index) ? BOB : (writtenBy[index] as string);
    const person = merged && placed === BOB ? ANN : placed;
    if (person !== NOBODY) histories.set(person, [...(histories.get(person) ?? []), event]);
  }
  return histories;
}

const iso = (ms: number) => new Date(ms).toISOString();
const period = fc
  .tuple(fc.integer({ min: -2, max: 8 }), fc.integer({ min: 1, max: 18 }))
  .map(([start, length]) => ({ start, end: start + length }));

const funnels: fc.Arbitrary<Funnel> = fc
  .record({
    names: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 2, maxLength: 4 }),
    period,
    within: fc.constantFrom(undefined, '1 hour', '3 hours', '10 hours'),
    isShared: fc.boolean(),
    isOpen: fc.boolean(),
    by: fc.constantFrom(undefined, { field: 'properties.plan' }),
  })
  .map(({ names, period: { start, end }, within, isShared, isOpen, by }) => ({
    steps: names.map((event) => ({ event })),
    ...{ from: iso(BEGIN + start * HOUR), to: iso(BEGIN + end * HOUR) },
    ...(within && { within }),
    ...(isShared && { same: 'properties.k' }),
    ...(isOpen && { mode: 'open' as const }),
    ...(by && { by }),
  }));

test('funnels equal a naive evaluator', async () => {
  const property = fc.asyncProperty(worlds(1), funnels, async (world, funnel) => {
    const histories = await store(world);
    const expected = naiveFunnel(funnel, histories);
    const parts = await insights.funnel(funnel, BEGIN);
    const label = ({ value }: { value?: unknown }) => (funnel.by === undefined ? '' : JSON.stringify(value));
    const counted = parts.filter((part) => part.steps.some(({ people }) => people > 0));
    expect(new Set(counted.map(label))).toEqual(new Set(expected.keys()));
    for (const part of counted) {
      const naive = expected.get(label(part)) ?? [];
      expect(
        part.steps.map(({ people, continued, fromFirst }) => ({ people, continued, fromFirst })),
      ).toEqual(
        naive.map(({ people, continued, fromFirst }) => ({
          ...{ people, continued: continued.length, fromFirst: fromFirst.length },
        })),
      );
      const timesOf = (values: readonly number[]) =>
        values.length === 0 ? null : { median: naiveQuantile(values, 0.5), p90: naiveQuantile(values, 0.9) };
      expect(part.steps.map((step) => step.timeFromPrevious)).toEqual(
        naive.map(({ continued }) => timesOf(continued)),
      );
      expect(part.steps.slice(1).map((step) => step.timeFromFirst)).toEqual(
        naive.slice(1).map(({ fromFirst }) => timesOf(fromFirst)),
      );
    }
  });
  await fc.assert(property, { numRuns: RUNS });
});

test('of a closed funnel as many people come to a step as the sequence so far has members', async () => {
  const property = fc.asyncProperty(worlds(1), funnels, async (world, asked) => {
    await store(world);
    const { mode, by, ...rest } = asked;
    const funnel: Funnel = { ...rest, from: iso(BEGIN - DAY), to: iso(BEGIN + 30 * DAY) };
    const [part] = await insights.funnel(funnel, BEGIN);
    for (let length = 1; length <= funnel.steps.length; length += 1) {
      const { steps, within, same } = funnel;
      const sequence = { kind: 'sequence', steps: steps.slice(0, length), ...(same && { same }) } as const;
      const node = { ...sequence, ...(within && { within }) };
      const sql = new SqlContext({
        now: BEGIN,
        zones: [],
        merged: world.merged,
        moved: world.moved.length > 0,
      });
      const where = SCOPE.compiler.segment(node).sql(sql);
      const [row] = await tables.clickhouse.query<{ n: number }>(
        `SELECT count() AS n FROM profiles AS p FINAL WHERE NOT p.deleted AND ${where}`,
        sql.params,
      );
      expect(part?.steps[length - 1]?.people, `step ${length}`).toBe(row?.n);
    }
  });
  await fc.assert(property, { numRuns: RUNS / 2 });
});

const ZONES = ['UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Pacific/Auckland'];
const retentions: fc.Arbitrary<Retention> = fc
  .record({
    names: fc.tuple(fc.constantFrom('a', 'b'), fc.constantFrom('a', 'b')),
    period,
    per: fc.constantFrom('day' as const, 'week' as const, 'month' as const),
    zone: fc.constantFrom(...ZONES),
    periods: fc.integer({ min: 1, max: 5 }),
    cohorts: fc.constantFrom('first' as const, 'recurring' as const),
    unbounded: fc.boolean(),
  })
  .map(({ names: [start, back], period: { start: from, end }, ...rest }) => ({
    ...{ start: { event: start }, return: { event: back }, ...rest },
    ...{ from: iso(BEGIN + from * 31 * HOUR), to: iso(BEGIN + end * 31 * HOUR) },
  }));

test('retention equals a naive evaluator', async () => {
  const property = fc.asyncProperty(worlds(31), retentions, async (world, retention) => {
    const histories = await store(world);
    const table = await insights.retention(retention, BEGIN + 10_000 * DAY);
    expect(table.map(({ people, returned }) => [people, ...returned])).toEqual(
      naiveRetention(retention, histories),
    );
  });
  await fc.assert(property, { numRuns: RUNS });
});

test("a trend's buckets hold what falls into them", async () => {
  const units = fc.constantFrom<Unit>('hour', 'day', 'week', 'month');
  const property = fc.asyncProperty(
    worlds(5),
    ...[units, fc.constantFrom(...ZONES), period],
    async (world, per, zone, { start, end }) => {
      const histories = await store(world);
      const span = { from: iso(BEGIN + start * 5 * HOUR), to: iso(BEGIN + end * 5 * HOUR) };
      const trends = {
        events: [{ event: 'a' }, {}],
        per,
        zone,
        ...span,
        measure: { kind: 'people' as const },
      };
      const buckets = trendBuckets(trends);
      const series = await insights.trends(trends, BEGIN);
      for (const [index, names] of [['a'], ['a', 'b', 'c', 'd']].entries()) {
        const people = buckets.map(() => new Set<string>());
        for (const [person, events] of histories) {
          for (const { name, timestamp } of events) {
            if (!names.includes(name) || iso(timestamp) < span.from || iso(timestamp) >= span.to) continue;
            const bucket = naivePeriod(per, zone, timestamp);
            const place = buckets.findLastIndex((begin) => begin <= timestamp);
            expect(naivePeriod(per, zone, buckets[place] as number)).toBe(bucket);
            people[place]?.add(person);
          }
        }
        expect(series[index]?.values).toEqual(people.map(({ size }) => size));
        expect(series[index]?.total).toBe(new Set(people.flatMap((some) => [...some])).size);
      }
    },
  );
  await fc.assert(property, { numRuns: RUNS / 2 });
});
