import { type Static, Type } from 'typebox';
import { keepsAudience } from '../core/delivery/connection.js';
import { printEventChoices } from '../core/delivery/event-choice.js';
import { TributaryError } from '../core/errors.js';
import { printText } from '../core/segments/text/segment-text.js';
import { type Connection, type ConnectionVersion, requestSync } from '../stores/state/connections.js';
import { actorLabel } from './access/authenticate.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { refuseDeepBody } from './definition-body.js';
import { prepareConnection, withAudienceMade } from './prepare-connection.js';
import { moment } from './profile-json.js';
import { Moment, OpenObject, PageQuery, Problem, pageOf } from './schemas.js';

const Name = Type.String({
  ...{ minLength: 1, maxLength: 200, pattern: '\\S' },
  description: 'Unique among the connections of its destination.',
});
/** A definition, as routes take it: its own reader says what is wrong with it. */
export const DefinitionSchema = Type.Unknown({
  description:
    '`{from, events, who, action, mapping, options}`. `from`: `{"sources": [ids]}` (none: all), `{"segment": id}` for an audience that is kept equal to the segment, `{"segment": id, "snapshot": {"rows": "all" or "differences", "cron": "0 6 * * *", "zone": "Europe/Berlin"}}` to write out who is in it (without `cron`: when asked), or `{"segment": id, "when": "entered"}` (or `left`) to be told that it happened. `events`: which, as text such as `"Order Completed" where properties.total > 100`, or as a list. `who`: of whom, a condition of the segment language as text or JSON. `mapping`: see docs/mapping.md.',
});
const VersionSchema = Type.Object({
  version: Type.Integer(),
  definition: OpenObject,
  text: Type.Object(
    { events: Type.Optional(Type.String()), who: Type.Optional(Type.String()) },
    { description: 'Events and people as text.' },
  ),
  actor: Type.String(),
  createdAt: Moment,
});
const summary = {
  ...{
    id: Type.String(),
    destinationId: Type.String(),
    name: Type.String(),
    enabled: Type.Boolean(),
    createdAt: Moment,
  },
  newest: VersionSchema,
};
const ConnectionSchema = Type.Object({
  ...summary,
  versions: Type.Array(VersionSchema, { description: 'Newest first.' }),
});
const orNull = Type.Union([Moment, Type.Null()]);
const AudienceSchema = Type.Object({
  wanted: Type.Integer({
    description: 'People who are in the segment now; without consent or an address they are not added.',
  }),
  added: Type.Integer({ description: 'People whom the tool was told to have.' }),
  confirmed: Type.Integer({ description: 'Of those, whom it took.' }),
  removing: Type.Integer({
    description: 'People whom the tool was told to have no more, and has not taken off yet.',
  }),
  drift: Type.Integer({
    description: 'How far what is confirmed is from what was told: 0 when the tool has taken all.',
  }),
  sync: Type.Union([
    Type.Object({
      phase: Type.Union([Type.String(), Type.Null()], {
        description: '`adding`, `removing`, or null while it rests.',
      }),
      ...{
        startedAt: orNull,
        finishedAt: orNull,
        nextAt: Moment,
        added: Type.Integer(),
        removed: Type.Integer(),
      },
    }),
    Type.Null(),
  ]),
});
/** The path parameter of routes on one connection. */
export const ByConnection = Type.Object({ id: Type.String({ maxLength: 100 }) });
const tags = ['connections'];

/** Connections: list, create, read, change, delete; and audiences that are compared. */
export async function connectionRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/connections',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'List connections' },
        querystring: Type.Object({
          ...PageQuery,
          destinationId: Type.Optional(Type.String({ maxLength: 100 })),
        }),
        response: { 200: pageOf(Type.Object(summary)) },
      },
    },
    async ({ query: { limit = 50, cursor, destinationId } }) => {
      const [after = 0] = decodeCursor(cursor, ['offset'] as const) ?? [];
      const found = await parts.activation.connections.list(after, limit, destinationId);
      const last = found.at(-1);
      return {
        data: found.map(summaryOf),
        nextCursor: found.length === limit && last ? encodeCursor([last.number]) : null,
      };
    },
  );
  app.get(
    '/api/v1/connections/:id',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Read a connection, with all its versions', params: ByConnection },
        response: { 200: ConnectionSchema, 404: Problem },
      },
    },
    async ({ params }) => connectionJson(await parts.activation.connections.get(params.id), parts),
  );
  app.delete(
    '/api/v1/connections/:id',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Delete a connection', params: ByConnection },
        description: 'What waits of it is not sent any more. An audience stays in the tool as it is.',
        response: { 204: Type.Null(), 404: Problem },
      },
    },
    async ({ params }, reply) => {
      await parts.activation.connections.remove(params.id);
      parts.activation.changed();
      return reply.code(204).send(null);
    },
  );
  await createRoute(app, parts);
  await changeRoute(app, parts);
  await audienceRoutes(app, parts);
}

async function createRoute(app: AdminApp, parts: AdminParts): Promise<void> {
  app.post(
    '/api/v1/connections',
    {
      config: { access: { personal: 'none' } },
      preValidation: refuseDeepBody,
      schema: {
        ...{ tags, summary: 'Create a connection' },
        description: 'It takes events from now on. An audience begins with everybody who is in the segment.',
        body: Type.Object(
          {
            ...{ name: Name, destinationId: Type.String({ maxLength: 100 }), definition: DefinitionSchema },
            enabled: Type.Optional(Type.Boolean()),
          },
          { additionalProperties: false },
        ),
        response: { 201: ConnectionSchema, 404: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const { name, destinationId, definition, enabled = true } = request.body;
      const destination = await parts.activation.destinations.get(destinationId);
      const prepared = await withAudienceMade(
        await prepareConnection(definition, destination, parts),
        destination,
        parts,
      );
      const made = await parts.activation.connections.create(
        { name, destinationId, enabled, ...prepared },
        actorLabel(request),
      );
      parts.activation.changed();
      return reply.code(201).send(await connectionJson(made, parts));
    },
  );
}

async function changeRoute(app: AdminApp, parts: AdminParts): Promise<void> {
  app.patch(
    '/api/v1/connections/:id',
    {
      config: { access: { personal: 'none' } },
      preValidation: refuseDeepBody,
      schema: {
        ...{ tags, summary: 'Change a connection', params: ByConnection },
        description:
          'Another definition is a new version, for what is decided from then on: what waits is sent as it was decided.',
        body: Type.Object(
          {
            name: Type.Optional(Name),
            enabled: Type.Optional(
              Type.Boolean({ description: 'While false, nothing is decided, and what waits is not sent.' }),
            ),
            definition: Type.Optional(DefinitionSchema),
          },
          { additionalProperties: false, minProperties: 1 },
        ),
        response: { 200: ConnectionSchema, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { name, enabled, definition } = request.body;
      const before = await parts.activation.connections.get(request.params.id);
      const destination = await parts.activation.destinations.get(before.destinationId);
      const version =
        definition === undefined ? undefined : await prepareConnection(definition, destination, parts);
      const made = await parts.activation.connections.change(
        before.id,
        { name, enabled, version },
        actorLabel(request),
      );
      parts.activation.changed();
      return connectionJson(made, parts);
    },
  );
}

async function audienceRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/connections/:id/audience',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Read how an audience is doing', params: ByConnection },
        response: { 200: AudienceSchema, 404: Problem, 409: Problem },
      },
    },
    async ({ params }) => {
      const { number, segmentId } = audienceOf(await parts.activation.connections.get(params.id));
      const [{ sync, ...figures }, sizes] = await Promise.all([
        parts.activation.audiences.figures(number),
        parts.segmentation.memberships.sizes([segmentId]),
      ]);
      const drift = figures.added - figures.confirmed + figures.removing;
      return {
        wanted: sizes.get(segmentId) ?? 0,
        ...figures,
        drift,
        sync: sync === null ? null : syncJson(sync),
      };
    },
  );
  app.post(
    '/api/v1/connections/:id/reconcile',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Compare an audience with its segment now', params: ByConnection },
        description: 'Adds who is missing and removes who should not be there. It happens daily by itself.',
        response: { 202: Type.Object({ requested: Type.Boolean() }), 404: Problem, 409: Problem },
      },
    },
    async ({ params }, reply) => {
      await requestSync(parts.pool, audienceOf(await parts.activation.connections.get(params.id)).number);
      parts.activation.changed();
      return reply.code(202).send({ requested: true });
    },
  );
}

function audienceOf({ id, number, enabled, newest }: Connection): { number: number; segmentId: string } {
  const { from } = newest.definition;
  if (!('segment' in from) || !keepsAudience(newest.definition))
    throw new TributaryError(
      'conflict',
      `The connection ${id} keeps no audience: those do that are from a segment, without \`when\`.`,
    );
  if (!enabled) throw new TributaryError('conflict', `The connection ${id} is switched off.`);
  return { number, segmentId: from.segment };
}

type Sync = NonNullable<Awaited<ReturnType<AdminParts['activation']['audiences']['figures']>>['sync']>;

function syncJson({ phase, startedAt, finishedAt, dueAt, added, removed }: Sync) {
  return {
    ...{ phase, added, removed, nextAt: moment(dueAt) },
    startedAt: startedAt === null ? null : moment(startedAt),
    finishedAt: finishedAt === null ? null : moment(finishedAt),
  };
}

function summaryOf({ id, destinationId, name, enabled, createdAt, newest }: Connection) {
  return { id, destinationId, name, enabled, createdAt: moment(createdAt), newest: versionJson(newest) };
}

async function connectionJson(
  connection: Connection,
  { activation }: AdminParts,
): Promise<Static<typeof ConnectionSchema>> {
  const versions = await activation.connections.versions(connection.id);
  return { ...summaryOf(connection), versions: versions.map(versionJson) };
}

function versionJson({
  version,
  definition,
  actor,
  createdAt,
}: ConnectionVersion): Static<typeof VersionSchema> {
  const { events, who } = definition;
  return {
    ...{ version, definition: { ...definition }, actor, createdAt: moment(createdAt) },
    text: {
      ...(events === undefined ? {} : { events: printEventChoices(events) }),
      ...(who === undefined ? {} : { who: printText(who) }),
    },
  };
}
