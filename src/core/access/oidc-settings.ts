/** Sign-in by OpenID Connect, as operators set it up in the environment. */
import { TributaryError } from '../errors.js';
import type { AdmissionRules, Rights } from './admission.js';
import { ROLES } from './role.js';

/** The settings' texts; see `SETTINGS` in `src/config.ts`. */
export interface OidcTexts {
  readonly publicUrl: string | undefined;
  readonly oidcIssuer: string | undefined;
  readonly oidcClientId: string | undefined;
  readonly oidcClientSecret: string | undefined;
  readonly oidcLabel: string;
  readonly oidcScopes: readonly string[];
  readonly oidcDomains: readonly string[];
  readonly oidcNewcomers: string;
  readonly oidcGroupsClaim: string;
  readonly oidcGroups: readonly string[];
  readonly passwordSignIn: string;
}

/** A provider, what we are to it, and whom to let in. */
export interface OidcSettings {
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the button says. */
  readonly label: string;
  readonly scopes: readonly string[];
  /** Where the provider sends people back to. */
  readonly redirectUri: string;
  readonly groupsClaim: string;
  readonly rules: AdmissionRules;
}

/** How people may sign in. */
export interface SignInWays {
  readonly password: boolean;
  readonly oidc: OidcSettings | undefined;
}

/** Where the provider sends people back to, on this server. */
export const OIDC_CALLBACK = '/api/v1/session/oidc/callback';

/** @throws TributaryError `config_invalid`, naming the variable and what it takes. */
export function readSignInWays(texts: OidcTexts): SignInWays {
  const oidc = texts.oidcIssuer === undefined ? undefined : readOidc(texts, texts.oidcIssuer);
  const password = oneOf('TRIBUTARY_PASSWORD_SIGN_IN', texts.passwordSignIn, ['on', 'off']) === 'on';
  if (!password && oidc === undefined)
    throw invalid('TRIBUTARY_PASSWORD_SIGN_IN=off leaves no way to sign in: set TRIBUTARY_OIDC_ISSUER too.');
  return { password, oidc };
}

/** True for addresses of this machine itself: what is sent there never leaves it. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function readOidc(texts: OidcTexts, issuer: string): OidcSettings {
  const url = new URL(issuer);
  if (url.protocol !== 'https:' && !isLoopback(url))
    throw invalid(`TRIBUTARY_OIDC_ISSUER=${issuer} must begin with https:, unless it is on this machine.`);
  const publicUrl = needed('TRIBUTARY_PUBLIC_URL', texts.publicUrl);
  return {
    issuer: url,
    clientId: needed('TRIBUTARY_OIDC_CLIENT_ID', texts.oidcClientId),
    clientSecret: needed('TRIBUTARY_OIDC_CLIENT_SECRET', texts.oidcClientSecret),
    label: texts.oidcLabel,
    scopes: [...new Set(['openid', ...texts.oidcScopes])],
    redirectUri: `${publicUrl.replace(/\/$/, '')}${OIDC_CALLBACK}`,
    groupsClaim: texts.oidcGroupsClaim,
    rules: {
      domains: texts.oidcDomains.map((domain) => domain.toLowerCase().replace(/^@/, '')),
      newcomers:
        texts.oidcNewcomers === 'none'
          ? undefined
          : readRights('TRIBUTARY_OIDC_NEWCOMERS', texts.oidcNewcomers),
      groups: texts.oidcGroups.map(readGroup),
    },
  };
}

/** `marketing=editor+personal`: the group's name may itself hold `=`. */
function readGroup(text: string): AdmissionRules['groups'][number] {
  const at = text.lastIndexOf('=');
  if (at < 1) throw invalid(`TRIBUTARY_OIDC_GROUPS: ${text} must be like marketing=editor.`);
  const rights = readRights('TRIBUTARY_OIDC_GROUPS', text.slice(at + 1).trim());
  return { group: text.slice(0, at).trim(), rights };
}

/** A role, and `+personal` with the right to personal data. */
function readRights(env: string, text: string): Rights {
  const [role = '', ...more] = text.split('+');
  if (more.length > 1 || (more[0] ?? 'personal') !== 'personal')
    throw invalid(`${env}: ${text} must be a role, or a role and +personal, such as editor+personal.`);
  return { role: oneOf(env, role, ROLES), personalData: more.length > 0 };
}

function oneOf<Word extends string>(env: string, text: string, words: readonly Word[]): Word {
  const word = words.find((one) => one === text);
  if (word === undefined) throw invalid(`${env}: ${text || 'nothing'} must be one of ${words.join(', ')}.`);
  return word;
}

function needed(env: string, text: string | undefined): string {
  if (text === undefined) throw invalid(`${env} must be set where TRIBUTARY_OIDC_ISSUER is.`);
  return text;
}

function invalid(message: string): TributaryError {
  return new TributaryError('config_invalid', message);
}
