import { accountEmail, perhapsSignOut, perhapsUpdate, signIn, signUp } from './account.js';
import type { Line, Product } from './catalogue.js';
import { lineProperties, pickProduct, productPath, SHOP_URL } from './catalogue.js';
import type { Arrival, Surface } from './surface.js';
import { isSignedIn, openSurface, speak } from './surface.js';
import type { Visit } from './visit.js';
import { consentContext, orderProperties } from './visit.js';

const SECOND = 1000;
const DIRECT: Arrival = { referrer: '' };
const ARRIVALS: readonly Arrival[] = [
  { referrer: 'https://search.example/' },
  { referrer: 'https://search.example/', campaign: { source: 'search', medium: 'cpc', name: 'brand' } },
  {
    referrer: 'https://search.example/',
    campaign: { source: 'search', medium: 'cpc', name: 'rain-gear', content: 'ad-b' },
  },
  {
    referrer: 'https://social.example/',
    campaign: { source: 'social', medium: 'paid-social', name: 'new-season', content: 'video-1' },
  },
  {
    referrer: 'https://blog.example/camping-with-kids',
    campaign: { source: 'blog', medium: 'affiliate', name: 'camping' },
  },
];

/** A visit to the website or the app: looking around, perhaps an account, perhaps an order. */
export function browse(visit: Visit, from?: Arrival): void {
  const { person, shopper, random } = visit;
  const fresh = shopper.visits === 1;
  const campaignShare = person.bot ? 0 : fresh ? 0.65 : 0.2;
  const arrival = from ?? (random.chance(campaignShare) ? random.pick(ARRIVALS) : DIRECT);
  const surface = openSurface(visit, arrival);
  show(visit, surface, 0, 'Home', '/');
  if (person.bot) {
    crawl(visit, surface);
    return;
  }
  if (!shopper.chose) choose(visit, surface);
  const buys = random.chance(person.buys);
  const lines = lookAround(visit, surface, buys);
  if (!isSignedIn(visit, surface)) {
    if (!shopper.account && random.chance(person.joins)) signUp(visit, surface);
    else if (shopper.account && random.chance(buys ? 0.8 : 0.5)) signIn(visit, surface);
  }
  if (lines.length > 0 && (buys || random.chance(0.3))) checkOut(visit, surface, lines, buys);
  perhapsUpdate(visit, surface);
  perhapsSignOut(visit, surface);
}

/** A page on the web is a screen in the app. */
function show(visit: Visit, surface: Surface, afterMs: number, name: string, path: string): void {
  const properties = surface.channel === 'web' ? { path, url: `${SHOP_URL}${path}`, title: name } : {};
  speak(
    visit,
    surface,
    afterMs,
    { type: surface.channel === 'web' ? 'page' : 'screen', name, properties },
    path,
  );
}

/** A crawler reads page after page and wants nothing. */
function crawl(visit: Visit, surface: Surface): void {
  for (let left = visit.random.int(5, 25); left > 0; left -= 1) {
    const product = pickProduct(visit.random, '');
    show(visit, surface, 2 * SECOND, product.name, productPath(product));
  }
}

/** Answers the consent banner. */
function choose(visit: Visit, surface: Surface): void {
  visit.shopper.chose = true;
  const properties = consentContext(visit);
  speak(visit, surface, visit.random.int(2, 15) * SECOND, {
    type: 'track',
    event: 'Consent Updated',
    properties,
  });
}

/** Looks at products; returns what went into the basket. */
function lookAround(visit: Visit, surface: Surface, buys: boolean): Line[] {
  const { person, random } = visit;
  const lines: Line[] = [];
  if (random.chance(0.25)) {
    const query = random.pick([
      'rain',
      'boots',
      'gift',
      'tent',
      'wool',
      'mug',
      person.favouriteCategory.toLowerCase(),
    ]);
    speak(
      visit,
      surface,
      8 * SECOND,
      { type: 'track', event: 'Products Searched', properties: { query } },
      '/search',
    );
  }
  const looks = Math.min(12, (buys ? 1 : 0) + Math.floor(random.wait(buys ? 3 : 2)));
  for (let look = 0; look < looks; look += 1) {
    const product = pickProduct(random, person.favouriteCategory);
    view(visit, surface, product);
    const wants = (buys && look === looks - 1 && lines.length === 0) || random.chance(buys ? 0.35 : 0.07);
    if (wants) lines.push(add(visit, surface, product));
  }
  return lines;
}

function view(visit: Visit, surface: Surface, product: Product): void {
  const { random, person } = visit;
  const path = productPath(product);
  show(visit, surface, random.int(5, 90) * SECOND, 'Product', path);
  const properties = lineProperties({ product, quantity: 1, size: person.size });
  speak(visit, surface, 300, { type: 'track', event: 'Product Viewed', properties }, path);
}

function add(visit: Visit, surface: Surface, product: Product): Line {
  const { random, person } = visit;
  const line = { product, quantity: random.chance(0.85) ? 1 : random.int(2, 4), size: person.size };
  const properties = { cart_id: `c-${visit.key}`, ...lineProperties(line) };
  const path = productPath(product);
  speak(
    visit,
    surface,
    random.int(5, 60) * SECOND,
    { type: 'track', event: 'Product Added', properties },
    path,
  );
  return line;
}

/** From the basket to the order, or away from it again. */
function checkOut(visit: Visit, surface: Surface, lines: readonly Line[], buys: boolean): void {
  const { random } = visit;
  const coupon = random.chance(0.15) ? { coupon: random.pick(['WELCOME10', 'SUNNY10', 'FRIENDS10']) } : {};
  const order = { id: `o-${visit.key}`, shippingCents: random.chance(0.5) ? 0 : 495, ...coupon };
  const properties = orderProperties(lines, order);
  show(visit, surface, 20 * SECOND, 'Cart', '/cart');
  speak(visit, surface, 10 * SECOND, { type: 'track', event: 'Checkout Started', properties }, '/checkout');
  if (!buys) return;
  const guest = isSignedIn(visit, surface) ? {} : { context: { traits: { email: accountEmail(visit) } } };
  if (!isSignedIn(visit, surface) && random.chance(0.5)) {
    speak(
      visit,
      surface,
      30 * SECOND,
      { type: 'identify', traits: { email: accountEmail(visit) } },
      '/checkout',
    );
  }
  const done = {
    ...properties,
    checkout_id: `k-${visit.key}`,
    payment_method: random.pick(['card', 'card', 'wallet', 'invoice']),
  };
  speak(
    visit,
    surface,
    60 * SECOND,
    { type: 'track', event: 'Order Completed', properties: done, ...guest },
    '/checkout/done',
  );
}
