/** The Segment wire by raw HTTP: what becomes of the events, from the receipt to the timeline. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestSource } from '../harness/running-server.js';
import { balances, RunningServer } from '../harness/running-server.js';
import type { Receipt } from '../harness/wire-client.js';
import { basic, expectProblem, WireClient } from '../harness/wire-client.js';

let server: RunningServer;
let source: TestSource;
let client: WireClient;

beforeAll(async () => {
  server = await RunningServer.start();
  source = await server.source('wire events', 'web');
  client = new WireClient(server, source);
});
afterAll(async () => {
  const total = await server?.settled();
  if (total) expect(balances(total)).toBe(true);
  await server?.remove();
});

describe('receipts', () => {
  it('keeps the good events of a batch and tells about the bad', async () => {
    const userId = client.somebody();
    const batch = [
      { type: 'track', userId, event: 'Good' },
      { type: 'track', userId },
      5,
      { type: 'nonsense', userId },
      { type: 'track', event: 'Nobody' },
      { type: 'track', userId, event: 'Good' },
    ];
    const answer = await client.post('batch', { batch });
    expect(answer.status).toBe(200);
    const receipt = answer.json<Receipt>();
    expect(receipt).toMatchObject({ success: true, accepted: 2 });
    expect(receipt.rejected.map(({ index, code }) => [index, code])).toEqual([
      [1, 'event_name_missing'],
      [2, 'not_an_object'],
      [3, 'type_unknown'],
      [4, 'identifier_missing'],
    ]);
    expect(await client.eventsOf(userId)).toHaveLength(2);
    const { data } = await server.admin<{ data: Array<{ code: string; message: string; event: unknown }> }>(
      `/rejected?receipt=${receipt.receipt}`,
    );
    const told = receipt.rejected.map(({ index, code, message }) => ({ code, message, event: batch[index] }));
    expect(data.reverse()).toMatchObject(told);
  });

  it('refuses a request of nothing but bad events, which end in the quarantine', async () => {
    const tally = await client.change(async () => {
      const one = await client.post('track', { userId: 'u' });
      expectProblem(one, 400, 'event_name_missing');
      expect(one.json<Receipt>()).toMatchObject({ success: false, accepted: 0, rejected: [{ index: 0 }] });
      const two = await client.post('batch', { batch: [{ type: 'track' }, { type: 'page' }] });
      expectProblem(two, 400, 'nothing_accepted');
      expect(two.json<Receipt>().rejected).toHaveLength(2);
    });
    expect(tally).toMatchObject({ received: 3, rejected: { event_name_missing: 1, identifier_missing: 2 } });
  });

  it('takes an empty batch for what it is', async () => {
    const tally = await client.change(async () => {
      const answer = await client.post('batch', { batch: [] });
      expect([answer.status, answer.json<Receipt>().accepted]).toEqual([200, 0]);
    });
    expect(tally.received).toBe(0);
  });
});

describe('times', () => {
  const SENT_AT = Date.UTC(2020, 0, 1, 12);

  /** Sends one event and gives what was stored: by how much it happened before it was received. */
  async function ageOf(path: string, event: object, shared: object): Promise<number> {
    const userId = client.somebody();
    const isBatch = path === 'batch' || path === 'import';
    const own = { ...event, type: 'track', event: 'Seen', userId };
    await client.post(path, isBatch ? { batch: [own], ...shared } : { ...own, ...shared });
    const [stored] = await client.eventsOf(userId);
    return Date.parse(stored?.receivedAt ?? '') - Date.parse(stored?.timestamp ?? '');
  }

  it('corrects the clock of the client: receivedAt - (sentAt - timestamp)', async () => {
    const timestamp = new Date(SENT_AT - 90_000).toISOString();
    const sentAt = new Date(SENT_AT).toISOString();
    expect(await ageOf('track', { timestamp, sentAt }, {})).toBe(90_000);
    expect(await ageOf('batch', { timestamp }, { sentAt })).toBe(90_000);
    expect(await ageOf('batch', { originalTimestamp: timestamp }, { sentAt })).toBe(90_000);
    // An item's own word on when it was sent counts more than the batch's.
    expect(await ageOf('batch', { timestamp, sentAt }, { sentAt: new Date(0).toISOString() })).toBe(90_000);
    expect(await ageOf('track', { timestamp: SENT_AT / 1000 - 90, sentAt: SENT_AT }, {})).toBe(90_000);
    expect(await ageOf('track', {}, { sentAt })).toBe(0);
  });

  it('believes an explicit time when nothing says that the clock is off, and on imports', async () => {
    const timestamp = '1997-01-01T00:00:00.000Z';
    const sentAt = new Date(SENT_AT).toISOString();
    for (const [path, more] of [
      ['track', {}],
      // RudderStack's clients give their own clock's time as well.
      ['track', { originalTimestamp: sentAt, sentAt }],
      ['import', { sentAt }],
    ] as const) {
      const userId = client.somebody();
      const event = { type: 'track', event: 'Bought', userId, timestamp, ...more };
      await client.post(path, path === 'import' ? { batch: [event] } : event);
      expect((await client.eventsOf(userId))[0]?.timestamp).toBe(timestamp);
    }
  });
});

describe('message ids', () => {
  it('makes one where there is none', async () => {
    const userId = client.somebody();
    const event = { type: 'track', userId, event: 'Seen' };
    await client.post('batch', {
      batch: [event, event, { ...event, messageId: '' }, { ...event, messageId: null }],
    });
    const ids = (await client.eventsOf(userId)).map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(4);
    expect(ids.every((id) => id.length > 10)).toBe(true);
  });

  it('takes each once, in one request and across several, whatever else is new about it', async () => {
    const userId = client.somebody();
    const event = {
      type: 'track',
      userId,
      event: 'Seen',
      messageId: `${userId}-1`,
      properties: { a: [1, { b: 2 }] },
    };
    const tally = await client.change(async () => {
      await client.post('batch', { batch: [event, event] });
      await Promise.all([
        client.post('track', event),
        client.post('b', { batch: [event], sentAt: new Date().toISOString() }),
      ]);
      await server.settled();
      await client.post('t', {
        ...event,
        context: { page: { path: '/' } },
        sentAt: new Date().toISOString(),
      });
    });
    expect(tally).toMatchObject({ received: 5, processed: 1, duplicate: 4, rejected: {} });
    expect(await client.eventsOf(userId)).toHaveLength(1);
    const other = await server.source('same ids');
    await client.post('track', event, { headers: basic(other.writeKey) });
    expect(await client.eventsOf(userId)).toHaveLength(2);
  });

  it('tells a conflict from a repeat', async () => {
    const userId = client.somebody();
    const event = { userId, event: 'Paid', messageId: `${userId}-1`, properties: { total: 1 } };
    const tally = await client.change(async () => {
      await client.post('track', event);
      await client.post('track', { ...event, properties: { total: 2 } });
      await client.post('track', { ...event, userId: client.somebody() });
    });
    expect(tally).toMatchObject({ received: 3, processed: 1, rejected: { message_id_conflict: 2 } });
    const { data } = await server.admin<{ data: unknown[] }>(`/rejected?messageId=${event.messageId}`);
    expect(data).toMatchObject([{ code: 'message_id_conflict' }, { code: 'message_id_conflict' }]);
  });
});

describe('context', () => {
  it('of the batch goes to each item, whose own keys win', async () => {
    const userId = client.somebody();
    const batch = [
      { type: 'track', userId, event: 'A' },
      { type: 'track', userId, event: 'B', context: { locale: 'fr', app: { name: 'own' } } },
    ];
    await client.post('batch', {
      batch,
      context: { locale: 'de', library: { name: 'x' }, app: { name: 'shared', build: 1 } },
    });
    const byName = new Map((await client.eventsOf(userId)).map(({ name, context }) => [name, context]));
    expect(byName.get('A')).toEqual({
      locale: 'de',
      library: { name: 'x' },
      app: { name: 'shared', build: 1 },
    });
    expect(byName.get('B')).toEqual({ locale: 'fr', library: { name: 'x' }, app: { name: 'own' } });
  });

  it('gets the address of the request when it asks, and of a browser in any case', async () => {
    const contextOf = async (event: object, headers: Record<string, string>) => {
      const userId = client.somebody();
      await client.post(
        'track',
        { ...event, userId, event: 'Seen' },
        { headers: { ...basic(source.writeKey), ...headers } },
      );
      return (await client.eventsOf(userId))[0]?.context;
    };
    const agent = { 'user-agent': 'Test/1' };
    expect(await contextOf({}, agent)).toEqual({});
    expect(await contextOf({ context: { direct: true } }, agent)).toEqual({ direct: true, ip: '127.0.0.1' });
    const browser = { ...agent, origin: 'https://shop.example' };
    expect(await contextOf({}, browser)).toEqual({ ip: '127.0.0.1', userAgent: 'Test/1' });
    const own = { ip: '203.0.113.9', userAgent: 'Own/1' };
    expect(await contextOf({ context: own }, browser)).toEqual(own);
  });
});
