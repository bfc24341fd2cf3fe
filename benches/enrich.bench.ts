/**
 * What the enrichment step costs on a web shop's traffic, with warm caches and without: `npx vitest bench --run benches/enrich.bench.ts`.
 * One run is 1,000 events, so the mean in milliseconds is the microseconds of one event.
 */
import { bench, describe } from 'vitest';
import { createEnricher } from '../src/core/enrich/enrich.js';
import type { Event } from '../src/core/event/event.js';

const EVENTS = 1_000;
const USER_AGENTS = 300;

/** Through JSON, as events come, so that each has texts of its own. */
function events(contextOf: (i: number) => object): Event[] {
  const event = { type: 'track', name: 'Product Viewed', properties: {}, traits: {} };
  const all = Array.from({ length: EVENTS }, (_, i) => ({ ...event, context: contextOf(i) }));
  return JSON.parse(JSON.stringify(all));
}

function page(i: number, query: string) {
  const url = `https://www.shop.example/products/${i}/a-good-thing`;
  const referrer = i % 5 === 0 ? 'https://www.google.com/' : `https://www.shop.example/category/${i}?page=2`;
  return { url: url + query, search: query, path: `/products/${i}`, referrer, title: 'A good thing' };
}

const userAgent = (i: number) =>
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${i % USER_AGENTS}.0.0.0 Safari/537.36`;

const TRAFFIC = {
  'browser, a tenth with campaign': events((i) => ({
    ip: '192.0.2.7',
    locale: 'en-US',
    userAgent: userAgent(i),
    page: page(
      i,
      i % 10 === 0 ? `?utm_source=news&utm_medium=email&utm_campaign=summer+sale&utm_id=${i}` : '',
    ),
  })),
  'client hints only': events(() => ({
    userAgentData: {
      brands: [
        { brand: 'Not/A)Brand', version: '8' },
        { brand: 'Chromium', version: '126' },
        { brand: 'Google Chrome', version: '126' },
      ],
      mobile: false,
      platform: 'macOS',
    },
  })),
  'server SDK, nothing to find': events(() => ({ library: { name: 'analytics-node', version: '3.1.0' } })),
};

describe('1,000 events (mean in ms = µs per event)', () => {
  for (const [name, given] of Object.entries(TRAFFIC)) {
    const enrich = createEnricher(undefined);
    bench(name, () => {
      for (const event of given) enrich(event);
    });
  }
  const distinct = events((i) => ({ userAgent: `${userAgent(i)} x/${i}` }));
  bench('each user agent new, no cache', () => {
    const enrich = createEnricher(undefined);
    for (const event of distinct) enrich(event);
  });
});
