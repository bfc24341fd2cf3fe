/** One destination of the library at work: with prepared settings, its tokens, and its calls led to our doors. */

import { isObject, type JsonObject } from '../../core/json.js';
import type { Fields } from '../../core/mapping/field.js';
import { type SendContext, SendFailure } from '../destinations/destination.js';
import { type Mask, makeMask } from '../http/mask.js';
import { currentTokens, keepTokens, type OAuthSettings } from '../oauth-tokens.js';
import { asLibraryCall } from './library-call.js';
import { isUnauthorized, libraryFailure } from './library-failure.js';
import { environmentSetting, OAUTH_SETTINGS, oauthSettings, settingsFields } from './library-fields.js';
import { type LibraryQuirks, quirksOf } from './library-quirks.js';
import type { AuthTokens, LibraryDefinition, LibraryDestination } from './library-types.js';
import { libraryDefinition, libraryDefinitionApart, libraryDestination } from './load-library.js';

/** What is known of a kind of the library, and its destinations at work. */
export class LibraryConnectors {
  readonly slug: string;
  readonly definition: LibraryDefinition;
  readonly quirks: LibraryQuirks;
  readonly fields: Fields;
  /** By settings, which live as long as they are the same. Dry runs leave no trace in those that are in earnest. */
  readonly #inEarnest = new WeakMap<JsonObject, LibraryConnector>();
  readonly #dry = new WeakMap<JsonObject, LibraryConnector>();

  /** Loads the kind: about 0.1 s. */
  constructor(slug: string) {
    this.slug = slug;
    this.definition = libraryDefinition(slug);
    this.quirks = quirksOf(slug);
    this.fields = settingsFields(this.definition, this.quirks.environment ?? []);
  }

  /**
   * The connector of a destination, with code of its own.
   * @throws SendFailure `settings_invalid`
   */
  of({ settings, dryRun }: Pick<SendContext, 'settings' | 'dryRun'>): LibraryConnector {
    const known = dryRun ? this.#dry : this.#inEarnest;
    const connector = known.get(settings) ?? new LibraryConnector(this, settings);
    known.set(settings, connector);
    return connector;
  }
}

/** A destination of the library, with its settings. */
export class LibraryConnector {
  readonly definition: LibraryDefinition;
  readonly quirks: LibraryQuirks;
  readonly destination: LibraryDestination;
  /** The settings as the library's actions see them. */
  readonly #own: JsonObject;
  readonly #oauth: OAuthSettings;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #mask: Mask;
  #refreshing: Promise<AuthTokens> | undefined;

  /** @throws SendFailure `settings_invalid` */
  constructor({ slug, quirks, fields }: LibraryConnectors, settings: JsonObject) {
    const variables = quirks.environment ?? [];
    this.quirks = quirks;
    this.#environment = Object.fromEntries(
      variables.flatMap((variable) => {
        const value = settings[environmentSetting(variable)];
        return typeof value === 'string' ? [[variable, value]] : [];
      }),
    );
    this.definition = libraryDefinitionApart(slug, this.#environment);
    this.destination = libraryDestination(slug, this.definition);
    this.#oauth = oauthSettings(settings);
    this.#mask = makeMask(
      Object.entries(fields).flatMap(([name, { secret }]) => {
        const value = settings[name];
        return secret === true && typeof value === 'string' ? [value] : [];
      }),
    );
    const others = new Set<string>([...Object.values(OAUTH_SETTINGS), ...variables.map(environmentSetting)]);
    this.#own = {};
    for (const [name, field] of Object.entries(fields)) {
      const value = settings[name] ?? field.default;
      if (!others.has(name) && value !== undefined) this.#own[name] = structuredClone(value);
    }
    validateSettings(this.destination, this.#own);
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
      const value = await asLibraryCall({ context: counted, environment: this.#environment }, () =>
        this.#withTokens(context, (auth) => run(this.#own, auth)),
      );
      return { value, requests, answer };
    } catch (error) {
      const failure = libraryFailure(error, context.now());
      throw new SendFailure({ ...failure, message: this.masked(failure.message) }, { cause: error });
    } finally {
      // It keeps every response.
      this.destination.responses.length = 0;
    }
  }

  /** Masks the settings' secrets in a text. */
  masked(text: string): string {
    return this.#mask.text(text);
  }

  /** Settings with the tokens in the place where the library looks for them when it tests, and makes audiences. */
  withOAuth({ accessToken, refreshToken }: AuthTokens): JsonObject {
    if (accessToken === undefined && refreshToken === undefined) return this.#own;
    const { clientId, clientSecret } = this.#oauth;
    const tokens = { access_token: accessToken, refresh_token: refreshToken, clientId, clientSecret };
    // Without those that are undefined.
    return { ...this.#own, oauth: JSON.parse(JSON.stringify(tokens)) as JsonObject };
  }

  async #withTokens<T>(context: SendContext, run: (auth: AuthTokens) => Promise<T>): Promise<T> {
    if (!this.#isOAuth()) return await run({});
    const tokens = await currentTokens(this.#oauth, context.state);
    // Nothing is fetched where nothing may leave.
    if (context.dryRun) return await run({ ...tokens, accessToken: tokens.accessToken ?? '' });
    if (tokens.accessToken === undefined) return await run(await this.#refresh(context, tokens));
    try {
      return await run(tokens);
    } catch (error) {
      if (!isUnauthorized(error) || tokens.refreshToken === undefined) throw error;
      return await run(await this.#refresh(context, tokens));
    }
  }

  /** Fetches new tokens for the next attempts. */
  async refreshTokens(context: SendContext): Promise<void> {
    if (!this.#isOAuth() || this.definition.authentication?.refreshAccessToken === undefined) return;
    const tokens = await currentTokens(this.#oauth, context.state);
    if (tokens.refreshToken !== undefined) await this.call(context, () => this.#refresh(context, tokens));
  }

  /** One at a time: of several calls that were refused together, one fetches the tokens. */
  #refresh(context: SendContext, tokens: AuthTokens): Promise<AuthTokens> {
    this.#refreshing ??= this.#fetchTokens(context, tokens).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #fetchTokens(context: SendContext, tokens: AuthTokens): Promise<AuthTokens> {
    const { clientId, clientSecret } = this.#oauth;
    const fresh = await this.destination.refreshAccessToken(this.#own, { ...tokens, clientId, clientSecret });
    if (!fresh?.accessToken) throw noTokens(this.definition.name);
    const kept = { accessToken: fresh.accessToken, refreshToken: fresh.refreshToken ?? tokens.refreshToken };
    await keepTokens(this.#oauth, kept, context.state);
    return kept;
  }

  #isOAuth(): boolean {
    const scheme = this.definition.authentication?.scheme;
    return scheme === 'oauth2' || scheme === 'oauth-managed';
  }
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
