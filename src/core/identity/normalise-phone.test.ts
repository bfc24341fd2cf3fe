import { expect, test } from 'vitest';
import { anEvent } from '../../../tests/support/an-event.js';
import { isPhoneCountry, normalisePhone, phoneCountry } from './normalise-phone.js';

test.each([
  ['030 12345678', 'DE', '+493012345678'],
  ['0049 (0)30 1234-5678', 'DE', '+493012345678'],
  ['493012345678', 'DE', '+493012345678'],
  ['+49 (0)30 12345678', '', '+493012345678'],
  ['(202) 555-0146', 'US', '+12025550146'],
  ['1-202-555-0146', 'US', '+12025550146'],
  ['011 44 7911 123456', 'US', '+447911123456'],
  ['07911 123456', 'GB', '+447911123456'],
  ['06 12 34 56 78', 'FR', '+33612345678'],
  ['098765 43210', 'IN', '+919876543210'],
  ['090-1234-5678', 'JP', '+819012345678'],
  ['06 1234 5678', 'IT', '+390612345678'],
  ['+447911123456', 'DE', '+447911123456'],
  ['tel:+49-30-12345678', '', '+493012345678'],
  ['＋４９３０１２３４５６７８', '', '+493012345678'],
  ['\u202a+49 30 12345678\u202c', '', '+493012345678'],
  ['٠٩٠١٢٣٤٥٦٧٨', 'JP', '+819012345678'],
])('%j in %j is %s', (given, country, e164) => {
  expect(normalisePhone(given, country)).toBe(e164);
  expect(normalisePhone(e164, '')).toBe(e164);
});

test.each([
  ['030 12345678', ''],
  ['030 12345678', 'XX'],
  ['030 12345678', 'constructor'],
  ['493012345678', ''],
  ['+1 555 555 5555', ''],
  ['12345', 'DE'],
  ['0000000', 'DE'],
  ['+49 30 12345678 ext. 5', ''],
  ['call 030 12345678', 'DE'],
  ['+49 30 12345678 or +49 30 12345679', ''],
  ['', 'DE'],
  [`+4930${'1'.repeat(100)}`, ''],
])('%j in %j is no number', (given, country) => {
  expect(normalisePhone(given, country)).toBe('');
});

test('a country is the person’s, else the source’s, else that of all', () => {
  const countryOf = phoneCountry({ country: 'DE', countryOf: [{ source: 'src_fr', country: 'FR' }] });
  const at = (given: Parameters<typeof anEvent>[0]) => countryOf(anEvent(given));
  expect(at({})).toBe('DE');
  expect(at({ sourceId: 'src_fr' })).toBe('FR');
  expect(at({ sourceId: 'src_fr', traits: { country: ' gb ' } })).toBe('GB');
  expect(at({ traits: { country: 'Germany', address: { country: 'us' } } })).toBe('US');
  expect(at({ context: { traits: { address: { country: 'JP' } } } })).toBe('JP');
  expect(at({ traits: { country: 'IN' }, context: { traits: { country: 'JP' } } })).toBe('IN');
  expect(at({ traits: { country: 7, address: ['US'] }, context: { traits: 'JP' } })).toBe('DE');
  expect(at({ type: 'group', traits: { country: 'IN' } })).toBe('DE');
  expect(countryOf(undefined)).toBe('DE');
  expect(phoneCountry(undefined)(anEvent())).toBe('');
});

test('countries are codes of two capitals that have numbers', () => {
  expect(['DE', 'US', 'XX', 'de', 'DEU', '', '__proto__', 'constructor'].filter(isPhoneCountry)).toEqual([
    'DE',
    'US',
  ]);
});
