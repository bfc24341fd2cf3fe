import { expect, test } from 'vitest';
import { type AdmissionRules, admit } from './admission.js';
import { identityOf } from './oidc-identity.js';

const VIEWER = { role: 'viewer', personalData: false } as const;
const EDITOR = { role: 'editor', personalData: false } as const;
const NONE: AdmissionRules = { domains: [], newcomers: undefined, groups: [] };
const GROUPS: AdmissionRules['groups'] = [
  { group: 'staff', rights: VIEWER },
  { group: 'care', rights: { role: 'viewer', personalData: true } },
  { group: 'marketing', rights: EDITOR },
];

function somebody(claims: object = {}) {
  return identityOf({ iss: 'https://login.example', sub: '1', ...claims }, {}, 'groups');
}

test('without rules only those come in who were added, and keep what they have', () => {
  expect(admit(somebody(), NONE)).toEqual({ newcomer: undefined, each: undefined });
});

test('newcomers get their role once; later it is the owners’ affair', () => {
  expect(admit(somebody(), { ...NONE, newcomers: VIEWER })).toEqual({ newcomer: VIEWER, each: undefined });
});

test.each([
  [['staff'], VIEWER],
  [['marketing', 'unknown', 'staff'], EDITOR],
  [['marketing', 'care'], { role: 'editor', personalData: true }],
  ['care', { role: 'viewer', personalData: true }],
])('the groups %j give the highest of their rights, each time', (groups, rights) => {
  expect(admit(somebody({ groups }), { ...NONE, groups: GROUPS })).toEqual({
    newcomer: rights,
    each: rights,
  });
});

test('in no group there is what newcomers get, or nothing', () => {
  expect(admit(somebody({ groups: ['other'] }), { ...NONE, groups: GROUPS })).toBe('not_admitted');
  expect(admit(somebody(), { ...NONE, groups: GROUPS, newcomers: VIEWER })).toEqual({
    newcomer: VIEWER,
    each: VIEWER,
  });
});

test.each([
  [{ email: 'a@Shop.example', email_verified: true }, 'in'],
  [{ email: 'a@shop.example', email_verified: false }, 'email_unverified'],
  [{}, 'email_unverified'],
  [{ email: 'a@evil-shop.example', email_verified: true }, 'not_admitted'],
  [{ email: 'a@shop.example.evil.example', email_verified: true }, 'not_admitted'],
])('of a domain is who has a verified address of it: %j %s', (claims, verdict) => {
  const judged = admit(somebody(claims), { ...NONE, domains: ['shop.example'] });
  expect(typeof judged === 'string' ? judged : 'in').toBe(verdict);
});
