/**
 * Properties: for any JSON context the step gives the same fields of the same types, never throws, gives only texts that
 * every store takes, is the same with cold and warm caches, and leaves the context as it was.
 */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Event } from '../event/event.js';
import type { JsonObject } from '../json.js';
import { createEnricher, EMPTY_ENRICHMENT } from './enrich.js';

const event = (context: JsonObject): Event => ({
  offset: 1,
  sourceId: 'source',
  messageId: 'message',
  type: 'track',
  name: 'Product Viewed',
  userId: '',
  anonymousId: 'a',
  groupId: '',
  previousId: '',
  properties: {},
  traits: {},
  context,
  integrations: {},
  timestamp: 0,
  receivedAt: 0,
});
const PLACE = { country: 'GB', region: 'England', city: 'Boxford', latitude: 51.75, longitude: -1.25 };
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

test('a browser’s event gets everything', () => {
  const enrich = createEnricher((ip) => (ip === '2.125.160.217' ? PLACE : undefined));
  const context = {
    ip: '2.125.160.217',
    userAgent: CHROME,
    page: {
      url: 'https://shop.example/a?utm_source=news',
      search: '?utm_source=news',
      referrer: 'https://www.google.com/',
    },
  };
  expect(enrich(event(context))).toEqual({
    ...EMPTY_ENRICHMENT,
    ...PLACE,
    browser: 'Chrome',
    browserVersion: '126.0.0.0',
    os: 'Windows',
    deviceType: 'desktop',
    campaignSource: 'news',
    referrerHost: 'google.com',
  });
});

test('an event that tells nothing gets the shared empty enrichment', () => {
  const enrich = createEnricher(undefined);
  expect(enrich(event({}))).toBe(EMPTY_ENRICHMENT);
  expect(enrich(event({ library: { name: 'analytics-node' }, ip: '2.125.160.217' }))).toBe(EMPTY_ENRICHMENT);
});

test('client hints stand in for a missing user agent only', () => {
  const enrich = createEnricher(undefined);
  const userAgentData = {
    brands: [{ brand: 'HeadlessChrome', version: '126' }],
    mobile: false,
    platform: 'Linux',
  };
  expect(enrich(event({ userAgentData }))).toMatchObject({
    browser: 'HeadlessChrome',
    os: 'Linux',
    bot: true,
  });
  expect(enrich(event({ userAgent: CHROME, userAgentData }))).toMatchObject({
    browser: 'Chrome',
    os: 'Windows',
    bot: false,
  });
});

test('bots are told, and do not change what comes after', () => {
  const enrich = createEnricher(undefined);
  const userAgent = 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)';
  expect(enrich(event({ userAgent })).bot).toBe(true);
  expect(enrich(event({ userAgent: CHROME })).bot).toBe(false);
  expect(enrich(event({ userAgent: 'curl/8.5.0' }))).toEqual({ ...EMPTY_ENRICHMENT, bot: true });
});

test('only what can be an address is looked up', () => {
  const placeOf = vi.fn(() => undefined);
  const enrich = createEnricher(placeOf);
  for (const ip of ['', 7, null, ['1.1.1.1'], '1'.repeat(46)]) enrich(event({ ip }));
  expect(placeOf).not.toHaveBeenCalled();
  enrich(event({ ip: '192.0.2.1' }));
  expect(placeOf).toHaveBeenCalledWith('192.0.2.1');
});

test('a huge user agent counts by its beginning', () => {
  const enrich = createEnricher(undefined);
  const userAgent = `${CHROME} ${'x'.repeat(1_000_000)} Googlebot/2.1`;
  expect(enrich(event({ userAgent }))).toMatchObject({ browser: 'Chrome', bot: false });
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    CHROME,
    '?utm_source=%zz%c3',
    'https://www.a.example/b',
    '127.0.0.1',
    '__proto__',
    '\ud800',
    '\u0000',
  ),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.string().map((text) => `?utm_source=${text}&utm_term=${encodeURIComponent(text)}%`),
);
const anyValue = fc.oneof(anyText, fc.jsonValue() as fc.Arbitrary<unknown>);
const anyObject = (keys: string[]) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.dictionary(fc.constantFrom(...keys), anyValue) },
    { weight: 1, arbitrary: anyValue },
  );
const anyHints = fc.record(
  {
    brands: fc.oneof(fc.array(anyObject(['brand', 'version'])), anyValue),
    fullVersionList: anyValue,
    mobile: anyValue,
    platform: anyValue,
  },
  { requiredKeys: [] },
);
const anyContext = fc.record(
  {
    ip: anyValue,
    userAgent: anyValue,
    userAgentData: fc.oneof(anyHints, anyValue),
    page: anyObject(['url', 'search', 'referrer', '__proto__']),
    referrer: anyObject(['url']),
    campaign: anyObject(['source', 'medium', 'name', 'term', 'content', 'constructor']),
    os: anyObject(['name']),
    device: anyObject(['type', 'model']),
    ['__proto__']: anyValue,
  },
  { requiredKeys: [] },
);

test('any JSON context is read without an error', () => {
  const warm = createEnricher(() => PLACE);
  fc.assert(
    fc.property(fc.oneof(anyContext, fc.dictionary(anyText, anyValue)), (given) => {
      const text = JSON.stringify(given);
      const context: JsonObject = JSON.parse(text);
      const enrichment = warm(event(context));
      expect(createEnricher(() => PLACE)(event(context))).toEqual(enrichment);
      expect(JSON.stringify(context)).toBe(text);
      expect(Object.keys(enrichment)).toEqual(Object.keys(EMPTY_ENRICHMENT));
      for (const [key, value] of Object.entries(enrichment)) {
        if (typeof value !== 'string') continue;
        expect(value.length, key).toBeLessThanOrEqual(512);
        expect(value.isWellFormed() && !value.includes('\0'), key).toBe(true);
      }
      expect(['', 'desktop', 'mobile', 'tablet', 'tv']).toContain(enrichment.deviceType);
    }),
    { numRuns: 500 },
  );
});
