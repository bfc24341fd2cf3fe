import {
  type ConnectionDefinition,
  keepsAudience,
  readConnection,
  snapshotPlanOf,
} from '../core/delivery/connection.js';
import type { DescribedAction, DescribedKind } from '../core/delivery/described-kind.js';
import { TributaryError } from '../core/errors.js';
import { isObject, type JsonObject, type JsonValue } from '../core/json.js';
import { checkMapping } from '../core/mapping/check-mapping.js';
import { checkSettings } from '../core/mapping/check-settings.js';
import type { PreparedDefinition } from '../stores/state/connections.js';
import type { Destination } from '../stores/state/destinations.js';
import type { AdminParts } from './admin-parts.js';
import { kindNamed } from './destination-kinds.js';

/** What a connection on a segment may say of the audience, beside the options of its action. */
const AUDIENCE_OPTIONS = ['audience_key', 'external_audience_id', 'audience_settings'] as const;
const KEY_CHARS_MAX = 200;

/**
 * Reads a definition, checks it against its destination's kind, and takes down what the pipeline needs of that.
 * @throws TributaryError with all that is wrong.
 */
export async function prepareConnection(
  given: unknown,
  destination: Destination,
  { activation, segmentation }: AdminParts,
): Promise<PreparedDefinition> {
  const kind = await kindNamed(destination.kind, activation);
  const read = readConnection(given);
  const action = actionOf(kind, read.action);
  const checked = checkMapping(read.mapping, action.fields);
  if (checked.faults !== undefined) refuse(checked.faults.map(({ message }) => `definition.${message}`));
  const options = optionsOf(read, action);
  const { from } = read;
  if (snapshotPlanOf(read) !== undefined && !action.takesSnapshots)
    refuse([
      `definition.from.snapshot: ${kind.title} takes none by ${read.action}. Those do that write rows: files, S3, and tables of databases.`,
    ]);
  if ('segment' in from && options.audience_key === undefined) {
    // Written down, so that the tool knows it by the same key when the segment is renamed.
    const { name } = await segmentation.segments.get(from.segment);
    options.audience_key = snakeCase(name);
  }
  const { mapping, written } = checked;
  return {
    definition: { ...read, options },
    prepared: {
      mapping: written as JsonObject,
      ...{ fields: action.fields, holdsLate: mapping.holdsLate, needsGiven: action.needsGiven },
      ...(action.addressFields.length === 0 ? {} : { addressFields: action.addressFields }),
    },
  };
}

/** The same with the list of people made in the tool, where the kind makes such lists and none is named. */
export async function withAudienceMade(
  prepared: PreparedDefinition,
  destination: Destination,
  { activation, segmentation }: AdminParts,
): Promise<PreparedDefinition> {
  const { definition } = prepared;
  const { from, options } = definition;
  const kind = await kindNamed(destination.kind, activation);
  const isWanted =
    keepsAudience(definition) &&
    kind.audience?.canCreate === true &&
    options.external_audience_id === undefined;
  if (!isWanted || !('segment' in from)) return prepared;
  const { name } = await segmentation.segments.get(from.segment);
  const tried = {
    id: destination.id,
    kind: kind.kind,
    settings: await activation.destinations.settings(destination.id),
  };
  const made = await activation.kinds.createAudience(tried, options, {
    key: String(options.audience_key),
    name,
  });
  if (made.failure !== undefined || made.externalId === undefined)
    return refuse([
      `definition.options: ${kind.title} did not make the audience: ${made.failure?.message ?? 'it told no id'}. Mend the settings, or name one that is there as external_audience_id.`,
    ]);
  return {
    ...prepared,
    definition: { ...definition, options: { ...options, external_audience_id: made.externalId } },
  };
}

function actionOf(kind: DescribedKind, name: string): DescribedAction {
  const action = Object.hasOwn(kind.actions, name) ? kind.actions[name] : undefined;
  const known = Object.keys(kind.actions).join(', ');
  return action ?? refuse([`definition.action: ${kind.title} has no action ${name}. There are ${known}.`]);
}

function optionsOf({ options, from }: ConnectionDefinition, action: DescribedAction): JsonObject {
  const ofAudience = Object.fromEntries(
    AUDIENCE_OPTIONS.flatMap((name) =>
      Object.hasOwn(options, name) ? [[name, options[name] as JsonValue]] : [],
    ),
  );
  if (!('segment' in from) && Object.keys(ofAudience).length > 0)
    refuse([`definition.options.${Object.keys(ofAudience)[0]}: is for connections from a segment.`]);
  const { audience_key: key, external_audience_id: external, audience_settings: settings } = ofAudience;
  if (key !== undefined && (typeof key !== 'string' || key === '' || key.length > KEY_CHARS_MAX))
    refuse([`definition.options.audience_key: must be a text of at most ${KEY_CHARS_MAX} characters.`]);
  if (external !== undefined && typeof external !== 'string' && typeof external !== 'number')
    refuse(['definition.options.external_audience_id: must be the id of the list in the tool.']);
  if (settings !== undefined && !isObject(settings))
    refuse(['definition.options.audience_settings: must be an object.']);
  const others = Object.fromEntries(
    Object.entries(options).filter(([name]) => !Object.hasOwn(ofAudience, name)),
  );
  const checked = checkSettings(others, action.options ?? {});
  if (checked.faults !== undefined)
    refuse(checked.faults.map(({ message }) => `definition.options.${message}`));
  return { ...checked.settings, ...ofAudience };
}

function snakeCase(name: string): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  return (words ?? ['audience']).join('_').slice(0, KEY_CHARS_MAX);
}

function refuse(faults: readonly string[]): never {
  throw new TributaryError('definition_invalid', faults.join(' '));
}
