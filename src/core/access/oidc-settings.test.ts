import { expect, test } from 'vitest';
import { readConfig } from '../../config.js';
import { readSignInWays } from './oidc-settings.js';

const ENV = {
  TRIBUTARY_PUBLIC_URL: 'https://cdp.example.com/',
  TRIBUTARY_OIDC_ISSUER: 'https://login.example.com',
  TRIBUTARY_OIDC_CLIENT_ID: 'cdp',
  TRIBUTARY_OIDC_CLIENT_SECRET: 'secret',
};
const read = (env: Record<string, string>) => readSignInWays(readConfig({ ...ENV, ...env }));

test('by default people sign in by password alone', () => {
  expect(readSignInWays(readConfig({}))).toEqual({ password: true, oidc: undefined });
});

test('reads what there is', () => {
  const ways = read({
    TRIBUTARY_PASSWORD_SIGN_IN: 'off',
    TRIBUTARY_OIDC_SCOPES: 'email,groups',
    TRIBUTARY_OIDC_DOMAINS: 'Shop.example, @b.example',
    TRIBUTARY_OIDC_NEWCOMERS: 'viewer',
    TRIBUTARY_OIDC_GROUPS: 'the admins=owner+personal, a=b=editor',
  });
  expect(ways).toMatchObject({
    password: false,
    oidc: {
      redirectUri: 'https://cdp.example.com/api/v1/session/oidc/callback',
      scopes: ['openid', 'email', 'groups'],
      groupsClaim: 'groups',
      rules: {
        domains: ['shop.example', 'b.example'],
        newcomers: { role: 'viewer', personalData: false },
        groups: [
          { group: 'the admins', rights: { role: 'owner', personalData: true } },
          { group: 'a=b', rights: { role: 'editor', personalData: false } },
        ],
      },
    },
  });
});

test.each([
  [{ TRIBUTARY_OIDC_ISSUER: 'http://login.example.com' }, 'must begin with https:'],
  [{ TRIBUTARY_OIDC_ISSUER: 'http://127.0.0.1.evil.example' }, 'must begin with https:'],
  [{ TRIBUTARY_PUBLIC_URL: '' }, 'TRIBUTARY_PUBLIC_URL must be set'],
  [{ TRIBUTARY_OIDC_CLIENT_SECRET: '' }, 'TRIBUTARY_OIDC_CLIENT_SECRET must be set'],
  [{ TRIBUTARY_OIDC_NEWCOMERS: 'admin' }, 'TRIBUTARY_OIDC_NEWCOMERS: admin must be one of viewer'],
  [{ TRIBUTARY_OIDC_GROUPS: 'staff' }, 'staff must be like marketing=editor'],
  [{ TRIBUTARY_OIDC_GROUPS: 'staff=viewer+all' }, 'viewer+all must be a role'],
  [{ TRIBUTARY_PASSWORD_SIGN_IN: 'no' }, 'must be one of on, off'],
  [{ TRIBUTARY_PASSWORD_SIGN_IN: 'off', TRIBUTARY_OIDC_ISSUER: '' }, 'leaves no way to sign in'],
])('refuses %j before anything starts', (env, words) => {
  expect(() => read(env as Record<string, string>)).toThrow(words);
});

test.each(['http://localhost:8080/realms/a', 'http://127.0.0.1:9', 'http://[::1]:9'])(
  'takes %s without encryption: it never leaves the machine',
  (issuer) => {
    expect(read({ TRIBUTARY_OIDC_ISSUER: issuer }).oidc?.issuer.href).toContain(issuer);
  },
);
