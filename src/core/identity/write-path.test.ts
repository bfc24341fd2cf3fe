import { expect, test } from 'vitest';
import { anEvent } from '../../../tests/support/an-event.js';
import { compileRules } from './compile-rules.js';
import { DEFAULT_RULES, type IdentityRules } from './rules.js';
import { giveIdentifier } from './write-path.js';

const rules: IdentityRules = {
  identifiers: [
    ...DEFAULT_RULES.identifiers,
    { kind: 'card', from: ['properties.loyalty.card', 'context.externalIds[card]'], link: 'merge' },
    { kind: 'till', from: ['properties.till', { path: 'traits.till', source: 'src_1' }], link: 'merge' },
    { kind: 'secret', from: [{ path: 'traits.secret', source: 'src_1' }], link: 'merge' },
  ],
};

test.each([
  ['user_id', '42', { userId: '42' }],
  ['anonymous_id', 'x', { anonymousId: 'x' }],
  ['email', 'ann@mail.example', { context: { traits: { email: 'ann@mail.example' } } }],
  ['phone', '+4930901820', { context: { traits: { phone: '+4930901820' } } }],
  ['card', 'C-1', { context: { externalIds: [{ type: 'card', id: 'C-1' }] } }],
  ['till', '9', { properties: { till: '9' } }],
])('an identifier of kind %s is read where it is given', (kind, value, parts) => {
  const rule = rules.identifiers.find((one) => one.kind === kind) as (typeof rules.identifiers)[number];
  const given = giveIdentifier(rule, value);
  expect(given).toEqual(parts);
  const { identifiers } = compileRules(rules).identify(anEvent(given));
  expect(identifiers.map((one) => [one.kind, one.value])).toContainEqual([kind, value]);
});

test('one that only certain sources may give cannot be given', () => {
  const rule = rules.identifiers.at(-1) as (typeof rules.identifiers)[number];
  expect(giveIdentifier(rule, 'x')).toBeUndefined();
});
