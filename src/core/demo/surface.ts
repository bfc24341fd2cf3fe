import type { EventType } from '../event/event.js';
import type { JsonObject } from '../json.js';
import { SHOP_URL } from './catalogue.js';
import type { ShopCall } from './demo-call.js';
import type { Device } from './device.js';
import { createRandom } from './random.js';
import type { Visit } from './visit.js';
import { consentContext, record } from './visit.js';

/** How a visitor came: the parameters of a campaign, and the page before. */
export interface Arrival {
  readonly campaign?: {
    readonly source: string;
    readonly medium: string;
    readonly name: string;
    readonly content?: string;
  };
  readonly referrer: string;
}

/** The website or the app, as one device shows it during one visit. */
export interface Surface {
  readonly channel: 'web' | 'app';
  readonly device: Device;
  /** The device's bit in `Shopper.signedIn`. */
  readonly bit: number;
  readonly anonymousId: string;
  readonly arrival: Arrival;
  /** The part of the context that stays the same during the visit. */
  readonly context: JsonObject;
}

/** What is sent also for those who refuse analytics: what the shop cannot do without. */
const NECESSARY: ReadonlySet<EventType> = new Set(['identify', 'alias', 'group']);
const NECESSARY_EVENTS: ReadonlySet<string> = new Set(['Consent Updated', 'Signed Up', 'Order Completed']);

const NOW_AND_THEN = 0.04;

/** Takes up a device: mostly the first, sometimes another, and now and then one whose cookies were cleared. */
export function openSurface(visit: Visit, arrival: Arrival): Surface {
  const { person, random } = visit;
  const at = random.chance(0.5) ? 0 : random.int(0, person.devices.length - 1);
  // Invariant: everybody has at least one device, and `at` is inside.
  const device = person.devices[at] as Device;
  if (device.kind !== 'app' && device.kind !== 'tablet' && random.chance(person.bot ? 1 : NOW_AND_THEN))
    clearCookies(visit);
  const channel = device.kind === 'app' ? 'app' : 'web';
  return {
    channel,
    device,
    bit: 1 << at,
    anonymousId: anonymousId(visit, at, device),
    arrival,
    context: visitContext(visit, device, arrival),
  };
}

/** True when the device knows who uses it. */
export function isSignedIn(visit: Visit, surface: Surface): boolean {
  return (visit.shopper.signedIn & surface.bit) !== 0;
}

/** Adds a call of this device, with the identifiers and the context that its SDK gives. */
export function speak(
  visit: Visit,
  surface: Surface,
  afterMs: number,
  body: Pick<ShopCall, 'type'> & Partial<ShopCall>,
  path = '/',
): void {
  const { person, shopper } = visit;
  const refused = shopper.chose && !person.consent.analytics;
  if (refused && !NECESSARY.has(body.type) && !NECESSARY_EVENTS.has(body.event ?? '')) return;
  const context: JsonObject = { ...surface.context, ...body.context };
  if (surface.channel === 'web') context.page = page(surface.arrival, path);
  if (shopper.chose) context.consent = consentContext(visit);
  const { anonymousId } = surface;
  const ids = isSignedIn(visit, surface) ? { userId: person.userId, anonymousId } : { anonymousId };
  record(visit, surface.channel, afterMs, { ...ids, ...body, context });
}

/** What the SDK tells with every call of a visit. */
function visitContext({ person }: Visit, device: Device, { campaign }: Arrival): JsonObject {
  return {
    ...device.context,
    ip: person.ip,
    userAgent: device.userAgent,
    locale: person.home.country === 'CA' ? 'en-CA' : 'en-US',
    timezone: person.home.timezone,
    ...(campaign === undefined ? {} : { campaign: { ...campaign } }),
  };
}

/** The page as the browser's SDK describes it; the landing page keeps the campaign's parameters in its address. */
function page(arrival: Arrival, path: string): JsonObject {
  const { campaign, referrer } = arrival;
  const parameters = Object.entries(campaign ?? {}).map(
    ([key, value]) => `utm_${key === 'name' ? 'campaign' : key}=${value}`,
  );
  const search = path === '/' && parameters.length > 0 ? `?${parameters.join('&')}` : '';
  return { path, search, url: `${SHOP_URL}${path}${search}`, referrer, title: 'Fern & Finch' };
}

function anonymousId(visit: Visit, at: number, device: Device): string {
  const { seed, shopper } = visit;
  // Whoever in the family takes the tablet, the tablet is the same.
  if (device.kind === 'tablet') return createRandom(seed, 'tablet', Math.floor(shopper.index / 2)).uuid();
  const cookies = device.kind === 'app' ? 0 : shopper.cookies;
  return createRandom(seed, 'device', shopper.index, at, cookies).uuid();
}

/** Forgets the browsers, not the app and not the shared tablet. */
function clearCookies(visit: Visit): void {
  visit.shopper.cookies += 1;
  for (const [at, device] of visit.person.devices.entries()) {
    if (device.kind !== 'app' && device.kind !== 'tablet') visit.shopper.signedIn &= ~(1 << at);
  }
}
