/** One destination of the library at work: with prepared settings, its tokens, and its calls led to our doors. */

import { isObject, type JsonObject } from '../../core/json.js';
import type { Field } from '../../core/mapping/field.js';
import { type SendContext, SendFailure } from '../destinations/destination.js';
import { type Mask, makeMask } from '../http/mask.js';
import { asLibraryCall } from './library-call.js';
import { isUnauthorized, libraryFailure } from './library-failure.js';
import { environmentSetting, OAUTH_SETTINGS, settingsFields } from './library-fields.js';
import { type LibraryQuirks, quirksOf } from './library-quirks.js';
import type { AuthTokens, LibraryDefinition, LibraryDestination } from './library-types.js';
import { libraryDefinition, libraryDestination } from './load-library.js';
import { currentTokens, keepTokens, type OAuthSettings, oauthSettings } from './oauth-tokens.js';

/** Settings in the forms in which the library takes them. */
interface Prepared {
  /** As its actions see them. */
  readonly own: JsonObject;
  readonly oauth: OAuthSettings;
  readonly environment: Readonly<Record<string, string>>;
  readonly mask: Mask;
}

/** A destination of the library. */
export class LibraryConnector {
  readonly slug: string;
  readonly definition: LibraryDefinition;
  readonly quirks: LibraryQuirks;
  readonly fields: Readonly<Record<string, Field>>;
  readonly destination: LibraryDestination;
  /** Settings live as long as they are the same. */
  readonly #prepared = new WeakMap<JsonObject, Prepared>();
  readonly #refreshing = new WeakMap<JsonObject, Promise<AuthTokens>>();

  /** Loads it: about 0.1 s. */
  constructor(slug: string) {
    this.slug = slug;
    this.definition = libraryDefinition(slug);
    this.quirks = quirksOf(slug);
    this.fields = settingsFields(this.definition, this.quirks.environment ?? []);
    this.destination = libraryDestination(slug, this.definition);
  }

  /**
   * Runs a call of the library with settings and tokens; once more with new tokens when the tool refuses them.
   * @returns what the call gives, how many requests it made, and what the last of them was answered.
   * @throws SendFailure for whatever the library throws.
   */
  async call<T>(
    context: SendContext,
    run: (settings: JsonObject, auth: AuthTokens) => Promise<T>,
  ): Promise<{ readonly value: T; readonly requests: number; readonly answer: Response | undefined }> {
    const { own, oauth, environment, mask } = this.#prepare(context.settings);
    let requests = 0;
    let answer: Response | undefined;
    const counted = {
      fetch: (async (input, init) => {
        requests += 1;
        answer = await context.fetch(input, init);
        return answer;
      }) as typeof context.fetch,
      resolve: (host: string) => {
        requests += 1;
        return context.resolve(host);
      },
      signal: context.signal,
    };
    try {
      const value = await asLibraryCall({ context: counted, environment }, () =>
        this.#withTokens(context, own, oauth, (auth) => run(own, auth)),
      );
      return { value, requests, answer };
    } catch (error) {
      const failure = libraryFailure(error, context.now());
      throw new SendFailure({ ...failure, message: mask.text(failure.message) }, { cause: error });
    } finally {
      // It keeps every response.
      this.destination.responses.length = 0;
    }
  }

  /** Masks the secrets of settings in a text. */
  masked(settings: JsonObject, text: string): string {
    return this.#prepare(settings).mask.text(text);
  }

  async #withTokens<T>(
    context: SendContext,
    own: JsonObject,
    oauth: OAuthSettings,
    run: (auth: AuthTokens) => Promise<T>,
  ): Promise<T> {
    if (!this.#isOAuth()) return await run({});
    const tokens = await currentTokens(oauth, context.state);
    // Nothing is fetched where nothing may leave.
    if (context.dryRun) return await run({ ...tokens, accessToken: tokens.accessToken ?? '' });
    if (tokens.accessToken === undefined) return await run(await this.#refresh(context, own, oauth, tokens));
    try {
      return await run(tokens);
    } catch (error) {
      if (!isUnauthorized(error) || tokens.refreshToken === undefined) throw error;
      return await run(await this.#refresh(context, own, oauth, tokens));
    }
  }

  /** Fetches new tokens for the next attempts. */
  async refreshTokens(context: SendContext): Promise<void> {
    if (!this.#isOAuth() || this.definition.authentication?.refreshAccessToken === undefined) return;
    const { oauth } = this.#prepare(context.settings);
    const tokens = await currentTokens(oauth, context.state);
    if (tokens.refreshToken !== undefined)
      await this.call(context, (own) => this.#refresh(context, own, oauth, tokens));
  }

  /** One at a time: of several calls that were refused together, one fetches the tokens. */
  #refresh(
    context: SendContext,
    own: JsonObject,
    oauth: OAuthSettings,
    tokens: AuthTokens,
  ): Promise<AuthTokens> {
    const running = this.#refreshing.get(context.settings);
    if (running !== undefined) return running;
    const refreshing = this.#fetchTokens(context, own, oauth, tokens).finally(() =>
      this.#refreshing.delete(context.settings),
    );
    this.#refreshing.set(context.settings, refreshing);
    return refreshing;
  }

  async #fetchTokens(
    context: SendContext,
    own: JsonObject,
    oauth: OAuthSettings,
    tokens: AuthTokens,
  ): Promise<AuthTokens> {
    const { clientId, clientSecret } = oauth;
    const fresh = await this.destination.refreshAccessToken(own, { ...tokens, clientId, clientSecret });
    if (!fresh?.accessToken) throw noTokens(this.definition.name);
    const kept = { accessToken: fresh.accessToken, refreshToken: fresh.refreshToken ?? tokens.refreshToken };
    await keepTokens(oauth, kept, context.state);
    return kept;
  }

  #isOAuth(): boolean {
    const scheme = this.definition.authentication?.scheme;
    return scheme === 'oauth2' || scheme === 'oauth-managed';
  }

  #prepare(settings: JsonObject): Prepared {
    const known = this.#prepared.get(settings);
    if (known !== undefined) return known;
    const others = new Set<string>([
      ...Object.values(OAUTH_SETTINGS),
      ...(this.quirks.environment ?? []).map(environmentSetting),
    ]);
    const own: JsonObject = {};
    for (const [name, field] of Object.entries(this.fields)) {
      const value = settings[name] ?? field.default;
      if (!others.has(name) && value !== undefined) own[name] = structuredClone(value);
    }
    validateSettings(this.destination, own);
    const prepared: Prepared = {
      own,
      oauth: oauthSettings(settings),
      environment: Object.fromEntries(
        (this.quirks.environment ?? []).flatMap((variable) => {
          const value = settings[environmentSetting(variable)];
          return typeof value === 'string' ? [[variable, value]] : [];
        }),
      ),
      mask: makeMask(
        Object.entries(this.fields).flatMap(([name, { secret }]) => {
          const value = settings[name];
          return secret === true && typeof value === 'string' ? [value] : [];
        }),
      ),
    };
    this.#prepared.set(settings, prepared);
    return prepared;
  }
}

/** Settings with the tokens in the place where the library looks for them when it tests, and makes audiences. */
export function withOAuth(settings: JsonObject, auth: AuthTokens, oauth: OAuthSettings): JsonObject {
  const { accessToken, refreshToken } = auth;
  if (accessToken === undefined && refreshToken === undefined) return settings;
  const tokens: Record<string, string | undefined> = {
    access_token: accessToken,
    refresh_token: refreshToken,
    clientId: oauth.clientId,
    clientSecret: oauth.clientSecret,
  };
  return {
    ...settings,
    oauth: Object.fromEntries(
      Object.entries(tokens).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  };
}

/** The settings of an audience, as a connection's options say them. */
export function audienceSettingsOf(options: JsonObject): JsonObject {
  return isObject(options.audience_settings) ? options.audience_settings : {};
}

/** Brings settings to the types that the library wants. Tried again when they are not right: somebody will mend them. */
function validateSettings(destination: LibraryDestination, settings: JsonObject): void {
  try {
    destination.validateSettings(settings);
  } catch (error) {
    const message = `The settings are not right: ${error instanceof Error ? error.message : String(error)}`;
    throw new SendFailure({ code: 'settings_invalid', message, retry: true }, { cause: error });
  }
}

function noTokens(name: string): SendFailure {
  return new SendFailure({
    code: 'authentication_failed',
    message: `${name} gives no new access token: connect the destination anew.`,
    retry: true,
  });
}
