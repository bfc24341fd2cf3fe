import { type Static, Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import { CHANNELS, type Channel } from '../core/delivery/channel.js';
import { DeliveryOptionsSchema, readDeliveryOptions } from '../core/delivery/delivery-options.js';
import type { DescribedKind } from '../core/delivery/described-kind.js';
import { TributaryError } from '../core/errors.js';
import { isObject, type JsonObject, type JsonValue } from '../core/json.js';
import { checkSettings } from '../core/mapping/check-settings.js';
import type { Destination, DestinationChange } from '../stores/state/destinations.js';
import type { Kinds } from './activation-parts.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { refuseDeepBody } from './definition-body.js';
import { kindNamed } from './destination-kinds.js';
import { moment } from './profile-json.js';
import { Moment, mapOf, OpenObject, PageQuery, Problem, pageOf } from './schemas.js';

const Name = Type.String({
  ...{ minLength: 1, maxLength: 200, pattern: '\\S' },
  description: 'Unique among destinations.',
});
const Settings = mapOf(Type.Unknown(), {
  description:
    'By name; see the kind. Secrets are encrypted, and shown as `{"set": true}`. A change names what changes; null takes a setting away.',
});
const Purposes = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
  ...{ maxItems: 50, uniqueItems: true },
  description: 'A person must have consented to each. None only together with `consentNotRequired`.',
});
const Why = Type.String({ minLength: 10, maxLength: 500, pattern: '\\S' });
const ChannelSchema = Type.Unsafe<Channel>({
  ...{ type: 'string', enum: [...CHANNELS] },
  description: 'Which suppression list it obeys beside the global one. Default: that of its kind.',
});
const given = {
  purposes: Type.Optional(Purposes),
  consentNotRequired: Type.Optional(
    Type.Union([Why, Type.Null()], {
      description: 'Why no consent is needed, in words: where there are no purposes.',
    }),
  ),
  channel: Type.Optional(ChannelSchema),
  delivery: Type.Optional(DeliveryOptionsSchema),
  enabled: Type.Optional(
    Type.Boolean({ description: 'While false, nothing is decided for it and nothing is sent.' }),
  ),
};
const DestinationSchema = Type.Object({
  ...{ id: Type.String(), name: Type.String(), kind: Type.String(), settings: Settings, purposes: Purposes },
  consentNotRequired: Type.Union([Type.String(), Type.Null()]),
  channel: ChannelSchema,
  delivery: OpenObject,
  enabled: Type.Boolean(),
  createdAt: Moment,
  updatedAt: Moment,
});
const TriedSchema = Type.Object({
  ok: Type.Boolean(),
  failure: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
  exchanges: Type.Array(OpenObject, { description: 'Requests and responses, their secrets masked.' }),
});
const ById = Type.Object({ id: Type.String({ maxLength: 100 }) });
const tags = ['destinations'];

/** Destinations: list, create, read, change, delete, try. */
export async function destinationRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/destinations',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'List destinations', querystring: Type.Object(PageQuery) },
        response: { 200: pageOf(DestinationSchema) },
      },
    },
    async ({ query: { limit = 50, cursor } }) => {
      const [after = 0] = decodeCursor(cursor, ['offset'] as const) ?? [];
      const found = await parts.activation.destinations.list(after, limit);
      const last = found.at(-1);
      return {
        data: found.map(destinationJson),
        nextCursor: found.length === limit && last ? encodeCursor([last.number]) : null,
      };
    },
  );
  app.get(
    '/api/v1/destinations/:id',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Read a destination', params: ById },
        response: { 200: DestinationSchema, 404: Problem },
      },
    },
    async ({ params }) => destinationJson(await parts.activation.destinations.get(params.id)),
  );
  app.delete(
    '/api/v1/destinations/:id',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Delete a destination', params: ById },
        description: 'With its connections and secrets. What waits is not sent any more.',
        response: { 204: Type.Null(), 404: Problem },
      },
    },
    async ({ params }, reply) => {
      await parts.activation.destinations.remove(params.id);
      parts.activation.changed();
      return reply.code(204).send(null);
    },
  );
  await testRoute(app, parts);
  await createRoute(app, parts);
  await changeRoute(app, parts);
}

async function testRoute(app: AdminApp, parts: AdminParts): Promise<void> {
  app.post(
    '/api/v1/destinations/:id/test',
    {
      config: { access: { personal: 'none' }, audited: false },
      schema: {
        ...{ tags, summary: "Try a destination's settings against the tool", params: ById },
        description: 'Changes nothing there. A kind that cannot be tried answers ok without any exchange.',
        response: { 200: TriedSchema, 404: Problem },
      },
    },
    async ({ params }) => {
      const { id, number, kind } = await parts.activation.destinations.get(params.id);
      const tried = await parts.activation.kinds.test({
        ...{ id, number, kind },
        settings: await parts.activation.destinations.settings(id),
      });
      const exchanges = tried.exchanges.map((one) => ({ ...one }));
      return { ...tried, ok: tried.failure === undefined, exchanges };
    },
  );
}

async function createRoute(app: AdminApp, parts: AdminParts): Promise<void> {
  app.post(
    '/api/v1/destinations',
    {
      config: { access: { personal: 'none' } },
      preValidation: refuseDeepBody,
      schema: {
        ...{ tags, summary: 'Create a destination' },
        body: Type.Object(
          {
            name: Name,
            kind: Type.String({ maxLength: 200 }),
            settings: Type.Optional(personal(Settings)),
            ...given,
          },
          { additionalProperties: false },
        ),
        response: { 201: DestinationSchema, 404: Problem, 409: Problem },
      },
    },
    async ({ body }, reply) => {
      const kind = await kindNamed(body.kind, parts.activation);
      const {
        purposes = [],
        consentNotRequired = null,
        channel = kind.channel,
        delivery = {},
        enabled = true,
      } = body;
      checkConsent(purposes, consentNotRequired);
      readDeliveryOptions(delivery);
      const settings = await settingsFor(
        kind,
        {},
        (body.settings ?? {}) as JsonObject,
        parts.activation.kinds,
      );
      const made = await parts.activation.destinations.create({
        ...{ name: body.name, kind: kind.kind, purposes, consentNotRequired, channel, delivery, enabled },
        ...settings,
      });
      parts.activation.changed();
      return reply.code(201).send(destinationJson(made));
    },
  );
}

async function changeRoute(app: AdminApp, parts: AdminParts): Promise<void> {
  app.patch(
    '/api/v1/destinations/:id',
    {
      config: { access: { personal: 'none' } },
      preValidation: refuseDeepBody,
      schema: {
        ...{ tags, summary: 'Change a destination', params: ById },
        description: 'What waits is sent with the new settings.',
        body: Type.Object(
          { name: Type.Optional(Name), settings: Type.Optional(personal(Settings)), ...given },
          { additionalProperties: false, minProperties: 1 },
        ),
        response: { 200: DestinationSchema, 404: Problem, 409: Problem },
      },
    },
    async ({ params, body }) => {
      const { settings: newSettings, ...others } = body;
      const before = await parts.activation.destinations.get(params.id);
      const after = { ...before, ...others };
      checkConsent(after.purposes, after.consentNotRequired);
      if (body.delivery !== undefined) readDeliveryOptions(body.delivery);
      let settings: Pick<DestinationChange, 'settings' | 'secrets'> = {};
      if (newSettings !== undefined) {
        const kind = await kindNamed(before.kind, parts.activation);
        const held = await parts.activation.destinations.settings(before.id);
        const { settings: plain, secrets } = await settingsFor(
          kind,
          held,
          newSettings as JsonObject,
          parts.activation.kinds,
        );
        const gone = before.secretNames.filter((name) => !Object.hasOwn(secrets, name));
        settings = {
          settings: plain,
          secrets: { ...secrets, ...Object.fromEntries(gone.map((name) => [name, null])) },
        };
      }
      const made = await parts.activation.destinations.change(params.id, { ...others, ...settings });
      parts.activation.changed();
      return destinationJson(made);
    },
  );
}

/** Nothing leaves for a reason that nobody stated. */
function checkConsent(purposes: readonly string[], consentNotRequired: string | null | undefined): void {
  const isStated = typeof consentNotRequired === 'string';
  if (purposes.length === 0 && !isStated)
    throw new TributaryError(
      'definition_invalid',
      'purposes: name what the destination is for, such as ["advertising"]: only people who consented to each are sent to it. Where no consent is needed, say why in consentNotRequired.',
    );
  if (purposes.length > 0 && isStated)
    throw new TributaryError(
      'definition_invalid',
      'consentNotRequired: is for destinations without purposes. Leave one of the two out.',
    );
}

/** The settings after a change, checked, and its secrets apart. @throws TributaryError `definition_invalid` with all that is wrong. */
async function settingsFor(
  kind: DescribedKind,
  held: JsonObject,
  change: JsonObject,
  kinds: Pick<Kinds, 'faultsOf'>,
): Promise<{ settings: JsonObject; secrets: JsonObject }> {
  const changes = Object.entries(change).filter(
    ([name, value]) => !(kind.settings[name]?.secret === true && isMarker(value)),
  );
  const merged = Object.fromEntries(
    Object.entries({ ...held, ...Object.fromEntries(changes) }).filter(([, value]) => value !== null),
  );
  const checked = checkSettings(merged, kind.settings);
  const faults = checked.faults ?? (await kinds.faultsOf(kind.kind, checked.settings));
  if (checked.faults !== undefined || faults.length > 0)
    throw new TributaryError(
      'definition_invalid',
      faults.map(({ message }) => `settings.${message}`).join(' '),
    );
  const isSecret = ([name]: readonly [string, JsonValue]) => kind.settings[name]?.secret === true;
  const all = Object.entries(checked.settings);
  return {
    settings: Object.fromEntries(all.filter((entry) => !isSecret(entry))),
    secrets: Object.fromEntries(all.filter(isSecret)),
  };
}

/** How a secret is shown: who sends it back changes nothing. */
function isMarker(value: JsonValue): boolean {
  return isObject(value) && value.set === true && Object.keys(value).length === 1;
}

function destinationJson({
  secretNames,
  number: _,
  createdAt,
  updatedAt,
  ...destination
}: Destination): Static<typeof DestinationSchema> {
  const secrets = Object.fromEntries(secretNames.map((name) => [name, { set: true }]));
  return {
    ...{ ...destination, purposes: [...destination.purposes], channel: destination.channel as Channel },
    settings: { ...destination.settings, ...secrets },
    ...{ createdAt: moment(createdAt), updatedAt: moment(updatedAt) },
  };
}
