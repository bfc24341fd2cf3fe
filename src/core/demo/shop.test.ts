import { beforeAll, describe, expect, test } from 'vitest';
import { TributaryError } from '../errors.js';
import { checkEvent, isRejection } from '../event/check.js';
import { isObject, type JsonObject } from '../json.js';
import type { DemoCall } from './demo-call.js';
import { personAt } from './person.js';
import { DAY_MS } from './season.js';
import { createShop } from './shop.js';
import { summarise } from './shop-summary.js';

const OPTIONS = { seed: 5, people: 600, days: 60, startAt: Date.UTC(2025, 0, 6) };
let calls: DemoCall[] = [];
let distinct: DemoCall[] = [];

beforeAll(() => {
  calls = [...createShop(OPTIONS)];
  distinct = calls.filter(({ repeat }) => !repeat);
});

const share = (part: number, whole: readonly unknown[]) => part / whole.length;
const emailsOf = ({ call }: DemoCall) =>
  [call.traits, call.context.traits].flatMap((traits) =>
    isObject(traits) && typeof traits.email === 'string' ? [traits.email] : [],
  );

describe('determinism', () => {
  test('the same options give the same calls, also when iterated again', () => {
    const shop = createShop({ ...OPTIONS, people: 40 });
    expect([...shop]).toEqual([...createShop({ ...OPTIONS, people: 40 })]);
    expect([...shop]).toEqual([...shop]);
  });

  test('another start gives other messageIds, so that one id never has two bodies', () => {
    const ids = new Set(calls.map(({ call }) => call.messageId));
    const later = [...createShop({ ...OPTIONS, startAt: OPTIONS.startAt + DAY_MS })];
    expect(later.filter(({ call }) => ids.has(call.messageId))).toEqual([]);
  });

  test('another seed gives other people', () => {
    expect(personAt(1, 3).userId).not.toBe(personAt(2, 3).userId);
    expect(personAt(1, 3)).toEqual(personAt(1, 3));
  });
});

describe('order and size', () => {
  test('calls come in the order of sending, within the days', () => {
    let last = OPTIONS.startAt;
    for (const { at, call } of calls) {
      expect(at).toBeGreaterThanOrEqual(last);
      expect(Date.parse(call.timestamp)).toBeLessThanOrEqual(at);
      last = at;
    }
    expect(last).toBeLessThan(OPTIONS.startAt + OPTIONS.days * DAY_MS);
  });

  test('only apps and tills are late, and few of their calls', () => {
    const late = distinct.filter(({ at, call }) => at > Date.parse(call.timestamp));
    expect(new Set(late.map(({ channel }) => channel))).toEqual(new Set(['app', 'till']));
    expect(share(late.length, distinct)).toBeLessThan(0.05);
  });

  test('calls are made one at a time: an endless shop gives its first ones at once', () => {
    const shop = createShop({ ...OPTIONS, people: 50, days: 2, endless: true });
    const first: DemoCall[] = [];
    for (const call of shop) {
      first.push(call);
      if (first.length === 5_000) break;
    }
    expect(first.at(-1)?.at).toBeGreaterThan(OPTIONS.startAt + 2 * DAY_MS);
  });

  test('options out of bounds are refused by name', () => {
    expect(() => createShop({ ...OPTIONS, people: 0 })).toThrow(TributaryError);
    expect(() => createShop({ ...OPTIONS, days: 1.5 })).toThrow(/days must be a whole number/);
  });
});

describe('calls', () => {
  test('every one passes the check of the pipeline', () => {
    const envelope = {
      call: 'batch',
      sourceId: 's',
      receipt: 'r',
      receivedAt: 0,
      ip: '',
      userAgent: '',
      direct: false,
      bodyBytes: 0,
      eventBytesMax: 262_144,
      escapes: false,
    } as const;
    for (const [offset, { call }] of distinct.entries()) {
      const answer = checkEvent(JSON.parse(JSON.stringify(call)), 0, envelope, offset);
      if (isRejection(answer)) throw new Error(`${answer.message} ${JSON.stringify(call)}`);
      expect(answer).toMatchObject({
        messageId: call.messageId,
        timestamp: Date.parse(call.timestamp),
        type: call.type,
      });
    }
  });

  test('a repeat is the very same call, sent later; no other messageId comes twice', () => {
    const sent = new Map<string, DemoCall>();
    for (const demoCall of calls) {
      const before = sent.get(demoCall.call.messageId);
      expect(before !== undefined).toBe(demoCall.repeat);
      if (before) expect(demoCall.call).toBe(before.call);
      else sent.set(demoCall.call.messageId, demoCall);
    }
    expect(share(calls.length - distinct.length, calls)).toBeGreaterThan(0.005);
    expect(share(calls.length - distinct.length, calls)).toBeLessThan(0.02);
  });

  test('an order adds up to the cent', () => {
    const orders = distinct.filter(({ call }) => call.event === 'Order Completed');
    expect(orders.length).toBeGreaterThan(100);
    const ids = new Set<unknown>();
    for (const { call } of orders) {
      const { products, subtotal, discount, revenue, tax, shipping, total, order_id, currency } =
        call.properties as Record<string, number> & { products: JsonObject[] };
      const cents = (value: unknown) => Math.round(Number(value) * 100);
      expect(products.reduce((sum, line) => sum + cents(line.price) * Number(line.quantity), 0)).toBe(
        cents(subtotal),
      );
      expect(cents(subtotal) - cents(discount)).toBe(cents(revenue));
      expect(cents(revenue) + cents(tax) + cents(shipping)).toBe(cents(total));
      expect(currency).toBe('USD');
      ids.add(order_id);
    }
    expect(ids.size).toBe(orders.length);
  });
});

describe('a believable shop', () => {
  test('every channel and every kind of call occurs', () => {
    const summary = summarise(calls);
    for (const count of Object.values({ ...summary.byChannel, ...summary.byType }))
      expect(count).toBeGreaterThan(0);
    expect(Object.values(summary.byType).reduce((sum, count) => sum + count, 0)).toBe(
      summary.calls - summary.repeats,
    );
    expect(summary.calls).toBe(calls.length);
    expect(summary.byChannel.web).toBeGreaterThan(summary.byChannel.app);
    expect(summary.signUps).toBeGreaterThan(100);
    expect(summary.signUps).toBeLessThan(OPTIONS.people);
  });

  test('most browse without a name; accounts are used on several devices', () => {
    const devices = new Map<string, Set<string>>();
    for (const { call } of distinct) {
      if (call.userId === undefined || call.anonymousId === undefined) continue;
      devices.set(call.userId, (devices.get(call.userId) ?? new Set()).add(call.anonymousId));
    }
    const several = [...devices.values()].filter((ids) => ids.size > 1);
    expect(share(several.length, [...devices])).toBeGreaterThan(0.2);
    const nameless = distinct.filter((call) => call.call.userId === undefined && emailsOf(call).length === 0);
    expect(share(nameless.length, distinct)).toBeGreaterThan(0.3);
    expect(share(nameless.length, distinct)).toBeLessThan(0.8);
  });

  test('some share a tablet, some mistype their address, some refuse, some are bots', () => {
    const users = new Map<string, Set<string>>();
    for (const { call } of distinct) {
      if (call.userId === undefined || call.anonymousId === undefined) continue;
      users.set(call.anonymousId, (users.get(call.anonymousId) ?? new Set()).add(call.userId));
    }
    expect([...users.values()].filter((ids) => ids.size > 1).length).toBeGreaterThan(0);
    const people = new Set(
      Array.from({ length: OPTIONS.people }, (_, index) => personAt(OPTIONS.seed, index).email),
    );
    const wrong = distinct.flatMap(emailsOf).filter((email) => !people.has(email.trim().toLowerCase()));
    expect(wrong.length).toBeGreaterThan(0);
    const consents = distinct.map(({ call }) => JSON.stringify(call.context.consent));
    expect(consents.filter((text) => text?.includes('"marketing":false')).length).toBeGreaterThan(0);
    const bots = distinct.filter(({ call }) => /bot/i.test(String(call.context.userAgent)));
    expect(share(bots.length, distinct)).toBeGreaterThan(0);
    expect(share(bots.length, distinct)).toBeLessThan(0.1);
  });

  test('who refuses analytics is seen only where the shop needs it', () => {
    const seen = distinct.filter(({ call }) =>
      JSON.stringify(call.context.consent)?.includes('"analytics":false'),
    );
    const online = seen.filter(({ channel }) => channel === 'web' || channel === 'app');
    expect(online.length).toBeGreaterThan(0);
    expect(online.filter(({ call }) => call.type === 'page' || call.event === 'Product Viewed')).toEqual([]);
  });

  test('few people do most of it, in the evening more than at night', () => {
    const byPerson = new Map<string, number>();
    const byHour = new Array<number>(24).fill(0);
    for (const { call } of distinct) {
      const person = call.messageId.split('-')[1] ?? '';
      byPerson.set(person, (byPerson.get(person) ?? 0) + 1);
      const hour = (new Date(call.timestamp).getUTCHours() + 18) % 24;
      byHour[hour] = (byHour[hour] ?? 0) + 1;
    }
    const counts = [...byPerson.values()].sort((one, other) => other - one);
    const top = counts.slice(0, Math.ceil(counts.length / 10)).reduce((sum, count) => sum + count, 0);
    expect(share(top, distinct)).toBeGreaterThan(0.3);
    expect(byHour[19] ?? 0).toBeGreaterThan(3 * (byHour[4] ?? 0));
  });
});
