/** Destinations of `@segment/action-destinations` as kinds of ours: `library/<folder>`. */
import { isObject, type JsonObject } from '../../core/json.js';
import {
  type AudienceSupport,
  type Channel,
  type DestinationAction,
  type DestinationKind,
  type FieldChoice,
  type SendContext,
  SendFailure,
} from '../destinations/destination.js';
import { catalogueEntry, LIBRARY_PREFIX } from './catalogue.js';
import { audienceSettingsOf, LibraryConnectors } from './library-destination.js';
import { actionFields, toFields } from './library-fields.js';
import { libraryPresets } from './library-presets.js';
import type { LibraryActionDefinition } from './library-types.js';
import { batchOf, sendThroughLibrary } from './send-through-library.js';

const kinds = new Map<string, DestinationKind>();

/** The kind of a folder of the library, such as `braze`, or undefined when there is none. Loads its code at the first time. */
export function libraryKind(slug: string): DestinationKind | undefined {
  const entry = catalogueEntry(slug);
  if (entry === undefined) return undefined;
  const known = kinds.get(slug);
  if (known !== undefined) return known;
  const connectors = new LibraryConnectors(slug);
  const { definition } = connectors;
  const audience = audienceSupport(connectors);
  const kind: DestinationKind = {
    kind: `${LIBRARY_PREFIX}${slug}`,
    title: entry.title,
    description: entry.description,
    docsUrl: 'https://segment.com/docs/connections/destinations/catalog/',
    categories: entry.categories,
    channel: entry.channel,
    settings: connectors.fields,
    actions: Object.fromEntries(
      Object.entries(definition.actions)
        .filter(([, { hidden }]) => hidden !== true)
        .map(([name, action]) => [name, toAction(connectors, name, action, entry.channel)]),
    ),
    presets: libraryPresets(definition),
    ...(definition.authentication?.testAuthentication === undefined
      ? {}
      : { test: (context: SendContext) => testConnection(connectors, context) }),
    ...(audience === undefined ? {} : { audience }),
  };
  kinds.set(slug, kind);
  return kind;
}

/** Names of fields that hold the address which is written to. */
const ADDRESS: Readonly<Partial<Record<Channel, RegExp>>> = {
  email: /^(?:to|e?mail|to_?email|email_?address|recipient|userEmail)$/i,
  sms: /^(?:to|phone|to_?phone(?:_?number)?|phone_?number|userPhone|recipient)$/i,
};

function toAction(
  connectors: LibraryConnectors,
  name: string,
  definition: LibraryActionDefinition,
  channel: Channel,
): DestinationAction {
  const { quirks, definition: ofKind } = connectors;
  const fields = actionFields(definition);
  const batch = batchOf(definition);
  const isAddress = ADDRESS[channel];
  const addressFields = Object.keys(fields).filter(
    (field) => isAddress?.test(field) && fields[field]?.type === 'string',
  );
  return {
    title: definition.title,
    description: definition.description,
    fields,
    ...(batch === undefined ? {} : { batch }),
    // A person's newer state must not be overtaken by an older one that is tried again.
    ordered: true,
    needsGiven: quirks.needsGiven === true || ofKind.audienceConfig !== undefined,
    ...(addressFields.length === 0 ? {} : { addressFields }),
    ...(quirks.columns === undefined || definition.fields[quirks.columns] === undefined
      ? {}
      : { options: COLUMNS }),
    send: (items, context) => sendThroughLibrary(connectors, name, items, context),
    choices: (field, payload, context) => choices(connectors, name, field, payload, context),
  };
}

const COLUMNS = {
  columns: {
    label: 'Columns',
    description: 'All columns of the file, in their order. Default: those that the batch has values for.',
    type: 'string',
    multiple: true,
  },
} as const;

async function testConnection(connectors: LibraryConnectors, context: SendContext): Promise<void> {
  const connector = connectors.of(context);
  await connector.call(context, async (_, auth) => {
    try {
      await connector.destination.testAuthentication(connector.withOAuth(auth));
    } catch (error) {
      // The library's sentence says what its cause would; its status is lost in it.
      const status = /^Credentials are invalid: (\d{3})/.exec(
        error instanceof Error ? error.message : '',
      )?.[1];
      throw status === '401' ? Object.assign(error as Error, { status: 401 }) : error;
    }
  });
}

function audienceSupport(connectors: LibraryConnectors): AudienceSupport | undefined {
  const { audienceConfig, audienceFields = {} } = connectors.definition;
  if (audienceConfig === undefined) return undefined;
  const fields = toFields(audienceFields);
  if (audienceConfig.createAudience === undefined) return { fields };
  return {
    fields,
    async create({ key, name }, context) {
      const connector = connectors.of(context);
      const { value } = await connector.call(context, (_, auth) =>
        connector.destination.createAudience({
          settings: connector.withOAuth(auth),
          audienceName: name,
          audienceSettings: audienceSettingsOf(context.options),
          personas: {
            computation_class: 'audience',
            computation_key: key,
            computation_id: key,
            namespace: 'tributary',
          },
        }),
      );
      return value;
    },
  };
}

async function choices(
  connectors: LibraryConnectors,
  action: string,
  field: string,
  payload: JsonObject,
  context: SendContext,
): Promise<readonly FieldChoice[]> {
  const connector = connectors.of(context);
  const { value } = await connector.call(context, (settings, auth) =>
    connector.destination.executeDynamicField(action, field, { settings, payload, auth }),
  );
  const { choices: found, error } = isObject(value) ? value : { choices: [], error: undefined };
  if (isObject(error) && error.code !== '404')
    throw new SendFailure({ code: 'choices_unknown', message: String(error.message), retry: true });
  return Array.isArray(found)
    ? found.flatMap((choice) => {
        if (!isObject(choice) || choice.value === undefined) return [];
        return [{ value: String(choice.value), label: String(choice.label ?? choice.value) }];
      })
    : [];
}
