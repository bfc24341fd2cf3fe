/**
 * What a mapping costs of each event that a connection matches: `npx vitest bench --run benches/mapping.bench.ts`.
 * One run is 1,000 events, so the mean in milliseconds is the microseconds of one event.
 */
import { hash } from 'node:crypto';
import { bench, describe } from 'vitest';
import type { JsonObject } from '../src/core/json.js';
import { checkPayload } from '../src/core/mapping/check-payload.js';
import type { Fields } from '../src/core/mapping/field.js';
import { readMapping } from '../src/core/mapping/read-mapping.js';

const tools = { sha256: (text: string, encoding: 'hex' | 'base64') => hash('sha256', text, encoding) };

/** Through JSON, as events come, so that each has texts of its own. */
const EVENTS: JsonObject[] = JSON.parse(
  JSON.stringify(
    Array.from({ length: 1_000 }, (_, i) => ({
      ...{
        type: 'track',
        event: 'Order Completed',
        messageId: `m-${i}`,
        userId: `u-${i}`,
        anonymousId: `a-${i}`,
      },
      ...{ timestamp: '2026-03-01T09:30:00.000Z', receivedAt: '2026-03-01T09:30:01.000Z' },
      properties: {
        ...{ order_id: `o-${i}`, total: i / 10, currency: 'EUR', coupon: 'SUMMER' },
        products: Array.from({ length: 3 }, (_, n) => ({
          product_id: `p-${n}`,
          name: 'A thing',
          price: n + 0.5,
          quantity: 1,
        })),
      },
      context: {
        ip: '192.0.2.7',
        userAgent: 'Mozilla/5.0',
        page: { url: 'https://shop.example/a', referrer: '' },
      },
      profile: {
        id: `p-${i}`,
        traits: { email: `some.person${i}@example.com`, first_name: 'Ann', plan: 'gold' },
      },
    })),
  ),
);

const at = (path: string) => ({ '@path': `$.${path}` });
const TEN_PATHS = {
  user_id: at('userId'),
  anonymous_id: at('anonymousId'),
  event: at('event'),
  time: at('timestamp'),
  order_id: at('properties.order_id'),
  value: at('properties.total'),
  currency: at('properties.currency'),
  email: at('profile.traits.email'),
  ip: at('context.ip'),
  url: at('context.page.url'),
};

const MAPPINGS = {
  'ten paths': TEN_PATHS,
  'ten paths, two of them missing': {
    ...TEN_PATHS,
    ip: at('context.device.id'),
    url: at('context.screen.name'),
  },
  'a path with a fallback': {
    email: {
      '@if': {
        exists: at('properties.email'),
        then: at('properties.email'),
        else: at('profile.traits.email'),
      },
    },
  },
  'a template of three': {
    text: { '@template': 'Hi {{profile.traits.first_name}}, {{properties.total}} {{properties.currency}}' },
  },
  'a Liquid template': { text: { '@liquid': 'Hi {{ profile.traits.first_name | default: "you" }}' } },
  'a list of three products': {
    items: {
      '@arrayPath': [
        '$.properties.products',
        { id: at('product_id'), price: at('price'), count: at('quantity') },
      ],
    },
  },
  'all of the properties': { properties: at('properties') },
  'a hashed address': { em: { '@hash': { value: at('profile.traits.email'), normalise: 'email' } } },
  'a date': {
    on: { '@dateFormat': { value: at('timestamp'), format: '%Y-%m-%d', timezone: 'Europe/Berlin' } },
  },
};

describe('1,000 events (mean in ms = µs per event)', () => {
  for (const [name, mapping] of Object.entries(MAPPINGS)) {
    const { evaluate } = readMapping(mapping);
    bench(name, () => {
      for (const event of EVENTS) evaluate(event, tools);
    });
  }

  const fields: Fields = Object.fromEntries(
    Object.keys(TEN_PATHS).map((key) => [
      key,
      { label: key, description: '', type: key === 'value' ? 'number' : 'string', required: true },
    ]),
  );
  const { evaluate } = readMapping(TEN_PATHS);
  const payloads = EVENTS.map((event) => evaluate(event, tools));
  bench('checking ten fields', () => {
    for (const payload of payloads) checkPayload(payload, fields, false);
  });
});
