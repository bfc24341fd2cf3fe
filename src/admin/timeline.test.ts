/**
 * What must hold of a timeline, on the real engine, however many of its events and changes fall on one millisecond:
 * - its pages of any size, one after the other, are the whole of it, each entry once;
 * - it is in the order of time, the latest first, and what follows from an event stands after it;
 * - a filter leaves exactly what it says.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { anEvent } from '../../tests/support/an-event.js';
import { aPrintedEvent, type EventTables, openEventTables } from '../../tests/support/event-tables.js';
import { ClickHouseEventStore } from '../stores/events/clickhouse-event-store.js';
import { ClickHouseSegmentStore } from '../stores/events/clickhouse-segment-store.js';
import { type EventFilter, EventQueries, type StoredEvent } from '../stores/events/event-queries.js';
import { MembershipQueries } from '../stores/events/membership-queries.js';
import type { MembershipChange } from '../stores/state/segment-state.js';
import { AUDIENCE_EVENTS, readTimeline, type TimelineParts, type TimelinePlace } from './timeline.js';

const [ANN, FORMER, BOB] = ['a', 'b', 'c'].map((last) => `0190f7c1-7c5e-8a3b-9d2e-00000000000${last}`) as [
  string,
  string,
  string,
];
const START = Date.UTC(2026, 0, 1);

let tables: EventTables;
let parts: TimelineParts;
beforeAll(async () => {
  tables = await openEventTables();
  parts = {
    events: new EventQueries(tables.clickhouse),
    memberships: new MembershipQueries(tables.clickhouse, {
      secondsMax: 30,
      memoryBytesMax: 256 * 1024 ** 2,
    }),
    segments: { names: async (ids) => new Map(ids.map((id) => [id, `The ${id}`])) },
  };
});
beforeEach(() => tables.empty());
afterAll(() => tables.remove());

const entries = fc.array(
  fc.record({
    kind: fc.constantFrom('event', 'entered', 'left'),
    /** Few, so that many fall together. */
    at: fc.nat({ max: 3 }),
    profileId: fc.constantFrom(ANN, FORMER, BOB),
  }),
  { maxLength: 14 },
);
type Entries = typeof entries extends fc.Arbitrary<infer Value> ? Value : never;

let batches = 0;
async function store(given: Entries): Promise<void> {
  batches += 1;
  const rows = given.flatMap(({ kind, at, profileId }, offset) =>
    kind === 'event'
      ? [aPrintedEvent(anEvent({ offset, timestamp: START + at, name: 'Looked' }), profileId)]
      : [],
  );
  const offsets = rows.map(({ event }) => event.offset);
  const events = new ClickHouseEventStore(tables.clickhouse);
  await events.insert({ token: `t${batches}`, rows, offsets, again: false, overrides: [], version: 1 });
  const changes = given.flatMap(({ kind, at, profileId }): MembershipChange[] =>
    kind === 'event'
      ? []
      : [
          {
            ...{ segmentId: 's', profileId, version: 2, entered: kind === 'entered', at: START + at },
            cause: { kind: 'timer' },
          },
        ],
  );
  await new ClickHouseSegmentStore(tables.clickhouse).tell(1, changes);
}

async function paged(filter: EventFilter, limit: number): Promise<StoredEvent[]> {
  const all: StoredEvent[] = [];
  let after: TimelinePlace | undefined;
  do {
    const { data, end } = await readTimeline([ANN, FORMER], filter, after, limit, parts);
    all.push(...data);
    after = end;
  } while (after !== undefined);
  return all;
}

const rank = ({ name }: StoredEvent) => (name === 'Looked' ? 0 : 1);

test('pages of any size are the whole, in order, each entry once', async () => {
  await fc.assert(
    fc.asyncProperty(entries, fc.integer({ min: 1, max: 5 }), async (given, limit) => {
      await tables.empty();
      await store(given);
      const whole = await paged({}, 100);
      const own = given.filter(({ profileId }) => profileId !== BOB);
      expect(whole).toHaveLength(own.length);
      expect(whole.map(({ timestamp }) => Date.parse(timestamp) - START)).toEqual(
        own.map(({ at }) => at).sort((a, b) => b - a),
      );
      for (const [index, event] of whole.entries()) {
        const before = whole[index - 1];
        if (before?.timestamp === event.timestamp) expect(rank(before)).toBeGreaterThanOrEqual(rank(event));
      }
      expect(await paged({}, limit)).toEqual(whole);
      const name = AUDIENCE_EVENTS.entered;
      const period = { from: new Date(START + 1).toISOString(), to: new Date(START + 3).toISOString() };
      expect(await paged({ name, ...period }, limit)).toEqual(
        whole.filter((one) => one.name === name && one.timestamp >= period.from && one.timestamp < period.to),
      );
      expect(await paged({ name: 'Looked' }, limit)).toEqual(whole.filter((one) => one.name === 'Looked'));
      expect(await paged({ type: 'page' }, limit)).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

test('entries say which segment, by its name', async () => {
  await store([{ kind: 'left', at: 0, profileId: FORMER }]);
  expect(await paged({}, 10)).toMatchObject([
    {
      ...{ type: 'track', name: 'Audience Exited', sourceId: 'tributary', profileId: ANN },
      properties: { audience_id: 's', audience_name: 'The s', version: 2, cause: 'timer' },
    },
  ]);
});
