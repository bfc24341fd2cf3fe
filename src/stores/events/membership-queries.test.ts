import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type EventTables, openEventTables } from '../../../tests/support/event-tables.js';
import type { MembershipChange } from '../state/segment-state.js';
import { ClickHouseSegmentStore } from './clickhouse-segment-store.js';
import { MembershipQueries, type StoredChange } from './membership-queries.js';

const HOUR_MS = 3_600_000;
const IDS = ['a', 'b', 'c', 'd'].map((last) => `0190f7c1-7c5e-8a3b-9d2e-00000000000${last}`);
const SEGMENTS = ['s', 't'];

let tables: EventTables;
let store: ClickHouseSegmentStore;
let queries: MembershipQueries;
beforeAll(async () => {
  tables = await openEventTables();
  store = new ClickHouseSegmentStore(tables.clickhouse);
  queries = new MembershipQueries(tables.clickhouse, { secondsMax: 30, memoryBytesMax: 256 * 1024 ** 2 });
});
beforeEach(() => tables.empty());
afterAll(() => tables.remove());

/** Steps of people into segments and out of them, in their order; two a batch, which are told twice. */
const history = fc
  .array(
    fc.record({
      profileId: fc.constantFrom(...IDS),
      segmentId: fc.constantFrom(...SEGMENTS),
      /** Since the step before: often none. */
      later: fc.constantFrom(0, 1, HOUR_MS / 2, HOUR_MS),
    }),
    { maxLength: 20 },
  )
  .map((steps) => {
    const inside = new Set<string>();
    let at = 1_000 * HOUR_MS;
    return steps.map(({ profileId, segmentId, later }): MembershipChange => {
      at += later;
      const key = `${segmentId} ${profileId}`;
      const entered = !inside.delete(key);
      if (entered) inside.add(key);
      return { segmentId, profileId, version: 1, entered, at, cause: { kind: 'timer' } };
    });
  });

async function tell(changes: readonly MembershipChange[]): Promise<void> {
  for (let first = 0; first < changes.length; first += 2) {
    const batch = changes.slice(first, first + 2);
    await store.tell(first, batch);
    await store.tell(first, batch);
  }
}

/** Who is in a segment by a naive walk through the changes. */
function membersOf(changes: readonly MembershipChange[], segment: string): string[] {
  const members = new Set<string>();
  for (const { segmentId, profileId, entered } of changes)
    if (segmentId === segment) members[entered ? 'add' : 'delete'](profileId);
  return [...members].sort();
}

async function pages(limit: number): Promise<StoredChange[]> {
  const all: StoredChange[] = [];
  for (let page = await queries.changes({}, undefined, limit); page.length > 0; ) {
    all.push(...page);
    page = await queries.changes({}, page.at(-1), limit);
  }
  return all;
}

test('members, sizes, history and changes are what a walk through all changes gives, though each was told twice', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.nat({ max: 10 }), async (changes, hours) => {
      await tables.empty();
      await tell(changes);
      const sizes = await queries.sizes(SEGMENTS);
      const at = (1_000 + hours) * HOUR_MS;
      for (const segment of SEGMENTS) {
        const now = membersOf(changes, segment);
        expect(
          (await queries.members(segment, { limit: 10 })).map(({ profileId }) => profileId).sort(),
        ).toEqual(now);
        expect(sizes.get(segment) ?? 0).toBe(now.length);
        const then = changes.filter((change) => change.at <= at);
        const past = await queries.members(segment, { at, limit: 10 });
        expect(past.map(({ profileId }) => profileId).sort()).toEqual(membersOf(then, segment));
        await expectHistory(changes, segment, at);
      }
      const [inS, inT] = SEGMENTS.map((segment) => membersOf(changes, segment));
      const shared = (inS ?? []).filter((id) => inT?.includes(id)).length;
      const combined = await queries.combinations(SEGMENTS);
      expect(combined.find(({ segments }) => segments.length === 2)?.people ?? 0).toBe(shared);
      const told = await pages(3);
      expect(told.map(({ profileId, entered }) => [profileId, entered])).toEqual(
        changes.map(({ profileId, entered }) => [profileId, entered]).reverse(),
      );
    }),
    { numRuns: 25 },
  );
});

async function expectHistory(
  changes: readonly MembershipChange[],
  segment: string,
  from: number,
): Promise<void> {
  const to = from + 3 * HOUR_MS;
  const own = changes.filter(({ segmentId }) => segmentId === segment);
  const expected = [0, 1, 2].map((hour) => {
    const [begin, end] = [from + hour * HOUR_MS, from + (hour + 1) * HOUR_MS];
    const during = own.filter(({ at }) => at >= begin && at < end);
    return {
      from: begin,
      entered: during.filter(({ entered }) => entered).length,
      left: during.filter(({ entered }) => !entered).length,
      size: membersOf(
        own.filter(({ at }) => at < end),
        segment,
      ).length,
    };
  });
  expect(await queries.history(segment, from, to, HOUR_MS)).toEqual(expected);
}

test('members are paged by their ids without a gap', async () => {
  const changes = IDS.map((profileId): MembershipChange => {
    return { segmentId: 's', profileId, version: 7, entered: true, at: HOUR_MS, cause: { kind: 'backfill' } };
  });
  await tell(changes);
  const found: string[] = [];
  for (let page = await queries.members('s', { limit: 3 }); page.length > 0; ) {
    expect(page.length).toBeLessThanOrEqual(3);
    found.push(...page.map(({ profileId }) => profileId));
    page = await queries.members('s', { limit: 3, after: found.at(-1) });
  }
  expect(found.sort()).toEqual(IDS);
});
