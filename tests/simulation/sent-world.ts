/** What the clients of a simulated run send: few people with many names, in requests to two sources. */
import type { Random } from '../../src/core/demo/random.js';
import { createRandom } from '../../src/core/demo/random.js';
import type { RejectionCode } from '../../src/core/errors.js';
import type { EventType } from '../../src/core/event/event.js';
import type { JsonObject } from '../../src/core/json.js';
import type { LogRecord } from '../../src/log/log.js';

/** In a property of the events that the simulated event store refuses. */
export const POISON = 'a-row-that-the-store-cannot-take';

/** One item of a request, and what it was made to be. */
export interface SentItem {
  readonly given: JsonObject & { readonly type: EventType; readonly messageId: string };
  readonly timestamp: number;
  /** Why it must be refused; a poison is refused by the event store. */
  readonly refused: RejectionCode | undefined;
}

/** One request, as it is appended to the log. */
export interface SentRequest {
  readonly record: LogRecord;
  readonly items: readonly SentItem[];
}

const DAY_MS = 86_400_000;
/** Just before a month ends, so that a batch has rows in two partitions. */
const BEGIN = Date.UTC(2026, 0, 31, 23, 59);
const SOURCES = ['src_web', 'src_till'];
/** Names of track calls. */
export const NAMES = ['Viewed', 'Ordered', 'Left'] as const;

/** Codes that orders of a run name; the last one is no coupon of ours. */
export const COUPONS = ['CODE-1', 'CODE-2', 'CODE-3', 'CODE-OF-ANOTHER-SHOP'] as const;

/** The requests of a run in the order of their arrival. The same seed gives the same ones. */
export function sentWorld(seed: number, requests: number, itemsMax: number): SentRequest[] {
  const random = createRandom('world', seed);
  const sent: Array<{ sourceId: string; item: SentItem }> = [];
  const all = Array.from({ length: requests }, (_, nth) => {
    const sourceId = random.pick(SOURCES);
    const items = Array.from({ length: random.int(1, itemsMax) }, () => {
      const item = again(random, sourceId, sent) ?? fresh(random, `${nth}-${random.uuid()}`);
      sent.push({ sourceId, item });
      return item;
    });
    return requestOf(items, sourceId, nth);
  });
  // Every request once more, out of order, as clients do that lost the answer: nothing may change.
  const repeated = all.filter(() => random.chance(0.3)).reverse();
  return [...shuffledNearby(all, random), ...repeated];
}

function requestOf(items: readonly SentItem[], sourceId: string, nth: number): SentRequest {
  const body = JSON.stringify({ batch: items.map((item) => item.given) });
  const record: LogRecord = {
    ...{ sourceId, receivedAt: BEGIN + nth * 5_000, receipt: `receipt-${nth}`, call: 'batch' },
    ...{ ip: '', userAgent: '', direct: false, count: items.length, body },
  };
  return { record, items };
}

/** A repeat of something that the source sent before, now and then with the same id and another body. */
function again(
  random: Random,
  sourceId: string,
  sent: ReadonlyArray<{ sourceId: string; item: SentItem }>,
): SentItem | undefined {
  const own = sent.filter((one) => one.sourceId === sourceId);
  if (own.length === 0 || !random.chance(0.12)) return undefined;
  const { item } = random.pick(own);
  if (random.chance(0.8)) return item;
  const refused = item.refused === 'processing_failed' ? undefined : item.refused;
  return { ...item, refused, given: { ...item.given, properties: { another: random.int(1, 1_000_000) } } };
}

function fresh(random: Random, messageId: string): SentItem {
  const type = random.pick([
    'track',
    'track',
    'track',
    'identify',
    'identify',
    'page',
    'alias',
    'group',
  ] as const);
  const timestamp = BEGIN - random.int(0, 60) * DAY_MS - random.int(0, 3) * 1_000;
  const given = {
    ...{ type, messageId, timestamp: new Date(timestamp).toISOString() },
    ...whoOf(random),
    ...(type === 'track' ? happened(random) : {}),
    ...(type === 'identify' ? { traits: traitsOf(random) } : {}),
    ...(type === 'alias'
      ? { previousId: random.pick([`user-${random.int(1, 6)}`, `device-${random.int(1, 9)}`]) }
      : {}),
    ...(type === 'group' ? { groupId: 'g', traits: { email: 'group@shop.example' } } : {}),
    ...(random.chance(0.2) ? { context: contextOf(random) } : {}),
  };
  if (type === 'track' && random.chance(0.04)) {
    return { given: { ...given, properties: { note: POISON } }, timestamp, refused: 'processing_failed' };
  }
  if (random.chance(0.04)) {
    return { given: { ...given, timestamp: 'yesterday' }, timestamp, refused: 'timestamp_invalid' };
  }
  return { given, timestamp, refused: undefined };
}

function happened(random: Random): JsonObject {
  const properties = { amount: random.int(1, 500) };
  if (!random.chance(0.15)) return { event: random.pick(NAMES), properties };
  return {
    event: 'Order Completed',
    properties: { ...properties, coupon: random.pick(COUPONS).toLowerCase() },
  };
}

/** At least one of the two names; which people they belong to is left to chance, so that rules of identity apply. */
function whoOf(random: Random): JsonObject {
  const user = random.chance(0.5) ? { userId: `user-${random.int(1, 6)}` } : {};
  if ('userId' in user && random.chance(0.5)) return user;
  return { ...user, anonymousId: `device-${random.int(1, 9)}` };
}

function traitsOf(random: Random): JsonObject {
  return {
    ...(random.chance(0.4) ? { email: addressOf(random) } : {}),
    ...(random.chance(0.3) ? { name: random.pick(['Ann Lee', 'LEE, Ann', 'Bo Lee', 'Ann']) } : {}),
    ...(random.chance(0.2) ? { birthday: random.pick(['1990-01-31', '31.1.1990', null]) } : {}),
    ...(random.chance(0.2) ? { phone: random.pick(['+49 30 901820', '+49 (0)30 901820', '12']) } : {}),
    ...(random.chance(0.6) ? { plan: random.pick(['free', 'paid', null]) } : {}),
    [`trait-${random.int(1, 4)}`]: random.int(1, 9),
  };
}

/** Few, some of which lead to one mailbox. */
function addressOf(random: Random): string {
  return random.chance(0.8)
    ? `Mail-${random.int(1, 5)}@shop.example`
    : random.pick(['ann+x@gmail.com', 'a.nn@gmail.com', 'mail-1+tag@shop.example']);
}

function contextOf(random: Random): JsonObject {
  return random.chance(0.5)
    ? { consent: { categoryPreferences: { ads: random.chance(0.5) } } }
    : { traits: { city: random.pick(['Oslo', 'Lima']) } };
}

/** Requests overtake each other by a few places. */
function shuffledNearby(requests: readonly SentRequest[], random: Random): SentRequest[] {
  return requests
    .map((request, index) => ({ request, place: index + random.int(0, 4) }))
    .sort((a, b) => a.place - b.place)
    .map(({ request }) => request);
}
