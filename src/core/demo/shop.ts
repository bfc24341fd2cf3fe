/**
 * A shop that does not exist: people browse, sign up, buy, open letters and come back. Everything follows from the seed.
 * Calls come lazily, one by one; memory grows with the people (a few numbers each), never with the calls.
 */
import { TributaryError } from '../errors.js';
import { browse } from './browse.js';
import type { DemoCall } from './demo-call.js';
import { getsMail, readMail } from './mail.js';
import { personAt } from './person.js';
import type { Random } from './random.js';
import { createRandom, fingerprint } from './random.js';
import { DAY_MS, nextVisitAt } from './season.js';
import { buyAtTill } from './till.js';
import type { TimeQueue } from './time-queue.js';
import { createTimeQueue } from './time-queue.js';
import type { Shopper, Visit } from './visit.js';

/** What decides a shop: the same options give the same calls. */
export interface ShopOptions {
  readonly seed: number;
  /** People who come at least once within `days`, if their time suffices; bots among them. */
  readonly people: number;
  readonly days: number;
  /** First instant of the shop, in milliseconds since 1970 UTC. */
  readonly startAt: number;
  /** When true the shop goes on after `days` for ever, and new people keep coming. */
  readonly endless?: boolean;
}

const HOUR_MS = 3_600_000;
const REPEAT_SHARE = 0.01;
/** Share of visits whose calls come hours late: an app without network, a till that uploads at night. */
const LATE_SHARE = { web: 0, app: 0.05, email: 0, till: 0.05 } as const;
/** How the arrival of new people thins out over the days; 1 would be evenly. */
const ARRIVAL_BEND = 1.5;
/** A new visitor comes soon, at an hour that suits. */
const FIRST_VISITS_PER_DAY = 4;

type Item =
  | { readonly kind: 'arrival'; readonly index: number }
  | { readonly kind: 'visit'; readonly shopper: Shopper }
  | { readonly kind: 'call'; readonly call: DemoCall };

/**
 * All calls of the shop in the order in which they are sent (`at`). Every iteration gives the same ones.
 * @throws TributaryError `request_invalid` for options out of bounds.
 */
export function createShop(options: ShopOptions): Iterable<DemoCall> {
  assertWhole('seed', options.seed, 0);
  assertWhole('people', options.people, 1);
  assertWhole('days', options.days, 1);
  assertWhole('startAt', options.startAt, 0);
  return { [Symbol.iterator]: () => generate(options) };
}

function assertWhole(name: string, value: number, min: number): void {
  if (Number.isSafeInteger(value) && value >= min) return;
  throw new TributaryError(
    'request_invalid',
    `${name} must be a whole number, at least ${min}; it is ${value}.`,
  );
}

function* generate(options: ShopOptions): Generator<DemoCall, void, undefined> {
  const { endless = false, startAt, days } = options;
  const endAt = endless ? Number.POSITIVE_INFINITY : startAt + days * DAY_MS;
  const queue = createTimeQueue<Item>();
  queue.push(arrivalAt(options, 0), { kind: 'arrival', index: 0 });
  for (;;) {
    const next = queue.pop();
    if (next === undefined || next.at >= endAt) return;
    const { item } = next;
    switch (item.kind) {
      case 'arrival':
        arrive(options, queue, item.index, next.at);
        break;
      case 'visit':
        goThere(options, queue, item.shopper, next.at);
        break;
      case 'call':
        yield item.call;
        break;
    }
  }
}

/** Somebody hears of the shop; so will the next one. */
function arrive(options: ShopOptions, queue: TimeQueue<Item>, index: number, at: number): void {
  const { seed, people, endless = false } = options;
  const random = createRandom(seed, 'arrival', index);
  const { home } = personAt(seed, index);
  const shopper: Shopper = {
    index,
    visits: 0,
    account: false,
    signedIn: 0,
    cookies: 0,
    chose: false,
    unsubscribed: false,
    corrected: false,
  };
  queue.push(nextVisitAt(random, at, FIRST_VISITS_PER_DAY, home.utcOffsetHours), { kind: 'visit', shopper });
  if (endless || index + 1 < people)
    queue.push(arrivalAt(options, index + 1), { kind: 'arrival', index: index + 1 });
}

function arrivalAt({ seed, people, days, startAt }: ShopOptions, index: number): number {
  const share = (index + createRandom(seed, 'arrives', index).next()) / people;
  return Math.floor(startAt + days * DAY_MS * share ** ARRIVAL_BEND);
}

/** One visit: its calls go into the queue, and so does the next visit. */
function goThere(options: ShopOptions, queue: TimeQueue<Item>, shopper: Shopper, at: number): void {
  const { seed } = options;
  shopper.visits += 1;
  const person = personAt(seed, shopper.index);
  const random = createRandom(seed, 'visit', shopper.index, shopper.visits);
  // The key holds all options that shape the calls: the same id never stands for another call.
  const run = fingerprint(seed, options.people, options.days, options.startAt);
  const visit: Visit = {
    seed,
    person,
    shopper,
    random,
    key: `${run}-${shopper.index}-${shopper.visits}`,
    at,
    calls: [],
  };
  if (random.chance(person.tillShare)) buyAtTill(visit);
  else if (getsMail(visit) && random.chance(0.5)) readMail(visit);
  else browse(visit);
  send(queue, visit);
  const after = Math.max(visit.at, at + HOUR_MS);
  queue.push(nextVisitAt(random, after, person.visitsPerDay, person.home.utcOffsetHours), {
    kind: 'visit',
    shopper,
  });
}

/** Puts a visit's calls on the way: some late, some twice. */
function send(queue: TimeQueue<Item>, visit: Visit): void {
  const { random, calls } = visit;
  const channel = calls[0]?.channel ?? 'web';
  const delayMs = random.chance(LATE_SHARE[channel]) ? random.int(1, 30) * HOUR_MS : 0;
  for (const { channel, call } of calls) {
    const at = Date.parse(call.timestamp) + delayMs;
    queue.push(at, { kind: 'call', call: { channel, at, repeat: false, call } });
    if (random.chance(REPEAT_SHARE)) {
      const again = at + repeatAfterMs(random);
      queue.push(again, { kind: 'call', call: { channel, at: again, repeat: true, call } });
    }
  }
}

/** Most repeats are tries a few seconds later; some come with the next start of the app. */
function repeatAfterMs(random: Random): number {
  return random.chance(0.8) ? random.int(1, 30) * 1000 : random.int(1, 36) * HOUR_MS;
}
