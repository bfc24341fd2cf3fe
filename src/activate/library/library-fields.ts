/** Fields of the library as fields of ours. */
import type { JsonObject } from '../../core/json.js';
import type { Choice, Field, Fields } from '../../core/mapping/field.js';
import type { OAuthSettings } from '../oauth-tokens.js';
import type {
  LibraryActionDefinition,
  LibraryDefinition,
  LibraryField,
  LibraryFields,
} from './library-types.js';

/** In a mapping of the library these say how to send, and are no part of what is sent. */
export const INTERNAL_FIELDS = {
  syncMode: '__segment_internal_sync_mode',
  matchingKey: '__segment_internal_matching_key',
} as const;

/** Where the tokens of an OAuth connection stand among the settings. */
export const OAUTH_SETTINGS = {
  accessToken: 'oauth_access_token',
  refreshToken: 'oauth_refresh_token',
  clientId: 'oauth_client_id',
  clientSecret: 'oauth_client_secret',
} as const;

/** Names of settings that are credentials, although the library does not give them the type `password`. */
const SECRET_NAME =
  /(?:api|access|secret|write|private|auth|ssl|pixel|conversion)_?(?:key|token)$|token$|secret|passw|sharedSecret|externalId$|webhook_?url$/i;
/** That look like one and are none. */
const NO_SECRETS = new Set(['projectToken', 'publicEncryptionKey', 'segmentIdKey']);

/**
 * The settings of a destination: its own, the tokens of its OAuth connection, and what the library would read from the environment, since
 * what is Segment's own there is the customer's here.
 */
export function settingsFields(
  { authentication }: LibraryDefinition,
  environment: readonly string[],
): Fields {
  const own = Object.entries(authentication?.fields ?? {}).map(([name, field]): [string, Field] => {
    const secret = field.type === 'password' || (SECRET_NAME.test(name) && !NO_SECRETS.has(name));
    return [name, { ...toField(name, field), ...(secret ? { secret: true } : {}) }];
  });
  const isOAuth = authentication?.scheme === 'oauth2' || authentication?.scheme === 'oauth-managed';
  return Object.fromEntries([...own, ...(isOAuth ? OAUTH_FIELDS : []), ...environment.map(environmentField)]);
}

/** Reads the OAuth part of settings. */
export function oauthSettings(settings: JsonObject): OAuthSettings {
  const text = (name: string) => {
    const value = settings[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return {
    accessToken: text(OAUTH_SETTINGS.accessToken),
    refreshToken: text(OAUTH_SETTINGS.refreshToken),
    clientId: text(OAUTH_SETTINGS.clientId),
    clientSecret: text(OAUTH_SETTINGS.clientSecret),
  };
}

/** The name of the setting that stands for a variable of the environment. */
export function environmentSetting(variable: string): string {
  return `env_${variable.toLowerCase()}`;
}

/** The fields of an action, with those that say how to send: the library keeps both in one mapping. */
export function actionFields({ fields, syncMode, hooks }: LibraryActionDefinition): Fields {
  const internal: [string, Field][] = [];
  if (syncMode !== undefined) {
    const { label, description, choices } = syncMode;
    const byDefault = { default: syncMode.default };
    internal.push([INTERNAL_FIELDS.syncMode, { label, description, type: 'string', choices, ...byDefault }]);
    internal.push([
      INTERNAL_FIELDS.matchingKey,
      { label: 'Matching key', description: 'By which field records of the tool are found.', type: 'string' },
    ]);
  }
  for (const name of Object.keys(hooks ?? {}))
    internal.push([
      name,
      {
        label: `Outputs of ${name}`,
        description:
          'What Segment would have made in the tool when the mapping is saved, such as `{"outputs": {"id": "…"}}` of a list.',
        type: 'object',
        additionalProperties: true,
      },
    ]);
  return { ...toFields(fields), ...Object.fromEntries(internal) };
}

/** Fields, nested ones too. */
export function toFields(fields: LibraryFields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, toField(name, field)]));
}

function toField(name: string, { dynamic, properties, choices, ...field }: LibraryField): Field {
  return {
    ...field,
    label: field.label ?? name,
    ...(dynamic ? { dynamic: true } : {}),
    ...(choices === undefined || choices.length === 0 ? {} : { choices: choices.map(choiceOf) }),
    ...(properties === undefined ? {} : { properties: toFields(properties) }),
  };
}

/** Some of the library's choices are their values alone. */
function choiceOf(choice: Choice | string): Choice {
  return typeof choice === 'string' ? { value: choice, label: choice } : choice;
}

const OAUTH_FIELDS: readonly [string, Field][] = [
  [
    OAUTH_SETTINGS.accessToken,
    oauthField('Access token', 'Of the tool’s OAuth. May be left out where there is a refresh token.'),
  ],
  [
    OAUTH_SETTINGS.refreshToken,
    oauthField('Refresh token', 'By which a new access token is fetched when the tool refuses the old one.'),
  ],
  [OAUTH_SETTINGS.clientId, { ...oauthField('Client id', 'Of your app at the tool.'), secret: false }],
  [OAUTH_SETTINGS.clientSecret, oauthField('Client secret', 'Of your app at the tool.')],
];

function oauthField(label: string, description: string): Field {
  return { label, description, type: 'password', secret: true };
}

function environmentField(variable: string): [string, Field] {
  const label = variable
    .replace(/^ACTIONS_/, '')
    .toLowerCase()
    .replaceAll('_', ' ');
  const description = `Of your own account or app at the tool: \`${variable}\` of the library.`;
  return [environmentSetting(variable), { label, description, type: 'password', secret: true }];
}
