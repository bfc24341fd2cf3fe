import { isObject, type JsonObject } from '../json.js';
import { memoizeRecent } from './memoize-recent.js';

const HOSTS_CACHED_MAX = 10_000;
/** DNS allows 253 characters of host; a longer authority is none. */
const ORIGIN_CHARS_MAX = 320;
const SCHEME = /^(?:https?|android-app):\/\//i;

/**
 * Makes the function that gives the host of the page (or Android app) that the visitor came from:
 * `context.page.referrer`, else `context.referrer.url`. Lower case, without `www.`, international names in their ASCII
 * form (`xn--…`). Empty when there is none, when it is no http, https or android-app address, and when it is the
 * host of `context.page.url`. Never throws; the hosts seen last are cached.
 */
export function createReferrerHostOf(): (context: JsonObject) => string {
  const hostOfOrigin = memoizeRecent(parseHost, HOSTS_CACHED_MAX);
  const hostOf = (address: unknown): string => {
    if (typeof address !== 'string' || address === '') return '';
    const origin = originOf(address);
    return origin === '' ? '' : hostOfOrigin(origin);
  };
  return (context) => {
    const page = isObject(context.page) ? context.page : undefined;
    const referrer = context.referrer;
    const host = hostOf(page?.referrer) || (isObject(referrer) ? hostOf(referrer.url) : '');
    return host === '' || host === hostOf(page?.url) ? '' : host;
  };
}

/** Scheme and authority as written, `https://user@Host:8443`, cut by hand: `new URL` takes longer than all else here. */
function originOf(address: string): string {
  let end = address.startsWith('https://') ? 8 : (SCHEME.exec(address)?.[0].length ?? 0);
  if (end === 0) return '';
  for (; end < address.length; end += 1) {
    const char = address[end];
    if (char === '/' || char === '?' || char === '#' || char === '\\') break;
    if (end === ORIGIN_CHARS_MAX) return '';
  }
  return address.slice(0, end);
}

function parseHost(origin: string): string {
  let host: string;
  try {
    host = new URL(origin).hostname.toLowerCase();
  } catch {
    return '';
  }
  if (host.endsWith('.')) host = host.slice(0, -1);
  // `www.com` is a site of its own.
  return host.startsWith('www.') && host.includes('.', 4) ? host.slice(4) : host;
}
