/**
 * What must hold of stored events that are gone through again, on the real engine:
 * - what profiles are folded from comes back as it came, whichever way its row went in;
 * - pages together are all events, once each, in the order of the log;
 * - a page reads the events of its people, and not the table.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anEvent } from '../../../tests/support/an-event.js';
import type { EventTables } from '../../../tests/support/event-tables.js';
import { aPrintedEvent, openEventTables } from '../../../tests/support/event-tables.js';
import type { Event } from '../../core/event/event.js';
import type { JsonObject } from '../../core/json.js';
import { ClickHouseEventStore } from './clickhouse-event-store.js';
import { ClickHouseEventHistory } from './event-history.js';
import type { PrintedEvent } from './event-store.js';
import { ByteWriter } from './native/byte-writer.js';
import { writeEventBlock } from './native/event-block.js';
import { PLACED_IN } from './placed-in.js';

const ANN = '0190f7c1-7c5e-8a3b-9d2e-00000000000a';
const BOB = '0190f7c1-7c5e-8a3b-9d2e-00000000000b';
const CAT = '0190f7c1-7c5e-8a3b-9d2e-00000000000c';
const NOBODY = '00000000-0000-0000-0000-000000000000';
const ALL = { after: -1, limit: 1_000, properties: false };
const WHOLE = { ...ALL, properties: true };

let tables: EventTables;
let store: ClickHouseEventStore;
let history: ClickHouseEventHistory;
beforeAll(async () => {
  tables = await openEventTables();
  store = new ClickHouseEventStore(tables.clickhouse);
  history = new ClickHouseEventHistory(tables.clickhouse);
});
beforeEach(() => tables.empty());
afterAll(() => tables.remove());

let batches = 0;
async function insert(rows: readonly PrintedEvent[]): Promise<void> {
  batches += 1;
  const offsets = rows.map(({ event }) => event.offset);
  await store.insert({ token: `b${batches}`, rows, offsets, again: false, overrides: [], version: batches });
}
const offsetsOf = (events: ReadonlyArray<{ readonly event: Event }>) =>
  events.map(({ event }) => event.offset);

describe('a stored event', () => {
  const person: JsonObject = {
    ...{ traits: { email: 'a@example.com', gone: null }, consent: { categoryPreferences: { ads: false } } },
    ...{ device: { id: 'd', none: {} }, externalIds: [{ type: 'card', id: '1', encoding: null }] },
    groupId: 'g2',
  };
  const context: JsonObject = { ...person, app: { 'a.b': 'x' }, ip: '192.0.2.1' };
  const full = (offset: number, properties: JsonObject) =>
    anEvent({
      ...{ offset, type: 'identify', name: '', messageId: `m"${offset}`, properties, context },
      ...{ userId: 'u', anonymousId: 'é\n', groupId: 'g', previousId: 'p' },
      traits: { plan: null, address: {}, 'a.b': ['x', null], n: 1.5, deep: { list: [{ a: null }] } },
      ...{ timestamp: -1_000, receivedAt: 1_750_000_000_123 },
    });

  it.each<[string, JsonObject]>([
    ['in binary', { card: '1', 'a.b': { c: [1, 2] } }],
    // An array of mixed values.
    ['as text', { card: '1', list: [1, 'x'], 'a.b': { c: [1, 2] } }],
  ])('comes back as it came %s, as far as profiles need it', async (way, properties) => {
    const event = full(7, properties);
    const row = aPrintedEvent(event, ANN);
    expect(writeEventBlock(new ByteWriter(), [row]).native).toHaveLength(way === 'in binary' ? 1 : 0);
    await insert([row]);
    const [narrow] = await history.ofProfiles([ANN], ALL);
    expect(narrow).toStrictEqual({
      event: { ...event, properties: {}, context: person },
      ...{ isCrawler: false, writtenId: ANN, placedId: ANN },
    });
    const [whole] = await history.ofProfiles([ANN], WHOLE);
    // Of a mixed array, ClickHouse keeps the texts.
    if (way === 'in binary') expect(whole?.event).toEqual(event);
    else expect(whole?.event).toMatchObject({ context, properties: { card: '1', 'a.b': { c: [1, 2] } } });
  });

  it('has properties that were asked for, and those of merge calls always', async () => {
    const mergeProperties = [
      { type: 'email', value: 'a@example.com' },
      { type: 'user_id', value: '17' },
    ];
    const sent = [
      anEvent({ offset: 0, properties: { a: 1 } }),
      anEvent({ offset: 1, type: 'merge', properties: { mergeProperties } }),
      anEvent({ offset: 2, type: 'merge', properties: { mergeProperties: mergeProperties.slice(1) } }),
    ];
    await insert(sent.map((event) => aPrintedEvent(event, ANN)));
    const read = async (properties: boolean) =>
      (await history.ofProfiles([ANN], { ...ALL, properties })).map(({ event }) => event);
    expect(await read(true)).toEqual(sent);
    expect(await read(false)).toEqual([{ ...sent[0], properties: {} }, sent[1], sent[2]]);
    expect((await history.all({ ...ALL, after: 0 })).map(({ event }) => event)).toEqual(sent.slice(1));
  });

  it('tells crawlers from other bots', async () => {
    const agents = ['Mozilla/5.0 (compatible; Googlebot/2.1)', 'axios/1.7.2', 'Mozilla/5.0 Firefox/140.0'];
    await insert(
      agents.map((userAgent, offset) =>
        aPrintedEvent(anEvent({ offset, context: { userAgent } }), NOBODY, { bot: offset < 2 }),
      ),
    );
    const read = await history.ofProfiles([NOBODY], ALL);
    expect(read.map(({ isCrawler }) => isCrawler)).toEqual([true, false, false]);
  });
});

describe('the history', () => {
  const kinds = ['track', 'page', 'identify'] as const;
  /** Offsets rise, with gaps; kinds and times go across them. */
  const spread = (profileIds: readonly string[], from: number, count: number) =>
    Array.from({ length: count }, (_, n) => {
      const type = kinds[n % 3] ?? 'track';
      const event = anEvent({ offset: from + n * 3, type, timestamp: 1_750_000_000_000 - ((n * 7) % 11) });
      return aPrintedEvent(event, profileIds[n % profileIds.length] ?? NOBODY);
    });

  it.each(['in their parts', 'in one part'])('gives pages in the order of the log, %s', async (state) => {
    const rows = [...spread([ANN, BOB, NOBODY], 0, 100), ...spread([BOB, ANN], 300, 50)];
    await insert(rows.slice(0, 90));
    await insert(rows.slice(90));
    if (state === 'in one part') await tables.clickhouse.command('OPTIMIZE TABLE events FINAL');
    const expected = rows.map(({ event }) => event.offset);
    const ofAnn = rows.filter(({ profileId }) => profileId === ANN).map(({ event }) => event.offset);
    expect(offsetsOf(await history.all(ALL))).toEqual(expected);
    expect(offsetsOf(await history.ofProfiles([ANN], ALL))).toEqual(ofAnn);
    expect(offsetsOf(await history.ofProfiles([ANN, BOB, NOBODY], ALL))).toEqual(expected);
    expect(await history.ofProfiles([CAT], ALL)).toEqual([]);
    expect(await history.ofProfiles([], ALL)).toEqual([]);
    for (const read of [history.all.bind(history), history.ofProfiles.bind(history, [ANN, BOB, NOBODY])]) {
      const paged: number[] = [];
      for (let after = -1; ; after = paged.at(-1) ?? -1) {
        const page = await read({ after, limit: 7, properties: false });
        paged.push(...offsetsOf(page));
        if (page.length < 7) break;
      }
      expect(paged).toEqual(expected);
    }
  });

  it('goes over offsets without rows, however many', async () => {
    const far = 5_000_000_000;
    await insert([...spread([ANN], 200_000, 3), ...spread([NOBODY], far, 3)]);
    expect(offsetsOf(await history.all(ALL))).toEqual([200_000, 200_003, 200_006, far, far + 3, far + 6]);
    expect(offsetsOf(await history.all({ ...ALL, after: 200_003, limit: 2 }))).toEqual([200_006, far]);
    expect(await history.all({ ...ALL, after: far + 6 })).toEqual([]);
  });

  it('is empty at first', async () => {
    expect(await history.all(ALL)).toEqual([]);
    expect(await history.ofProfiles([NOBODY], ALL)).toEqual([]);
  });

  it('tells where events were placed since, and where their rows say', async () => {
    await insert(spread([ANN], 0, 3));
    await store.override({
      ...{ version: 2, profiles: [{ fromId: BOB, intoId: CAT }] },
      events: [{ offset: 3, fromId: ANN, profileId: BOB }],
    });
    const places = (await history.all(ALL)).map(({ writtenId, placedId }) => [writtenId, placedId]);
    // Not where that one was merged into: that is for the reader to know.
    expect(places).toEqual([
      [ANN, ANN],
      [ANN, BOB],
      [ANN, ANN],
    ]);
    const moved = await history.ofProfiles([BOB], ALL);
    expect(moved).toMatchObject([{ event: { offset: 3 }, writtenId: ANN, placedId: BOB }]);
    expect(offsetsOf(await history.ofProfiles([ANN], ALL))).toEqual([0, 6]);
    expect(await history.ofProfiles([CAT], ALL)).toEqual([]);
  });

  it('finds a person by the indexes', async () => {
    await tables.clickhouse.command(`
      INSERT INTO events (profile_id, timestamp, received_at, offset, type, name)
      SELECT toUUID(concat('0190f7c1-7c5e-8a3b-9d2e-', leftPad(toString(number % 5000), 12, '0'))), now64(3), '2026-01-01', number,
        'track', 'Seen' FROM numbers(200000)`);
    await tables.clickhouse.command('OPTIMIZE TABLE events FINAL');
    const one = '0190f7c1-7c5e-8a3b-9d2e-000000004321';
    await store.override({ version: 1, profiles: [], events: [{ offset: 5, fromId: ANN, profileId: one }] });
    expect(await history.ofProfiles([one], ALL)).toHaveLength(40);
    const plan = await tables.clickhouse.query<{ explain: string }>(
      `EXPLAIN indexes = 1 SELECT offset FROM events WHERE ${PLACED_IN}`,
      { ids: [one] },
    );
    const granules = plan.flatMap(({ explain }) => /Granules: (\d+)\/(\d+)/.exec(explain)?.slice(1) ?? []);
    expect(Number(granules[1])).toBeGreaterThanOrEqual(24);
    expect(Number(granules.at(-2))).toBeLessThanOrEqual(2);
  });
});
