/** Who is in segments, was, came and went, by the API of the real server. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningServer } from '../harness/running-server.js';
import { type Page, SegmentsServer, SPENT } from '../harness/segments-server.js';

let people: SegmentsServer;
let server: RunningServer;
beforeAll(async () => {
  people = await SegmentsServer.start();
  server = people.server;
});
afterAll(() => server?.remove());

describe('the people of a segment', () => {
  interface Member {
    readonly id: string;
    readonly enteredAt: string;
    readonly traits: object;
    readonly version: number;
  }
  interface Change {
    readonly profileId: string;
    readonly entered: boolean;
    readonly cause: string;
    readonly at: string;
    readonly messageId: string | null;
  }
  const members = async (query = '') =>
    (await people.allOf<Member>(`/segments/buyers/members${query}`)).map(({ id }) => id).sort();
  const ids: Record<string, string> = {};
  let before: string;

  beforeAll(async () => {
    for (const name of ['ann', 'bob', 'cid', 'dan', 'eve', 'fay'])
      ids[name] = await people.idOf(`user_id:${name}`);
    await server.admin('/segments', { id: 'big_spenders', name: 'Big spenders', definition: SPENT });
    await server.admin('/segments', { id: 'buyers', name: 'Buyers', text: 'did "Order Completed"' });
    await server.admin('/segments', { id: 'pros', name: 'Pros', text: 'plan = "pro"' });
    await people.live('big_spenders', 2);
    await people.live('buyers', 3);
    await people.live('pros', 3);
    before = new Date().toISOString();
    await sleep(20);
    await people.send(
      {
        type: 'track',
        event: 'Order Completed',
        userId: 'dan',
        messageId: 'dan-buys',
        properties: { total: 1 },
      },
      { type: 'identify', userId: 'bob', messageId: 'bob-free', traits: { plan: 'free' } },
    );
    await people.live('buyers', 4);
    await people.live('pros', 2);
  });

  const idsOf = (...names: string[]) => names.map((name) => ids[name]).sort();

  test('are listed page by page, now and at a moment', async () => {
    expect(await members()).toEqual(idsOf('ann', 'bob', 'cid', 'dan'));
    expect(await members(`?at=${before}`)).toEqual(idsOf('ann', 'bob', 'cid'));
    expect(await members('?at=2020-01-01T00:00:00Z')).toEqual([]);
    const [first] = (await server.admin<Page<Member>>('/segments/pros/members')).data;
    expect(first).toMatchObject({ version: 1, traits: { plan: 'pro' } });
    expect((await server.adminAnswer('/segments/buyers/members?cursor=bm8')).status).toBe(400);
    expect((await server.adminAnswer('/segments/buyers/members?at=yesterday')).status).toBe(400);
  });

  test('come and go, each time with a cause', async () => {
    const changes = await people.allOf<Change>('/segments/buyers/changes');
    expect(changes.map(({ profileId, entered, cause }) => ({ profileId, entered, cause }))[0]).toEqual({
      ...{ profileId: ids.dan, entered: true, cause: 'event' },
    });
    expect(changes[0]?.messageId).toBe('dan-buys');
    expect(changes.slice(1).map(({ cause, messageId }) => [cause, messageId])).toEqual(
      Array.from({ length: 3 }, () => ['backfill', null]),
    );
    const [left] = await people.allOf<Change>(`/segments/pros/changes?from=${before}`);
    expect(left).toMatchObject({ profileId: ids.bob, entered: false, messageId: 'bob-free' });
  });

  test('make its history', async () => {
    const [from, to] = [Date.now() - 2 * 3_600_000, Date.now() + 3_600_000].map((ms) =>
      new Date(ms).toISOString(),
    );
    const asked = `from=${from}&to=${to}&interval=hour`;
    const { data } = await server.admin<{
      data: Array<{ from: string; entered: number; left: number; size: number }>;
    }>(`/segments/pros/history?${asked}`);
    expect(data[0]).toMatchObject({ size: 0, entered: 0, left: 0 });
    expect(data.at(-1)).toMatchObject({ size: 2 });
    expect(data.reduce((sum, { entered }) => sum + entered, 0)).toBe(3);
    expect(data.reduce((sum, { left }) => sum + left, 0)).toBe(1);
    expect(data[0]?.from).toMatch(/:00:00\.000Z$/);
    // Within one day, whatever the time is now.
    const tomorrow = (Math.floor(Date.now() / 86_400_000) + 1) * 86_400_000;
    const later = [tomorrow + 1, tomorrow + 3_600_000].map((ms) => new Date(ms).toISOString());
    expect(
      await server.admin(`/segments/pros/history?from=${later[0]}&to=${later[1]}&interval=day`),
    ).toMatchObject({
      data: [{ entered: expect.any(Number), size: 2 }],
    });
    for (const wrong of [
      `from=${to}&to=${from}`,
      'from=1990-01-01T00:00:00Z&to=2026-01-01T00:00:00Z',
      'from=x&to=y',
    ])
      expect((await server.adminAnswer(`/segments/pros/history?${wrong}`)).status, wrong).toBe(400);
  });

  test('overlap with those of others', async () => {
    expect(await server.admin('/segments/buyers/overlap?with=pros,big_spenders')).toEqual({
      segments: ['buyers', 'pros', 'big_spenders'],
      matrix: [
        [4, 1, 2],
        [1, 2, 1],
        [2, 1, 2],
      ],
    });
    expect((await server.adminAnswer('/segments/buyers/overlap?with=nobodys')).status).toBe(404);
  });

  test('know their segments, and why', async () => {
    const bob = await server.admin<{ now: Array<{ id: string }>; past: Array<Record<string, unknown>> }>(
      '/profiles/user_id:bob/segments',
    );
    expect(bob.now).toEqual([{ id: 'buyers', name: 'Buyers', enteredAt: expect.any(String), version: 1 }]);
    expect(bob.past).toContainEqual(
      expect.objectContaining({ id: 'pros', name: 'Pros', leftAt: expect.any(String), cause: 'event' }),
    );
    const explained = await server.admin('/profiles/user_id:cid/explain?segment=big_spenders');
    expect(explained).toMatchObject({
      ...{ segment: 'big_spenders', holds: true },
      why: { kind: 'events', holds: true, value: 200, text: expect.any(String), english: expect.any(String) },
    });
    expect(await server.admin('/profiles/user_id:eve/explain?segment=pros')).toEqual({
      ...{ segment: 'pros', version: 1, at: expect.any(String), holds: false },
      why: { kind: 'trait', text: 'plan = "pro"', english: expect.any(String), holds: false },
    });
    expect((await server.adminAnswer('/profiles/user_id:eve/explain?segment=nobodys')).status).toBe(404);
    expect((await server.adminAnswer('/profiles/user_id:nobody/explain?segment=pros')).status).toBe(404);
    expect((await server.adminAnswer('/profiles/user_id:nobody/segments')).status).toBe(404);
  });

  test('see it on their timelines, exactly once however it is paged', async () => {
    interface Event {
      readonly name: string;
      readonly type: string;
      readonly sourceId: string;
      readonly messageId: string;
      readonly properties: Record<string, unknown>;
      readonly timestamp: string;
    }
    const whole = (await server.admin<Page<Event>>('/profiles/user_id:bob/events?limit=500')).data;
    const paged = await people.allOf<Event>('/profiles/user_id:bob/events');
    expect(paged).toEqual(whole);
    expect(whole.map(({ timestamp }) => timestamp)).toEqual(
      whole
        .map(({ timestamp }) => timestamp)
        .toSorted()
        .reverse(),
    );
    expect(whole[0]).toMatchObject({
      ...{ type: 'track', name: 'Audience Exited', sourceId: 'tributary' },
      properties: { audience_id: 'pros', audience_name: 'Pros', version: 1, cause: 'event' },
    });
    const exited = await people.allOf<Event>('/profiles/user_id:bob/events?name=Audience%20Exited');
    expect(exited).toEqual(whole.filter(({ name }) => name === 'Audience Exited'));
    const entered = await people.allOf<Event>(
      '/profiles/user_id:bob/events?type=track&name=Audience%20Entered',
    );
    expect(entered).toEqual(whole.filter(({ name }) => name === 'Audience Entered'));
    expect(entered.length).toBeGreaterThan(1);
    const identified = await people.allOf<Event>('/profiles/user_id:bob/events?type=identify');
    expect(identified.map(({ messageId }) => messageId)).toEqual(['bob-free', 'bob-id']);
    const later = await people.allOf<Event>(`/profiles/user_id:bob/events?from=${before}`);
    expect(later).toEqual(whole.filter(({ timestamp }) => timestamp >= before));
    expect((await server.adminAnswer('/profiles/user_id:bob/events?cursor=WzEsInkiLDJd')).status).toBe(400);
  });

  test('are told of while they come and go', async () => {
    const abort = new AbortController();
    const headers = { authorization: 'Bearer test-admin-token' };
    const url = `${server.url}/api/v1/segments/changes/stream?segment=buyers`;
    const stream = await fetch(url, { headers, signal: abort.signal });
    const reader = (stream.body as ReadableStream<Uint8Array>)
      .pipeThrough(new TextDecoderStream())
      .getReader();
    await people.send(
      { type: 'identify', userId: 'gus', messageId: 'gus-pro', traits: { plan: 'pro' } },
      { type: 'track', event: 'Order Completed', userId: 'gus', messageId: 'gus-buys' },
    );
    let text = '';
    while (!text.includes('event: change')) text += (await reader.read()).value ?? '';
    abort.abort();
    const data = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '') as Change;
    expect(data).toMatchObject({
      segmentId: 'buyers',
      profileId: await people.idOf('user_id:gus'),
      entered: true,
      cause: 'event',
    });
    expect(text).not.toContain('"pros"');
  });

  test('leave when it is deleted, and it stays on their timelines by its name', async () => {
    expect(await people.remove('/segments/buyers')).toBe(204);
    type Answer = { now: Array<{ id: string }>; past: Array<{ id: string; name: string; cause: string }> };
    const ann = await people.until(
      () => server.admin<Answer>('/profiles/user_id:ann/segments'),
      ({ now }) => !now.some(({ id }) => id === 'buyers'),
    );
    expect(ann.past[0]).toMatchObject({ id: 'buyers', name: 'Buyers', cause: 'deletion' });
  });
});
