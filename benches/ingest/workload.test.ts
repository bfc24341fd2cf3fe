import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { EVENT_BYTES_MAX } from './earlier-events.js';
import { createWorkload, type Workload } from './workload.js';

const EVENTS = 100_000;
const START_MS = Date.UTC(2026, 0, 1);

interface SentEvent {
  readonly type: string;
  readonly event?: string;
  readonly messageId: string;
  readonly timestamp: string;
  readonly anonymousId: string;
  readonly userId?: string;
  readonly traits?: { readonly email: string };
  readonly properties?: {
    readonly total?: number;
    readonly products?: readonly { readonly price: number }[];
  };
}

function writeAll(workload: Workload, events: number): string[] {
  const into = new Uint8Array(EVENT_BYTES_MAX);
  const decoder = new TextDecoder();
  return Array.from({ length: events }, () => decoder.decode(into.subarray(0, workload.next(into, 0))));
}

function digest(seed: number): string {
  const lines = writeAll(createWorkload({ seed, startMs: START_MS }), 3000);
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

describe('the workload', () => {
  let workload: Workload;
  let lines: string[];
  let events: SentEvent[];

  beforeAll(() => {
    workload = createWorkload({ seed: 7, startMs: START_MS });
    lines = writeAll(workload, EVENTS);
    events = lines.map((line) => JSON.parse(line) as SentEvent);
  });

  test('is the same bytes for the same seed, and others for another', () => {
    expect(digest(7)).toBe(digest(7));
    expect(digest(7)).not.toBe(digest(8));
  });

  test('has events of about 700 bytes, all filled in', () => {
    const mean = lines.reduce((sum, line) => sum + line.length, 0) / EVENTS;
    expect(mean).toBeGreaterThan(680);
    expect(mean).toBeLessThan(720);
    expect(lines.filter((line) => line.includes('~'))).toEqual([]);
  });

  test('repeats 2% with the same messageId and body, and counts them', () => {
    const bodies = new Map<string, string>();
    let repeats = 0;
    for (const [index, event] of events.entries()) {
      const before = bodies.get(event.messageId);
      if (before === undefined) bodies.set(event.messageId, lines[index] ?? '');
      else {
        repeats++;
        expect(lines[index]).toBe(before);
      }
    }
    expect(workload.sent).toBe(EVENTS);
    expect(workload.repeats).toBe(repeats);
    expect(repeats / EVENTS).toBeCloseTo(0.02, 2);
  });

  test('gives each person one anonymousId and userId, and one in five a late identify call', () => {
    const userOf = new Map<string, string>();
    const seen = new Set<string>();
    const late = new Set<string>();
    const messages = new Set<string>();
    for (const event of events) {
      if (messages.has(event.messageId)) continue;
      messages.add(event.messageId);
      const known = userOf.get(event.anonymousId);
      if (known !== undefined) expect(event.userId).toBe(known);
      else if (event.userId === undefined) late.add(event.anonymousId);
      else {
        userOf.set(event.anonymousId, event.userId);
        if (seen.has(event.anonymousId))
          expect(event).toMatchObject({ type: 'identify', traits: { email: expect.any(String) } });
      }
      seen.add(event.anonymousId);
    }
    expect(seen.size).toBe(workload.peopleSeen);
    expect(new Set(userOf.values()).size).toBe(userOf.size);
    expect(late.size / seen.size).toBeCloseTo(0.2, 1);
  });

  test('knows how many events each person sent', () => {
    const counts = new Map<string, Set<string>>();
    for (const { anonymousId, messageId } of events) {
      counts.set(anonymousId, (counts.get(anonymousId) ?? new Set()).add(messageId));
    }
    for (const number of [0, 1, 2, 10, 100, 1000]) {
      const person = workload.person(number);
      expect(counts.get(person.anonymousId)?.size ?? 0).toBe(person.events);
    }
  });

  test('follows Zipf: the person of rank r sends about 1/r as much as the first', () => {
    const first = workload.person(0).events;
    // The sum of 1/r for 100,000 people is 12.09.
    expect(first / (EVENTS - workload.repeats)).toBeCloseTo(1 / 12.09, 2);
    expect(workload.person(9).events / first).toBeCloseTo(0.1, 1);
    expect(workload.person(99).events / first).toBeCloseTo(0.01, 2);
  });

  test('mixes calls, and its orders add up', () => {
    const share = (name: string) =>
      events.filter((event) => (event.event ?? event.type) === name).length / EVENTS;
    expect(share('page')).toBeCloseTo(0.3, 1);
    expect(share('Product Viewed')).toBeGreaterThan(0.3);
    expect(share('identify')).toBeGreaterThan(0.04);
    const orders = events.filter((event) => event.event === 'Order Completed');
    expect(orders.length).toBeGreaterThan(0.03 * EVENTS);
    for (const { properties } of orders) {
      const sum = properties?.products?.reduce((total, product) => total + product.price, 0);
      expect(properties?.total).toBeCloseTo(sum ?? 0, 5);
    }
  });

  test('has a clock that rises from the start', () => {
    expect(events[0]?.timestamp).toBe(new Date(START_MS).toISOString());
    expect(new TextDecoder().decode(workload.time)).toBe(
      new Date(START_MS + Math.floor((EVENTS - 1) / 3)).toISOString(),
    );
  });
});
