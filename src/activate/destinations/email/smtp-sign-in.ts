/**
 * Sign-in at mail servers by OAuth2 (XOAUTH2). Access tokens are fetched through the destination's own HTTP, which obeys the address rules, and are
 * handed to nodemailer, which would fetch them past the rules.
 */
import { isObject, type JsonObject } from '../../../core/json.js';
import type { TakeFault } from '../../../core/mapping/check-value.js';
import { currentTokens, keepTokens, type OAuthSettings, type Tokens } from '../../oauth-tokens.js';
import { type SendContext, SendFailure } from '../destination.js';
import { requiredText, textOf } from '../read-values.js';

/** So long before its end a token is not used any more: the server may look at it later. */
const SPARE_MS = 60_000;
const SHOWN_CHARS_MAX = 300;
/** Nobody listens in on the way to one's own machine. */
const OWN_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]']);

interface SignIn {
  tokens: Tokens;
  renewing: Promise<Tokens> | undefined;
}

/** By the settings object, which lives as long as the settings do. */
const known = new WeakMap<JsonObject, SignIn>();

/** Whether the settings ask for it. */
export function signsInByOAuth(settings: JsonObject): boolean {
  return settings.signIn === 'oauth2';
}

/** The token that was fetched last, for connections that are opened now. */
export function heldToken(settings: JsonObject): string | undefined {
  return known.get(settings)?.tokens.accessToken;
}

/**
 * An access token that has not ended, fetched anew where there is none. Calls that come together fetch one.
 * @param refused a token that the mail server did not take: another one is given.
 * @throws SendFailure `auth_failed` when the token address gives none, and whatever `fetch` throws.
 */
export async function accessToken(context: SendContext, refused?: string): Promise<string> {
  const signIn = known.get(context.settings) ?? { tokens: {}, renewing: undefined };
  known.set(context.settings, signIn);
  if (!isUsable(signIn.tokens, context, refused)) {
    signIn.renewing ??= renewedTokens(context, refused).finally(() => {
      signIn.renewing = undefined;
    });
    signIn.tokens = await signIn.renewing;
  }
  // Invariant: tokens that were fetched have one.
  return signIn.tokens.accessToken ?? '';
}

/** Tells what is wrong with the settings of OAuth2. */
export function signInFaults(settings: JsonObject, fault: TakeFault): void {
  const address = textOf(settings, 'oauthTokenUrl');
  if (!signsInByOAuth(settings) || address === undefined) return;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && OWN_MACHINE.has(url.hostname))) return;
  fault('oauthTokenUrl', 'must begin with https://, for secrets go there.');
}

/** The state comes first: it may hold what was fetched before a restart, or by another call. */
async function renewedTokens(context: SendContext, refused: string | undefined): Promise<Tokens> {
  const { settings, state } = context;
  const given: OAuthSettings = {
    accessToken: undefined,
    refreshToken: requiredText(settings, 'oauthRefreshToken'),
    clientId: requiredText(settings, 'oauthClientId'),
    clientSecret: textOf(settings, 'oauthClientSecret'),
  };
  const kept = await currentTokens(given, state);
  if (isUsable(kept, context, refused)) return kept;
  const fresh = await fetchTokens({ ...given, refreshToken: kept.refreshToken }, context);
  await keepTokens(given, fresh, state);
  return fresh;
}

/** RFC 6749, section 6. A new refresh token takes the place of the old one. */
async function fetchTokens(given: OAuthSettings, context: SendContext): Promise<Tokens> {
  const { settings, signal, now, fetch } = context;
  const { clientId = '', clientSecret, refreshToken = '' } = given;
  const startedAt = now();
  const response = await fetch(requiredText(settings, 'oauthTokenUrl'), {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({
      ...{ grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken },
      ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
    }),
    // Secrets go nowhere but where somebody said.
    redirect: 'error',
    signal,
  });
  const said: unknown = await response.json().catch(() => undefined);
  const answer = isObject(said) ? said : {};
  const token = textOf(answer, 'access_token');
  if (!response.ok || token === undefined) throw noToken(response.status, answer);
  const seconds = Number(answer.expires_in);
  return {
    accessToken: token,
    refreshToken: textOf(answer, 'refresh_token') ?? refreshToken,
    ...(seconds > 0 ? { expiresAt: startedAt + seconds * 1000 } : {}),
  };
}

function isUsable(
  { accessToken: token, expiresAt }: Tokens,
  { now }: SendContext,
  refused?: string,
): boolean {
  return (
    token !== undefined && token !== refused && (expiresAt === undefined || now() + SPARE_MS < expiresAt)
  );
}

/** Tried again: somebody will mend it. */
function noToken(status: number, answer: JsonObject): SendFailure {
  const error = textOf(answer, 'error');
  const said = [error ?? `status ${status}`, textOf(answer, 'error_description')]
    .filter((part) => part !== undefined)
    .join(': ')
    .slice(0, SHOWN_CHARS_MAX);
  const fix =
    error === 'invalid_grant' ? ' Get a new refresh token, and save it in "oauthRefreshToken".' : '';
  const message = `The token address gives no access token: ${said}.${fix}`;
  return new SendFailure({ code: 'auth_failed', message, retry: true });
}
