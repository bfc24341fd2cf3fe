import type { Event } from '../event/event.js';
import { isObject, type JsonObject } from '../json.js';
import { isBot } from './bot.js';
import { campaignOf, NO_CAMPAIGN } from './campaign.js';
import type { Enrichment, PlaceOf } from './enrichment.js';
import { memoizeRecent } from './memoize-recent.js';
import { createReferrerHostOf } from './referrer.js';
import { type Device, fillFromSdk, NO_DEVICE, parseClientHints, parseUserAgent } from './user-agent.js';

const USER_AGENT_CHARS_MAX = 1_024;
const USER_AGENTS_CACHED_MAX = 10_000;
const BRANDS_CACHED_MAX = 200;
/** The longest text form of an IPv6 address is 45 characters. */
const IP_CHARS_MAX = 45;

/** Nothing known: what an event without a telling context gets. One object for all of them. */
export const EMPTY_ENRICHMENT: Enrichment = Object.freeze({
  bot: false,
  ...NO_DEVICE,
  ...NO_CAMPAIGN,
  referrerHost: '',
  country: '',
  region: '',
  city: '',
  latitude: null,
  longitude: null,
});

interface Client {
  readonly device: Device;
  readonly bot: boolean;
}

/**
 * Makes the enrichment step, which reads an event's context: about a microsecond an event, and it never throws, whatever
 * the context holds. It gives the same for the same event: its caches only save time.
 * @param placeOf where an address lies; without it, events get no place.
 */
export function createEnricher(placeOf: PlaceOf | undefined): (event: Event) => Enrichment {
  const clientOf = createClientOf();
  const referrerHostOf = createReferrerHostOf();
  return ({ context }) => {
    const client = clientOf(context);
    const device = fillFromSdk(client.device, context);
    const campaign = campaignOf(context);
    const referrerHost = referrerHostOf(context);
    const ip = context.ip;
    const place =
      placeOf !== undefined && typeof ip === 'string' && ip !== '' && ip.length <= IP_CHARS_MAX
        ? placeOf(ip)
        : undefined;
    const nothing = device === NO_DEVICE && campaign === NO_CAMPAIGN && place === undefined;
    if (nothing && referrerHost === '' && !client.bot) return EMPTY_ENRICHMENT;
    // Field by field: three spreads would take twice as long as the rest of this function.
    return {
      bot: client.bot,
      browser: device.browser,
      browserVersion: device.browserVersion,
      os: device.os,
      deviceType: device.deviceType,
      campaignSource: campaign.campaignSource,
      campaignMedium: campaign.campaignMedium,
      campaignName: campaign.campaignName,
      campaignTerm: campaign.campaignTerm,
      campaignContent: campaign.campaignContent,
      referrerHost,
      country: place?.country ?? '',
      region: place?.region ?? '',
      city: place?.city ?? '',
      latitude: place?.latitude ?? null,
      longitude: place?.longitude ?? null,
    };
  };
}

/** `context.userAgent`, else the client hints in `context.userAgentData`. */
function createClientOf(): (context: JsonObject) => Client {
  const nobody: Client = { device: NO_DEVICE, bot: false };
  const clientOfUserAgent = memoizeRecent(
    (userAgent): Client => ({ device: parseUserAgent(userAgent), bot: isBot(userAgent) }),
    USER_AGENTS_CACHED_MAX,
  );
  const isBotBrand = memoizeRecent(isBot, BRANDS_CACHED_MAX);
  return (context) => {
    const userAgent = context.userAgent;
    if (typeof userAgent === 'string' && userAgent !== '') {
      return clientOfUserAgent(userAgent.slice(0, USER_AGENT_CHARS_MAX));
    }
    const hints = context.userAgentData;
    if (!isObject(hints)) return nobody;
    const device = parseClientHints(hints);
    return { device, bot: device.browser !== '' && isBotBrand(device.browser) };
  };
}
