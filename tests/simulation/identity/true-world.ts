/**
 * Events of a world in which it is known who is who: people with several devices, families on one tablet, a call centre's phone,
 * staff on one address, typos, made-up values, cookies that change, devices that change hands, bots, and a part that comes late.
 *
 * `person` is who did it. `knowable` is false where nothing in the data could tell: on a shared device without a name given (nobody
 * can tell who of a family looks at a page), and where all that is given is made up or shared.
 */
import type { Random } from '../../../src/core/demo/random.js';
import { createRandom } from '../../../src/core/demo/random.js';
import type { Event } from '../../../src/core/event/event.js';
import { anEvent } from '../../support/an-event.js';

/** One event with its truth. */
export interface TrueEvent {
  readonly event: Event;
  readonly person: string;
  readonly knowable: boolean;
}

const BEGIN = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CALL_CENTRE = '+49 30 9018 20';
const MADE_UP = ['test@test.com', 'noreply@shop.example', 'a@a.com'];
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

/** What one person, or device, did. */
interface Draft {
  readonly at: number;
  readonly given: Partial<Event>;
  readonly person: string;
  readonly knowable: boolean;
}

/** A world of so many households, in the order of delivery: offsets rise, times need not. */
export function trueWorld(seed: number, households: number): TrueEvent[] {
  const random = createRandom('true world', seed);
  const drafts: Draft[] = [];
  for (let n = 0; n < households; n += 1) {
    const name = `s${seed}-${n}`;
    if (random.chance(0.35)) drafts.push(...family(name, random));
    else drafts.push(...single(name, random));
  }
  drafts.push(...strays(households, random));
  drafts.sort((a, b) => a.at - b.at);
  const delivered = drafts.map((draft) => ({
    draft,
    when: draft.at + (random.chance(0.03) ? random.int(1, 72) * HOUR_MS : 0),
  }));
  delivered.sort((a, b) => a.when - b.when);
  return delivered.map(({ draft: { at, given, person, knowable } }, offset) => ({
    event: anEvent({ ...given, offset, messageId: `m${offset}`, timestamp: at }),
    ...{ person, knowable },
  }));
}

/** Somebody with devices of his own. */
function single(name: string, random: Random): Draft[] {
  const drafts: Draft[] = [];
  const devices = Array.from({ length: random.int(1, 3) }, (_, n) => `device-${name}-${n}`);
  const userId = `user-${name}`;
  const email = `${name}@mail.example`;
  const say = (at: number, given: Partial<Event>, knowable = true) =>
    drafts.push({ at, given, person: name, knowable });
  for (const device of devices) {
    let anonymousId = device;
    const login = BEGIN + random.int(1, 20) * DAY_MS;
    for (let visit = 0; visit < random.int(2, 6); visit += 1) {
      // A week later the browser has forgotten the cookie; before the first login nobody can tell whose the new one is.
      if (visit > 0 && random.chance(0.25)) anonymousId = `${device}-${visit}`;
      const at = BEGIN + visit * 7 * DAY_MS + random.int(0, 100) * HOUR_MS;
      say(at, { name: 'Product Viewed', anonymousId });
      say(at + 60_000, { type: 'identify', anonymousId, userId, traits: traitsOf(name, email, random) });
      if (at > login) say(at + 120_000, { name: 'Ordered', anonymousId, userId });
    }
  }
  const till = BEGIN + random.int(1, 50) * DAY_MS;
  if (random.chance(0.5)) say(till, { name: 'Bought at till', userId });
  if (random.chance(0.4)) say(till + DAY_MS, { type: 'identify', traits: { email } });
  if (random.chance(0.3))
    say(till + 2 * DAY_MS, { type: 'identify', userId, traits: { email: email.replace('mail', 'mial') } });
  if (random.chance(0.3))
    say(till + 3 * DAY_MS, { type: 'identify', userId, traits: { email: random.pick(MADE_UP) } });
  if (random.chance(0.3))
    say(till + 4 * DAY_MS, { name: 'Called', userId, context: { traits: { phone: CALL_CENTRE } } });
  if (random.chance(0.2)) {
    const renamed = `${userId}-new`;
    say(till + 5 * DAY_MS, { type: 'alias', userId: renamed, previousId: userId });
    say(till + 6 * DAY_MS, { name: 'Ordered', userId: renamed });
  }
  return drafts;
}

function traitsOf(name: string, email: string, random: Random): Event['traits'] {
  return {
    ...(random.chance(0.7) ? { email: random.chance(0.3) ? email.toUpperCase() : email } : {}),
    ...(random.chance(0.2) ? { phone: CALL_CENTRE } : {}),
    ...(random.chance(0.1) ? { email: 'info@shop.example' } : {}),
    name,
  };
}

/** Two to five people on one tablet: some log in, some leave an address alone, and in between anybody looks around. */
function family(name: string, random: Random): Draft[] {
  const drafts: Draft[] = [];
  const tablet = `tablet-${name}`;
  const members = Array.from({ length: random.int(2, 5) }, (_, n) => ({
    person: `${name}-${n}`,
    logsIn: random.chance(0.7),
  }));
  for (let turn = 0; turn < 12; turn += 1) {
    const { person, logsIn } = random.pick(members);
    const at = BEGIN + turn * DAY_MS + random.int(0, 10) * HOUR_MS;
    const who = logsIn
      ? {
          userId: `user-${person}`,
          ...(random.chance(0.5) ? { traits: { email: `${person}@mail.example` } } : {}),
        }
      : { traits: { email: `${person}@mail.example` } };
    drafts.push({ at, given: { name: 'Product Viewed', anonymousId: tablet }, person, knowable: false });
    drafts.push({
      at: at + 60_000,
      given: { type: 'identify', anonymousId: tablet, ...who },
      person,
      knowable: true,
    });
    drafts.push({
      at: at + 120_000,
      given: { name: 'Product Viewed', anonymousId: tablet },
      person,
      knowable: false,
    });
  }
  return drafts;
}

/** What belongs to nobody, or to many. */
function strays(households: number, random: Random): Draft[] {
  const drafts: Draft[] = [];
  const add = (given: Partial<Event>, person: string, knowable: boolean) =>
    drafts.push({ at: BEGIN + random.int(0, 60 * 24) * HOUR_MS, given, person, knowable });
  for (let n = 0; n < households; n += 1) {
    add({ anonymousId: `bot-${random.int(1, 5)}`, context: { userAgent: BOT } }, '', false);
    // A broken client: the same made-up user for everybody.
    add(
      {
        userId: random.pick(['null', 'anonymous', '-1', '0', '00000000-0000-0000-0000-000000000000']),
        anonymousId: `lost-${n}`,
      },
      `lost-${n}`,
      true,
    );
    // A kiosk: each visitor logs in once, on one device for all.
    add({ userId: `visitor-${n}`, anonymousId: 'kiosk' }, `visitor-${n}`, true);
    // A server that makes up a device for each call.
    add({ userId: `served-${n % 3}`, anonymousId: `call-${n}` }, `served-${n % 3}`, true);
  }
  return drafts;
}
