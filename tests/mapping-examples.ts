/** Everything that a mapping may hold, by example: what docs/mapping.md shows, and what tests/mapping-reference.test.ts runs. */
import type { JsonObject, JsonValue } from '../src/core/json.js';
import type { DIRECTIVES } from '../src/core/mapping/directives/directives.js';

/** A mapping, and what it makes of the event; `undefined` when nothing. */
export interface MappingExample {
  readonly mapping: JsonValue;
  readonly makes: JsonValue | undefined;
}

/** What is said of a directive. */
export interface DirectiveExamples {
  readonly about: string;
  readonly examples: readonly [MappingExample, ...MappingExample[]];
}

/** The event of all examples. */
export const EXAMPLE_EVENT: JsonObject = {
  type: 'track',
  event: 'Order Completed',
  messageId: 'm-1',
  userId: 'u-7',
  timestamp: '2026-03-01T09:30:00.000Z',
  receivedAt: '2026-03-01T09:30:01.000Z',
  properties: {
    order_id: 'A-17',
    total: 12.5,
    coupon: null,
    note: '',
    raw: '{"gift":true}',
    products: [
      { sku: 'tea', price: 4.5, tags: ['hot', 'green'] },
      { sku: 'cup', price: 8 },
    ],
    'ship to': { city: 'Köln', zip: '50667' },
  },
  context: { page: { url: 'https://shop.example/tea?a=1' } },
  profile: { id: 'p-1', traits: { email: ' Ann@Example.com', first_name: 'Ann', plan: 'gold' } },
};

const path = (at: string) => ({ '@path': `$.${at}` });

/** A whole mapping, as a connection has it. */
export const WHOLE_EXAMPLE: MappingExample & { readonly mapping: JsonObject } = {
  mapping: {
    email: path('profile.traits.email'),
    subject: { '@template': 'Your order {{properties.order_id}}' },
    value: {
      '@if': { exists: path('properties.total'), then: path('properties.total'), else: '0' },
    },
    currency: 'EUR',
  },
  makes: { email: ' Ann@Example.com', subject: 'Your order A-17', value: 12.5, currency: 'EUR' },
};

/** The directives of the destinations' library: they mean what they mean there. */
export const LIBRARY_EXAMPLES = {
  '@path': {
    about:
      'What stands at a path of the event. A key with a space or a dot in it is quoted in brackets, an item of a list has its number, ' +
      'and `$` alone is not needed. Where there is nothing, nothing is made.',
    examples: [
      { mapping: path('properties.total'), makes: 12.5 },
      { mapping: path("properties['ship to'].city"), makes: 'Köln' },
      { mapping: path('properties.products[0].sku'), makes: 'tea' },
      { mapping: path('properties.coupon'), makes: null },
      { mapping: path('properties.missing.deeper'), makes: undefined },
    ],
  },
  '@template': {
    about:
      'A text with paths in it, between two braces and without `$.`; missing ones are empty. What is brought in is never taken for a template again.',
    examples: [
      {
        mapping: { '@template': 'Hi {{profile.traits.first_name}}: {{ properties.total }} EUR' },
        makes: 'Hi Ann: 12.5 EUR',
      },
      { mapping: { '@template': '{{properties.missing}}!' }, makes: '!' },
    ],
  },
  '@literal': {
    about: 'A value as it stands. Not needed, since whatever is no directive is taken so; forms write it.',
    examples: [{ mapping: { '@literal': 'track' }, makes: 'track' }],
  },
  '@if': {
    about:
      '`then` where a value is there, `else` where not. `exists` asks whether it is neither missing nor null; `blank` (the word is the ' +
      "library's) whether it is not empty either. `else` cannot be false, 0, null or an empty text: it then makes nothing.",
    examples: [
      {
        mapping: {
          '@if': { exists: path('properties.email'), then: path('properties.email'), else: 'none' },
        },
        makes: 'none',
      },
      {
        mapping: { '@if': { blank: path('properties.note'), then: 'noted', else: 'nothing noted' } },
        makes: 'nothing noted',
      },
      { mapping: { '@if': { exists: path('properties.coupon'), then: 'with coupon' } }, makes: undefined },
    ],
  },
  '@case': {
    about: 'A text in `lower` or `upper` case. What is no text stays as it is.',
    examples: [
      {
        mapping: { '@case': { operator: 'upper', value: path('properties.products[0].sku') } },
        makes: 'TEA',
      },
      { mapping: { '@case': { operator: 'lower', value: path('properties.total') } }, makes: 12.5 },
    ],
  },
  '@replace': {
    about:
      'A text in which `pattern`, a short text, is replaced by `replacement` (by nothing, where it is missing): each one, or with ' +
      '`global: false` the first; with `ignorecase: true` in upper and lower case. `pattern2` and `replacement2` come after it. What is neither ' +
      'text, number nor true or false makes an empty text.',
    examples: [
      {
        mapping: { '@replace': { pattern: '-', replacement: '/', value: path('properties.order_id') } },
        makes: 'A/17',
      },
      {
        mapping: {
          '@replace': {
            pattern: 'a',
            ignorecase: true,
            pattern2: '17',
            replacement2: '18',
            value: path('properties.order_id'),
          },
        },
        makes: '-18',
      },
    ],
  },
  '@arrayPath': {
    about:
      'A list, and the shape that each item of it gets; paths in the shape begin at the item. An object is taken for a list of one.',
    examples: [
      {
        mapping: { '@arrayPath': ['$.properties.products', { id: path('sku'), price: path('price') }] },
        makes: [
          { id: 'tea', price: 4.5 },
          { id: 'cup', price: 8 },
        ],
      },
      { mapping: { '@arrayPath': ['$.properties.products[0].tags'] }, makes: ['hot', 'green'] },
    ],
  },
  '@merge': {
    about:
      'One object of several. To the `right`, later ones win; to the `left`, earlier ones. A key that has nothing wins as well, and then goes.',
    examples: [
      {
        mapping: {
          '@merge': {
            direction: 'right',
            objects: [path("properties['ship to']"), { zip: '-', land: 'DE' }],
          },
        },
        makes: { city: 'Köln', zip: '-', land: 'DE' },
      },
    ],
  },
  '@flatten': {
    about:
      'An object of objects as one, whose keys are the paths. With `omitArrays: true` lists stay as they are.',
    examples: [
      {
        mapping: {
          '@flatten': {
            separator: '_',
            value: { a: path('context'), tags: path('properties.products[0].tags') },
            omitArrays: true,
          },
        },
        makes: { a_page_url: 'https://shop.example/tea?a=1', tags: ['hot', 'green'] },
      },
    ],
  },
  '@json': {
    about: '`encode` makes JSON text of a value, `decode` a value of JSON text; another text stays as it is.',
    examples: [
      {
        mapping: { '@json': { mode: 'encode', value: path('properties.products[0].tags') } },
        makes: '["hot","green"]',
      },
      { mapping: { '@json': { mode: 'decode', value: path('properties.raw') } }, makes: { gift: true } },
    ],
  },
  '@transform': {
    about: 'Two mappings, one behind the other: the second maps what the first (`apply`) makes.',
    examples: [
      {
        mapping: {
          '@transform': {
            apply: { order: path('properties') },
            mapping: { '@template': '{{order.order_id}}/{{order.total}}' },
          },
        },
        makes: 'A-17/12.5',
      },
    ],
  },
  '@excludeWhenNull': {
    about: 'A value without what is null, at every level; lists stay as they are.',
    examples: [
      {
        mapping: {
          '@excludeWhenNull': { coupon: path('properties.coupon'), total: path('properties.total') },
        },
        makes: { total: 12.5 },
      },
      { mapping: { '@excludeWhenNull': path('properties.coupon') }, makes: undefined },
    ],
  },
  '@liquid': {
    about:
      'A text by a [Liquid](https://liquidjs.com) template of up to 1,000 characters. As in the library there are no loops, no ' +
      '`case`, no includes, and no filters that go through lists. The time `now` is when the event was received, and times are in UTC.',
    examples: [
      { mapping: { '@liquid': 'Hi {{ profile.traits.nick | default: "you" }}' }, makes: 'Hi you' },
      {
        mapping: {
          '@liquid': '{% if properties.total > 10 %}big{% else %}small{% endif %} {{ "now" | date: "%Y" }}',
        },
        makes: 'big 2026',
      },
    ],
  },
} as const satisfies Partial<Record<keyof typeof DIRECTIVES, DirectiveExamples>>;

/** The directives of our own. */
export const OWN_EXAMPLES = {
  '@join': {
    about:
      'The texts of several values behind each other, with a `separator` between them if wished. What is missing or empty is left out.',
    examples: [
      {
        mapping: { '@join': { separator: ', ', values: path('properties.products[0].tags') } },
        makes: 'hot, green',
      },
      {
        mapping: {
          '@join': {
            separator: ' ',
            values: [path('properties.coupon'), path('profile.traits.first_name'), '(gold)'],
          },
        },
        makes: 'Ann (gold)',
      },
    ],
  },
  '@hash': {
    about:
      'The SHA-256 of a value, `hex` or with `encoding: "base64"`, normalised before where `normalise` says how; of a list, that of each ' +
      'item. Of nothing there is no hash. With `normalise`, a value that is a hash already stays.',
    examples: [
      {
        mapping: { '@hash': { value: path('profile.traits.email'), normalise: 'email' } },
        makes: '71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476',
      },
      { mapping: { '@hash': { value: path('properties.note') } }, makes: undefined },
    ],
  },
  '@dateFormat': {
    about:
      'A time in another `format`: `iso`, `date`, `unix`, `unix_ms`, `yyyymmdd`, or a pattern of %Y %y %m %d %H %I %M %S %f %p %b %z, in a ' +
      '`timezone` (UTC). It is read as ISO 8601, or as seconds or milliseconds since 1970; `from` names another format of texts. What is no time makes nothing.',
    examples: [
      { mapping: { '@dateFormat': { value: path('timestamp'), format: 'unix' } }, makes: 1772357400 },
      {
        mapping: {
          '@dateFormat': { value: path('timestamp'), format: '%d.%m.%Y %H:%M', timezone: 'Europe/Berlin' },
        },
        makes: '01.03.2026 10:30',
      },
      {
        mapping: { '@dateFormat': { value: '03/01/26', from: '%m/%d/%y', format: 'date' } },
        makes: '2026-03-01',
      },
      {
        mapping: { '@dateFormat': { value: path('properties.order_id'), format: 'date' } },
        makes: undefined,
      },
    ],
  },
  '@coupon': {
    about:
      'A code of a `pool` for the person, given once for each `campaign`. It is *late*: found out when the delivery is sent, once, and kept ' +
      'with it. Until then nothing can be made of it, but a text by `@join`. Here it is `SUMMER-1`.',
    examples: [
      {
        mapping: { code: { '@coupon': { pool: 'summer', campaign: path('event') } } },
        makes: { code: 'SUMMER-1' },
      },
      {
        mapping: { '@join': { values: ['Your code: ', { '@coupon': { pool: 'summer' } }] } },
        makes: 'Your code: SUMMER-1',
      },
    ],
  },
  '@recommendations': {
    about:
      'Products for the person, at most `limit`, of a `category` if wished. Late as well. Here they are `pot` and `tin`.',
    examples: [{ mapping: { '@recommendations': { limit: 2, category: 'tea' } }, makes: ['pot', 'tin'] }],
  },
} as const satisfies Partial<Record<keyof typeof DIRECTIVES, DirectiveExamples>>;
