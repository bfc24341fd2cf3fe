import { expect, test } from 'vitest';
import { TributaryError } from '../errors.js';
import { checkRules, sourcesIn } from './check-rules.js';
import { DEFAULT_RULES } from './rules.js';

/** What `checkRules` says against a document; empty when it has nothing to say. */
function complaint(value: unknown): string {
  try {
    checkRules(value);
    return '';
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    expect(error.code).toBe('request_invalid');
    return error.message;
  }
}

/** A document with one kind. */
const kind = (rule: object, more: object = {}) => ({
  identifiers: [{ kind: 'x', from: ['traits.x'], ...rule }],
  ...more,
});
const trait = (...traits: object[]) => ({ ...DEFAULT_RULES, traits });

test('the rules that come with it, and others that use all there is, are valid', () => {
  expect(checkRules(DEFAULT_RULES)).toEqual(DEFAULT_RULES);
  const full = {
    identifiers: [
      {
        kind: 'card',
        from: ['context.externalIds[card]'],
        format: '[A-Z]{2}(?:-\\d+)*',
        unique: true,
        link: 'merge',
        defaultBlocked: false,
      },
      {
        ...{
          kind: 'device',
          from: ['context.device.id', { source: 's', path: 'properties.device' }],
          moves: true,
        },
        ...{
          limit: { count: 3, days: 7 },
          peopleMax: 2,
          blocked: ['kiosk', '/demo-\\w+/'],
          normalise: 'lower',
          notBlocked: ['Guest', '0', '[all]'],
        },
      },
    ],
    email: { ignoreDots: ['gmail.com'], ignorePlus: [] },
    phone: { country: 'DE', countryOf: [{ source: 's', country: 'FR' }] },
    traits: [
      { trait: '*', keep: 'last' },
      { trait: 'name', keep: 'by_source', sources: ['s', 't'], never: ['u'] },
    ],
  };
  expect(checkRules(full)).toEqual(full);
});

test.each<[unknown, string, string]>([
  [7, 'rules', 'object'],
  [null, 'rules', 'object'],
  [{}, 'rules', 'identifiers'],
  [{ identifiers: [] }, 'rules.identifiers', '1 items'],
  [kind({ knd: 1 }), 'rules.identifiers.0.knd', 'Known in'],
  [kind({}, { phon: {} }), 'rules.phon', 'Known in'],
  [kind({ kind: 'User Id' }), 'rules.identifiers.0.kind', 'small letter'],
  [kind({ kind: 'id' }), 'rules.identifiers.0.kind', 'another name'],
  [kind({ from: [] }), 'rules.identifiers.0.from', '1 items'],
  [kind({ from: [7] }), 'rules.identifiers.0.from.0', 'source and path'],
  [kind({ from: ['userId', { source: 's' }] }), 'rules.identifiers.0.from.1', 'source and path'],
  [kind({ from: ['userId', 'email'] }), 'rules.identifiers.0.from.1', 'traits.loyalty.card'],
  [kind({ from: [{ source: 's', path: 'traits' }] }), 'rules.identifiers.0.from.0', 'no path'],
  [kind({ from: ['traits.a', 'traits.a'] }), 'rules.identifiers.0.from.1', 'twice'],
  [kind({ normalise: 'upper' }), 'rules.identifiers.0.normalise', 'text, lower, email, phone'],
  [kind({ link: 'join' }), 'rules.identifiers.0.link', 'merge, attach'],
  [kind({ limit: { count: 0 } }), 'rules.identifiers.0.limit.count', '>= 1'],
  [kind({ limit: { count: 2 }, unique: true }), 'rules.identifiers.0.limit', 'Leave limit or unique out'],
  [kind({ peopleMax: 1_001 }), 'rules.identifiers.0.peopleMax', '1000'],
  [kind({ moves: true, link: 'merge' }), 'rules.identifiers.0.moves', 'attach'],
  [kind({ format: '(' }), 'rules.identifiers.0.format', 'missing'],
  [kind({ format: '(?=a)a' }), 'rules.identifiers.0.format', 'invalid'],
  [kind({ format: 'a'.repeat(501) }), 'rules.identifiers.0.format', '500'],
  [kind({ blocked: ['a', '/[/'] }), 'rules.identifiers.0.blocked.1', 'missing'],
  [kind({ blocked: ['  '] }), 'rules.identifiers.0.blocked.0', 'blank'],
  [kind({ blocked: Array.from({ length: 51 }, (_, at) => `/a${at}/`) }), 'rules.identifiers.0.blocked', '50'],
  [kind({ defaultBlocked: 'no' }), 'rules.identifiers.0.defaultBlocked', 'boolean'],
  [kind({ notBlocked: [''] }), 'rules.identifiers.0.notBlocked.0', 'not be empty'],
  [kind({ notBlocked: ['test', 'ann'] }), 'rules.identifiers.0.notBlocked.1', 'not blocked by default'],
  [kind({ notBlocked: ['Test'], blocked: ['test '] }), 'rules.identifiers.0.notBlocked.0', 'one of them'],
  [kind({ notBlocked: ['test'], defaultBlocked: false }), 'rules.identifiers.0.notBlocked', 'one of the two'],
  [
    { identifiers: [...DEFAULT_RULES.identifiers, ...DEFAULT_RULES.identifiers] },
    'rules.identifiers.4.kind',
    'user_id comes twice',
  ],
  [kind({}, { email: { ignoreDots: ['gmail'] } }), 'rules.email.ignoreDots.0', 'gmail.com'],
  [kind({}, { email: { ignorePlus: ['gmail.com', 'a@b.de'] } }), 'rules.email.ignorePlus.1', 'no domain'],
  [kind({}, { phone: { country: 'de' } }), 'rules.phone.country', 'such as DE'],
  [kind({}, { phone: { country: 'XX' } }), 'rules.phone.country', 'ISO 3166-1'],
  [
    kind({}, { phone: { countryOf: [{ source: 's', country: 'XX' }] } }),
    'rules.phone.countryOf.0.country',
    'XX',
  ],
  [
    kind(
      {},
      {
        phone: {
          countryOf: [
            { source: 's', country: 'DE' },
            { source: 's', country: 'FR' },
          ],
        },
      },
    ),
    'rules.phone.countryOf.1.source',
    'twice',
  ],
  [trait({ trait: 'a' }, { trait: 'a' }), 'rules.traits.1.trait', 'twice'],
  [trait({ trait: 'a', keep: 'best' }), 'rules.traits.0.keep', 'last, first, longest'],
  [trait({ trait: 'a', keep: 'by_source' }), 'rules.traits.0.sources', 'best first'],
  [trait({ trait: 'a', keep: 'by_source', sources: [] }), 'rules.traits.0.sources', 'best first'],
  [trait({ trait: 'a', keep: 'by_source', sources: ['s', 's'] }), 'rules.traits.0.sources.1', 'twice'],
  [trait({ trait: 'a', sources: ['s'] }), 'rules.traits.0.sources', 'by_source'],
])('%# is refused with the path and the fix', (value, path, fix) => {
  const message = complaint(value);
  expect(message.startsWith(`${path}:`) || message.startsWith(`${path} `)).toBe(true);
  expect(message).toContain(fix);
});

test('expressions that would keep other matchers busy for ever are let pass', () => {
  expect(complaint(kind({ format: '(a+)+b', blocked: ['/(a|a)*/'] }))).toBe('');
});

test('sources are found wherever rules name them', () => {
  const rules = checkRules({
    identifiers: [{ kind: 'x', from: ['userId', { source: 's1', path: 'properties.x' }] }],
    phone: { countryOf: [{ source: 's2', country: 'DE' }] },
    traits: [{ trait: 'a', keep: 'by_source', sources: ['s3', 's4'], never: ['s5'] }],
  });
  expect(sourcesIn(rules).map(({ at, source }) => `${at} ${source}`)).toEqual([
    'rules.identifiers.0.from.1.source s1',
    'rules.phone.countryOf.0.source s2',
    'rules.traits.0.sources.0 s3',
    'rules.traits.0.sources.1 s4',
    'rules.traits.0.never.0 s5',
  ]);
  expect(sourcesIn(DEFAULT_RULES)).toEqual([]);
});
