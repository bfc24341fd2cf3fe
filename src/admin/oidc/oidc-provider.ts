/** The provider of sign-ins: what is asked of it, and what its answers are worth. The protocol itself is the library's (OpenID Connect Core 1.0, RFC 7636, RFC 9207). */
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  type CustomFetch,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  ResponseBodyError,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { identityOf, type OidcIdentity } from '../../core/access/oidc-identity.js';
import { isLoopback, type OidcSettings } from '../../core/access/oidc-settings.js';
import { SignInRefusal } from '../../core/access/sign-in-failure.js';
import type { JsonObject } from '../../core/json.js';

/** What the browser must bring back unchanged, and what only we know. */
export interface OidcSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Of each request to the provider. */
const ANSWER_SECONDS_MAX = 5;
/** How long what the provider says of itself is believed. */
const KNOWN_MS_MAX = 3_600_000;
const MESSAGE_CHARS_MAX = 300;
/** People who turned back at the provider. */
const TURNED_BACK = new Set([
  'access_denied',
  'login_required',
  'consent_required',
  'interaction_required',
  'account_selection_required',
]);

/** One provider. It is asked for the first time when somebody comes, so one that is down stops nothing else. */
export class OidcProvider {
  readonly #settings: OidcSettings;
  readonly #now: () => number;
  #known: { readonly at: number; readonly configuration: Promise<Configuration> } | undefined;

  constructor(settings: OidcSettings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  /** Where to send the browser, and what to remember of it. @throws SignInRefusal `unreachable`. */
  async begin(): Promise<{ readonly url: URL; readonly secrets: OidcSecrets }> {
    const configuration = await this.#configuration();
    const secrets = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
    const { redirectUri, scopes } = this.#settings;
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: scopes.join(' '),
      state: secrets.state,
      nonce: secrets.nonce,
      code_challenge: await calculatePKCECodeChallenge(secrets.verifier),
      code_challenge_method: 'S256',
    });
    refuseInsecure(url);
    return { url, secrets };
  }

  /**
   * Who came back, by the question of the address that the browser came back to.
   * @throws SignInRefusal `cancelled`, `unreachable`, or `refused` where anything of the answer does not hold.
   */
  async identify(question: string, { state, nonce, verifier }: OidcSecrets): Promise<OidcIdentity> {
    const { redirectUri, groupsClaim } = this.#settings;
    const configuration = await this.#configuration();
    const address = new URL(redirectUri);
    address.search = question;
    try {
      const tokens = await authorizationCodeGrant(configuration, address, {
        ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier },
      });
      // Invariant: without an ID token the nonce would not have been found.
      const claims = tokens.claims() as unknown as JsonObject & { iss: string; sub: string };
      const more = this.#isAllSaid(claims, configuration)
        ? {}
        : await fetchUserInfo(configuration, tokens.access_token, claims.sub);
      return identityOf(claims, more as unknown as JsonObject, groupsClaim);
    } catch (error) {
      throw refusalOf(error);
    }
  }

  /** Many providers tell address and groups only when asked for more than the ID token. */
  #isAllSaid(claims: JsonObject, configuration: Configuration): boolean {
    const { groupsClaim, rules } = this.#settings;
    const isGroupSaid = rules.groups.length === 0 || claims[groupsClaim] !== undefined;
    const isEmailSaid = claims.email_verified !== undefined;
    return (isGroupSaid && isEmailSaid) || configuration.serverMetadata().userinfo_endpoint === undefined;
  }

  async #configuration(): Promise<Configuration> {
    if (this.#known === undefined || this.#now() - this.#known.at > KNOWN_MS_MAX)
      this.#known = { at: this.#now(), configuration: this.#discover() };
    const known = this.#known;
    try {
      return await known.configuration;
    } catch (error) {
      // Whoever comes next asks anew.
      if (this.#known === known) this.#known = undefined;
      throw new SignInRefusal('unreachable', messageOf(error));
    }
  }

  #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings;
    return discovery(issuer, clientId, {}, clientAuth(clientSecret), {
      timeout: ANSWER_SECONDS_MAX,
      [customFetch]: guardedFetch,
      // The signature is looked at although the ID token comes from the provider itself.
      execute: [enableNonRepudiationChecks, ...(issuer.protocol === 'http:' ? [allowInsecureRequests] : [])],
    });
  }
}

/** The secret in the header, as every provider takes it that does not say otherwise (OpenID Connect Discovery 1.0, 3). */
function clientAuth(secret: string): ClientAuth {
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported;
    return methods === undefined || methods.includes('client_secret_basic')
      ? basic(server, ...rest)
      : post(server, ...rest);
  };
}

const guardedFetch: CustomFetch = async (address, options) => {
  refuseInsecure(new URL(address));
  return fetch(address, options as RequestInit);
};

/** A provider of this machine must not lead elsewhere without encryption. */
function refuseInsecure(address: URL): void {
  if (address.protocol === 'https:' || isLoopback(address)) return;
  throw new SignInRefusal('refused', `The provider names ${address.origin}, which is not encrypted.`);
}

function refusalOf(error: unknown): SignInRefusal {
  if (error instanceof SignInRefusal) return error;
  const message = messageOf(error);
  if (error instanceof AuthorizationResponseError && TURNED_BACK.has(error.error))
    return new SignInRefusal('cancelled', message);
  return new SignInRefusal(isUnreachable(error) ? 'unreachable' : 'refused', message);
}

function isUnreachable(error: unknown): boolean {
  if (error instanceof ResponseBodyError) return error.status >= 500;
  if (error instanceof ClientError) return error.code === 'OAUTH_TIMEOUT';
  // As `fetch` tells that there was no connection.
  return error instanceof TypeError && error.cause !== undefined;
}

/** What went wrong, for an operator. What the library keeps beside it may hold tokens and claims. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown error';
  const { code, error: word, error_description: words } = error as Partial<ResponseBodyError>;
  const { code: cause, claim } = innermost(error);
  const parts = [error.message, code, word, words, cause, claim];
  const said = [...new Set(parts.filter((part) => typeof part === 'string' && part !== ''))];
  return said.join('; ').slice(0, MESSAGE_CHARS_MAX);
}

/** The cause of all causes: of a connection its code, of a claim its name. */
function innermost(error: Error): { readonly code?: unknown; readonly claim?: unknown } {
  let inner: unknown = error;
  while (inner instanceof Error && typeof inner.cause === 'object' && inner.cause !== null)
    inner = inner.cause;
  return inner as { code?: unknown; claim?: unknown };
}
