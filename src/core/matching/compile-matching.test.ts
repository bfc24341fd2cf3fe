import { describe, expect, test } from 'vitest';
import type { Identifier } from '../identity/identifier.js';
import type { IdentityRules } from '../identity/rules.js';
import { DEFAULT_RULES } from '../identity/rules.js';
import type { JsonObject } from '../json.js';
import { compileTraitRules } from '../profile/traits/trait-rules.js';
import { compileMatching, evidenceOf, MATCH_TRAITS } from './compile-matching.js';

/** `rule: said` of each key of a person with these traits, the newest last. */
function keysOf(
  traits: JsonObject,
  rules: IdentityRules = DEFAULT_RULES,
  blocked: readonly Identifier[] = [],
): string[] {
  return matched(traits, rules, blocked).map(({ rule, said }) => `${rule}: ${said}`);
}

function matched(traits: JsonObject, rules = DEFAULT_RULES, blocked: readonly Identifier[] = []) {
  const states = Object.entries(traits).map(
    ([name, value], offset) =>
      [name, { value, sourceId: `s${offset}`, messageId: 'm', at: offset, offset }] as const,
  );
  return compileMatching(rules, blocked, compileTraitRules(rules))(new Map(states));
}

describe('e-mail', () => {
  test.each([
    ['Ann.Lee+shop@Gmail.com', 'annlee@gmail.com'],
    ['annlee@googlemail.com', 'annlee@gmail.com'],
    ['a.nn+x@example.com', 'a.nn@example.com'],
    ['+x@example.com', '+x@example.com'],
  ])('%s leads to %s', (email, mailbox) => {
    expect(keysOf({ email })).toEqual([`email: ${mailbox}`]);
  });

  test.each(['', 'no address', 'test@test.com', 7, null, ['ann@example.com']])(
    '%j matches nobody',
    (email) => {
      expect(keysOf({ email })).toEqual([]);
    },
  );

  test('what rules or operators block matches nobody, and what rules let in does', () => {
    const email = { kind: 'mail', from: ['traits.email'], normalise: 'email' } as const;
    const rules = (more: object): IdentityRules => ({
      identifiers: [{ ...email, ...more, from: ['traits.email'] }],
    });
    expect(keysOf({ email: 'shop@x.de' }, rules({ blocked: ['shop@x.de'] }))).toEqual([]);
    expect(keysOf({ email: 'Shop@x.de' }, rules({}), [{ kind: 'mail', value: 'shop@x.de' }])).toEqual([]);
    expect(keysOf({ email: 'test@test.com' }, rules({ defaultBlocked: false }))).toEqual([
      'email: test@test.com',
    ]);
    expect(keysOf({ email: 'a.b@x.de' }, { ...DEFAULT_RULES, email: { ignoreDots: ['x.de'] } })).toEqual([
      'email: ab@x.de',
    ]);
  });
});

test('phone and family name: a number without a prefix is of the person’s country, else of the source’s', () => {
  const said = 'phone_and_family_name: +4930901820, muller';
  expect(keysOf({ phone: '+49 30 901820', lastName: 'Müller' })).toEqual([said]);
  expect(keysOf({ mobile: '030 901820', last_name: ' MÜLLER ', country: 'DE' })).toEqual([said]);
  expect(keysOf({ phone: '030 901820', name: 'Ann Müller', address: { country: 'de' } })).toEqual([said]);
  const rules = { ...DEFAULT_RULES, phone: { countryOf: [{ source: 's0', country: 'DE' }] } };
  expect(keysOf({ phone: '030 901820', name: 'Müller, Ann' }, rules)).toEqual([said]);
  expect(keysOf({ phone: '030 901820', lastName: 'Müller' })).toEqual([]);
  expect(keysOf({ phone: '+49 30 901820' })).toEqual([]);
  expect(keysOf({ phone: '+49 30 901820', name: 'Müller' })).toEqual([]);
});

describe('full name', () => {
  const birthday = '1990-01-31';
  test.each([
    [{ firstName: 'Ann-Marie', lastName: 'O’Neill' }, 'ann marie o neill'],
    [{ first_name: 'ANN', lastname: 'Lee', name: 'Somebody Else' }, 'ann lee'],
    [{ firstName: 'Ann', name: 'Ann van Lee' }, 'ann van lee'],
    [{ name: 'Lee, Ann' }, 'ann lee'],
    [{ name: 'Straße Größe' }, 'strasse grosse'],
  ])('%j is %s', (names, said) => {
    expect(keysOf({ ...names, birthday })).toEqual([`name_and_birthday: ${said}, ${birthday}`]);
  });

  test.each([
    { name: 'Ann' },
    { firstName: 'Ann' },
    { firstName: 'unknown', lastName: 'Lee' },
    { name: 7 },
    {},
  ])('%j is not whole', (names) => {
    expect(keysOf({ ...(names as JsonObject), birthday })).toEqual([]);
  });
});

test.each([
  ['1990-01-31', true],
  ['1990-01-31T00:00:00Z', true],
  ['31.1.1990', true],
  ['31.01.1990', true],
  ['1990-02-30', false],
  ['01/31/1990', false],
  ['1970-01-01', false],
  ['1900-01-01', false],
  [19900131, false],
])('%j as a birthday: %s', (dateOfBirth, known) => {
  expect(keysOf({ name: 'Ann Lee', dateOfBirth })).toEqual(
    known ? ['name_and_birthday: ann lee, 1990-01-31'] : [],
  );
});

test.each([
  [{ address: { street: 'Main St. 5', postalCode: 10115, city: 'Berlin' } }, 'main st 5, 10115'],
  [{ address: { address1: 'Main St 5', city: 'Berlin' } }, 'main st 5, berlin'],
  [{ street: 'Main St 5', zip: '10115' }, 'main st 5, 10115'],
  [{ address: 'Main St 5, 10115 Berlin' }, 'main st 5 10115 berlin'],
  [{ address: { city: 'Berlin', postalCode: '10115' } }, undefined],
  [{ address: { street: 'Main St 5' } }, undefined],
  [{ address: 'Berlin' }, undefined],
])('%j as an address', (address, said) => {
  const keys = said === undefined ? [] : [`name_and_address: ann lee, ${said}`];
  expect(keysOf({ name: 'Ann Lee', ...(address as JsonObject) })).toEqual(keys);
});

test('a key is of the source that gave the newest of its traits, and none but the traits that count make one', () => {
  const [key] = matched({ birthday: '1990-01-31', plan: 'x', name: 'Ann Lee', other: 1 });
  expect(key?.sourceId).toBe('s2');
  expect(['plan', 'other', 'id'].some((name) => MATCH_TRAITS.has(name))).toBe(false);
});

test('evidence is told in words', () => {
  expect(evidenceOf('name_and_birthday', 'ann lee, 1990-01-31')).toBe(
    'the same full name and birthday (ann lee, 1990-01-31)',
  );
  expect(evidenceOf('email', undefined)).toBe('the same e-mail, up to what providers ignore');
});
