import { below, createRandom, type Random } from './random.js';

/** The kinds of values that are written into a template for each event. All have a fixed width. */
export const SLOTS = {
  messageMs: { mark: 'M', width: 13 },
  messageUuid: { mark: 'U', width: 36 },
  time: { mark: 'T', width: 24 },
  anonymousId: { mark: 'A', width: 36 },
  /** Digits of the person's number: in the userId and the e-mail address. */
  person: { mark: 'I', width: 7 },
  lastName: { mark: 'L', width: 6 },
  ip: { mark: 'X', width: 7 },
  product: { mark: 'P', width: 4 },
  otherProduct: { mark: 'Q', width: 4 },
  /** Numbers, written without quotes. */
  price: { mark: 'C', width: 6 },
  otherPrice: { mark: 'D', width: 6 },
  priceSum: { mark: 'S', width: 6 },
  order: { mark: 'O', width: 8 },
} as const;

export type Slot = keyof typeof SLOTS;

/** The calls that the workload makes, and how often each comes up (weights, out of 100). */
export const CALLS = [
  { type: 'track', event: 'Product Viewed', weight: 34 },
  { type: 'page', event: '', weight: 30 },
  { type: 'track', event: 'Product Added', weight: 12 },
  { type: 'track', event: 'Products Searched', weight: 9 },
  { type: 'identify', event: '', weight: 6 },
  { type: 'track', event: 'Order Completed', weight: 5 },
  { type: 'track', event: 'Email Opened', weight: 4 },
] as const;

export type CallType = (typeof CALLS)[number]['type'];

/** One event as bytes of JSON, and where its values go. */
export interface EventTemplate {
  readonly type: CallType;
  readonly bytes: Uint8Array;
  /** Pairs of slot and offset in `bytes`. */
  readonly slots: readonly (readonly [Slot, number])[];
}

const BROWSERS = [
  'Chrome/126.0.0.0 Safari/537.36',
  'Chrome/125.0.0.0 Safari/537.36 Edg/125.0.0.0',
  'Chrome/124.0.0.0 Safari/537.36 OPR/110.0.0.0',
  'Chrome/123.0.6312.118 Safari/537.36',
] as const;
const SYSTEMS = [
  'Windows NT 10.0; Win64; x64',
  'Macintosh; Intel Mac OS X 10_15_7',
  'X11; Linux x86_64',
  'Linux; Android 14; Pixel 8',
  'Linux; Android 13; SM-S911B',
] as const;
/** Twenty user agents, of desktops and phones. */
export const USER_AGENTS: readonly string[] = SYSTEMS.flatMap((system) =>
  BROWSERS.map((browser) => `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) ${browser}`),
);

const FIRST_NAMES = [
  'Mia',
  'Noah',
  'Lena',
  'Omar',
  'Sofia',
  'Jonas',
  'Priya',
  'Lucas',
  'Yuki',
  'Clara',
] as const;
const CITIES = ['Berlin', 'Austin', 'Lyon', 'Osaka'] as const;
const LOCALES = ['en-US', 'en-GB', 'de-DE', 'fr-FR', 'es-ES', 'pt-BR', 'ja-JP'] as const;
const CATEGORIES = ['shoes', 'jackets', 'kitchen', 'books', 'garden', 'audio'] as const;
const REFERRERS = [
  '',
  'https://www.google.com/',
  'https://news.example.org/style',
  'https://t.example.net/',
] as const;

const mark = (slot: Slot): string => `~${SLOTS[slot].mark}`.padEnd(SLOTS[slot].width, '~');

/** Variants of each call for one user agent: they differ in products' kinds, campaign, referrer and page. */
export const VARIANTS = 3;

/**
 * Builds the templates of one call, user agent and variant; `known` ones carry a userId.
 * The fixed parts are drawn from the four arguments alone, so that templates are the same in every run.
 */
export function buildTemplate(call: number, agent: number, variant: number, known: boolean): EventTemplate {
  const kind = CALLS[call] as (typeof CALLS)[number]; // `call` is an index of CALLS
  const random = createRandom(1 + call + 16 * variant + 64 * agent);
  const category = pick(random, CATEGORIES);
  const event = {
    ...(kind.event === '' ? {} : { event: kind.event }),
    type: kind.type,
    ...body(kind, category, agent, random),
    context: context(kind, category, agent, variant, random),
    messageId: `ajs-next-${mark('messageMs')}-${mark('messageUuid')}`,
    timestamp: mark('time'),
    anonymousId: mark('anonymousId'),
    ...(known || kind.type === 'identify' ? { userId: `user-${mark('person')}` } : {}),
  };
  const unquoted = new RegExp(
    `"(~[${SLOTS.price.mark}${SLOTS.otherPrice.mark}${SLOTS.priceSum.mark}]~+)"`,
    'g',
  );
  const text = JSON.stringify(event).replaceAll(unquoted, '$1');
  return { type: kind.type, bytes: new TextEncoder().encode(text), slots: findSlots(text) };
}

function findSlots(text: string): [Slot, number][] {
  const slots = Object.keys(SLOTS) as Slot[];
  return slots.flatMap((slot) =>
    [...text.matchAll(new RegExp(mark(slot), 'g'))].map((match): [Slot, number] => [slot, match.index]),
  );
}

function body(
  kind: (typeof CALLS)[number],
  category: string,
  agent: number,
  random: Random,
): Record<string, unknown> {
  const product = {
    product_id: `p-${mark('product')}`,
    name: `${category} ${mark('product')}`,
    category,
    price: mark('price'),
  };
  if (kind.type === 'page')
    return {
      name: `Category ${category}`,
      properties: { category, position: below(random, 9), view: mark('order') },
    };
  if (kind.type === 'identify') return { traits: traits(agent, random) };
  switch (kind.event) {
    case 'Products Searched':
      return {
        properties: { query: `${category} ${mark('product')}`, results: below(random, 200), sort: 'price' },
      };
    case 'Email Opened':
      return {
        properties: { campaign_id: `c-${mark('product')}`, subject: `New in ${category}`, list: 'weekly' },
      };
    case 'Order Completed': {
      const other = {
        product_id: `p-${mark('otherProduct')}`,
        category,
        price: mark('otherPrice'),
        quantity: 1,
      };
      const amounts = { total: mark('priceSum'), revenue: mark('priceSum'), currency: 'USD' };
      const first = { product_id: product.product_id, category, price: product.price, quantity: 1 };
      return { properties: { order_id: `o-${mark('order')}`, ...amounts, products: [first, other] } };
    }
    default:
      return { properties: { ...product, currency: 'USD', quantity: 1 + below(random, 3) } };
  }
}

/** A person always has the same user agent here, hence the same first name and city; the plan may change. */
function traits(agent: number, random: Random): Record<string, unknown> {
  return {
    email: `${mark('lastName')}.${mark('person')}@example.com`,
    firstName: FIRST_NAMES[agent % FIRST_NAMES.length],
    lastName: mark('lastName'),
    plan: pick(random, ['free', 'plus', 'pro']),
    address: { city: CITIES[agent % CITIES.length], postalCode: mark('person') },
    newsletter: below(random, 2) === 0,
  };
}

function context(
  kind: (typeof CALLS)[number],
  category: string,
  agent: number,
  variant: number,
  random: Random,
): Record<string, unknown> {
  const deep = kind.event.startsWith('Product ');
  const path = deep ? `/shop/${category}/${mark('product')}` : `/shop/${category}`;
  const campaign = { source: 'newsletter', medium: 'email', name: `spring-${category}` };
  return {
    page: {
      path,
      referrer: pick(random, REFERRERS),
      url: `https://shop.test${path}`,
    },
    userAgent: USER_AGENTS[agent],
    locale: pick(random, LOCALES),
    ip: `203.0.${mark('ip')}`,
    library: { name: 'analytics.js', version: '1.84.3' },
    ...(variant === 0 ? { campaign } : {}),
  };
}

function pick<T>(random: Random, values: readonly T[]): T {
  return values[below(random, values.length)] as T; // lists above are never empty
}
