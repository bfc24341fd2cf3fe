import type { JsonObject } from '../json.js';
import { CATEGORIES, SIZES } from './catalogue.js';
import type { Device } from './device.js';
import { app, crawler, laptop, phone, tablet } from './device.js';
import type { Random } from './random.js';
import { createRandom, fingerprint } from './random.js';

/** An invented place that people live in. */
export interface City {
  readonly city: string;
  readonly state: string;
  readonly country: string;
  readonly timezone: string;
  readonly utcOffsetHours: number;
}

/** Somebody as they are before they do anything. A function of seed and index alone. */
export interface Person {
  readonly userId: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly birthday: string;
  readonly street: string;
  readonly postalCode: string;
  readonly home: City;
  readonly ip: string;
  readonly size: string;
  readonly favouriteCategory: string;
  /** The choice on the consent banner. */
  readonly consent: {
    readonly analytics: boolean;
    readonly marketing: boolean;
    readonly personalization: boolean;
  };
  readonly bot: boolean;
  /** Visits a day, all channels together. Heavy-tailed: most come rarely, few come all the time. */
  readonly visitsPerDay: number;
  /** Chance that a visit ends in a purchase. */
  readonly buys: number;
  /** Chance that a visit without an account ends with one. Zero for those who never want one. */
  readonly joins: number;
  /** Share of visits in the store. */
  readonly tillShare: number;
  /** The first is the one used most. */
  readonly devices: readonly Device[];
  /** Name of the family whose tablet is shared, or empty. */
  readonly family: string;
  /** True for those who slip when they type their e-mail address at sign-up. */
  readonly mistypes: boolean;
}

const FIRST_NAMES = (
  'Ada Ben Cora Dan Elin Finn Gwen Hugo Ines Jon Kira Leo Mina Nils Oona Paul Quinn Rosa Sam Tess Uma Vera Wes Yara Zeno ' +
  'Amal Bela Chidi Dara Emre Farah Goran Hana Imani Jorge Kofi Lena Mateo Nadia Omar Priya Ravi Sofia Tariq Wei Yuki'
).split(' ');
const NAME_STARTS =
  'Al Bran Car Dun El Fair Gar Hol Iver Kes Lor Mar Nor Or Pem Quil Ros Sel Tav Und Var Wes Yar Zel'.split(
    ' ',
  );
const NAME_ENDS =
  'by dale den ford gate ham hurst land ley low mere mond more ridge ron sted stone ton vale wick wood worth'.split(
    ' ',
  );
const MAIL_HOSTS = [
  'example.com',
  'example.com',
  'example.com',
  'example.org',
  'example.net',
  'mail.example',
  'post.example',
];
const STREETS = [
  'Mill Lane',
  'Orchard Road',
  'Harbour Street',
  'Chapel Hill',
  'Station Road',
  'Meadow Way',
  'Quarry Street',
];

/** Invented places; their time zones are real. The offset is the winter one, near enough for habits. */
export const CITIES: readonly City[] = [
  { city: 'Port Alder', state: 'MA', country: 'US', timezone: 'America/New_York', utcOffsetHours: -5 },
  { city: 'Millbrook Falls', state: 'NY', country: 'US', timezone: 'America/New_York', utcOffsetHours: -5 },
  { city: 'East Quarry', state: 'IL', country: 'US', timezone: 'America/Chicago', utcOffsetHours: -6 },
  { city: 'Larkfield', state: 'TX', country: 'US', timezone: 'America/Chicago', utcOffsetHours: -6 },
  { city: 'Juniper Pass', state: 'CO', country: 'US', timezone: 'America/Denver', utcOffsetHours: -7 },
  { city: 'Saltwater Cove', state: 'CA', country: 'US', timezone: 'America/Los_Angeles', utcOffsetHours: -8 },
  { city: 'Fernhaven', state: 'OR', country: 'US', timezone: 'America/Los_Angeles', utcOffsetHours: -8 },
  { city: 'Lac Tilleul', state: 'ON', country: 'CA', timezone: 'America/Toronto', utcOffsetHours: -5 },
];

const BOT_SHARE = 0.005;
const FAMILY_SHARE = 0.08;

/** Who the person at an index is. Cheap enough to be asked at every visit, so that nobody has to be kept. */
export function personAt(seed: number, index: number): Person {
  const random = createRandom(seed, 'person', index);
  // Two neighbours by index may be a family: what they share comes from a stream that they share.
  const pair = Math.floor(index / 2);
  const bot = random.chance(BOT_SHARE);
  const shared = createRandom(seed, 'family', pair);
  const isFamily = shared.chance(FAMILY_SHARE) && !bot;
  const household = isFamily ? shared : random;
  const firstName = random.pick(FIRST_NAMES);
  const lastName = household.pick(NAME_STARTS) + household.pick(NAME_ENDS);
  return {
    userId: `cust-${fingerprint(seed).slice(0, 4)}-${String(index + 1).padStart(5, '0')}`,
    firstName,
    lastName,
    email: `${firstName}.${lastName}${index + 1}@${random.pick(MAIL_HOSTS)}`.toLowerCase(),
    phone: random.chance(0.35) ? phoneAt(index) : '',
    birthday: birthday(random),
    street: `${household.int(1, 180)} ${household.pick(STREETS)}`,
    postalCode: String(household.int(10_000, 99_999)),
    home: household.pick(CITIES),
    // 198.18.0.0/15 is set aside for tests and routed nowhere.
    ip: `198.${household.int(18, 19)}.${household.int(0, 255)}.${household.int(1, 254)}`,
    size: random.pick(SIZES),
    favouriteCategory: random.pick(CATEGORIES),
    consent: consent(random),
    bot,
    visitsPerDay: bot ? 0.5 : Math.min(1.2, 0.04 * (1 - random.next()) ** (-1 / 1.2)),
    buys: bot ? 0 : 0.04 + 0.3 * random.next() ** 2,
    // A family's plan needs accounts.
    joins: isFamily ? 0.5 : bot || random.chance(0.35) ? 0 : 0.1 + 0.4 * random.next(),
    tillShare: bot || random.chance(0.5) ? 0 : 0.35 * random.next(),
    devices: bot ? [crawler(random)] : devices(random, isFamily ? tablet() : undefined),
    family: isFamily ? `family-${fingerprint(seed, pair)}` : '',
    mistypes: random.chance(0.04),
  };
}

/** The traits that an account holds. */
export function accountTraits(person: Person, email: string, createdAt: string): JsonObject {
  const { firstName, lastName, home } = person;
  return {
    email,
    firstName,
    lastName,
    name: `${firstName} ${lastName}`,
    ...(person.phone === '' ? {} : { phone: person.phone }),
    birthday: person.birthday,
    address: {
      street: person.street,
      city: home.city,
      state: home.state,
      postalCode: person.postalCode,
      country: home.country,
    },
    size: person.size,
    favouriteCategory: person.favouriteCategory,
    loyaltyMember: person.tillShare > 0,
    createdAt,
  };
}

/** A text as a hasty hand types it: two letters change places, or one is missing. The `@` and what follows stay. */
export function mistype(random: Random, text: string): string {
  const end = /[^\p{L}]/u.exec(text)?.index ?? text.length;
  const at = random.int(1, Math.max(1, end - 2));
  const swapped = text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
  // Two equal letters, or too short a word: swapping would change nothing or tear the address apart.
  return at + 1 < end && swapped !== text ? swapped : text.slice(0, at) + text.slice(at + 1);
}

/** Numbers with 555-01xx are set aside for fiction; there are enough for the first 70,000. */
function phoneAt(index: number): string {
  const area = 201 + Math.floor(index / 100);
  return area > 900 ? '' : `+1${area}55501${String(index % 100).padStart(2, '0')}`;
}

function birthday(random: Random): string {
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${1945 + Math.floor(62 * (random.next() + random.next()) * 0.5)}-${pad(random.int(1, 12))}-${pad(random.int(1, 28))}`;
}

function consent(random: Random): Person['consent'] {
  if (random.chance(0.55)) return { analytics: true, marketing: true, personalization: true };
  if (random.chance(0.35)) return { analytics: false, marketing: false, personalization: false };
  return {
    analytics: random.chance(0.85),
    marketing: random.chance(0.3),
    personalization: random.chance(0.6),
  };
}

function devices(random: Random, shared: Device | undefined): Device[] {
  const mobile = random.chance(0.55);
  const own = [mobile ? phone(random) : laptop(random)];
  if (random.chance(0.7)) own.push(mobile ? laptop(random) : phone(random));
  // Whoever has the app mostly uses the app.
  if (random.chance(0.35)) own.unshift(app(random));
  // The tablet lies on the sofa, nearest at hand.
  if (shared !== undefined) own.unshift(shared);
  return own;
}
