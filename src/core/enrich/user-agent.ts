import Bowser from 'bowser';
import { isObject, type JsonObject, type JsonValue } from '../json.js';
import type { Enrichment } from './enrichment.js';
import { shortText } from './short-text.js';

/** What the client runs on. */
export type Device = Pick<Enrichment, 'browser' | 'browserVersion' | 'os' | 'deviceType'>;

/** What an event that tells nothing of its device gets. */
export const NO_DEVICE: Device = Object.freeze({ browser: '', browserVersion: '', os: '', deviceType: '' });

const OS_CHARS_MAX = 64;
const BROWSER_CHARS_MAX = 64;
const VERSION_CHARS_MAX = 32;
const BRANDS_MAX = 20;

/** Bowser guesses a name for what it does not know (`MyApp/1.0 CFNetwork`): only names that it knows are kept. */
const BROWSERS = new Set<string>([
  ...Object.values(Bowser.BROWSER_MAP),
  // Known to its parser, but missing in its list.
  'Miui',
  'Opera Touch',
  'PlayStation 4',
  'QQ Browser Lite',
]);
const TELEVISION =
  /\b(?:smart-?tv|android ?tv|google ?tv|apple ?tv|hbbtv|bravia|crkey|roku|netcast|web0s)\b/i;
/** Model of an Amazon television, such as `AFTS`, where Android tells the device's. */
const FIRE_TV = /\bAFT[A-Z0-9]{1,5}(?: Build|\))/;
const TABLET_MODEL = /\b(?:tablet|tab|pad|ipad[\d,]*|sm-[tx]\d+[a-z]*|kf[a-z]{3,5})\b/i;
/** The made-up entry that Chromium adds so that nobody relies on the order, such as `Not/A)Brand`. */
const GREASE = /not[^a-z]*a[^a-z]*brand/i;
const BRAND_NAMES = new Map([
  ['google chrome', 'Chrome'],
  ['yabrowser', 'Yandex Browser'],
  ['samsung internet', 'Samsung Internet for Android'],
]);
const OS_NAMES = new Map([
  ['mac os x', 'macOS'],
  ['mac os', 'macOS'],
  ['macos', 'macOS'],
  ['darwin', 'macOS'],
  ['ios', 'iOS'],
  ['iphone os', 'iOS'],
  ['ipados', 'iOS'],
  ['android', 'Android'],
  ['linux', 'Linux'],
  ['chrome os', 'Chrome OS'],
  ['chromium os', 'Chrome OS'],
]);
const DEVICE_TYPES = new Map([
  ['desktop', 'desktop'],
  ['computer', 'desktop'],
  ['laptop', 'desktop'],
  ['pc', 'desktop'],
  ['mobile', 'mobile'],
  ['phone', 'mobile'],
  ['smartphone', 'mobile'],
  ['handset', 'mobile'],
  ['iphone', 'mobile'],
  ['ios', 'mobile'],
  ['android', 'mobile'],
  ['tablet', 'tablet'],
  ['ipad', 'tablet'],
  ['tv', 'tv'],
  ['smarttv', 'tv'],
  ['smart-tv', 'tv'],
  ['roku', 'tv'],
  ['tvos', 'tv'],
]);
const DESKTOPS = new Set(['Windows', 'macOS', 'Linux', 'Chrome OS']);

/** Reads a user agent string; 20 to 200 microseconds, so cache the answer. Never throws. */
export function parseUserAgent(userAgent: string): Device {
  if (userAgent === '') return NO_DEVICE;
  // Bowser takes everything that says Yahoo for its crawler, Yahoo Japan's app on a phone included.
  const text = /slurp/i.test(userAgent) ? userAgent : userAgent.replace(/yahoo/gi, '');
  let found: ReturnType<typeof Bowser.parse>;
  try {
    found = Bowser.parse(text || 'yahoo');
  } catch {
    return NO_DEVICE;
  }
  const os = found.os.name ?? '';
  // An app's Dalvik runtime is no browser, and does not say "Mobile" on a phone as browsers do.
  const inApp = userAgent.startsWith('Dalvik/');
  const browser = !inApp && BROWSERS.has(found.browser.name ?? '') ? (found.browser.name ?? '') : '';
  const browserVersion = browser === '' ? '' : (found.browser.version ?? '').slice(0, VERSION_CHARS_MAX);
  return {
    browser,
    browserVersion,
    os,
    deviceType: deviceTypeOf(found.platform.type ?? '', os, userAgent, inApp),
  };
}

function deviceTypeOf(platform: string, os: string, userAgent: string, inApp: boolean): string {
  if (platform === 'bot') return '';
  if (TELEVISION.test(userAgent) || FIRE_TV.test(userAgent)) return 'tv';
  if (inApp && os === 'Android') return TABLET_MODEL.test(userAgent) ? 'tablet' : 'mobile';
  return DEVICE_TYPES.get(platform) ?? (DESKTOPS.has(os) ? 'desktop' : '');
}

/** Reads `context.userAgentData`, the client hints `{ brands: [{brand, version}], mobile, platform }` of a browser. */
export function parseClientHints(hints: JsonObject): Device {
  const full = hints.fullVersionList;
  const brand = mainBrand(Array.isArray(full) && full.length > 0 ? full : hints.brands);
  const os = osOf(hints.platform);
  let deviceType = DESKTOPS.has(os) ? 'desktop' : '';
  if (hints.mobile === true) deviceType = 'mobile';
  else if (hints.mobile === false && os === 'Android') deviceType = 'tablet';
  return { browser: brand.name, browserVersion: brand.version, os, deviceType };
}

/** The brand that is neither made up nor the engine; Chromium when there is no other. */
function mainBrand(brands: JsonValue | undefined): { name: string; version: string } {
  let main = { name: '', version: '' };
  if (!Array.isArray(brands)) return main;
  for (const item of brands.slice(0, BRANDS_MAX)) {
    if (!isObject(item)) continue;
    const name = shortText(item.brand, BROWSER_CHARS_MAX);
    if (name === '' || GREASE.test(name)) continue;
    const version = shortText(item.version, VERSION_CHARS_MAX);
    main = { name: BRAND_NAMES.get(name.toLowerCase()) ?? name, version };
    if (name !== 'Chromium') break;
  }
  return main;
}

/**
 * Fills what the user agent left open from what mobile and server SDKs say: `context.os.name`, `context.device.type` and
 * `context.device.model`. Gives `device` itself when there is nothing to add.
 */
export function fillFromSdk(device: Device, context: JsonObject): Device {
  if (device.os !== '' && device.deviceType !== '') return device;
  const sdkOs = context.os;
  const sdkDevice = context.device;
  if (!isObject(sdkOs) && !isObject(sdkDevice)) return device;
  const type = isObject(sdkDevice) ? shortText(sdkDevice.type, OS_CHARS_MAX).toLowerCase() : '';
  // Segment's mobile SDKs give the system as the device's type: `ios`, `android`.
  const typeOs = type === 'ios' || type === 'android' ? osOf(type) : '';
  const os = device.os || osOf(isObject(sdkOs) ? sdkOs.name : undefined) || typeOs;
  let deviceType = device.deviceType || (DEVICE_TYPES.get(type) ?? '');
  if (deviceType === 'mobile' && typeOs !== '' && isObject(sdkDevice)) {
    const model = shortText(sdkDevice.model, OS_CHARS_MAX);
    if (TABLET_MODEL.test(model)) deviceType = 'tablet';
    else if (/^apple ?tv/i.test(model)) deviceType = 'tv';
  }
  return { browser: device.browser, browserVersion: device.browserVersion, os, deviceType };
}

/** One spelling of a system's name, the one that user agents are read to: `iPhone OS` is `iOS`. */
function osOf(value: JsonValue | undefined): string {
  const name = shortText(value, OS_CHARS_MAX);
  const known = OS_NAMES.get(name.toLowerCase());
  if (known !== undefined) return known;
  return /^windows\b(?! phone)/i.test(name) ? 'Windows' : name;
}
