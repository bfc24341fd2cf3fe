/** What is used of `@segment/actions-core`, whose own types would bring in all of it. */
import type { JsonObject } from '../../core/json.js';
import type { Field } from '../../core/mapping/field.js';

/** A field of settings or of an action, as the library defines it. */
export type LibraryField = Omit<Field, 'label' | 'properties' | 'dynamic'> & {
  readonly label?: string;
  readonly properties?: LibraryFields;
  /** Of an action's field `true`, of a setting a function: the tool is asked for choices. */
  readonly dynamic?: unknown;
};

/** Fields by name. */
export type LibraryFields = Readonly<Record<string, LibraryField>>;

/** An action's definition. */
export interface LibraryActionDefinition {
  readonly title: string;
  readonly description: string;
  readonly fields: LibraryFields;
  readonly defaultSubscription?: string;
  readonly hidden?: boolean;
  readonly perform?: unknown;
  readonly performBatch?: unknown;
  readonly hooks?: Readonly<Record<string, unknown>>;
  readonly syncMode?: {
    readonly label: string;
    readonly description: string;
    readonly default: string;
    readonly choices: ReadonlyArray<{ readonly value: string; readonly label: string }>;
  };
}

/** A connection that a destination of the library brings. */
export interface LibraryPreset {
  readonly name?: string;
  readonly partnerAction: string;
  readonly type: string;
  readonly subscribe?: string;
  readonly eventSlug?: string;
  readonly mapping?: JsonObject;
}

/** A destination's definition. */
export interface LibraryDefinition {
  readonly name: string;
  readonly description?: string;
  readonly authentication?: {
    readonly scheme: 'basic' | 'custom' | 'oauth2' | 'oauth-managed';
    readonly fields?: LibraryFields;
    readonly testAuthentication?: unknown;
    readonly refreshAccessToken?: unknown;
  };
  readonly actions: Readonly<Record<string, LibraryActionDefinition>>;
  readonly presets?: readonly LibraryPreset[];
  readonly audienceFields?: LibraryFields;
  readonly audienceConfig?: { readonly createAudience?: unknown };
}

/** Tokens of an OAuth connection, as the library passes them on. */
export interface AuthTokens {
  readonly accessToken?: string | undefined;
  readonly refreshToken?: string | undefined;
}

/** What one item of a batch came to. */
export interface MultiStatus {
  readonly status: number;
  readonly errortype?: string;
  readonly errormessage?: string;
  /** `INTEGRATIONS` when the library itself refused it, `DESTINATION` when the tool did. */
  readonly errorreporter?: string;
}

/** What every call of an action is given. */
export interface ActionInput {
  readonly mapping: JsonObject;
  readonly settings: JsonObject;
  readonly auth: AuthTokens;
  readonly features: object;
  readonly statsContext: object;
  readonly logger: object;
  readonly engageDestinationCache: object;
  readonly transactionContext: object;
  readonly stateContext: object;
  readonly subscriptionMetadata: object;
  readonly signal: AbortSignal;
}

/** The library's class, as far as it is used. */
export interface LibraryDestination {
  /** All that came, for ever, unless somebody takes it away. */
  readonly responses: unknown[];
  validateSettings(settings: JsonObject): void;
  testAuthentication(settings: JsonObject): Promise<void>;
  createAudience(input: JsonObject & { readonly audienceName: string }): Promise<{ externalId: string }>;
  refreshAccessToken(
    settings: JsonObject,
    auth: AuthTokens & { clientId?: string | undefined; clientSecret?: string | undefined },
  ): Promise<{ accessToken: string; refreshToken?: string } | undefined>;
  executeAction(
    action: string,
    input: ActionInput & { readonly event: JsonObject },
  ): Promise<readonly unknown[]>;
  executeBatch(
    action: string,
    input: ActionInput & { readonly events: readonly JsonObject[] },
  ): Promise<ReadonlyArray<MultiStatus | undefined>>;
  executeDynamicField(
    action: string,
    field: string,
    input: { readonly settings: JsonObject; readonly payload: JsonObject; readonly auth: AuthTokens },
  ): Promise<unknown>;
}
